"""The signature of a certificate: old hashes, changes afterwards, two algorithms."""

import subprocess
from pathlib import Path

from tests.pki.conftest import Authority, codes, der, look
from tests.pki.test_csr_signature import swapped

OURS = {"weak-certificate-signature", "certificate-tampered", "algorithms-differ"}


def sha1(folder: Path) -> tuple[bytes, bytes]:
    """A root and a certificate, both signed with SHA-1 by openssl."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "rk",
        "-out",
        "r",
        "-subj",
        "/O=Old Root",
        "-sha1",
        "-days",
        "9999",
    )
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-out", "q", "-subj", "/CN=a.northwind.example")
    openssl(
        "x509", "-req", "-in", "q", "-CA", "r", "-CAkey", "rk", "-CAcreateserial", "-out", "c", "-sha1", "-days", "9999"
    )
    return (folder / "r").read_bytes(), (folder / "c").read_bytes()


def test_an_old_hash_is_an_error_in_a_certificate_and_none_in_a_root(tmp_path: Path) -> None:
    root, leaf = sha1(tmp_path)
    report = look(leaf, root)
    assert [each.file for each in report.findings if each.code == "weak-certificate-signature"] == ["0"]
    assert report.items[0].signature == "weak"


def test_a_certificate_changed_after_it_was_signed_is_tampered_where_the_issuer_is_here(ca: Authority) -> None:
    changed = swapped(der(ca.leaf.pem), b"meter.northwind", b"meter.southwind")
    assert "certificate-tampered" in codes(changed, ca.intermediate.pem)
    assert "certificate-tampered" not in codes(changed)
    assert not codes(ca.leaf.pem, ca.intermediate.pem, ca.root.pem) & OURS


def test_a_changed_root_is_tampered(ca: Authority) -> None:
    assert "certificate-tampered" in codes(swapped(der(ca.root.pem), b"Example Root", b"Exemple Root"))
    assert not codes(ca.root.pem) & OURS


def test_two_different_algorithms_are_reported(ca: Authority) -> None:
    data = der(ca.leaf.pem)
    last = data.rindex(bytes.fromhex("06082a8648ce3d040302"))
    assert "algorithms-differ" in codes(data[:last] + bytes.fromhex("06082a8648ce3d040303") + data[last + 10 :])
