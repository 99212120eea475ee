"""Questions and answers as bytes: which answer belongs to which question, and what it says.

Queries are built once by dnspython; only the id and the spelling of the name (0x20) are set for each sending. Answers
are matched on the bytes, and decoded by dnspython once for each distinct one.
"""

import secrets
import struct
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from functools import lru_cache

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass

from engine.dns.answers import Message, Question
from engine.dns.names import visible

PAYLOAD = 1232
"""UDP size that we announce: fits the smallest IPv6 path, so that answers are never fragmented."""
_HEADER = 12
_COOKIE = 8
"""Bytes of a client cookie (RFC 7873 section 4)."""


class Form(IntEnum):
    """What goes beside the question, the most first: a server that stumbles over one form is asked in the next."""

    COOKIE = auto()
    """EDNS with a DNS cookie, as many resolvers send one (RFC 7873)."""
    EDNS = auto()
    PLAIN = auto()
    """Without EDNS, as before 1999."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query as sent: its bytes, its id, the bytes of its question with the spelling drawn, and its cookie, if any."""

    wire: bytes
    id: int
    question: bytes
    cookie: bytes = b""


class Match(Enum):
    """Whether bytes that arrived answer a query."""

    YES = auto()
    CASE_LOST = auto()
    """Everything fits but the spelling of the name."""
    REFUSAL = auto()
    """An error without a question section, as some servers send for what they cannot read."""
    NO = auto()


class Unreadable(ValueError):
    """The bytes are no DNS message."""


@dataclass(frozen=True, slots=True)
class _Template:
    """A query without id and cookie: the bytes around the question, its name, and the bits that are the name's spelling.

    A cookie is the last thing in a query, since OPT is its last record and has no other option.
    """

    head: bytes
    name: int
    length: int
    letters: int
    kind: bytes
    tail: bytes


@lru_cache(maxsize=4096)
def _template(question: Question, recursive: bool, form: Form) -> _Template:
    edns = form is not Form.PLAIN
    message = dns.message.make_query(
        question.name,
        question.type,
        use_edns=0 if edns else False,
        want_dnssec=edns,
        payload=PAYLOAD if edns else None,
        flags=dns.flags.RD if recursive else 0,
        options=[dns.edns.CookieOption(bytes(_COOKIE), b"")] if form is Form.COOKIE else None,
        id=0,
    )
    wire, length = message.to_wire(), len(question.name.to_wire() or b"")
    name = wire[_HEADER : _HEADER + length]
    letters = bytes(0x20 if chr(byte).isascii() and chr(byte).isalpha() else 0 for byte in name)
    return _Template(  # a length byte is at most 63, so it is never taken for a letter
        head=wire[2:_HEADER],
        name=int.from_bytes(name, "big"),
        length=length,
        letters=int.from_bytes(letters, "big"),
        kind=wire[_HEADER + length : _HEADER + length + 4],
        tail=wire[_HEADER + length + 4 :],
    )


def make_query(question: Question, *, recursive: bool, form: Form, mixed_case: bool) -> Query:
    """The query with an id, and if asked a spelling and a cookie, drawn from the operating system's randomness."""
    template = _template(question, recursive, form)
    coins = secrets.token_bytes(2 + (template.length if mixed_case else 0))
    name = template.name ^ (int.from_bytes(coins[2:], "big") & template.letters)
    section = name.to_bytes(template.length, "big") + template.kind
    cookie = secrets.token_bytes(_COOKIE) if form is Form.COOKIE else b""
    tail = template.tail[:-_COOKIE] + cookie if cookie else template.tail
    return Query(coins[:2] + template.head + section + tail, int.from_bytes(coins[:2], "big"), section, cookie)


def match(query: Query, wire: bytes) -> Match:
    """Whether `wire` answers `query`: id, QR, opcode and question. The source is the socket's business."""
    if len(wire) < _HEADER or wire[:2] != query.wire[:2]:
        return Match.NO
    flags, questions = struct.unpack_from("!HH", wire, 2)
    if not flags & 0x8000 or flags & 0x7800:
        return Match.NO
    if questions == 0 and flags & 0x000F and len(wire) >= _HEADER:
        return Match.REFUSAL
    if questions != 1:
        return Match.NO
    end = _HEADER + len(query.question)
    section = wire[_HEADER:end]
    if section == query.question:
        return Match.YES
    if section[-4:] == query.question[-4:] and section[:-4].lower() == query.question[:-4].lower():
        return Match.CASE_LOST
    return Match.NO


def is_truncated(wire: bytes) -> bool:
    """The TC flag of a message that has a header."""
    return bool(wire[2] & 0x02)


def plain_rcode(wire: bytes) -> int:
    """The four bits of the response code in the header."""
    return wire[3] & 0x0F


def has_answer(wire: bytes) -> bool:
    """Whether it is no error and has records in the answer section, by the header of a message that has one."""
    return not wire[3] & 0x0F and wire[6:8] != b"\0\0"


def canonical(wire: bytes, query: Query) -> bytes:
    """The answer without what differs from asking to asking, id, spelling and our cookie: same bytes, same message."""
    end = _HEADER + len(query.question)
    same = b"\0\0" + wire[2:_HEADER] + wire[_HEADER:end].lower() + wire[end:]
    at = same.rfind(query.cookie, end) if query.cookie else -1
    if at < end + 4:
        return same
    kind, length = struct.unpack_from("!HH", same, at - 4)
    if kind != dns.edns.OptionType.COOKIE or at + length > len(same):
        return same
    return same[:at] + bytes(length) + same[at + length :]


def summary(wire: bytes) -> Message | None:
    """What the header alone says of an authoritative answer without records; None of any other. Saves the rest."""
    flags, _, answers = struct.unpack_from("!HHH", wire, 2)
    if answers or not flags & dns.flags.AA:
        return None
    rcode = dns.rcode.to_text(dns.rcode.Rcode(flags & 0x000F))
    return Message(
        rcode, bool(flags & dns.flags.AA), bool(flags & dns.flags.RA), bool(flags & dns.flags.AD), False, (), (), (), ()
    )  # fmt: skip


def decode(wire: bytes) -> Message:
    """What an answer says, as `canonical` gives it. Raises Unreadable for any bytes that are no DNS message of class IN.

    The same bytes say the same from check to check (a registry's referrals, a domain that is watched), so what was
    decoded last is kept; large answers are not, which bounds the memory.
    """
    return decode_kept(wire) if len(wire) <= PAYLOAD else _decode(wire)


def _decode(wire: bytes) -> Message:
    try:
        message = dns.message.from_wire(wire, ignore_trailing=False)
    except (dns.exception.DNSException, ValueError, struct.error, IndexError, KeyError, OverflowError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if not isinstance(message, dns.message.QueryMessage):
        raise Unreadable("not an answer to a query")
    return Message(
        rcode=dns.rcode.to_text(message.rcode()),
        authoritative=bool(message.flags & dns.flags.AA),
        recursion=bool(message.flags & dns.flags.RA),
        authenticated=bool(message.flags & dns.flags.AD),
        edns=message.edns >= 0,
        errors=tuple((int(each.code), visible(each.text or "")) for each in message.extended_errors()[:8]),
        answer=tuple(each for each in message.answer if each.rdclass == dns.rdataclass.IN),
        authority=tuple(each for each in message.authority if each.rdclass == dns.rdataclass.IN),
        additional=tuple(each for each in message.additional if each.rdclass == dns.rdataclass.IN),
        strange_cookie=any(isinstance(each, dns.edns.CookieOption) and any(each.client) for each in message.options),
    )


decode_kept = lru_cache(maxsize=512)(_decode)
