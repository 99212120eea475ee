"""Walks the delegation from the root, as a resolver does, and remembers each zone that it meets on the way."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

import dns.name
import dns.rdatatype
import dns.rrset

from engine.dns.answers import NS, Cut, Failure, Message, Name, Question, Reply, Resolved, Server, final_records
from engine.dns.gather.asker import Asker
from engine.dns.options import RootServer
from engine.dns.suffixes import is_public_suffix

A, AAAA, CNAME, SOA = dns.rdatatype.A, dns.rdatatype.AAAA, dns.rdatatype.CNAME, dns.rdatatype.SOA
CAA = dns.rdatatype.CAA
DS, DNSKEY, RRSIG = dns.rdatatype.DS, dns.rdatatype.DNSKEY, dns.rdatatype.RRSIG
DENIALS = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)

MAX_CUTS = 40
MAX_ALIASES = 9
MAX_NS = 20
MAX_RESOLUTIONS = 200
MAX_DEPTH = 6
AT_ONCE = 2
MOST_TRIES = 8
"""How many servers of a zone on the way are asked one question before it counts as not answering."""
HEDGE = 0.4

_random = secrets.SystemRandom()


@dataclass(slots=True, eq=False)
class Zone:
    """A zone while it is being gathered. `hidden` ones were found without a referral, on their parent's servers."""

    name: Name
    parent: "Zone | None"
    ns: tuple[Name, ...]
    glue: dict[Name, tuple[str, ...]]
    delegation: Message | None
    maybe_signed: bool
    ds: Message | None = None
    dnskey: Message | None = None
    asked_keys: bool = False
    addresses: dict[Name, tuple[str, ...]] = field(default_factory=dict)

    _known: tuple[tuple[int, ...], list[Server]] | None = None

    def known(self) -> list[Server]:
        """The servers whose addresses are known, by glue or because they were resolved."""
        counts = tuple(map(len, self.addresses.values()))  # asked with each question, and they only grow
        if self._known is None or self._known[0] != counts:
            self._known = counts, self._servers()
        return list(self._known[1])

    def _servers(self) -> list[Server]:
        held = dict(self.glue)
        for name, found in self.addresses.items():
            held[name] = tuple(dict.fromkeys((*held.get(name, ()), *found)))
        return [Server(name.to_text(), address) for name in self.ns for address in held.get(name, ())]

    def frozen(self) -> Cut:
        """The zone as a value for the rules."""
        return Cut(
            zone=self.name,
            parent=self.parent.name if self.parent else None,
            ns=self.ns,
            glue=MappingProxyType(dict(self.glue)),
            delegation=self.delegation,
            ds=self.ds,
            dnskey=self.dnskey,
        )


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a question ended: the zone, its answer, or what its servers said instead of one."""

    zone: Zone
    reply: Reply | None
    refusals: tuple[Reply, ...]


def lower(name: Name) -> Name:
    """The name in lower case, so that equal names are equal bytes."""
    return name.canonicalize()


class Walk:
    """An iterative resolver for one diagnosis. Bounded: cuts, aliases, name servers and nesting."""

    def __init__(self, asker: Asker, roots: Iterable[RootServer], timeout: float, *, anchored: bool) -> None:
        self.asker = asker
        self._timeout = timeout
        glue = {lower(root.name): root.addresses for root in roots}
        self.root = Zone(dns.name.root, None, tuple(glue), dict(glue), None, anchored)
        self.zones: dict[Name, Zone] = {dns.name.root: self.root}
        self._locks: dict[Name, asyncio.Lock] = {}
        self._resolutions = 0
        self._found: dict[Name, tuple[str, ...]] = {}
        self._side: set[asyncio.Task[None]] = set()
        self._aims: set[Name] = set()

    def aim(self, name: Name) -> None:
        """Says that answers about this name will be validated, so that the keys of the zones above it are wanted."""
        self._aims.add(name)
        for zone in tuple(self.zones.values()):
            if name.is_subdomain(zone.name):
                self._want_keys(zone)

    async def settle(self) -> None:
        """Waits for the questions about keys that were asked on the way."""
        while self._side:
            await asyncio.gather(*tuple(self._side))

    async def close(self) -> None:
        """Ends what is still under way."""
        for task in tuple(self._side):
            task.cancel()
        await asyncio.gather(*tuple(self._side), return_exceptions=True)

    def found(self) -> dict[Name, tuple[str, ...]]:
        """The addresses of name servers that were resolved."""
        return dict(self._found)

    def closest(self, name: Name) -> Zone:
        """The deepest known zone that holds the name."""
        while name not in self.zones:
            name = name.parent()
        return self.zones[name]

    async def descend(self, question: Question, trail: frozenset[Name] = frozenset()) -> Descent:
        """Follows referrals from the deepest known zone to the one that answers.

        Where a referral is to be expected, questions about the same child wait for the first one's.
        """
        zone = self.closest(question.name)
        for _ in range(MAX_CUTS):
            await self.ready(zone, trail)
            depth = len(question.name) - len(zone.name)
            if depth == 0 or (depth == 1 and not is_public_suffix(zone.name)):
                found = await self._step(zone, question, trail)
            else:
                below = dns.name.Name(question.name.labels[depth - 1 :])
                async with self._locks.setdefault(below, asyncio.Lock()):
                    deeper = self.closest(question.name)
                    found = deeper if deeper is not zone else await self._step(zone, question, trail)
            if isinstance(found, Descent):
                return found
            zone = found
        self.asker.limits.add("delegations")
        return Descent(zone, None, ())

    async def _step(self, zone: Zone, question: Question, trail: frozenset[Name]) -> Zone | Descent:
        reply, refusals = await self.ask_zone(zone, question)
        if reply is None and await self._more_addresses(zone, trail):
            reply, more = await self.ask_zone(zone, question)
            refusals += more
        if reply is None or reply.message is None:
            return Descent(zone, None, refusals)
        if referral := referral_of(zone.name, question.name, reply.message):
            return await self.delegated(zone, referral, reply.message)
        soa = reply.message.soa()
        if soa and question.name.is_subdomain(soa[0]) and soa[0].is_subdomain(zone.name) and soa[0] != zone.name:
            if await self.hidden(zone, lower(soa[0])) is None:
                return Descent(zone, reply, refusals)
            return Descent(self.zones[lower(soa[0])], reply, refusals)
        return Descent(zone, reply, refusals)

    async def ask_zone(self, zone: Zone, question: Question) -> tuple[Reply | None, tuple[Reply, ...]]:
        """The first usable reply of any of the zone's servers, and the unusable ones before it.

        Two are asked at once; another one follows for each that fails, and one more when nobody answers for a while.
        """
        waiting = zone.known()
        _random.shuffle(waiting)
        waiting.sort(key=lambda server: int(":" in server.address and 6 in self.asker.unroutable))
        del waiting[MOST_TRIES:]
        refusals: list[Reply] = []
        pending: set[asyncio.Task[Reply]] = set()
        brief = question.type in (A, AAAA)  # that a host has no address of a version is not validated, so not read
        try:
            while waiting or pending:
                while waiting and len(pending) < AT_ONCE:
                    pending.add(asyncio.create_task(self.asker.ask(waiting.pop(0), question, brief=brief)))
                done, pending = await asyncio.wait(
                    pending, timeout=self._timeout * HEDGE, return_when=asyncio.FIRST_COMPLETED
                )
                if not done and waiting:
                    pending.add(asyncio.create_task(self.asker.ask(waiting.pop(0), question, brief=brief)))
                for task in done:
                    reply = task.result()
                    if is_usable(zone.name, question.name, reply):
                        return reply, tuple(refusals)
                    refusals.append(reply)
        finally:
            for task in pending:
                task.cancel()
        return None, tuple(refusals)

    async def resolve_all(self, zone: Zone) -> None:
        """Resolves every name server of a zone that came without glue."""
        bare = [name for name in zone.ns[:MAX_NS] if name not in zone.glue and name not in zone.addresses]
        zone.addresses.update(zip(bare, await asyncio.gather(*map(self.addresses, bare)), strict=True))

    async def _more_addresses(self, zone: Zone, trail: frozenset[Name]) -> bool:
        """Resolves name servers that came without glue, for when those with glue do not answer."""
        if zone.name in trail or len(trail) > MAX_DEPTH or zone.parent is None:
            return False
        bare = [name for name in zone.ns[:MAX_NS] if name not in zone.glue and name not in zone.addresses]
        found = await asyncio.gather(*(self.addresses(name, trail | {zone.name}) for name in bare))
        zone.addresses.update(zip(bare, found, strict=True))
        return any(found)

    async def ready(self, zone: Zone, trail: frozenset[Name] = frozenset()) -> None:
        """Makes sure that some server of the zone has an address, where its name servers' names can be resolved."""
        if zone.known() or zone.name in trail or len(trail) > MAX_DEPTH:
            return
        for ns in zone.ns[:MAX_NS]:
            zone.addresses[ns] = await self.addresses(ns, trail | {zone.name})
            if zone.addresses[ns]:
                return

    async def addresses(self, name: Name, trail: frozenset[Name] = frozenset()) -> tuple[str, ...]:
        """The IPv4 and IPv6 addresses of a host, by its own zone's servers; empty if it has none or none can be had."""
        if name in self._found:
            return self._found[name]
        self._resolutions += 1
        if self._resolutions > MAX_RESOLUTIONS:
            self.asker.limits.add("name servers")
            return ()
        both = await asyncio.gather(self.resolve(Question(name, A), trail), self.resolve(Question(name, AAAA), trail))
        found = tuple(
            rdata.to_text() for resolved in both for rrset in (final_records(resolved) or ()) for rdata in rrset
        )[:16]
        if found or not trail:
            self._found[name] = found
        return found

    async def resolve(self, question: Question, trail: frozenset[Name] = frozenset()) -> Resolved:
        """The answer to a question, following CNAMEs over zones, with every message on the way."""
        steps: list[tuple[Name, Message]] = []
        name, seen = question.name, {question.name}
        while True:
            descent = await self.descend(Question(name, question.type), trail)
            if descent.reply is None or descent.reply.message is None:
                return Resolved(question, tuple(steps), _why(descent))
            message = descent.reply.message
            if question.type == CAA:
                self.aim(name)
            steps.append((descent.zone.name, message))
            path = alias_path(name, message)
            if not path or message.records(path[-1], question.type):
                return Resolved(question, tuple(steps), None)
            if seen & set(path) or len(set(path)) < len(path):
                return Resolved(question, tuple(steps), "loop")
            seen |= set(path)
            if len(seen) > MAX_ALIASES:
                self.asker.limits.add("aliases")
                return Resolved(question, tuple(steps), "too long")
            name = path[-1]

    async def delegated(self, zone: Zone, referral: dns.rrset.RRset, message: Message) -> Zone:
        """The zone that a referral leads to, remembered; with the one between that a shared server kept hidden."""
        child = lower(referral.name)
        zone = await self._really(zone, child, message)
        ns = tuple(dict.fromkeys(lower(rdata.target) for rdata in referral))
        has_ds = any(each.rdtype == DS and each.name == child for each in message.authority)
        denied = any(each.rdtype in DENIALS for each in message.authority)
        made = Zone(
            child, zone, ns, _glue(zone.name, ns, message), message, zone.maybe_signed and (has_ds or not denied)
        )
        kept = self.zones.setdefault(child, made)
        if kept is made:
            if zone.maybe_signed and not has_ds and not denied:
                await self._want_ds(made)
            self._want_keys(made)
        return kept

    async def hidden(self, parent: Zone, apex: Name) -> Zone | None:
        """A zone that its parent's own servers serve, so that no referral to it is ever seen. None if they do not."""
        if apex in self.zones:
            return self.zones[apex]
        reply, _ = await self.ask_zone(parent, Question(apex, NS))
        rrset = reply.message.records(apex, NS) if reply and reply.message else None
        if rrset is None or reply is None or reply.message is None:
            return None
        ns = tuple(dict.fromkeys(lower(rdata.target) for rdata in rrset))
        glue = {name: found for name, found in parent.glue.items() if name in ns}
        glue |= _glue(parent.name, ns, reply.message)
        made = Zone(apex, parent, ns, glue, None, parent.maybe_signed)
        made.addresses = {name: found for name, found in parent.addresses.items() if name in ns}
        kept = self.zones.setdefault(apex, made)
        if kept is made:
            if parent.maybe_signed:
                await self._want_ds(made)
            self._want_keys(made)
        return kept

    async def _want_ds(self, zone: Zone) -> None:
        if zone.parent is None:
            return
        reply, _ = await self.ask_zone(zone.parent, Question(zone.name, DS))
        zone.ds = reply.message if reply else None
        zone.maybe_signed = zone.ds is None or zone.ds.records(zone.name, DS) is not None
        if zone.ds:
            zone.parent = await self._really(zone.parent, zone.name, zone.ds)

    async def _really(self, parent: Zone, child: Name, message: Message) -> Zone:
        """The zone that speaks of a child's DS: the parent, or one between that their common servers kept hidden."""
        name = _speaker(message)
        if name is None or name in (parent.name, child) or not child.is_subdomain(name):
            return parent
        return (await self.hidden(parent, name) if name.is_subdomain(parent.name) else None) or parent

    def _want_keys(self, zone: Zone) -> None:
        if not zone.maybe_signed or zone.asked_keys or not any(aim.is_subdomain(zone.name) for aim in self._aims):
            return
        zone.asked_keys = True

        async def ask() -> None:
            await self.ready(zone)
            reply, _ = await self.ask_zone(zone, Question(zone.name, DNSKEY))
            zone.dnskey = reply.message if reply else None

        task = asyncio.create_task(ask())
        self._side.add(task)
        task.add_done_callback(self._side.discard)


def referral_of(zone: Name, name: Name, message: Message) -> dns.rrset.RRset | None:
    """The NS records by which a zone's server hands the question down, if that is what the message does."""
    if message.rcode != "NOERROR" or message.answer:
        return None
    if any(each.rdtype == SOA for each in message.authority):
        return None
    return next(
        (
            each
            for each in message.authority
            if each.rdtype == NS and each.name != zone and each.name.is_subdomain(zone) and name.is_subdomain(each.name)
        ),
        None,
    )


def is_usable(zone: Name, name: Name, reply: Reply) -> bool:
    """Whether a reply answers for its zone: with authority, or by handing down."""
    message = reply.message
    if message is None or message.rcode not in ("NOERROR", "NXDOMAIN"):
        return False
    return message.authoritative or referral_of(zone, name, message) is not None


def alias_path(name: Name, message: Message) -> tuple[Name, ...]:
    """The names that the CNAMEs of an answer lead over, to the last one. DNAMEs come with their CNAME.

    In a circle the last name has come up before, or is the name itself.
    """
    path: list[Name] = []
    current = name
    while rrset := message.records(current, CNAME):
        current = lower(rrset[0].target)
        path.append(current)
        if current == name or current in path[:-1]:
            break
    return tuple(path)


def _glue(zone: Name, ns: tuple[Name, ...], message: Message) -> dict[Name, tuple[str, ...]]:
    found: dict[Name, tuple[str, ...]] = {}
    for rrset in message.additional:
        name = lower(rrset.name)
        if rrset.rdtype in (A, AAAA) and name in ns and name.is_subdomain(zone):
            found[name] = (*found.get(name, ()), *(rdata.to_text() for rdata in rrset))[:16]
    return found


def _speaker(message: Message) -> Name | None:
    """The zone that an answer about DS comes from: the one that signed it, or whose SOA it carries."""
    for rrset in (*message.answer, *message.authority):
        if rrset.rdtype == RRSIG:
            for rdata in rrset:
                if rdata.type_covered in (DS, *DENIALS):
                    return lower(rdata.signer)
    soa = message.soa()
    return lower(soa[0]) if soa else None


def _why(descent: Descent) -> str:
    for reply in descent.refusals:
        if reply.message:
            return "not authoritative" if reply.message.rcode in ("NOERROR", "NXDOMAIN") else reply.message.rcode
    for reply in descent.refusals:
        if reply.failure and reply.failure is not Failure.UNREACHABLE:
            return str(reply.failure)
    return "no name server has an address" if not descent.refusals else str(descent.refusals[0].failure)
