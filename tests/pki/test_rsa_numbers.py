"""Weak RSA keys: every sample of badkeys' own tests is caught, and sound keys of every usual size are left alone.

The files in badkeys/ are from the source distribution of badkeys 0.0.21 (licence beside them).
"""

import hashlib
from pathlib import Path

import gmpy2
import pytest
from badkeys.rsakeys import smallfactors
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from engine.pki import NamedBytes
from engine.pki.read.numbers import _wrap, rsa_spki
from engine.pki.rules.rsa_numbers import faults
from tests.pki.conftest import codes, ec_key, look, rsa_key

SAMPLES = Path(__file__).with_name("badkeys")
SOUND = {"rsa-ok.key", "x448-ok.key", "dh-ok.key"}
WEAK = sorted(
    path.name for path in SAMPLES.iterdir() if path.suffix in {".key", ".csr", ".crt"} and path.name not in SOUND
)


@pytest.mark.parametrize("sample", WEAK)
def test_every_weak_sample_of_badkeys_is_caught(sample: str) -> None:
    report = look((SAMPLES / sample).read_bytes())
    assert report.verdict == "bad"
    assert "C2" in {finding.class_ for finding in report.findings if finding.severity == "error"}


def test_the_fault_of_infineons_library_is_named() -> None:
    assert "rsa-roca" in codes((SAMPLES / "rsa-roca.key").read_bytes())


@pytest.mark.parametrize("sample", sorted(SOUND))
def test_the_sound_samples_of_badkeys_are_not_called_weak(sample: str) -> None:
    report = look((SAMPLES / sample).read_bytes())
    assert "C2" not in {finding.class_ for finding in report.findings}


def public(n: int, e: int = 65537) -> bytes:
    def number(value: int) -> bytes:
        return _wrap(2, value.to_bytes((value.bit_length() + 8) // 8 or 1, "big", signed=True))

    return rsa_spki(_wrap(0x30, number(n) + number(e)))


def prime(bits: int, seed: int) -> int:
    return int(gmpy2.next_prime((1 << (bits - 1)) + (1 << (bits - 2)) + seed * (1 << (bits // 2))))


def with_a_run_of_zeros(n: int) -> int:
    raw = bytearray(n.to_bytes(256, "big"))
    raw[100:120] = bytes(20)
    odd = int.from_bytes(raw, "big") | 1
    while smallfactors(odd) or gmpy2.is_prime(odd):
        odd += 2
    return odd


def repeated(period: int) -> int:
    """A modulus of one run of bytes again and again; its ends are touched until no small prime divides it."""
    piece = hashlib.shake_256(b"a source of no randomness").digest(period)
    made = int.from_bytes(piece * (256 // period), "big") | 1 << 2047 | 1
    while smallfactors(made) or gmpy2.is_prime(made):
        made += 2
    return made


P, Q = prime(1024, 3**200), prime(1024, 7**150)
N = rsa_key().public_key().public_numbers().n


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (public(N, 1), "rsa-invalid-exponent"),
        (public(N, 2), "rsa-invalid-exponent"),
        (public(N, 65536), "rsa-invalid-exponent"),
        (public(N, -3), "rsa-invalid-exponent"),
        (public(N, N + 2), "rsa-invalid-exponent"),
        (public(N, 3), "rsa-unusual-exponent"),
        (public(N, (1 << 300) + 1), "rsa-unusual-exponent"),
        (public(N + 1), "rsa-invalid-modulus"),
        (public(-N), "rsa-invalid-modulus"),
        (public(0), "rsa-invalid-modulus"),
        (public(prime(2048, 5)), "rsa-invalid-modulus"),
        (public(prime(2040, 5) * 251), "rsa-invalid-modulus"),
        (public(prime(1024, 5) ** 2), "rsa-fermat-close-primes"),
        (public(P * int(gmpy2.next_prime(P))), "rsa-fermat-close-primes"),
        (public(with_a_run_of_zeros(N)), "rsa-pattern"),
        (public(repeated(16)), "rsa-pattern"),
        (public(repeated(64)), "rsa-pattern"),
        (public((1 << 40000) + 1), "rsa-invalid-modulus"),
    ],
)
def test_numbers_that_make_no_key_are_named(data: bytes, code: str) -> None:
    assert code in codes(data)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_fresh_keys_are_left_alone(bits: int) -> None:
    numbers = rsa_key(0, bits).public_key().public_numbers()
    assert faults(numbers.n, numbers.e) == ()


def test_two_files_with_a_prime_in_common_are_reported_and_the_same_key_twice_is_not() -> None:
    numbers = rsa_key().private_numbers()
    other = prime(1024, 11**120)
    assert "rsa-shared-prime" in codes(public(N), public(numbers.p * other))
    assert "rsa-shared-prime" not in codes(public(N), public(N))
    earlier = (NamedBytes("earlier.pem", public(numbers.p * other)),)
    assert "rsa-shared-prime" in codes(public(N), known=earlier)
    assert "rsa-shared-prime" not in codes(public(rsa_key(1).public_key().public_numbers().n), known=earlier)
    assert "rsa-shared-prime" not in codes(public(N), public(rsa_key(1).public_key().public_numbers().n))


def test_a_small_private_exponent_is_found_from_the_public_key_and_from_the_private_one() -> None:
    p, q = rsa_key().private_numbers().p, rsa_key().private_numbers().q
    phi = (p - 1) * (q - 1)
    d = int(gmpy2.next_prime(1 << 200))
    e = int(gmpy2.invert(d, phi))
    assert "rsa-small-private-exponent" in codes(public(p * q, e))
    private = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
    pem = private.private_key(unsafe_skip_rsa_key_validation=True).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    assert "rsa-small-private-exponent" in codes(pem)


def test_another_kind_of_key_is_none_of_this_rules_business() -> None:
    spki = ec_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert not {code for code in codes(spki) if code.startswith("rsa-")}
