"""Whether a signature over a record set holds, and if not, in which way: the time apart from the mathematics.

The mathematics is dnspython's. The time is ours, because validators differ: BIND takes it as it is, Unbound allows
between an hour and a day.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import dns.dnssec
import dns.exception
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.RRSIG import RRSIG

from engine.dns.answers import Name

ALGORITHMS = frozenset({5, 7, 8, 10, 13, 14, 15, 16})
"""Algorithms that common validators support; others count as unsigned (RFC 6840 section 5.2)."""
_LEAST_SKEW, _MOST_SKEW = timedelta(hours=1), timedelta(days=1)


class Fault(StrEnum):
    """What is wrong with a signature; each is the code of a finding."""

    EXPIRED = "signature-expired"
    NOT_YET = "signature-not-yet-valid"
    MISSING = "signature-missing"
    NO_KEY = "signature-without-key"
    WRONG = "signature-wrong"
    DISAGREE = "validators-disagree"
    TOO_MUCH = "too-many-signatures"


@dataclass(frozen=True, slots=True)
class Check:
    """One record set's result. Without `fault` it is valid; `expires` and `inception` are those of its best signature.

    DISAGREE: a strict validator refuses it, a tolerant one accepts it.
    """

    fault: Fault | None
    inception: datetime | None = None
    expires: datetime | None = None


class Verifier:
    """Verifies signatures within a budget, so that a zone full of keys and signatures cannot keep us busy.

    Each record set is verified once; the same set under the same signatures is answered from memory.
    """

    def __init__(self, now: datetime, budget: int = 250) -> None:
        self._now = now.astimezone(UTC)
        self._left = budget
        self._known: dict[tuple[object, ...], Check] = {}
        self._same: dict[tuple[int, ...], tuple[tuple[object, ...], Check]] = {}
        """The same by the objects' identity, which costs nothing to compare; holds them, so that no id is used again."""

    def check(self, rrset: dns.rrset.RRset, signatures: Iterable[RRSIG], keys: dns.rrset.RRset, zone: Name) -> Check:
        """The best result of any signature of `zone` over the set, by any of `keys`."""
        candidates = [sig for sig in signatures if sig.type_covered == rrset.rdtype and sig.signer == zone]
        if not candidates:
            return Check(Fault.MISSING)
        ids = (id(rrset), id(keys), *map(id, candidates))
        if ids in self._same:
            return self._same[ids][1]
        identity = (rrset.name, rrset.rdtype, frozenset(rrset), frozenset(candidates), frozenset(keys))
        if identity not in self._known:
            results = [self._one(rrset, sig, keys) for sig in candidates[:8]]
            self._known[identity] = min(results, key=_rank)
        self._same[ids] = ((rrset, keys, *candidates), self._known[identity])
        return self._known[identity]

    def _one(self, rrset: dns.rrset.RRset, sig: RRSIG, keys: dns.rrset.RRset) -> Check:
        inception, expires = _moment(sig.inception), _moment(sig.expiration)
        matching = [
            key for key in keys if key.algorithm == sig.algorithm and dns.dnssec.key_id(key) == sig.key_tag
        ]  # fmt: skip
        if not matching:
            return Check(Fault.NO_KEY, inception, expires)
        if self._left <= 0:
            return Check(Fault.TOO_MUCH, inception, expires)
        self._left -= 1
        usable = dns.rrset.from_rdata_list(keys.name, keys.ttl, matching[:4])
        try:
            dns.dnssec.validate_rrsig(rrset, sig, {usable.name: usable}, now=(sig.inception + sig.expiration) / 2)
        except (dns.exception.DNSException, ValueError, KeyError, TypeError, IndexError, OverflowError, struct.error):
            return Check(Fault.WRONG, inception, expires)
        return Check(self._in_time(inception, expires), inception, expires)

    def _in_time(self, inception: datetime, expires: datetime) -> Fault | None:
        if inception <= self._now <= expires:
            return None
        skew = min(max((expires - inception) / 10, _LEAST_SKEW), _MOST_SKEW)
        if inception - skew <= self._now <= expires + skew:
            return Fault.DISAGREE
        return Fault.EXPIRED if self._now > expires else Fault.NOT_YET


def _rank(check: Check) -> tuple[int, float]:
    order = (
        None,
        Fault.DISAGREE,
        Fault.EXPIRED,
        Fault.NOT_YET,
        Fault.TOO_MUCH,
        Fault.WRONG,
        Fault.NO_KEY,
        Fault.MISSING,
    )
    return order.index(check.fault), -(check.expires.timestamp() if check.expires else 0.0)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def signatures_of(section: Iterable[dns.rrset.RRset], name: Name, kind: dns.rdatatype.RdataType) -> tuple[RRSIG, ...]:
    """The signatures in a section over one name's records of one type."""
    return tuple(
        sig
        for rrset in section
        if rrset.rdtype == dns.rdatatype.RRSIG and rrset.name == name
        for sig in rrset
        if sig.type_covered == kind
    )
