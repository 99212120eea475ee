"""Whether NSEC or NSEC3 records prove that a name or a type does not exist (RFC 4035 section 5.4, RFC 5155 section 8).

The records handed in are already verified; this is only the logic of the proof.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3

from engine.dns.answers import Name

MAX_ITERATIONS = 150
"""NSEC3 iterations beyond which validators treat a zone as unsigned (RFC 9276 section 3.2)."""
_OPT_OUT = 1


class Proof(StrEnum):
    """What verified records prove about a question."""

    PROVEN = "proven"
    OPT_OUT = "opt-out"
    """The name may be an unsigned delegation: nothing is proven, and that is allowed."""
    INSECURE = "insecure"
    """So many NSEC3 iterations that validators do not look."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Denials:
    """The verified NSEC and NSEC3 records of one answer."""

    zone: Name
    nsec: tuple[tuple[Name, NSEC], ...]
    nsec3: tuple[tuple[bytes, NSEC3], ...]

    @classmethod
    def of(cls, zone: Name, rrsets: Iterable[dns.rrset.RRset]) -> "Denials":
        """From verified record sets; what is no NSEC or NSEC3 is passed over."""
        plain: list[tuple[Name, NSEC]] = []
        hashed: list[tuple[bytes, NSEC3]] = []
        for rrset in rrsets:
            for rdata in rrset:
                if isinstance(rdata, NSEC):
                    plain.append((rrset.name, rdata))
                elif isinstance(rdata, NSEC3) and (owner := _unhash(rrset.name)) is not None:
                    hashed.append((owner, rdata))
        return cls(zone, tuple(plain), tuple(hashed))

    def no_data(self, name: Name, kind: dns.rdatatype.RdataType) -> Proof:
        """That the name has no records of the type."""
        if self.nsec3:
            return self._no_data3(name, kind)
        for owner, rdata in self.nsec:
            if owner == name and not _has(rdata, kind) and not _has(rdata, dns.rdatatype.CNAME):
                if _is_parent_side(rdata) and kind != dns.rdatatype.DS:
                    continue
                return Proof.PROVEN
            if _covers(owner, rdata.next, name, self.zone) and rdata.next.is_subdomain(name):
                return Proof.PROVEN
        encloser = self._encloser(name)
        if encloser is not None and any(
            owner == _wildcard(encloser) and not _has(rdata, kind) for owner, rdata in self.nsec
        ):
            return Proof.PROVEN
        return Proof.NONE

    def no_name(self, name: Name) -> Proof:
        """That the name does not exist, and no wildcard stands for it."""
        if self.nsec3:
            return self._no_name3(name)
        encloser = self._encloser(name)
        if encloser is None:
            return Proof.NONE
        wildcard = _wildcard(encloser)
        covered = any(_covers(owner, rdata.next, wildcard, self.zone) for owner, rdata in self.nsec)
        return Proof.PROVEN if covered else Proof.NONE

    def no_exact(self, name: Name, labels: int) -> Proof:
        """That a name answered by a wildcard does not exist itself; `labels` is the signature's label count."""
        if self.nsec3:
            if self._excessive():
                return Proof.INSECURE
            next_closer = Name(name.labels[len(name) - 1 - (labels + 1) :])
            return Proof.PROVEN if self._covering(next_closer) else Proof.NONE
        covered = any(_covers(owner, rdata.next, name, self.zone) for owner, rdata in self.nsec)
        return Proof.PROVEN if covered else Proof.NONE

    def _encloser(self, name: Name) -> Name | None:
        for owner, rdata in self.nsec:
            if _covers(owner, rdata.next, name, self.zone) and not rdata.next.is_subdomain(name):
                common = max((_common(name, owner), _common(name, rdata.next)), key=len)
                return common if common.is_subdomain(self.zone) else None
        return None

    def _excessive(self) -> bool:
        return any(rdata.iterations > MAX_ITERATIONS or rdata.algorithm != 1 for _, rdata in self.nsec3)

    def _hash(self, name: Name) -> bytes:
        rdata = self.nsec3[0][1]
        digest = dns.dnssec.nsec3_hash(name, rdata.salt or None, rdata.iterations, 1)
        return base64.b32hexdecode(digest.upper())

    def _matching(self, name: Name) -> NSEC3 | None:
        wanted = self._hash(name)
        return next((rdata for owner, rdata in self.nsec3 if owner == wanted), None)

    def _covering(self, name: Name) -> NSEC3 | None:
        wanted = self._hash(name)
        for owner, rdata in self.nsec3:
            inside = owner < wanted < rdata.next if owner < rdata.next else wanted > owner or wanted < rdata.next
            if inside:
                return rdata
        return None

    def _encloser3(self, name: Name) -> tuple[Name, NSEC3] | None:
        """The closest encloser, and what covers the next name below it."""
        below, candidate = name, name
        while candidate.is_subdomain(self.zone):
            match = self._matching(candidate)
            if match is not None and candidate != name:
                covering = self._covering(below)
                return (candidate, covering) if covering else None
            if candidate == dns.name.root:
                return None
            below, candidate = candidate, candidate.parent()
        return None

    def _no_data3(self, name: Name, kind: dns.rdatatype.RdataType) -> Proof:
        if self._excessive():
            return Proof.INSECURE
        if match := self._matching(name):
            wrong_side = _is_parent_side(match) and kind != dns.rdatatype.DS
            if _has(match, kind) or _has(match, dns.rdatatype.CNAME) or wrong_side:
                return Proof.NONE
            return Proof.PROVEN
        found = self._encloser3(name)
        if found is None:
            return Proof.NONE
        encloser, covering = found
        wildcard = self._matching(_wildcard(encloser))
        if wildcard is not None and not _has(wildcard, kind):
            return Proof.PROVEN
        return Proof.OPT_OUT if covering.flags & _OPT_OUT else Proof.NONE

    def _no_name3(self, name: Name) -> Proof:
        if self._excessive():
            return Proof.INSECURE
        found = self._encloser3(name)
        if found is None or self._covering(_wildcard(found[0])) is None:
            return Proof.NONE
        return Proof.OPT_OUT if found[1].flags & _OPT_OUT else Proof.PROVEN


def _unhash(owner: Name) -> bytes | None:
    try:
        return base64.b32hexdecode(owner.labels[0].upper())
    except (binascii.Error, ValueError):
        return None


def _has(rdata: NSEC | NSEC3, kind: dns.rdatatype.RdataType) -> bool:
    window, place = divmod(int(kind), 256)
    for number, bitmap in rdata.windows:
        if number == window and place // 8 < len(bitmap):
            return bool(bitmap[place // 8] & (0x80 >> place % 8))
    return False


def _is_parent_side(rdata: NSEC | NSEC3) -> bool:
    return _has(rdata, dns.rdatatype.NS) and not _has(rdata, dns.rdatatype.SOA)


def _covers(owner: Name, after: Name, name: Name, zone: Name) -> bool:
    return bool(owner < name and (name < after or after == zone))


def _common(one: Name, other: Name) -> Name:
    return one.split(one.fullcompare(other)[2])[1]


def _wildcard(encloser: Name) -> Name:
    return Name((b"*", *encloser.labels))
