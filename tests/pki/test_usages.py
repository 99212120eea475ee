"""Is the certificate fit for its purpose?"""

import subprocess

import pytest
from cryptography import x509

from engine.pki import parse, shipped
from tests.pki.conftest import CLIENT, SERVER, SIGN_ONLY, Authority, codes, issue, look, make_csr

OURS = {
    "client-authentication-missing",
    "server-authentication-missing",
    "signing-not-allowed",
    "usage-not-asked-for",
    "usage-outside-profile",
    "authority-as-holder",
}
ENCIPHER = x509.KeyUsage(False, False, True, False, False, False, False, False, False)


def eku(*usages: x509.ObjectIdentifier) -> list[tuple[x509.ExtensionType, bool]]:
    return [(x509.ExtendedKeyUsage(usages), False)]


@pytest.mark.parametrize(
    "context", [{"usage": "client"}, {"profile": shipped("mtls")}, {"profile": shipped("dual-purpose")}]
)
def test_a_certificate_without_client_authentication_is_no_clients(context: dict[str, object]) -> None:
    assert codes(issue(usages=[SERVER]).pem, **context) & OURS == {"client-authentication-missing"}
    assert not codes(issue(usages=[CLIENT]).pem, **context) & OURS
    assert not codes(issue(usages=None).pem, **context) & OURS  # no extension permits every use


def test_a_certificate_without_server_authentication_is_no_servers() -> None:
    assert codes(issue(usages=[CLIENT]).pem, usage="server") & OURS == {"server-authentication-missing"}
    assert not codes(issue(usages=[SERVER]).pem, usage="server") & OURS


def test_any_usage_alone_is_warned_of_since_openssl_does_not_take_it() -> None:
    certificate = issue(usages=[x509.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]).pem
    for usage in ("client", "server"):
        report = look(certificate, usage=usage)
        assert (report.verdict, {each.code for each in report.findings}) == (
            "good",
            {f"{usage}-authentication-missing"},
        )
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-purpose"], input=certificate, capture_output=True, check=True
    )
    assert b"SSL client : No" in shown.stdout and b"SSL server : No" in shown.stdout


def test_a_certificate_whose_key_must_not_sign_is_no_signing_certificate() -> None:
    profile = shipped("signing")
    assert codes(issue(usages=None, key_usage=ENCIPHER).pem, profile=profile) & OURS == {"signing-not-allowed"}
    assert not codes(issue(usages=None, key_usage=SIGN_ONLY).pem, profile=profile) & OURS
    assert not codes(issue(usages=None, key_usage=ENCIPHER).pem) & OURS


def test_a_request_that_asks_for_other_usages_is_warned_of() -> None:
    profile = shipped("mtls")
    assert codes(make_csr(extensions=eku(SERVER)), profile=profile) & OURS == {"usage-not-asked-for"}
    assert not codes(make_csr(extensions=eku(CLIENT, SERVER)), profile=profile) & OURS
    assert not codes(make_csr(), profile=profile) & OURS


def test_a_policy_limits_the_usages_by_pattern_and_number() -> None:
    ekus = '{"static": false, "list": ["^1.3.6.1.5.5.7.3.2$"], "mincount": 0, "maxcount": 1}'
    policy = parse(f'{{"extended_key_usages": {{"ekus": {ekus}, "critical": false}}}}', "ours")
    assert codes(issue(usages=[SERVER]).pem, profile=policy) & OURS == {"usage-outside-profile"}
    assert codes(issue(usages=[CLIENT, SERVER]).pem, profile=policy) & OURS == {"usage-outside-profile"}
    assert not codes(issue(usages=[CLIENT]).pem, profile=policy) & OURS


def test_an_authority_in_the_holders_place_is_reported_and_one_in_the_chain_is_not(ca: Authority) -> None:
    assert codes(ca.intermediate.pem, profile=shipped("mtls")) & OURS == {"authority-as-holder"}
    assert not codes(ca.leaf.pem, ca.intermediate.pem, profile=shipped("mtls")) & OURS


@pytest.mark.parametrize(
    ("usage", "bit", "fits"),
    [
        ("client", 0, True),
        ("client", 2, False),
        ("client", 4, True),
        ("client", 1, False),
        ("server", 0, True),
        ("server", 2, True),
        ("server", 4, True),
        ("server", 3, False),
    ],
)
def test_the_key_usage_must_let_the_key_do_what_tls_asks_of_it(usage: str, bit: int, fits: bool) -> None:
    allowed = x509.KeyUsage(*(at == bit for at in range(9)))
    certificate = issue(key_usage=allowed)
    code = {"client": "client-authentication-missing", "server": "server-authentication-missing"}[usage]
    assert codes(certificate.pem, usage=usage) & OURS == (set() if fits else {code})
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-purpose"], input=certificate.pem, capture_output=True, check=True
    )
    assert f"SSL {usage} : {'Yes' if fits else 'No'}".encode() in shown.stdout
    assert codes(make_csr(extensions=[(allowed, True)]), usage=usage) & OURS == (
        set() if fits else {"usage-not-asked-for"}
    )
