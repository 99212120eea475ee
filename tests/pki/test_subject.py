"""Countries, lengths, kinds of string, and the vetted name."""

from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from engine.pki.rules.subject import fold
from tests.pki.conftest import codes, der, look, make_csr, name

OURS = {
    "wrong-country",
    "attribute-too-long",
    "string-type",
    "default-left-in",
    "empty-subject",
    "empty-attribute",
    "repeated-attribute",
    "organisation-differs",
}
OID = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "CN": NameOID.COMMON_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
}


def subject(*parts: tuple[str, str] | tuple[str, str, str]) -> bytes:
    attributes = []
    for short, text, *kind in parts:
        written = _ASN1Type[kind[0]] if kind else None
        attributes.append(x509.NameAttribute(OID[short], text, written, _validate=False))
    return make_csr(subject=x509.Name(attributes), sans=None)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (subject(("C", "UK"), ("O", "Northwind")), "wrong-country"),
        (subject(("C", "gb"), ("O", "Northwind")), "wrong-country"),
        (subject(("C", "XX"), ("O", "Northwind")), "wrong-country"),
        (subject(("C", "GBR"), ("O", "Northwind")), "wrong-country"),
        (subject(("C", "United Kingdom"), ("O", "Northwind")), "wrong-country"),
        (subject(("O", "N" * 65)), "attribute-too-long"),
        (subject(("CN", "a" * 60 + ".northwind.example")), "attribute-too-long"),
        (subject(("C", "GB", "UTF8String")), "string-type"),
        (subject(("O", "Northwind", "T61String")), "string-type"),
        (subject(("O", "Northwind", "BMPString")), "string-type"),
        (subject(("O", " Northwind")), "empty-attribute"),
        (subject(("O", "Internet Widgits Pty Ltd")), "default-left-in"),
        (subject(("O", "  ")), "empty-attribute"),
        (subject(("CN", "a.northwind.example"), ("CN", "b.northwind.example")), "repeated-attribute"),
        (make_csr(subject=x509.Name([]), sans=None), "empty-subject"),
    ],
)
def test_a_fault_in_the_subject_is_named(request_: bytes, code: str) -> None:
    assert codes(request_) & OURS == {code}


def test_a_character_that_its_kind_of_string_cannot_have_is_reported() -> None:
    request = der(subject(("O", "NorthwindX", "PrintableString")))
    assert "string-type" in codes(request.replace(b"NorthwindX", b"Northwind@"))
    assert "string-type" not in codes(request.replace(b"NorthwindX", b"Northwind?"))


def test_the_one_attribute_that_is_a_bit_string_may_be_one() -> None:
    path = Path(cryptography_vectors.__file__).parent / "x509" / "scottishpower-bitstring-dn.pem"
    assert not codes(path.read_bytes()) & OURS


def test_text_that_is_not_in_its_encoding_is_reported() -> None:
    request = der(subject(("O", "NorthwindX", "UTF8String")))
    assert "string-type" in codes(request.replace(b"NorthwindX", b"North\xfcwind"))
    assert "string-type" not in codes(request.replace(b"NorthwindX", "Nort\u00fcwin".encode()))


@pytest.mark.parametrize(
    "request_",
    [
        subject(("C", "GB"), ("O", "Northwind Energy Ltd")),
        subject(("C", "IE"), ("O", "Northwind")),
        subject(("C", "GB"), ("O", "XX")),
        subject(("C", "GB", "PrintableString"), ("O", "Northwind", "UTF8String")),
        subject(("O", "Northwind", "PrintableString")),
        subject(("O", "Nørthwind Energy Ltd", "UTF8String")),
        subject(("O", "N" * 64)),
        subject(("OU", "Metering"), ("OU", "Settlement")),
        make_csr(subject=x509.Name([]), sans=["meter.northwind.example"]),
    ],
)
def test_sound_subjects_are_left_alone(request_: bytes) -> None:
    assert not codes(request_) & OURS


@pytest.mark.parametrize("vetted", ["Northwind Energy Ltd", "NORTHWIND ENERGY LIMITED", "Northwind Energy, Ltd."])
def test_the_vetted_name_in_another_spelling_is_the_same(vetted: str) -> None:
    assert "organisation-differs" not in codes(make_csr(), organisation=vetted)


@pytest.mark.parametrize("vetted", ["Southwind Energy Ltd", "Northwind Energy Holdings Ltd", "Northwind"])
def test_another_name_than_the_vetted_one_is_a_warning(vetted: str) -> None:
    report = look(make_csr(), organisation=vetted)
    assert [(each.code, each.severity) for each in report.findings] == [("organisation-differs", "warning")]


def test_names_are_folded_by_case_punctuation_and_legal_form_only() -> None:
    assert fold("A & B (Trading) Company Limited") == fold("a and b trading co ltd")
    assert fold("A B") != fold("AB")
    assert name("x") != name("y")
