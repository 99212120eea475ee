"""Private material in a chat is refused unread; on the person's own machine it is read and paired."""

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from tests.pki.conftest import codes, look, make_csr, rsa_key

KEY = rsa_key()


def written(encoding: Encoding = Encoding.PEM, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return KEY.private_bytes(encoding, form, NoEncryption())


PRIVATE = {
    "pkcs8": written(),
    "pkcs1": written(form=PrivateFormat.TraditionalOpenSSL),
    "der": written(Encoding.DER),
    "openssh": written(form=PrivateFormat.OpenSSH),
    "sealed": KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame")),
    "pfx": serialize_key_and_certificates(b"dip", KEY, None, None, BestAvailableEncryption(b"sesame")),
    "putty": b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\nAAAA\n",
    "jwk": b'{"kty":"EC","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}',
    "jks": b"\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01",
    "key beside request": written() + make_csr(),
}


@pytest.mark.parametrize("data", PRIVATE.values(), ids=PRIVATE.keys())
def test_private_material_in_a_chat_is_refused_and_nothing_of_it_is_kept(data: bytes) -> None:
    report = look(data, place="chat")
    assert report.verdict == "bad"
    assert "private-key-in-chat" in {finding.code for finding in report.findings}
    assert not any(each.item.der or each.item.key for each in report.items if "private" in each.item.traits)


@pytest.mark.parametrize("data", [written(), written(Encoding.DER), written(form=PrivateFormat.TraditionalOpenSSL)])
def test_a_sound_key_on_the_own_machine_is_good(data: bytes) -> None:
    report = look(data)
    assert (report.verdict, report.findings, report.items[0].item.kind) == ("good", (), "private_key")


def test_a_key_in_the_file_to_submit_is_warned_of_and_one_in_a_file_of_its_own_is_not() -> None:
    assert codes(written() + make_csr()) == {"private-key-with-request"}
    assert codes(written(), make_csr()) == set()


@pytest.mark.parametrize(
    "data",
    [
        make_csr(),
        KEY.public_key().public_bytes(
            Encoding.PEM, __import__("cryptography").hazmat.primitives.serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    ],
)
def test_public_things_are_welcome_in_a_chat(data: bytes) -> None:
    assert "private-key-in-chat" not in codes(data, place="chat")
