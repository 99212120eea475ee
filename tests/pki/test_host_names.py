"""What stands where a host name belongs."""

import pytest
from cryptography import x509

from engine.pki.names import fault, same_host, under
from tests.pki.conftest import codes, der, issue, look, make_csr, name
from tests.pki.test_csr_signature import swapped

OURS = {
    "u-label",
    "underscore",
    "bad-wildcard",
    "wildcard",
    "ip-as-host-name",
    "trailing-dot",
    "single-label",
    "not-a-host-name",
    "email-in-common-name",
}


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("dip_api.northwind.example", "underscore"),
        ("m*.northwind.example", "bad-wildcard"),
        ("*.*.northwind.example", "bad-wildcard"),
        ("meter.*.example", "bad-wildcard"),
        ("*.co.uk", "bad-wildcard"),
        ("*.northwind.example", "wildcard"),
        ("192.0.2.1", "ip-as-host-name"),
        ("meter.northwind.example.", "trailing-dot"),
        ("localhost", "single-label"),
        ("https://meter.northwind.example/", "not-a-host-name"),
        ("meter.northwind.example:8443", "not-a-host-name"),
        ("meter northwind.example", "not-a-host-name"),
        ("admin@northwind.example", "not-a-host-name"),
        ("-meter.northwind.example", "not-a-host-name"),
        ("meter..northwind.example", "not-a-host-name"),
        (f"{'m' * 64}.northwind.example", "not-a-host-name"),
    ],
)
def test_what_is_no_host_name_is_named(host: str, code: str) -> None:
    assert codes(make_csr("Northwind gateway", [host])) & OURS == {code}


def test_letters_beyond_ascii_are_reported() -> None:
    request = swapped(der(make_csr("Northwind", ["bxxcher.example"])), b"bxxcher", "bücher".encode())
    assert "u-label" in codes(request)
    assert "u-label" not in codes(make_csr("Northwind", ["xn--bcher-kva.example"]))


@pytest.mark.parametrize(
    "host",
    [
        "meter.northwind.example",
        "a.b.c.northwind.example",
        "xn--bcher-kva.example",
        "1.northwind.example",
        "METER.NORTHWIND.EXAMPLE",
    ],
)
def test_sound_names_are_left_alone(host: str) -> None:
    assert not codes(make_csr(host, [host])) & OURS


def test_an_address_in_an_entry_of_its_own_is_no_fault() -> None:
    import ipaddress

    san = x509.SubjectAlternativeName(
        [x509.DNSName("m.northwind.example"), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    )
    assert not codes(make_csr("m.northwind.example", None, extensions=[(san, False)])) & OURS


def test_an_email_as_common_name_is_a_warning_and_a_company_is_none() -> None:
    assert codes(make_csr("admin@northwind.example")) & OURS == {"email-in-common-name"}
    assert not codes(make_csr("Northwind Energy Ltd")) & OURS


def test_in_a_certificate_a_wildcard_is_noted_only() -> None:
    [finding] = look(issue("*.northwind.example", ["*.northwind.example"]).pem).findings
    assert (finding.code, finding.severity) == ("wildcard", "note")


@pytest.mark.parametrize(
    ("host", "domain", "is_under"),
    [
        ("example.co.uk", "example.co.uk", True),
        ("a.b.example.co.uk", "example.co.uk", True),
        ("*.example.co.uk", "example.co.uk", True),
        ("A.EXAMPLE.co.uk", "example.CO.UK.", True),
        ("evil-example.co.uk", "example.co.uk", False),
        ("example.co.uk.evil.com", "example.co.uk", False),
        ("co.uk", "example.co.uk", False),
        ("example.com", "example.co.uk", False),
        ("anything", "", False),
    ],
)
def test_a_name_is_under_a_domain_label_by_label(host: str, domain: str, is_under: bool) -> None:
    assert under(host, domain) is is_under


@pytest.mark.parametrize(
    ("pattern", "host", "covers"),
    [
        ("a.example.com", "A.example.com.", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.com", "example.com", False),
        ("a.example.com", "b.example.com", False),
    ],
)
def test_a_wildcard_covers_one_label(pattern: str, host: str, covers: bool) -> None:
    assert same_host(pattern, host) is covers
    assert name("x") and fault("a.example.com") is None
