"""From bytes to items: recognises what it was given in whatever dress it comes, and says what it had to undo.

`read` never raises on hostile input: what cannot be read becomes an item of kind "unknown" with a problem and its words.
In a chat nothing private is decoded: keys, PFX files and key stores become items without content.
"""

from collections.abc import Iterator
from dataclasses import replace

from engine.pki.asn1 import Malformed
from engine.pki.model import MAX_BYTES, MAX_TEXT, Context, Item, NamedBytes
from engine.pki.read import der, private
from engine.pki.read.text import Block, find_blocks, foreign_format, plain_block, to_text
from engine.pki.secrets import looks_like_pfx

MAX_ITEMS = 64
"""Per file; a bundle of all public roots is larger, and not what this is for."""


def read(named: NamedBytes, context: Context) -> tuple[Item, ...]:
    """Everything in one file, in its order."""
    items: list[Item] = []
    try:
        for item in _items(named, context):
            items.append(replace(item, index=len(items)) if items else item)
            if len(items) == MAX_ITEMS:
                break
    except (RecursionError, Malformed) as unreadable:
        items.append(_unknown(named.name, "damaged", f"the structure cannot be followed: {unreadable}"[:200]))
    return tuple(items) if len(items) == 1 else _without_parameters(items)


def _without_parameters(items: list[Item]) -> tuple[Item, ...]:
    """`openssl ecparam -genkey` writes the curve's name as a block of its own before the key: no news beside it."""
    kept = [item for item in items if not (item.label or "").endswith(" PARAMETERS")]
    return (
        tuple(replace(item, index=at) for at, item in enumerate(kept)) if 0 < len(kept) < len(items) else tuple(items)
    )


def container_bytes(data: bytes) -> bytes:
    """The DER of a binary container that may have come as base64 or PEM; the data themselves if it did not."""
    if data[:1] == b"\x30" and _is_der(data):
        return data
    text, _ = to_text(data)
    return next((block.der for block in find_blocks(text) if block.der), data)


def _items(named: NamedBytes, context: Context) -> Iterator[Item]:
    name, data = named.name, named.data
    if len(data) <= MAX_TEXT and (plain := plain_block(data)):
        label, content = plain
        yield from der.classify(name, content, context, label)
    elif not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        yield _unknown(name, "empty", "there is nothing in it")
    elif len(data) > MAX_BYTES:
        yield _unknown(name, "huge", f"it has {len(data)} bytes; more than {MAX_BYTES} are not read")
    elif data[:4] in (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"):
        yield Item(name, 0, "jks", detail="a Java key store", traits=frozenset({"private"}))
    elif looks_like_pfx(data):
        yield from private.pfx(name, data, context)
    elif data[:1] == b"\x30" and _is_der(data):
        yield from der.classify(name, data, context)
    elif foreign := foreign_format(data):
        yield _unknown(name, "foreign", foreign)
    elif len(data) > MAX_TEXT:
        yield _unknown(name, "huge", f"a text of {len(data)} bytes; more than {MAX_TEXT} are not read")
    else:
        yield from _from_text(name, data, context)


def _from_text(name: str, data: bytes, context: Context) -> Iterator[Item]:
    text, repairs = to_text(data)
    found = False
    for block in find_blocks(text):
        found = True
        yield from _from_block(name, block, repairs, context)
    if not found:
        yield _unknown(name, "nothing", "no certificate, request or key was recognised in it")


def _from_block(name: str, block: Block, repairs: tuple[str, ...], context: Context) -> Iterator[Item]:
    mended = repairs + block.repairs
    if block.kind == "putty":
        yield private.refused_or(name, "private_key", "a PuTTY private key", context)
    elif block.kind == "jwk":
        yield private.refused_or(name, "private_key", "a private key in JWK form", context)
    elif block.kind == "ssh-public":
        yield private.ssh_public(name, block.text)
    elif block.private:
        for item in private.pem_key(name, block, context):
            yield replace(item, repairs=mended + item.repairs)
    elif block.der is None:
        yield replace(_unknown(name, "damaged", block.problem or "the base64 cannot be decoded"), label=block.label)
    else:
        for item in der.classify(name, block.der, context, label=block.label):
            yield replace(item, repairs=mended + item.repairs) if mended else item


def _is_der(data: bytes) -> bool:
    """Whether the first byte is the start of DER and not the character "0" of some text."""
    return len(data) > 1 and (data[1] >= 0x80 or data[1] + 2 == len(data)) and not data[:64].isalnum()


def _unknown(name: str, problem: str, detail: str) -> Item:
    return Item(name, 0, "unknown", problem=problem, detail=detail)
