"""What goes into a PFX: the private key itself, its certificate and the others, out of files of any form."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from engine.pki.model import Item, Password
    from engine.pki.public_key import PublicKey


class Bad(Exception):
    """The input does not do; the message is for the person. Exit code 11."""


HELP = {
    "locked": "; give it with --password-file",
    "wrong-password": "; mind the keyboard's layout, and that the first line of the file is taken as it stands",
    "empty-or-absent-password": "; to open it give --password-file with an empty file, then make it again with one",
    "damaged": "; take it again from where it was made, as an attachment and not as text",
}


def load_key(path: Path, password: "Password | None") -> Any:
    """The private key itself, since a PFX needs it; everything else in Dipper keeps public halves only."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    from bot.cli.pki_files import ask_password, read_bytes

    data, is_pem = _key_block(read_bytes(path))
    load = load_pem_private_key if is_pem else load_der_private_key
    try:
        return load(data, password.reveal() if password else None)
    except TypeError:
        if password is not None:  # a password for a key that needs none
            return load(data, None)
        if asked := ask_password(f"Password of {path}"):
            return load_key(path, asked)
        raise Bad(f"{path}: the key is encrypted; give --key-password-file") from None
    except (ValueError, UnsupportedAlgorithm):
        words = "its password is wrong, or it is damaged" if password else "no private key that can be read"
        if b"BEGIN OPENSSH" in data:
            words = "a key for SSH; make one for the certificate with `dipper csr`"
        raise Bad(f"{path}: {words}") from None


def _key_block(data: bytes) -> tuple[bytes, bool]:
    """The key's PEM block in clean form, out of any encoding of text; what has none as it stands."""
    from engine.pki.read.private import pem_of
    from engine.pki.read.text import find_blocks, to_text

    if data[:1] == b"\x30":
        return data, False
    block = next((each for each in find_blocks(to_text(data)[0]) if each.private), None)
    return (pem_of(block), True) if block else (data, False)


def certificates_for(key: Any, paths: list[Path]) -> "tuple[Certificate, list[Certificate], list[str]]":
    """The certificate of this key, the others in the order of the chain, and in words those that are not of the chain."""
    from cryptography.x509 import load_der_x509_certificate

    from engine.pki.chain import build
    from engine.pki.facts import Certificate as Facts
    from engine.pki.public_key import read_key

    items = public_items(paths, None)
    wanted = read_key(spki_of(key))
    own = [item for item in items if isinstance(item.value, Facts) and _fits(item.value.key, wanted)]
    if not own:
        raise Bad(f"{paths[0]}: the certificate is not the one of this key")
    rest = [item for item in items if isinstance(item.value, Facts) and item.value.der != own[0].der]
    from datetime import UTC, datetime

    built = build([own[0], *rest], None, datetime.now(UTC))
    ordered = list(built[0].certificates[1:]) if built else []
    left_over = [item for item in rest if item.value not in ordered]
    others = [*(each.der for each in ordered), *(each.der for each in left_over)]
    strangers = [f"{item.file} ({item.value.subject.text()})" for item in left_over if item.value]
    return load_der_x509_certificate(own[0].der), [load_der_x509_certificate(der) for der in others], strangers


def _fits(key: "PublicKey", wanted: "PublicKey") -> bool:
    """Whether both are one key, of one kind: a PFX with an RSA key and a certificate for RSA-PSS is taken by nobody."""
    return key.spki == wanted.spki or (key.algorithm == "EC" and key.identity == wanted.identity)


def public_items(paths: list[Path], password: "Password | None") -> "list[Item]":
    """The certificates and requests in the files; anything damaged is refused rather than left out."""
    from bot.cli.pki_files import ask_password, read_files, silence_deprecations
    from engine.pki import Context
    from engine.pki.read import read

    silence_deprecations()
    found = []
    for named in read_files(paths):
        items = read(named, Context(place="machine", password=password))
        if password is None and any(item.problem == "locked" for item in items):
            asked = ask_password(f"Password of {named.name}")
            items = read(named, Context(place="machine", password=asked)) if asked else items
        if trouble := next((item for item in items if item.problem and not _is_key(item)), None):
            raise Bad(f"{named.name}: {trouble.detail}{HELP.get(trouble.problem or '', '')}")
        public = [item for item in items if item.kind in ("certificate", "csr")]
        if not public:
            raise Bad(f"{named.name}: there is no certificate or request in it")
        found += public
    return found


def _is_key(item: "Item") -> bool:
    """A private key beside the certificates is not asked for here, so it may be sealed."""
    return item.kind == "private_key" and item.problem == "locked"


def spki_of(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
