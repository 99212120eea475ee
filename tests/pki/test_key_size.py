"""Key type and length, in general and by a profile."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.pki import parse, shipped
from tests.pki.conftest import codes, ec_key, look, make_csr, rsa_key

OURS = {"key-too-short", "key-type-unusable", "key-outside-profile", "hash-outside-profile"}


def public(key: object) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (
            rsa.generate_private_key(65537, 1024),  # noqa: S505  too short on purpose
            "key-too-short",
        ),
        (ec.generate_private_key(ec.SECP224R1()), "key-too-short"),
        (ec.generate_private_key(ec.SECP256K1()), "key-type-unusable"),
        (ed25519.Ed25519PrivateKey.generate(), "key-type-unusable"),
        (dsa.generate_private_key(2048), "key-type-unusable"),
    ],
)
def test_a_key_that_no_authority_takes_is_reported(key: object, code: str) -> None:
    assert codes(public(key)) & OURS == {code}


@pytest.mark.parametrize(
    "key",
    [
        rsa_key(),
        rsa_key(0, 3072),
        rsa.generate_private_key(65537, 2056),
        ec_key(),
        ec.generate_private_key(ec.SECP384R1()),
    ],
)
def test_usual_keys_are_left_alone_and_an_odd_length_is_a_matter_of_the_profile(key: object) -> None:
    assert not codes(public(key)) & OURS


def test_a_policy_decides_about_type_length_and_hash() -> None:
    policy = parse('{"public_key": {"key_type": "RSA", "allowed_lengths": [3072], "key_format": "PKCS10"}}', "ours")
    assert "key-outside-profile" in codes(make_csr(key=rsa_key()), profile=policy)
    assert "key-outside-profile" in codes(make_csr(key=ec_key()), profile=policy)
    assert not codes(make_csr(key=rsa_key(0, 3072)), profile=policy) & OURS
    policy = parse(
        '{"signature": {"hash_algorithm": {"presence": "REQUIRED", "list": ["SHA-384"]}}, "validity": {}}', "ours"
    )
    assert "hash-outside-profile" in codes(make_csr(), profile=policy)


def test_shipped_profiles_take_what_openssl_makes() -> None:
    for profile in ("signing", "mtls", "dual-purpose", "atlas-api"):
        assert not codes(make_csr(), profile=shipped(profile)) & OURS


def test_a_key_that_is_marked_for_pss_alone_is_warned_of(tmp_path: Path) -> None:
    command = ["openssl", "req", "-new", "-nodes", "-keyout", "k", "-subj", "/CN=a.northwind.example", "-newkey"]
    for kind, expected in (("rsa-pss", {"key-type-unusable"}), ("rsa:2048", set())):
        size = ["-pkeyopt", "rsa_keygen_bits:2048"] if kind == "rsa-pss" else []
        made = subprocess.run([*command, kind, *size], cwd=tmp_path, capture_output=True, check=True).stdout
        report = look(made)
        assert (report.verdict, {each.code for each in report.findings if each.class_ == "C4"}) == ("good", expected)
