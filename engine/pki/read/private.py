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
    pem = f"-----BEGIN {block.label}-----\n{_header_lines(block)}{_lines(block.text)}\n-----END {block.label}-----\n".encode()
    encrypted = "ENCRYPTED" in f"{block.label}{block.headers}"
    item = Item(name, 0, kind, label=block.label, encrypted=encrypted, traits=PRIVATE)
    raw = decode(block.text) or b""
    if bcrypt_too_costly(raw) if kind == "openssh" else too_costly(raw):
        yield replace(item, problem="damaged", detail=_TOO_COSTLY)
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
    yield _opened(item, key)


def der_key(name: str, data: bytes, context: Context, label: str | None) -> Iterator[Item]:
    item = Item(name, 0, "private_key", label=label, traits=PRIVATE)
    if context.place == "chat":
        yield replace(item, problem="refused", detail="a private key")
        return
    top = asn1.children(data, asn1.read(data, 0, len(data)))
    item = replace(item, encrypted=top[0].tag == asn1.SEQUENCE)
    if too_costly(data):
        yield replace(item, problem="damaged", detail=_TOO_COSTLY)
        return
    password = context.password.reveal() if context.password and item.encrypted else None
    try:
        key = load_der_private_key(data, password)
    except TypeError:
        yield replace(item, problem="locked", detail="the key is encrypted and no password was given")
    except _REFUSALS as refused:
        yield from _unloadable(item, data, item.encrypted and password is not None, refused)
    else:
        yield _opened(item, key)


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


def rsa_spki(pkcs1: bytes) -> bytes:
    """A SubjectPublicKeyInfo around a bare RSA public key, whatever its numbers."""
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    bits = b"\x00" + pkcs1
    return _wrap(asn1.SEQUENCE, algorithm + _wrap(asn1.BIT_STRING, bits))


def _wrap(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def _opened(item: Item, key: object) -> Item:
    public = key.public_key()  # type: ignore[attr-defined]  # every private key type of cryptography has it
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    traits = item.traits
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.private_numbers().private_value < 1 << 32:
        traits |= {"tiny-private-value"}
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        if numbers.d.bit_length() * 4 < key.key_size + 8:
            traits |= {"tiny-private-value"}
    return replace(item, key=read_key(spki), traits=traits)


def _unloadable(item: Item, der: bytes, with_password: bool, refused: Exception) -> Iterator[Item]:
    """A key that cryptography refuses: perhaps the password, perhaps numbers that a rule can name."""
    if with_password:
        yield replace(item, problem="wrong-password", detail="the password does not open it, or the file is damaged")
        return
    try:
        spki = _public_half(der)
    except (Malformed, IndexError):
        spki = None
    if spki is not None:
        yield replace(item, key=read_key(spki), traits=item.traits | {"unloadable"})
    elif isinstance(refused, UnsupportedAlgorithm):
        yield replace(item, problem="unsupported", detail="a kind of key that is not supported")
    else:
        yield replace(item, problem="damaged", detail="the key is damaged or incomplete")


def _public_half(der: bytes) -> bytes | None:
    """The public numbers out of an unencrypted PKCS#1 or PKCS#8 RSA key that no library would load."""
    parts = asn1.children(der, asn1.read(der, 0, len(der)))
    if parts[1].tag == asn1.SEQUENCE:  # PKCS#8
        if asn1.oid(der, asn1.children(der, parts[1])[0]) != "1.2.840.113549.1.1.1":
            return None
        return _public_half(asn1.content(der, parts[2]))
    if parts[1].tag != asn1.INTEGER or len(parts) < 3:
        return None
    numbers = asn1.whole(der, parts[1]) + asn1.whole(der, parts[2])
    return rsa_spki(_wrap(asn1.SEQUENCE, numbers))


def _header_lines(block: Block) -> str:
    return block.headers + "\n\n" if block.headers else ""


def _lines(body: str) -> str:
    compact = "".join(body.split())
    return "\n".join(compact[at : at + 64] for at in range(0, len(compact), 64))
