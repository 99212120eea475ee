"""Path validation: for the purpose, at a time, within every limit that an authority set."""

import ipaddress
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from tests.pki.conftest import CA_USAGE, CLIENT, NOW, SERVER, SIGN_ONLY, Authority, Issued, codes, ec_key, issue, look
from tests.pki.test_chain_order import FAR, trust

OURS = {
    "untrusted",
    "issuer-expired",
    "issuer-is-no-authority",
    "path-too-long",
    "name-constraint",
    "purpose-not-allowed-above",
    "weak-signature-above",
    "key-identifier-differs",
    "issuer-name-differs",
    "unknown-critical-extension",
    "host-not-covered",
}
ROOT = issue("Path Root", ca=True, key=ec_key(21), not_after=FAR, organisation="Path CA")


def below(**wishes: object) -> bytes:
    """A leaf and its intermediate, which is made to the wishes."""
    fields: dict[str, object] = {"ca": True, "key": ec_key(22), "issuer": ROOT, "not_after": FAR} | wishes
    intermediate = issue("Path Issuing", **fields)  # type: ignore[arg-type]
    return issue(issuer=intermediate).pem + intermediate.pem


def verdict(bundle: bytes, **context: object) -> set[str]:
    return codes(bundle, trust=trust(ROOT.pem), **context) & OURS


def constraint(
    permitted: list[x509.GeneralName] | None, excluded: list[x509.GeneralName] | None = None
) -> dict[str, object]:
    return {"extensions": [(x509.NameConstraints(permitted, excluded), True)]}


DNS = x509.DNSName


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"not_after": NOW - timedelta(days=1)}, "issuer-expired"),
        ({"not_before": NOW + timedelta(days=1)}, "issuer-expired"),
        ({"ca": False, "sans": None}, "issuer-is-no-authority"),
        ({"key_usage": SIGN_ONLY}, "issuer-is-no-authority"),
        (constraint([DNS("other.example")]), "name-constraint"),
        (constraint(None, [DNS("northwind.example")]), "name-constraint"),
        (constraint([x509.DirectoryName(x509.Name([]))], [DNS("meter.northwind.example")]), "name-constraint"),
        (
            {"extensions": [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)]},
            "unknown-critical-extension",
        ),
        ({"extensions": [(x509.ExtendedKeyUsage([SERVER]), False)]}, "purpose-not-allowed-above"),
    ],
)
def test_what_an_authority_above_does_not_allow_is_reported(wishes: dict[str, object], code: str) -> None:
    assert code in verdict(below(**wishes), usage="client")


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"path_length": 0},
        constraint([DNS("northwind.example")]),
        constraint([x509.RFC822Name("northwind.example")]),
        constraint(None, [DNS("other.example")]),
        {"extensions": [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), False)]},
        {"extensions": [(x509.ExtendedKeyUsage([SERVER, CLIENT]), False)]},
    ],
)
def test_what_it_allows_is_left_alone(wishes: dict[str, object]) -> None:
    assert not verdict(below(**wishes), usage="client")


def test_a_path_that_is_too_long_is_reported() -> None:
    upper = issue("Upper", ca=True, key=ec_key(23), issuer=ROOT, not_after=FAR, path_length=0)
    lower = issue("Lower", ca=True, key=ec_key(24), issuer=upper, not_after=FAR)
    assert verdict(issue(issuer=lower).pem + lower.pem + upper.pem) == {"path-too-long"}
    assert not verdict(issue(issuer=upper).pem + upper.pem)


def test_a_chain_that_ends_elsewhere_is_untrusted_and_without_anchors_nothing_is_said(ca: Authority) -> None:
    assert codes(ca.leaf.pem, ca.intermediate.pem, ca.root.pem, trust=trust(ROOT.pem)) & OURS == {"untrusted"}
    assert not codes(ca.leaf.pem, ca.intermediate.pem, ca.root.pem) & OURS


def test_an_intermediate_as_anchor_is_enough(ca: Authority) -> None:
    assert not codes(ca.leaf.pem, trust=trust(ca.intermediate.pem)) & OURS


def test_an_intermediate_for_any_usage_is_warned_of() -> None:
    usages = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
    report = look(below(extensions=[(usages, False)]), trust=trust(ROOT.pem), usage="client")
    assert (report.verdict, {each.code for each in report.findings}) == ("good", {"purpose-not-allowed-above"})


@pytest.mark.parametrize("may_sign", [True, False])
def test_a_root_without_basic_constraints_is_one_if_it_may_sign_others(tmp_path: Path, may_sign: bool) -> None:
    key = ec_key(23)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plain Root")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7, NOW - timedelta(days=1), FAR)
    builder = builder.add_extension(CA_USAGE if may_sign else SIGN_ONLY, True)
    root = Issued(builder.sign(key, SHA256()), key)
    leaf = issue(issuer=root)
    found = codes(leaf.pem, trust=trust(root.pem)) & OURS
    assert (not found) == may_sign == by_openssl(tmp_path, root.pem, leaf.pem, leaf.pem)


def by_openssl(folder: Path, anchor: bytes, untrusted: bytes, leaf: bytes) -> bool:
    for file, data in (("anchor", anchor), ("untrusted", untrusted), ("leaf", leaf)):
        (folder / file).write_bytes(data)
    at = ["-attime", str(int(NOW.timestamp()))]
    command = ["openssl", "verify", "-CAfile", "anchor", "-untrusted", "untrusted", *at, "leaf"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_a_key_identifier_that_differs_is_refused_as_openssl_refuses_it(ca: Authority, tmp_path: Path) -> None:
    odd = issue(issuer=ca.intermediate, authority_key=ec_key(30))
    report = look(odd.pem, ca.intermediate.pem, trust=trust(ca.root.pem))
    assert (report.verdict, report.findings[0].code) == ("bad", "key-identifier-differs")
    assert not by_openssl(tmp_path, ca.root.pem, ca.intermediate.pem, odd.pem)
    assert by_openssl(tmp_path, ca.root.pem, ca.intermediate.pem, ca.leaf.pem)


def test_of_two_certificates_for_one_key_the_chain_takes_the_one_that_is_named(ca: Authority) -> None:
    key = ec_key(2)
    other = x509.SubjectKeyIdentifier(b"another way to name a key")
    parts = {"ca": True, "key": key, "issuer": ca.root, "not_after": FAR, "organisation": "Example CA"}
    made = issue("Example Issuing 1", **parts).certificate  # type: ignore[arg-type]
    builder = x509.CertificateBuilder(
        made.issuer, made.subject, key.public_key(), 5, made.not_valid_before_utc, made.not_valid_after_utc
    )
    for each in made.extensions:
        named = isinstance(each.value, x509.SubjectKeyIdentifier)
        builder = builder.add_extension(other if named else each.value, each.critical)
    twin = Issued(builder.sign(ca.root.key, SHA256()), key)
    for bundle in ((twin.pem, ca.intermediate.pem), (ca.intermediate.pem, twin.pem)):
        assert not codes(ca.leaf.pem, *bundle, trust=trust(ca.root.pem)) & OURS
    assert codes(ca.leaf.pem, twin.pem, trust=trust(ca.root.pem)) & OURS == {"key-identifier-differs"}


def test_a_name_in_another_letter_case_is_the_same_name_and_that_is_said(tmp_path: Path) -> None:
    parts = {"ca": True, "key": ec_key(22), "not_after": FAR, "issuer": ROOT}
    intermediate = issue("Path Issuing", **parts)  # type: ignore[arg-type]
    twin = issue("PATH  issuing", **parts)  # type: ignore[arg-type]
    leaf = issue(issuer=twin)
    report = look(leaf.pem + intermediate.pem, trust=trust(ROOT.pem))
    assert (report.verdict, {each.code for each in report.findings}) == ("good", {"issuer-name-differs"})
    assert report.chain and report.chain.trusted
    assert by_openssl(tmp_path, ROOT.pem, intermediate.pem, leaf.pem)


def test_a_directory_constraint_goes_by_the_name_and_not_by_its_letters(tmp_path: Path) -> None:
    def allowed(organisation: str) -> bytes:
        parts = [(NameOID.COUNTRY_NAME, "GB"), (NameOID.ORGANIZATION_NAME, organisation)]
        base = x509.DirectoryName(x509.Name([x509.NameAttribute(oid, text) for oid, text in parts]))
        return below(**constraint([base]))

    for organisation, code in (("NORTHWIND energy  Ltd", set()), ("Northwind Energy", {"name-constraint"})):
        bundle = allowed(organisation)
        assert verdict(bundle) == code
        end = bundle.index(b"-----END CERTIFICATE-----\n") + 26
        assert by_openssl(tmp_path, ROOT.pem, bundle[end:], bundle[:end]) == (not code)


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("meter.northwind.example", True),
        ("METER.northwind.example.", True),
        ("a.wild.northwind.example", True),
        ("192.0.2.7", True),
        ("northwind.example", False),
        ("a.b.wild.northwind.example", False),
        ("192.0.2.8", False),
    ],
)
def test_the_host_must_be_among_the_names(host: str, covered: bool) -> None:
    names = [
        DNS("meter.northwind.example"),
        DNS("*.wild.northwind.example"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
    ]
    one: Issued = issue(sans=None, extensions=[(x509.SubjectAlternativeName(names), False)])
    assert ("host-not-covered" not in codes(one.pem, host=host)) is covered


@pytest.mark.parametrize(
    ("san", "permitted", "allowed"),
    [
        (x509.RFC822Name("a@northwind.example"), x509.RFC822Name("northwind.example"), True),
        (x509.RFC822Name("a@x.northwind.example"), x509.RFC822Name("northwind.example"), False),
        (x509.RFC822Name("a@x.northwind.example"), x509.RFC822Name(".northwind.example"), True),
        (x509.RFC822Name("a@northwind.example"), x509.RFC822Name("a@northwind.example"), True),
        (
            x509.UniformResourceIdentifier("https://a.northwind.example/x"),
            x509.UniformResourceIdentifier(".northwind.example"),
            True,
        ),
        (
            x509.UniformResourceIdentifier("https://evil.example/x"),
            x509.UniformResourceIdentifier(".northwind.example"),
            False,
        ),
        (x509.IPAddress(ipaddress.ip_address("192.0.2.9")), x509.IPAddress(ipaddress.ip_network("192.0.2.0/24")), True),
        (
            x509.IPAddress(ipaddress.ip_address("198.51.100.9")),
            x509.IPAddress(ipaddress.ip_network("192.0.2.0/24")),
            False,
        ),
    ],
)
def test_every_kind_of_name_is_held_against_its_constraint(
    san: x509.GeneralName, permitted: x509.GeneralName, allowed: bool
) -> None:
    limited = issue("Limited", ca=True, key=ec_key(25), issuer=ROOT, not_after=FAR, **constraint([permitted]))  # type: ignore[arg-type]
    leaf = issue("Northwind", None, issuer=limited, extensions=[(x509.SubjectAlternativeName([san]), False)])
    assert ("name-constraint" not in verdict(leaf.pem + limited.pem)) is allowed
