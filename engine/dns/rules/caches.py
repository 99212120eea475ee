"""How the rules about caches tell what a resolver still holds. Not a rule itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

import dns.rdatatype
import dns.rrset

from engine.dns.answers import TXT, Message, Name, Recursive
from engine.dns.case import Case
from engine.dns.names import serial_before

STALE_CODES = frozenset({3, 19})
"""Extended errors by which a resolver says that its answer is stale (RFC 8914)."""
FRESH_ATTEMPT = timedelta(hours=1)
_UNMOVED = frozenset({0, 1})
"""Serials of zones whose DNS host never raises them (Route 53, Azure DNS): the same serial says nothing there."""


class Held(Enum):
    """What a resolver gives instead of the value that every server has."""

    NOTHING = auto()
    OTHER = auto()
    FAILURE = auto()


@dataclass(frozen=True, slots=True)
class Cached:
    """One resolver behind the servers: what it holds, for how many seconds yet, and its message."""

    resolver: Recursive
    held: Held
    seconds: int
    message: Message

    @property
    def says_stale(self) -> bool:
        """The resolver says itself that the answer is out of date."""
        return any(code in STALE_CODES for code, _ in self.message.errors)


def behind(case: Case) -> Iterator[Cached]:
    """The public resolvers that do not have the value, while every server that answers has it."""
    if case.claim.value is None or not case.holders or case.lackers:
        return
    for resolver in case.answers.resolvers:
        message = resolver.txt.message
        if resolver.system or message is None:
            continue
        if message.rcode == "SERVFAIL":
            yield Cached(resolver, Held.FAILURE, 300, message)
        elif message.rcode in ("NOERROR", "NXDOMAIN"):
            records = [rrset for rrset in message.answer if rrset.rdtype == TXT]
            values = [
                b"".join(rdata.strings).decode("utf-8", "backslashreplace") for rrset in records for rdata in rrset
            ]
            if case.claim.value in values:
                continue
            if records:
                yield Cached(resolver, Held.OTHER, records[0].ttl, message)
            else:
                yield Cached(resolver, Held.NOTHING, _negative_ttl(message), message)


def answering(case: Case) -> Iterator[tuple[Recursive, dns.rrset.RRset]]:
    """The public resolvers that give TXT records for the domain, and do not call them out of date; with the records."""
    for resolver in case.answers.resolvers:
        message = resolver.txt.message
        if resolver.system or message is None or any(code in STALE_CODES for code, _ in message.errors):
            continue
        records = next((rrset for rrset in message.answer if rrset.rdtype == TXT), None)
        if message.rcode == "NOERROR" and records is not None:
            yield resolver, records


def _negative_ttl(message: Message) -> int:
    """Seconds for which "no such record" is kept: the SOA's remaining TTL, at most its last field (RFC 2308)."""
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA:
            return int(min(rrset.ttl, rrset[0].minimum))
    return 0


def told_apart(case: Case, cached: Cached) -> bool:
    """Whether the resolver fetched its answer while the present version of the zone was out, so that no cache explains
    it: the servers tell it something else than us.

    An absence carries the serial that it belongs to. Records carry none; they are told apart where the resolver fetched
    them no earlier than an SOA with the present serial. How long ago is the zone's TTL without what remains of it.
    """
    look, mine = case.look, case.soa
    if look is None or mine is None or cached.held is Held.FAILURE or cached.says_stale:
        return False
    carrier = cached.message if cached.held is Held.NOTHING else _soa_reply(cached.resolver)
    theirs = carrier.soa() if carrier else None
    if carrier is None or theirs is None or theirs[0] != look.zone or serial_before(theirs[1].serial, mine.serial):
        return False
    counts = mine.serial not in _UNMOVED
    soa_age = _soa_age(case, look.zone, carrier)
    if cached.held is Held.NOTHING:
        return counts or soa_age == 0
    ttl = _present_ttl(case)
    age = None if ttl is None else ttl - cached.seconds
    if age is None or age < 0:
        return False
    return age == 0 if not counts else soa_age is not None and age <= soa_age


def _soa_reply(resolver: Recursive) -> Message | None:
    return resolver.soa.message if resolver.soa else None


def _present_ttl(case: Case) -> int | None:
    """Seconds for which the servers let the records be kept."""
    look = case.look
    ttls = [
        rrset.ttl
        for state in case.holders
        if look and state.reply and state.reply.message and (rrset := state.reply.message.records(look.name, TXT))
    ]
    return max(ttls, default=None)


def _soa_age(case: Case, zone: Name, message: Message) -> int | None:
    """Seconds since the resolver fetched the SOA in a message; None if the servers do not say how long it is kept."""
    look, theirs = case.look, message.soa()
    if look is None or theirs is None:
        return None
    full = [
        rrset.ttl
        for state in case.holders
        if (reply := look.reply(state.server, zone, dns.rdatatype.SOA))
        and reply.message
        and (rrset := reply.message.records(zone, dns.rdatatype.SOA))
    ]
    if not full:
        return None
    beside = message.records(zone, dns.rdatatype.SOA) is None
    most = min(max(full), theirs[1].minimum) if beside else max(full)
    left = min(theirs[2], theirs[1].minimum) if beside else theirs[2]
    return max(most - left, 0)


def failed_just_before(case: Case) -> bool:
    """Whether an attempt failed so recently that the CA's own caches may still hold what it saw."""
    failed = case.claim.last_failure
    return failed is not None and timedelta(0) <= case.now - failed.at <= FRESH_ATTEMPT


def from_now(seconds: int) -> timedelta:
    """A length of time, never negative."""
    return timedelta(seconds=max(seconds, 0))
