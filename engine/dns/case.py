"""One case to be judged: the claim, the answers and the time, with what many rules need to know of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from engine.dns.answers import (
    CNAME,
    TXT,
    Answers,
    Failure,
    Listed,
    Look,
    Message,
    Name,
    Question,
    Reply,
    Server,
    txt_values,
)
from engine.dns.caa import CaaResult
from engine.dns.claim import Claim
from engine.dns.misfit import Misfit, misfit
from engine.dns.names import host_in, probe_below, serial_before
from engine.dns.providers import provider_of
from engine.dns.secure import Security


class Bad(StrEnum):
    """Why a server's answer to the deciding question does not count."""

    SILENT = "silent"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    PRIVATE = "private"
    LIMIT = "limit"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    SERVFAIL = "servfail"
    ERROR = "error"
    UPWARD = "upward"
    RECURSIVE = "recursive"
    LAME = "lame"


_FAILURES = {
    Failure.SILENT: Bad.SILENT,
    Failure.CLOSED: Bad.CLOSED,
    Failure.UNREACHABLE: Bad.UNREACHABLE,
    Failure.PRIVATE: Bad.PRIVATE,
    Failure.LIMIT: Bad.LIMIT,
    Failure.MALFORMED: Bad.MALFORMED,
    Failure.TRUNCATED: Bad.TRUNCATED,
}


@dataclass(frozen=True, slots=True)
class State:
    """One server's stand on the deciding question. `bad` None means that its answer counts."""

    server: Server
    reply: Reply | None
    bad: Bad | None
    values: tuple[str, ...]
    holds: bool
    serial: int | None


@dataclass(frozen=True)
class Case:
    """What a rule judges. `now` is the moment of asking, with its zone."""

    claim: Claim
    answers: Answers
    now: datetime
    security: Security
    caa: CaaResult

    @cached_property
    def look(self) -> Look | None:
        """The look that decides."""
        return self.answers.deciding

    @cached_property
    def states(self) -> tuple[State, ...]:
        """Every server at the deciding name, good and bad."""
        look = self.look
        return tuple(state_of(look, server, self.claim.value) for server in look.servers) if look else ()

    @cached_property
    def good(self) -> tuple[State, ...]:
        """The servers whose answers count."""
        return tuple(state for state in self.states if state.bad is None)

    @cached_property
    def bad(self) -> tuple[State, ...]:
        """The servers whose answers do not count, without those that cannot be reached from here for want of IPv6."""
        return tuple(state for state in self.states if state.bad and not self.is_our_side(state))

    def is_our_side(self, state: State) -> bool:
        """Whether a failure says nothing about the server, because we have no IPv6 route."""
        return self.answers.no_ipv6 and ":" in state.server.address and state.bad is Bad.UNREACHABLE

    @cached_property
    def holders(self) -> tuple[State, ...]:
        """Servers that give the exact value."""
        return tuple(state for state in self.good if state.holds)

    @cached_property
    def lackers(self) -> tuple[State, ...]:
        """Servers that answer well, without the value."""
        return tuple(state for state in self.good if not state.holds)

    @cached_property
    def strays(self) -> tuple[State, ...]:
        """The servers with the value, where all of them are named by one side alone and those of both sides lack it.

        The one side is the zone, without the registry, or the registry, without the zone: an old provider is left over.
        """
        sides = {self.named_by(state) for state in self.holders}
        others = {self.named_by(state) for state in self.lackers}
        only_in_zone = sides == {Listed.ZONE} and bool(others - {Listed.ZONE})
        only_at_registry = sides == {Listed.PARENT} and bool(others - {Listed.PARENT})
        if only_at_registry and all(map(self._lags, self.lackers)):
            return ()
        return self.holders if only_in_zone or only_at_registry else ()

    @cached_property
    def left_behind(self) -> tuple[State, ...]:
        """Servers without the value that the registry alone still names, or at an address that it alone still has."""
        if self.strays or not self.holders:
            return ()
        return tuple(
            state
            for state in self.lackers
            if state.server in self.old_addresses
            or (self.named_by(state) is Listed.PARENT and not self._lags(state) and self._zone_side_holds)
        )

    @cached_property
    def old_addresses(self) -> frozenset[Server]:
        """Servers at addresses that only the registry's glue gives, while the name's own zone gives others."""
        look = self.answers.first
        cut = self.answers.cuts.get(look.zone) if look else None
        if look is None or cut is None:
            return frozenset()
        own = {name.to_text(): self.answers.addresses.get(name, ()) for name in cut.glue}
        return frozenset(each for each in look.servers if own.get(each.name) and each.address not in own[each.name])

    @cached_property
    def _zone_side_holds(self) -> bool:
        return any(self.named_by(state) is not Listed.PARENT for state in self.holders)

    def named_by(self, state: State) -> Listed:
        """Who names the server: the registry, the zone, or both."""
        return self.look.listed.get(state.server.name, Listed.BOTH) if self.look else Listed.BOTH

    def _lags(self, state: State) -> bool:
        """Whether the server has an older copy of the very zone that the servers with the value have."""
        mine = soa_of(self.look, state.server) if self.look else None
        theirs = [soa for each in self.holders if self.look and (soa := soa_of(self.look, each.server))]
        if mine is None or not theirs:
            return False
        return all(mine.mname == soa.mname and serial_before(mine.serial, soa.serial) for soa in theirs)

    @cached_property
    def flapping(self) -> frozenset[Server]:
        """Servers that gave other answers from try to try."""
        look = self.look
        if look is None:
            return frozenset()
        return frozenset(server for server in look.servers if len(_contents(look, server)) > 1)

    @cached_property
    def nowhere(self) -> bool:
        """A value is wanted, servers answer, and none of them has it, in any try."""
        look, value = self.look, self.claim.value
        if look is None or value is None or not self.good or self.holders:
            return False
        return not any(value in values for server in self.flapping for _, values in _contents(look, server))

    @cached_property
    def seen_values(self) -> dict[str, tuple[Server, ...]]:
        """Each TXT value at the deciding name with the servers that give it, in order of first sight."""
        found: dict[str, list[Server]] = {}
        for state in self.good:
            for value in state.values:
                found.setdefault(value, []).append(state.server)
        return {value: tuple(servers) for value, servers in found.items()}

    def side(self, name: Name) -> Iterator[tuple[Reply, Message]]:
        """Authoritative answers to TXT at another name of the domain's zone, one for each server asked."""
        look = self.answers.first
        if look is None:
            return
        for server in look.servers:
            reply = look.reply(server, name, TXT)
            if reply and reply.message and reply.message.authoritative:
                yield reply, reply.message

    def holding(self, name: Name, value: str) -> tuple[Server, ...]:
        """The servers that give exactly this value at another name."""
        return tuple(reply.server for reply, _ in self.side(name) if value in txt_values(reply, name))

    def misplaced(self, name: Name) -> tuple[str, tuple[Server, ...]] | None:
        """The wanted value at another name, or what is nearest to it there, and who gives it.

        None where there is nothing of the kind, or where every made-up name has it too, so that a wildcard gives it.
        """
        wanted = self.claim.value
        there = dict.fromkeys(value for reply, _ in self.side(name) for value in txt_values(reply, name))
        for value in sorted(there, key=lambda each: each != wanted):
            close = wanted is not None and (value == wanted or misfit(value, wanted) not in (None, Misfit.FOREIGN))
            if close and not self.wildcard_holds(value):
                return value, self.holding(name, value)
        return None

    @cached_property
    def how_to_enter(self) -> str:
        """How the provider's panel wants the name, with a blank before it; empty where the provider is not known."""
        look = self.answers.first
        provider = provider_of(name.to_text() for name in look.parent_ns) if look else None
        return f" {provider.sentence(host_in(look.name, look.zone))}" if look and provider else ""

    def wildcard_holds(self, value: str) -> bool:
        """Whether every made-up name below the domain gives the value, so that finding it at a name says nothing."""
        probe = probe_below(self.claim.domain)
        return probe is not None and bool(self.holding(probe, value))

    @cached_property
    def soa(self) -> SOA | None:
        """The deciding zone's SOA with the highest serial seen first; None if no server gave one."""
        look = self.look
        if look is None:
            return None
        for state in (*self.holders, *self.good):
            if found := soa_of(look, state.server):
                return found
        return None


def soa_of(look: Look, server: Server) -> SOA | None:
    """The SOA of the zone as this server has it."""
    for reply in (look.reply(server, look.zone, dns.rdatatype.SOA), look.txt(server)):
        if reply and reply.message and (found := reply.message.soa()) and found[0] == look.zone:
            return found[1]
    return None


def state_of(look: Look, server: Server, value: str | None) -> State:
    """How one server stands on the deciding question."""
    reply = look.txt(server)
    bad = badness(look.zone, reply)
    values = txt_values(reply, look.name) if bad is None else ()
    soa = soa_of(look, server)
    return State(server, reply, bad, values, value is not None and value in values, soa.serial if soa else None)


def _contents(look: Look, server: Server) -> set[tuple[str | None, frozenset[str]]]:
    """The different answers to the deciding question: rcode, and TXT values or CNAME targets."""
    found = set()
    over_tcp = look.tcp.get(server)
    more = (over_tcp,) if over_tcp and badness(look.zone, over_tcp) is None else ()
    for reply in (*look.replies.get((server, Question(look.name, TXT)), ()), *more):
        if reply.message is not None:
            aliases = (rdata.to_text() for rrset in reply.message.answer if rrset.rdtype == CNAME for rdata in rrset)
            found.add((reply.rcode, frozenset((*txt_values(reply, look.name), *aliases))))
    return found


def badness(zone: Name, reply: Reply | None) -> Bad | None:
    """Why a reply does not count as the zone's own answer; None if it does."""
    if reply is None:
        return Bad.LIMIT
    message = reply.message
    if message is None:
        return _FAILURES[reply.failure or Failure.SILENT]
    if message.rcode == "REFUSED":
        return Bad.REFUSED
    if message.rcode == "SERVFAIL":
        return Bad.SERVFAIL
    if message.rcode not in ("NOERROR", "NXDOMAIN"):
        return Bad.ERROR
    if message.authoritative:
        return None
    if message.recursion and message.answer:
        return Bad.RECURSIVE
    if any(zone.is_subdomain(rrset.name) and rrset.name != zone for rrset in message.authority):
        return Bad.UPWARD
    return Bad.LAME
