"""Does the key belong to the request, the certificate, the PFX?"""

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from tests.pki.conftest import Authority, codes, look, make_csr, rsa_key


def written(key: object) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]


def test_a_key_that_does_not_belong_to_the_request_is_reported() -> None:
    assert "key-mismatch" in codes(written(rsa_key(1)), make_csr(key=rsa_key(0)))


def test_a_key_that_belongs_is_paired_and_left_alone(ca: Authority) -> None:
    report = look(written(ca.leaf.key), make_csr(key=ca.leaf.key), ca.leaf.pem, ca.intermediate.pem)
    assert report.findings == ()
    assert [each.belongs_to for each in report.items] == ["2", "2", None, "2"]


def test_a_certificate_for_another_key_than_the_request_is_reported(ca: Authority) -> None:
    assert "key-mismatch" in codes(make_csr(key=rsa_key(1)), ca.leaf.pem)


def test_the_keys_of_authorities_in_the_chain_do_not_have_to_match(ca: Authority) -> None:
    assert "key-mismatch" not in codes(written(ca.leaf.key), ca.leaf.pem, ca.intermediate.pem, ca.root.pem)


def test_a_public_key_is_paired_too(ca: Authority) -> None:
    public = rsa_key(1).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert "key-mismatch" in codes(public, ca.leaf.pem)
    assert "key-mismatch" not in codes(public, make_csr(key=rsa_key(1)))


def test_a_key_alone_has_nothing_to_differ_from() -> None:
    assert codes(written(rsa_key())) == set()


def test_a_pfx_whose_key_is_not_the_certificates_is_reported(ca: Authority, tmp_path) -> None:  # type: ignore[no-untyped-def]
    import subprocess

    (tmp_path / "c").write_bytes(ca.leaf.pem)
    (tmp_path / "k").write_bytes(written(rsa_key(1)))
    subprocess.run(
        ["openssl", "pkcs12", "-export", "-nokeys", "-in", "c", "-out", "p", "-passout", "pass:x"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    right = serialize_key_and_certificates(
        b"a", ca.leaf.key, ca.leaf.certificate, [ca.intermediate.certificate], NoEncryption()
    )
    assert "key-mismatch" not in codes(right)
    wrong_key_with_bundle = written(rsa_key(1)) + ca.leaf.pem
    assert "key-mismatch" in codes(wrong_key_with_bundle)
