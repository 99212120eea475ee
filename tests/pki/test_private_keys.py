"""Private keys as tools write them, and those whose numbers do not belong together."""

import subprocess
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.pki import NamedBytes, Password, asn1
from engine.pki.read.numbers import _wrap
from tests.pki.conftest import codes, look, pem, rsa_key


def openssl(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


def number(value: int) -> bytes:
    return _wrap(asn1.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pkcs1(**changed: int) -> bytes:
    """The key with some of its numbers changed; `n` and `e` stay."""
    it = rsa_key().private_numbers()
    numbers = {"d": it.d, "p": it.p, "q": it.q, "dp": it.dmp1, "dq": it.dmq1, "inverse": it.iqmp} | changed
    body = b"".join(map(number, (0, it.public_numbers.n, it.public_numbers.e, *numbers.values())))
    return pem(_wrap(asn1.SEQUENCE, body), "RSA PRIVATE KEY")


NUMBERS = rsa_key().private_numbers()


def test_a_key_whose_numbers_fit_is_good() -> None:
    report = look(pkcs1())
    assert (report.verdict, report.findings) == ("good", ())


BROKEN = [
    {"d": NUMBERS.d + 2},
    {"p": NUMBERS.p + 2},
    {"p": 1, "q": NUMBERS.public_numbers.n},
    {"dp": NUMBERS.dmp1 + 2},
    {"dq": NUMBERS.dmq1 + 2},
    {"inverse": NUMBERS.iqmp + 1},
    {"d": 1 << 4_000_000},
]


@pytest.mark.parametrize(
    "changed",
    BROKEN,
    ids=[",".join(each) for each in BROKEN],
)
def test_a_key_whose_numbers_do_not_belong_together_is_damaged(changed: dict[str, int]) -> None:
    report = look(pkcs1(**changed))
    assert (report.verdict, {each.code for each in report.findings}) == ("bad", {"damaged-file"})
    assert "do not belong together" in report.findings[0].seen


@pytest.mark.parametrize("curve", ["prime256v1", "brainpoolP256r1"])
def test_a_key_with_its_curve_spelled_out_is_called_so_and_not_damaged(curve: str) -> None:
    for form in (["-traditional"], []):
        made = openssl("ecparam", "-name", curve, "-genkey", "-noout", "-param_enc", "explicit")
        key = openssl("pkey", *form, data=made)
        assert codes(key) == {"explicit-curve"}, form
        request = openssl("req", "-new", "-key", "/dev/stdin", "-subj", "/CN=meter.northwind.example", data=key)
        assert "key-mismatch" not in codes(key, request), form


def test_a_key_fits_its_request_whether_the_point_is_written_short_or_long() -> None:
    key = openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout")
    short = openssl("ec", "-conv_form", "compressed", data=key)
    request = openssl("req", "-new", "-key", "/dev/stdin", "-subj", "/CN=meter.northwind.example", data=short)
    report = look(key, request)
    assert (report.verdict, report.items[0].belongs_to) == ("good", "1")
    assert "key-used-again" in codes(openssl("ec", "-pubout", data=key), known=(NamedBytes("old", request),))


def test_the_parameters_that_openssl_writes_before_a_key_are_no_news() -> None:
    made = openssl("ecparam", "-name", "prime256v1", "-genkey")
    assert b"EC PARAMETERS" in made
    report = look(made)
    assert (report.verdict, report.findings, [each.item.index for each in report.items]) == ("good", (), [0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: openssl("ecparam", "-name", "prime256v1"),
        lambda: b"-----BEGIN DH PARAMETERS-----\nMAYCAQcCAQU=\n-----END DH PARAMETERS-----\n",
    ],
)
def test_parameters_alone_are_no_key(make: Callable[[], bytes]) -> None:
    report = look(make())
    assert (report.verdict, {each.code for each in report.findings}) == ("unknown", {"not-of-this-trade"})
    assert "without the key" in report.findings[0].seen


@pytest.mark.parametrize("cipher", ["des", "camellia256"])
def test_a_cipher_that_is_not_supported_is_no_wrong_password(cipher: str) -> None:
    plain = rsa_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    legacy = ("-provider", "legacy", "-provider", "default")
    sealed = openssl("rsa", "-traditional", f"-{cipher}", "-passout", "pass:sesame", *legacy, data=plain)
    assert codes(sealed, password=Password(b"sesame")) == {"not-supported"}
