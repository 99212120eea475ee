"""Reads DER far enough to say what is wrong with it, where a strict parser only says no.

Accepts what BER allows beyond DER (long-form and indefinite lengths) and reports it, so that a rule can name it. Bounded:
nothing is copied but what is asked for, nesting ends at MAX_DEPTH. Raises Malformed and nothing else.
"""

from collections.abc import Iterator
from typing import NamedTuple

MAX_DEPTH = 32
MAX_CHILDREN = 10_000

SEQUENCE, SET, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, BOOLEAN = 0x30, 0x31, 0x02, 0x03, 0x04, 0x05, 0x06, 0x01
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
STRING_TYPES = {
    0x0C: "UTF8String",
    0x13: "PrintableString",
    0x14: "TeletexString",
    0x16: "IA5String",
    0x1A: "VisibleString",
    0x1C: "UniversalString",
    0x1E: "BMPString",
}


class Malformed(ValueError):
    """The bytes are no ASN.1 of the form that was expected; the message says at which offset."""


class Node(NamedTuple):
    """One element: its tag byte and where its header, its content and the next element begin."""

    tag: int
    start: int
    body: int
    stop: int
    end: int


_new = tuple.__new__
_ALLOWED = range(MAX_CHILDREN)


def read(data: bytes, at: int, limit: int, depth: int = 0) -> Node:
    """The element at `at`, which must not reach beyond `limit`. For an indefinite length `stop` and `end` differ by 2."""
    if at + 2 > limit:
        raise Malformed(f"the data end at offset {at}, in the middle of an element")
    tag, first = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise Malformed(f"a tag of more than one byte at offset {at}")
    body = at + 2
    if first < 0x80:
        end = body + first
    elif first == 0x80:
        stop = _end_of_contents(data, body, limit, depth + 1)
        return _new(Node, (tag, at, body, stop, stop + 2))
    else:
        count = first & 0x7F
        body += count
        if count > 8 or body > limit:
            raise Malformed(f"an impossible length at offset {at}")
        end = body + int.from_bytes(data[at + 2 : body], "big")
    if end > limit:
        raise Malformed(f"the element at offset {at} claims {end - body} bytes and only {limit - body} follow")
    return _new(Node, (tag, at, body, end, end))


def _end_of_contents(data: bytes, at: int, limit: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise Malformed("nested too deeply")
    while data[at : at + 2] != b"\x00\x00":
        at = read(data, at, limit, depth).end
    return at


def children(data: bytes, node: Node) -> list[Node]:
    """The elements directly inside a constructed one. The usual lengths are read without a call: this is most of the work."""
    found: list[Node] = []
    at, stop = node.body, node.stop
    try:
        for _ in _ALLOWED:
            if at >= stop:
                break
            tag, first = data[at], data[at + 1]
            if first < 0x80 and tag & 0x1F != 0x1F:
                end = at + 2 + first
                found.append(_new(Node, (tag, at, at + 2, end, end)))
            elif first == 0x82 and tag & 0x1F != 0x1F:
                end = at + 4 + (data[at + 2] << 8 | data[at + 3])
                found.append(_new(Node, (tag, at, at + 4, end, end)))
            else:
                child = read(data, at, stop)
                end = child.end
                found.append(child)
            at = end
    except IndexError:
        raise Malformed(f"the data end in the middle of the element at offset {at}") from None
    if at > stop:
        raise Malformed(f"the element at offset {found[-1].start} claims more bytes than follow")
    if at < stop:
        raise Malformed(f"more than {MAX_CHILDREN} elements in one, at offset {node.start}")
    return found


def content(data: bytes, node: Node) -> bytes:
    return data[node.body : node.stop]


def whole(data: bytes, node: Node) -> bytes:
    """The element with its header."""
    return data[node.start : node.end]


def expect(node: Node, tag: int, what: str) -> Node:
    """The node itself if it has this tag; Malformed, naming `what`, if not."""
    if node.tag != tag:
        raise Malformed(f"{what} was expected at offset {node.start}, found tag {node.tag:#04x}")
    return node


def integer(data: bytes, node: Node) -> int:
    return int.from_bytes(data[expect(node, INTEGER, "a number").body : node.stop], "big", signed=True)


def oid(data: bytes, node: Node) -> str:
    """The dotted form of an OBJECT IDENTIFIER."""
    raw = content(data, expect(node, OID, "an object identifier"))
    if known := _KNOWN.get(raw):
        return known
    if not raw or raw[-1] & 0x80 or len(raw) > 64:
        raise Malformed(f"a broken object identifier at offset {node.start}")
    arcs, value = [], 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def encode_oid(dotted: str) -> bytes:
    """The content bytes of an OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return bytes(out)


def bits(data: bytes, node: Node) -> bytes:
    """The bytes of a BIT STRING whose length is whole bytes."""
    expect(node, BIT_STRING, "a bit string")
    if node.body >= node.stop or data[node.body] > 7:
        raise Malformed(f"a broken bit string at offset {node.start}")
    return data[node.body + 1 : node.stop]


def flaws(data: bytes, node: Node, depth: int = 0) -> Iterator[str]:
    """How the encoding departs from DER, each with its offset: lengths, padded numbers. Looks into constructed elements."""
    if depth > MAX_DEPTH:
        return
    at, first = node.start, data[node.start + 1]
    if node.stop != node.end:
        yield f"an indefinite length at offset {at} (BER)"
    elif first > 0x80:
        size = node.stop - node.body
        if size < 0x80 or data[at + 2] == 0:
            yield f"a length written longer than needed at offset {at} (BER)"
    if node.tag == INTEGER and node.stop - node.body > 1:
        lead, following = data[node.body], data[node.body + 1]
        if (lead == 0 and following < 0x80) or (lead == 0xFF and following >= 0x80):
            yield f"a number with needless leading bytes at offset {at}"
    elif node.tag & 0x20:
        for child in children(data, node):
            yield from flaws(data, child, depth + 1)
    elif node.tag == BOOLEAN and content(data, node) not in (b"\x00", b"\xff"):
        yield f"a truth value other than 00 or FF at offset {at} (BER)"


_KNOWN: dict[bytes, str] = {}
_KNOWN.update(
    (encode_oid(dotted), dotted)
    for dotted in (
        "2.5.4.3", "2.5.4.5", "2.5.4.6", "2.5.4.7", "2.5.4.8", "2.5.4.10", "2.5.4.11",
        "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.35", "2.5.29.37",
        "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2",
        "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", "1.2.840.113549.1.9.14",
        "1.2.840.10045.2.1", "1.2.840.10045.3.1.7", "1.2.840.10045.4.3.2",
    )
)  # fmt: skip
