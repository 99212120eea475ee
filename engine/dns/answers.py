"""What the servers said: values that the rules judge. Nothing here asks anybody anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.SOA import SOA

Name = dns.name.Name
TXT, CNAME, NS = dns.rdatatype.TXT, dns.rdatatype.CNAME, dns.rdatatype.NS


class Failure(StrEnum):
    """Why there is no usable answer."""

    SILENT = "no answer in time"
    CLOSED = "the port is closed"
    UNREACHABLE = "no route from here"
    MALFORMED = "the answer cannot be read"
    TRUNCATED = "the answer is cut off and TCP does not work"
    PRIVATE = "a private address, not asked"
    LIMIT = "not asked: a limit of this check was reached"


@dataclass(frozen=True, slots=True, order=True)
class Server:
    """One name server at one address; `name` is empty for a resolver, which is known by its address alone."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} {self.address}" if self.name else self.address


class Question:
    """A name, absolute and in lower case, and a record type. A value: compared and hashed by its bytes, which is fast."""

    __slots__ = ("key", "name", "type")

    def __init__(self, name: Name, kind: dns.rdatatype.RdataType) -> None:
        self.name = name
        self.type = kind
        labels = b"".join(len(label).to_bytes(1, "big") + label for label in name.labels)
        self.key = labels.lower() + int(kind).to_bytes(
            2, "big"
        )  # a length is at most 63, so it is never taken for a letter

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Question) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Question({self.name} {dns.rdatatype.to_text(self.type)})"


@dataclass(frozen=True, slots=True)
class Message:
    """A decoded answer. Servers that say the same share one."""

    rcode: str
    authoritative: bool
    recursion: bool
    authenticated: bool
    edns: bool
    errors: tuple[tuple[int, str], ...]
    answer: tuple[dns.rrset.RRset, ...]
    authority: tuple[dns.rrset.RRset, ...]
    additional: tuple[dns.rrset.RRset, ...]
    strange_cookie: bool = False
    """There is a DNS cookie that is not the one in our question; who keeps to RFC 7873 drops such an answer."""

    def records(self, name: Name, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
        """The records of one name and type in the answer section."""
        return next((each for each in self.answer if each.rdtype == kind and each.name == name), None)

    def soa(self) -> tuple[Name, SOA, int] | None:
        """Zone, SOA and its TTL in seconds, from the answer or the authority section."""
        for each in (*self.answer, *self.authority):
            if each.rdtype == dns.rdatatype.SOA and isinstance(each[0], SOA):
                return each.name, each[0], each.ttl
        return None


@dataclass(frozen=True, slots=True)
class Reply:
    """What one server said to one question: a message, or a failure. `rtt_ms` is the time of that exchange."""

    server: Server
    question: Question
    message: Message | None
    failure: Failure | None
    rtt_ms: float | None = None
    tcp: bool = False
    plain: bool = False
    """The server answered only when asked without EDNS."""
    cookie_lost: bool = False
    """The server answered only when asked without a DNS cookie."""
    case_lost: bool = False
    """The server did not repeat the question's spelling (0x20)."""
    truncated: bool = False
    """The UDP answer was cut off, and the question was asked again over TCP."""
    foreign: int = 0
    """How many answers with a wrong id, question or source came before."""

    @property
    def rcode(self) -> str | None:
        return self.message.rcode if self.message else None


@dataclass(frozen=True, slots=True)
class Cut:
    """One zone on the way from the root: how its parent delegates it, and what proves or denies its keys."""

    zone: Name
    parent: Name | None
    ns: tuple[Name, ...]
    glue: Mapping[Name, tuple[str, ...]]
    delegation: Message | None
    """The parent's referral, or its answer about DS: NS, DS or its denial, with signatures."""
    ds: Message | None = None
    """The parent's answer about DS where the referral did not say."""
    dnskey: Message | None = None


class Listed(StrEnum):
    """Who names a server: the parent's delegation, the zone itself, or both."""

    PARENT = "parent"
    ZONE = "zone"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Look:
    """All that was asked about one name: at every server of its zone, at every address."""

    name: Name
    zone: Name
    servers: tuple[Server, ...]
    listed: Mapping[str, Listed]
    unresolved: tuple[Name, ...]
    """Name servers for which no address was found."""
    replies: Mapping[tuple[Server, Question], tuple[Reply, ...]]
    """In the order of asking; the deciding question is asked several times."""
    tcp: Mapping[Server, Reply]
    parent_ns: tuple[Name, ...] = ()
    zone_ns: Mapping[Server, tuple[Name, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def reply(self, server: Server, name: Name, kind: dns.rdatatype.RdataType) -> Reply | None:
        """The first reply of this server to that question."""
        replies = self.replies.get((server, Question(name, kind)), ())
        return replies[0] if replies else None

    def txt(self, server: Server) -> Reply | None:
        """The server's best reply to the deciding question: the first with a message, else the first."""
        replies = self.replies.get((server, Question(self.name, TXT)), ())
        return next((each for each in replies if each.message), replies[0] if replies else None)


@dataclass(frozen=True, slots=True)
class Recursive:
    """What a recursive resolver said. `system` marks the one that stands for inside the company."""

    server: Server
    system: bool
    txt: Reply
    soa: Reply | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question answered as a resolver would: each message on the way with its zone, and why it ended."""

    question: Question
    steps: tuple[tuple[Name, Message], ...]
    failure: str | None


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was seen. `looks` holds the domain itself and then each target of a CNAME, in order."""

    looks: tuple[Look, ...] = ()
    cuts: Mapping[Name, Cut] = field(default_factory=lambda: MappingProxyType({}))
    resolved: Mapping[Question, Resolved] = field(default_factory=lambda: MappingProxyType({}))
    resolvers: tuple[Recursive, ...] = ()
    stopped_at: Name | None = None
    """The zone whose servers gave no usable answer, where the way from the root ended too early."""
    absent_below: Name | None = None
    """The zone that says that the domain's own delegation does not exist."""
    stop_replies: tuple[Reply, ...] = ()
    limits: frozenset[str] = frozenset()
    alias_end: str | None = None
    """Why a CNAME chain could not be followed to its end: `loop`, `too long`, `dangling`."""
    addresses: Mapping[Name, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Addresses of name servers as their own zones give them, where they were resolved."""
    parent_replies: tuple[Reply, ...] = ()
    """What the servers of the zone above said about the domain, where that zone is no public suffix."""
    no_ipv6: bool = False
    """No IPv6 route from here, so nothing can be said about servers' IPv6 addresses."""
    queries: int = 0

    @property
    def first(self) -> Look | None:
        """The look at the domain itself."""
        return self.looks[0] if self.looks else None

    @property
    def deciding(self) -> Look | None:
        """The look that decides: at the end of the CNAME chain."""
        return self.looks[-1] if self.looks else None


def final_records(resolved: Resolved) -> tuple[dns.rrset.RRset, ...]:
    """The records of the asked type at the end of a resolution."""
    if resolved.failure or not resolved.steps:
        return ()
    return tuple(each for each in resolved.steps[-1][1].answer if each.rdtype == resolved.question.type)


def texts(rrset: dns.rrset.RRset | None) -> tuple[str, ...]:
    """The TXT values of a record set, each with its strings joined as the CA joins them (RFC 7208 section 3.3)."""
    return tuple(b"".join(strings).decode("utf-8", "backslashreplace") for strings in split_texts(rrset))


def split_texts(rrset: dns.rrset.RRset | None) -> tuple[tuple[bytes, ...], ...]:
    """The TXT records of a set as they are stored: each a row of strings of at most 255 bytes."""
    if rrset is None:
        return ()
    return tuple(tuple(getattr(rdata, "strings", ())) for rdata in rrset)


def txt_values(reply: Reply | None, name: Name) -> tuple[str, ...]:
    """The TXT values that a reply holds for exactly that name; empty if there are none or no answer came."""
    return texts(reply.message.records(name, TXT)) if reply and reply.message else ()
