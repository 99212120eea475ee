"""Elliptic-curve keys that are none, and curves that are spelled out."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.pki.conftest import codes, ec_key
from tests.pki.test_rsa_numbers import SAMPLES

OURS = {"ec-invalid-point", "ec-trivial-private-key", "explicit-curve"}


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_a_point_off_the_curve_is_reported() -> None:
    data = bytearray(spki(ec_key()))
    data[-1] ^= 1
    assert codes(bytes(data)) & OURS == {"ec-invalid-point"}


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_the_private_number_1_is_reported_from_the_public_and_the_private_key(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(1, curve)
    assert "ec-trivial-private-key" in codes(spki(key))
    assert "ec-trivial-private-key" in codes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_a_tiny_private_number_is_reported_where_the_private_key_is_here() -> None:
    key = ec.derive_private_key(12345, ec.SECP256R1())
    assert "ec-trivial-private-key" in codes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_a_curve_that_is_spelled_out_is_reported() -> None:
    assert "explicit-curve" in codes((SAMPLES / "ecdsa-explicit-pub.key").read_bytes())


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_fresh_keys_are_left_alone(curve: ec.EllipticCurve) -> None:
    assert not codes(spki(ec.generate_private_key(curve))) & OURS


def test_a_compressed_point_is_read_too() -> None:
    from engine.pki.read.numbers import _wrap

    raw = ec_key().public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    assert not codes(_wrap(0x30, algorithm + _wrap(3, b"\x00" + raw))) & OURS
