"""The certificate against what was asked for: GlobalSign's API ignores the names of a CSR."""

import json
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.pki.request import BadRequest, parse_request
from tests.pki.conftest import CLIENT, NOW, SERVER, codes, issue, make_csr, rsa_key

OURS = {
    "names-dropped",
    "names-added",
    "subject-changed",
    "usages-changed",
    "validity-changed",
    "other-key-than-requested",
}
KEY = rsa_key(4)


def request(**fields: object) -> object:
    return parse_request(json.dumps(fields))


@pytest.mark.parametrize(
    ("asked", "given", "code"),
    [
        (["a.northwind.example", "b.northwind.example"], ["a.northwind.example"], "names-dropped"),
        (["a.northwind.example"], ["a.northwind.example", "b.northwind.example"], "names-added"),
    ],
)
def test_names_that_differ_from_the_csr_are_reported(asked: list[str], given: list[str], code: str) -> None:
    assert codes(
        make_csr("a.northwind.example", asked, key=KEY), issue("a.northwind.example", given, key=KEY).pem
    ) & OURS == {code}


def test_the_same_names_in_another_order_and_case_are_the_same() -> None:
    asked, given = ["a.northwind.example", "B.northwind.example"], ["b.northwind.example", "a.northwind.example"]
    assert (
        not codes(make_csr("a.northwind.example", asked, key=KEY), issue("a.northwind.example", given, key=KEY).pem)
        & OURS
    )


def test_the_request_to_the_api_counts_and_not_the_csr() -> None:
    csr = make_csr("ignored.northwind.example", ["ignored.northwind.example"], key=KEY)
    certificate = issue("a.northwind.example", ["a.northwind.example"], key=KEY).pem
    assert not codes(csr, certificate, request=request(san={"dns_names": ["a.northwind.example"]})) & OURS
    assert "names-dropped" in codes(
        certificate, request=request(san={"dns_names": ["a.northwind.example", "c.x.example"]})
    )


SPKI = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
OTHER = rsa_key(5).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
END = int(NOW.timestamp()) + 180 * 86400


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"subject_dn": {"organization": "Southwind"}}, "subject-changed"),
        ({"subject_dn": {"locality": "London"}}, "subject-changed"),
        ({"extended_key_usages": [CLIENT.dotted_string, "1.3.6.1.5.5.7.3.4"]}, "usages-changed"),
        ({"validity": {"not_before": 0, "not_after": END + 86400 * 30}}, "validity-changed"),
        ({"validity": {"not_before": 0, "not_after": END - 86400 * 30}}, "validity-changed"),
        ({"public_key": OTHER}, "other-key-than-requested"),
    ],
)
def test_what_was_asked_for_and_not_given_is_reported(fields: dict[str, object], code: str) -> None:
    assert codes(issue(key=KEY).pem, request=request(**fields)) & OURS == {code}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"subject_dn": {"organization": "Northwind Energy Ltd", "country": "GB"}},
        {"extended_key_usages": [SERVER.dotted_string]},
        {"validity": {"not_before": 0, "not_after": 0}},
        {"validity": {"not_before": int(NOW.timestamp()), "not_after": END}},
        {"public_key": SPKI},
        {"public_key": make_csr(key=KEY).decode().rstrip()},
        {"signature": {"algorithm": "RSA", "hash_algorithm": "SHA-256"}},
    ],
)
def test_what_was_asked_for_and_given_is_left_alone(fields: dict[str, object]) -> None:
    assert not codes(issue(key=KEY).pem, request=request(**fields)) & OURS


@pytest.mark.parametrize("text", ["", "[]", "{", '{"validity": {"not_after": 1e30}}'])
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_request(text)


def test_addresses_and_mail_addresses_of_the_request_count_too() -> None:
    names = [x509.DNSName("a.northwind.example"), x509.IPAddress(ip_address("2001:db8::1"))]
    extension = (x509.SubjectAlternativeName(names), False)
    certificate = issue("a.northwind.example", None, key=KEY, extensions=[extension]).pem

    def found(**san: list[str]) -> set[str]:
        return codes(certificate, request=request(san={"dns_names": ["a.northwind.example"], **san})) & OURS

    assert found(ip_addresses=["2001:DB8:0::1"]) == set()
    assert found(ip_addresses=["2001:db8::1", "192.0.2.1"]) == {"names-dropped"}
    assert found(ip_addresses=["2001:db8::1"], emails=["a@northwind.example"]) == {"names-dropped"}
    assert found() == {"names-added"}
