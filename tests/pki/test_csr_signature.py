"""A tampered request is told apart from one with an old hash, and both from one that nobody can check."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from tests.pki.conftest import codes, der, ec_key, look, make_csr, name, pem, rsa_key

SHA256_RSA = bytes.fromhex("06092a864886f70d01010b")
OURS = {"tampered-request", "weak-request-signature", "unsupported-request-signature"}


def swapped(request: bytes, old: bytes, new: bytes) -> bytes:
    assert old in request
    return request.replace(old, new)


def openssl_csr(tmp_path_factory: pytest.TempPathFactory, digest: str) -> bytes:
    """Signed by openssl, since the library does not sign with old hashes."""

    folder = tmp_path_factory.mktemp("csr")
    command = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-subj", "/CN=a.northwind.example"]
    made = subprocess.run([*command, f"-{digest}"], cwd=folder, capture_output=True, check=True)
    return made.stdout


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_a_request_with_an_old_hash_is_weak_and_not_tampered(
    digest: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    request = openssl_csr(tmp_path_factory, digest)
    assert codes(request) & OURS == {"weak-request-signature"}
    assert look(request).items[0].signature == "weak"


def test_a_request_changed_after_signing_is_tampered() -> None:
    request = swapped(der(make_csr()), b"Northwind Energy Ltd", b"Southwind Energy Ltd")
    assert codes(pem(request)) & OURS == {"tampered-request"}
    assert look(request).items[0].signature == "invalid"


def test_a_request_with_an_old_hash_and_changed_content_is_tampered(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    request = swapped(der(openssl_csr(tmp_path_factory, "sha1")), b"northwind", b"southwind")
    assert codes(request) & OURS == {"tampered-request"}


def test_an_unknown_algorithm_is_unsupported_and_not_tampered() -> None:
    request = swapped(der(make_csr()), SHA256_RSA, SHA256_RSA[:-1] + b"\x7e")
    assert codes(request) & OURS == {"unsupported-request-signature"}


@pytest.mark.parametrize("key", [rsa_key(), ec_key(), ed25519.Ed25519PrivateKey.generate()], ids=["rsa", "ec", "ed"])
def test_a_sound_request_is_left_alone(key: object) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    builder = x509.CertificateSigningRequestBuilder().subject_name(name("a.northwind.example"))
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
    request = builder.sign(key, digest).public_bytes(Encoding.PEM)  # type: ignore[arg-type]  # all of them can sign
    assert not codes(request) & OURS
    assert look(request).items[0].signature == "valid"


def test_a_pss_signature_is_checked_with_its_own_parameters() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.hashes import SHA256

    builder = x509.CertificateSigningRequestBuilder().subject_name(name("a.northwind.example"))
    for salt in (20, 32, padding.PSS.MAX_LENGTH):
        pad = padding.PSS(padding.MGF1(SHA256()), salt)
        request = builder.sign(rsa_key(), SHA256(), rsa_padding=pad).public_bytes(Encoding.DER)
        assert look(request).items[0].signature == "valid"


@pytest.mark.parametrize("mask", ["sha1", "sha256", "sha384"])
def test_a_pss_signature_may_have_a_mask_with_a_hash_of_its_own(mask: str, tmp_path: Path) -> None:
    options = ["rsa_padding_mode:pss", "rsa_pss_saltlen:20", f"rsa_mgf1_md:{mask}"]
    command = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-subj", "/CN=a.northwind.example"]
    signing = [part for option in options for part in ("-sigopt", option)]
    made = subprocess.run([*command, "-sha512", *signing], cwd=tmp_path, capture_output=True, check=True).stdout
    assert look(made).items[0].signature == "valid"
    assert look(swapped(der(made), b"northwind", b"southwind")).items[0].signature == "invalid"
