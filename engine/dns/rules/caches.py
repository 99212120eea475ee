"""How the rules about caches tell what a resolver still holds. Not a rule itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import dns.rdatatype

from engine.dns.answers import TXT, Message, Recursive
from engine.dns.case import Case

STALE_CODES = frozenset({3, 19})
"""Extended errors by which a resolver says that its answer is stale (RFC 8914)."""
FRESH_ATTEMPT = timedelta(hours=1)


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


def _negative_ttl(message: Message) -> int:
    """Seconds for which "no such record" is kept: the SOA's remaining TTL, at most its last field (RFC 2308)."""
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA:
            return int(min(rrset.ttl, rrset[0].minimum))
    return 0


def last_failure(case: Case) -> datetime | None:
    """When GlobalSign's last attempt failed, by the claim's log; None if none failed or the claim is verified."""
    if case.claim.status == "VERIFIED":
        return None
    times = [entry.at for entry in case.claim.log if entry.status == "ERROR"]
    return max(times, default=None)


def failed_just_before(case: Case) -> bool:
    """Whether an attempt failed so recently that the CA's own caches may still hold what it saw."""
    failed = last_failure(case)
    return failed is not None and timedelta(0) <= case.now - failed <= FRESH_ATTEMPT


def from_now(seconds: int) -> timedelta:
    """A length of time, never negative."""
    return timedelta(seconds=max(seconds, 0))
