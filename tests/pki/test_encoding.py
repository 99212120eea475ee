"""What the file looks like: harmless dress stays silent, loose encodings and lying labels are named, mending is said."""

import base64
import quopri
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.pki.conftest import Authority, codes, der, look, make_csr, pem

OURS = {"not-der", "trailing-bytes", "pem-label-lies", "text-repaired"}
PEM = make_csr().decode()
BODY = "".join(PEM.splitlines()[1:-1])
HOSTS = ("a" * size + ".northwind.example" for size in range(1, 4))
PADDED = next(each for each in (make_csr(host, (host,)) for host in HOSTS) if b"=\n" in each)


def long_form(data: bytes) -> bytes:
    """The same with the outer length written in three bytes instead of two."""
    assert data[1] == 0x82
    return data[:1] + b"\x83\x00" + data[2:]


@pytest.mark.parametrize(
    "dress",
    [
        PEM,
        PEM.replace("\n", "\r\n"),
        "Bag Attributes\n    friendlyName: dip\nsubject=CN = a\n" + PEM,
        f"Here is our request:\n\n{PEM}\n\nKind regards",
        PEM.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
        PEM + "\n\n\n",
        der(PEM.encode()),
        der(PEM.encode()) + b"\n",
    ],
)
def test_harmless_dress_is_no_fault(dress: str | bytes) -> None:
    assert not codes(dress) & OURS
    assert look(dress).verdict == "good"


@pytest.mark.parametrize(
    "dress",
    [
        PEM.replace("-----", "\u2014\u2014"),
        PEM.replace("-----", "\u2013\u2013\u2013\u2013\u2013"),
        PEM.encode("utf-16"),
        PEM.encode("utf-16-le"),
        "<p>" + PEM.replace("\n", "<br>") + "</p>",
        PEM.replace("\n", " "),
        PEM.replace("\n", "\\n"),
        PEM.replace("+", "&#43;").replace("/", "&#x2F;"),
        BODY,
        f"csr: {BODY}",
        base64.encodebytes(PEM.encode()),
        b"tls.csr: " + base64.b64encode(PEM.encode()) + b"\ntls.note: none\n",
        "\n".join(PEM.splitlines()[1:]),
        quopri.encodestring(PADDED),
        PEM.replace("\n", "\u200b\n"),
        "\n".join("> " + line for line in PEM.splitlines()),
        PEM.replace("BEGIN CERTIFICATE REQUEST", "Begin Certificate Request"),
    ],
)
def test_text_that_was_damaged_on_its_way_is_mended_and_that_is_said(dress: str | bytes) -> None:
    report = look(dress)
    assert [finding.code for finding in report.findings] == ["text-repaired"]
    assert (report.verdict, report.items[0].item.kind, report.items[0].signature) == ("good", "csr", "valid")


def test_a_byte_order_mark_alone_is_harmless() -> None:
    assert look(b"\xef\xbb\xbf" + PEM.encode()).verdict == "good"


def test_a_length_written_longer_than_needed_is_no_der() -> None:
    assert "not-der" in codes(long_form(der(PEM.encode())))


def test_bytes_behind_the_end_are_reported() -> None:
    assert "trailing-bytes" in codes(pem(der(PEM.encode()) + b"\x01\x02\x03"))
    assert "trailing-bytes" in codes(pem(der(PEM.encode()) + bytes(3)))


@pytest.mark.parametrize("label", ["CERTIFICATE", "X509 CRL", "PUBLIC KEY"])
def test_a_label_that_lies_is_reported(label: str) -> None:
    assert "pem-label-lies" in codes(pem(der(PEM.encode()), label))


def test_a_certificate_labelled_as_request_is_reported_and_a_bundle_is_not(ca: Authority) -> None:
    from cryptography.hazmat.primitives.serialization import pkcs7

    assert "pem-label-lies" in codes(pem(ca.leaf.der, "CERTIFICATE REQUEST"))
    bundle = pkcs7.serialize_certificates([ca.leaf.certificate, ca.intermediate.certificate], Encoding.PEM)
    assert not codes(bundle) & OURS


def test_openssls_trust_settings_behind_a_certificate_are_named(ca: Authority) -> None:
    command = ["openssl", "x509", "-trustout", "-addtrust", "clientAuth"]
    made = subprocess.run(command, input=ca.leaf.pem, capture_output=True, check=True).stdout
    [found] = [each for each in look(made).findings if each.code == "trailing-bytes"]
    assert "trust settings" in found.seen


def test_a_cut_off_block_is_damaged_and_not_misread() -> None:
    report = look(PEM[: len(PEM) // 2])
    assert [finding.code for finding in report.findings] == ["damaged-file"]
    assert report.verdict == "unknown"


def test_every_file_of_a_clusters_secret_is_read(ca: Authority) -> None:
    key = ca.leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    parts = {"tls.crt": ca.leaf.pem + ca.intermediate.pem, "tls.key": key}
    secret = "data:\n" + "".join(f"  {name}: {base64.b64encode(data).decode()}\n" for name, data in parts.items())
    kinds = [each.item.kind for each in look(secret).items]
    assert kinds == ["certificate", "certificate", "private_key"]
    assert "private-key-in-chat" in codes(secret, place="chat")
