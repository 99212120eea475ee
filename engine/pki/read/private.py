"""Everything private: refused unread in a chat; on the person's own machine opened, and only its public half kept."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from engine.pki import asn1
from engine.pki import pfx as pfx_files
from engine.pki.asn1 import Malformed
from engine.pki.derivation import bcrypt_too_costly, too_costly
from engine.pki.facts import read_certificate
from engine.pki.model import Context, Item, Kind
from engine.pki.public_key import read_key
from engine.pki.read.numbers import PRIME_FIELD, public_half
from engine.pki.read.text import Block, decode

PRIVATE = frozenset({"private"})
_TOO_COSTLY = "opening it would take more work than any real file asks for"
_REFUSALS = (ValueError, UnsupportedAlgorithm, NotImplementedError, OverflowError)
"""How the library says that it does not take a key; the second last for points of unusual forms in SSH keys."""


def refused_or(name: str, kind: Kind, words: str, context: Context) -> Item:
    """An item for private material of a form that is named but not opened."""
    problem = "refused" if context.place == "chat" else "not-opened"
    return Item(name, 0, kind, problem=problem, detail=words, traits=PRIVATE)


def pem_key(name: str, block: Block, context: Context) -> Iterator[Item]:
    kind: Kind = "openssh" if block.label == "OPENSSH PRIVATE KEY" else "private_key"
    if context.place == "chat":
        yield replace(refused_or(name, kind, "a private key", context), label=block.label)
        return
    pem = pem_of(block)
    encrypted = "ENCRYPTED" in f"{block.label}{block.headers}"
    item = Item(name, 0, kind, label=block.label, encrypted=encrypted, traits=PRIVATE)
    raw = decode(block.text) or b""
    if bcrypt_too_costly(raw) if kind == "openssh" else too_costly(raw):
        yield replace(item, problem="unsupported", detail=_TOO_COSTLY)
        return
    password = context.password.reveal() if context.password else None
    load = load_ssh_private_key if kind == "openssh" else load_pem_private_key
    try:
        key = load(pem, password)
    except TypeError:
        if encrypted or password is None:
            yield replace(
                item, encrypted=True, problem="locked", detail="the key is encrypted and no password was given"
            )
            return
        try:
            key = load(pem, None)
        except (TypeError, *_REFUSALS):
            yield replace(item, problem="damaged", detail="the key cannot be read")
            return
    except _REFUSALS as refused:
        yield from _unloadable(item, raw, password is not None and encrypted, refused)
        return
    yield _opened(item, key, raw)


def pem_of(block: Block) -> bytes:
    """The block as a tool would have written it, whatever was around it or between its lines."""
    body = f"{_header_lines(block)}{_lines(block.text)}"
    return f"-----BEGIN {block.label}-----\n{body}\n-----END {block.label}-----\n".encode()


def der_key(name: str, data: bytes, context: Context, label: str | None) -> Iterator[Item]:
    item = Item(name, 0, "private_key", label=label, traits=PRIVATE)
    if context.place == "chat":
        yield replace(item, problem="refused", detail="a private key")
        return
    top = asn1.children(data, asn1.read(data, 0, len(data)))
    item = replace(item, encrypted=top[0].tag == asn1.SEQUENCE)
    if too_costly(data):
        yield replace(item, problem="unsupported", detail=_TOO_COSTLY)
        return
    password = context.password.reveal() if context.password and item.encrypted else None
    try:
        key = load_der_private_key(data, password)
    except TypeError:
        yield replace(item, problem="locked", detail="the key is encrypted and no password was given")
    except _REFUSALS as refused:
        yield from _unloadable(item, data, item.encrypted and password is not None, refused)
    else:
        yield _opened(item, key, data)


def pfx(name: str, data: bytes, context: Context) -> Iterator[Item]:
    item = Item(name, 0, "pkcs12", traits=PRIVATE)
    if context.place == "chat":
        yield replace(item, problem="refused", detail="a PFX file (PKCS#12)")
        return
    opened = pfx_files.open_pfx(data, context.password.reveal() if context.password else None)
    item = replace(item, problem=opened.problem, detail=opened.words, traits=PRIVATE | opened.traits)
    if opened.problem:
        yield item
        return
    yield item
    for key in opened.keys:
        yield replace(_opened(Item(name, 0, "private_key", traits=PRIVATE), key), container="pkcs12")
    for der in opened.certificates:
        try:
            value = read_certificate(der)
        except Malformed as broken:
            yield Item(
                name, 0, "unknown", problem="damaged", detail=f"a damaged certificate: {broken}", container="pkcs12"
            )
        else:
            yield Item(name, 0, "certificate", der, value=value, key=value.key, container="pkcs12")


def ssh_public(name: str, text: str) -> Item:
    item = Item(name, 0, "openssh", detail="an OpenSSH public key", problem="ssh-public")
    try:
        key = load_ssh_public_key(" ".join(text.split()[:2]).encode())
        return replace(item, key=read_key(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)))
    except (Malformed, *_REFUSALS):
        return item


def _opened(item: Item, key: object, raw: bytes = b"") -> Item:
    """Of an open file the bytes show whether the curve was spelled out, which the loaded key no longer tells."""
    public = key.public_key()  # type: ignore[attr-defined]  # every private key type of cryptography has it
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    traits = item.traits
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.private_numbers().private_value < 1 << 32:
        traits |= {"tiny-private-value"}
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        if numbers.d.bit_length() * 4 < key.key_size + 8:
            traits |= {"tiny-private-value"}
    read = read_key(spki)
    if read.algorithm == "EC" and PRIME_FIELD in raw:
        read = replace(read, explicit_curve=True, curve=None)
    return replace(item, key=read, traits=traits)


def _unloadable(item: Item, der: bytes, with_password: bool, refused: Exception) -> Iterator[Item]:
    """A key that cryptography refuses: perhaps the password, perhaps numbers that a rule can name."""
    if with_password:
        if isinstance(refused, UnsupportedAlgorithm) or "unknown cipher" in str(refused):
            yield replace(item, problem="unsupported", detail="the way in which it is encrypted is not supported here")
        else:
            yield replace(
                item, problem="wrong-password", detail="the password does not open it, or the file is damaged"
            )
        return
    try:
        spki, sound = public_half(der)
    except (Malformed, IndexError, OverflowError):
        spki, sound = None, True
    if spki is not None:
        item = replace(item, key=read_key(spki))
        yield (
            item if sound else replace(item, problem="damaged", detail="the numbers of the key do not belong together")
        )
    elif isinstance(refused, UnsupportedAlgorithm):
        yield replace(item, problem="unsupported", detail="a kind of key that is not supported")
    else:
        yield replace(item, problem="damaged", detail="the key is damaged or incomplete")


def _header_lines(block: Block) -> str:
    return block.headers + "\n\n" if block.headers else ""


def _lines(body: str) -> str:
    compact = "".join(body.split())
    return "\n".join(compact[at : at + 64] for at in range(0, len(compact), 64))
