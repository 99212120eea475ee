"""The only code that sends packets: asks everything that the rules want to know, as much as possible at once."""

import asyncio
from collections.abc import Callable, Iterable
from types import MappingProxyType

import dns.name
import dns.rdatatype

from engine.dns.answers import TXT, Answers, Look, Name, Question, Recursive, Reply, Resolved, Server
from engine.dns.claim import Claim
from engine.dns.gather.asker import Asker
from engine.dns.gather.exchange import admission
from engine.dns.gather.look import Looker
from engine.dns.gather.walk import MAX_ALIASES, Descent, Walk, Zone, alias_path, referral_of
from engine.dns.options import Options, ResolverAddress
from engine.dns.suffixes import is_public_suffix

__all__ = ["admission", "gather"]

CAA, SOA = dns.rdatatype.CAA, dns.rdatatype.SOA
Questions = Callable[[Claim, Name], Iterable[Question]]


async def gather(claim: Claim, options: Options, questions: Questions) -> Answers:
    """Everything that was said. `questions` gives what the rules want asked beyond the routine, for a claim and zone.

    Never raises for what the network or a server does; ends within the limits of `options` and says which were hit.
    """
    asker = Asker(
        port=options.port,
        timeout=options.timeout_seconds,
        max_queries=options.max_queries,
        max_seconds=options.max_seconds,
        allow_private=options.allow_private,
    )
    walk = Walk(asker, options.roots(), options.timeout_seconds, anchored=options.anchors() is not None)
    try:
        async with asyncio.TaskGroup() as group:
            trip = group.create_task(_Trip(claim, options, walk, questions).go())
            recursive = [
                group.create_task(_recursive(asker, claim, resolver, system=False)) for resolver in options.resolvers
            ]
            if options.system_resolver:
                recursive.append(group.create_task(_recursive(asker, claim, options.system_resolver, system=True)))
            wanted = (*_caa_questions(claim), *(Question(name, TXT) for name in claim.company_domains))
            extra = [group.create_task(walk.resolve(question)) for question in wanted]
        await walk.settle()
    finally:
        await walk.close()
        await asker.close()
    made = trip.result()
    resolved: dict[Question, Resolved] = {task.result().question: task.result() for task in extra}
    return Answers(
        looks=tuple(made.looks),
        cuts=MappingProxyType({name: zone.frozen() for name, zone in walk.zones.items()}),
        resolved=MappingProxyType(resolved),
        resolvers=tuple(task.result() for task in recursive),
        stopped_at=made.stopped_at,
        absent_below=made.absent_below,
        stop_replies=made.stop_replies,
        limits=frozenset(asker.limits),
        alias_end=made.alias_end,
        parent_replies=made.parent_replies,
        addresses=MappingProxyType(walk.found()),
        no_ipv6=6 in asker.unroutable - asker.answered,
        queries=asker.queries,
    )


def _caa_questions(claim: Claim) -> tuple[Question, ...]:
    names, name = [], claim.domain
    while name != dns.name.root:
        names.append(name)
        name = name.parent()
    return tuple(Question(each, CAA) for each in names[:10])


async def _recursive(asker: Asker, claim: Claim, resolver: ResolverAddress, *, system: bool) -> Recursive:
    server = Server("", resolver.address)
    txt, soa = await asyncio.gather(
        asker.ask(server, Question(claim.domain, TXT), recursive_port=resolver.port),
        asker.ask(server, Question(claim.domain, SOA), recursive_port=resolver.port),
    )
    return Recursive(server, system, txt, soa)


class _Trip:
    """The way from the root to the record, over CNAMEs, and what was seen at each stop."""

    def __init__(self, claim: Claim, options: Options, walk: Walk, questions: Questions) -> None:
        self._claim = claim
        self._options = options
        self._walk = walk
        self._questions = questions
        self.looks: list[Look] = []
        self.stopped_at: Name | None = None
        self.absent_below: Name | None = None
        self.stop_replies: tuple[Reply, ...] = ()
        self.alias_end: str | None = None
        self.parent_replies: tuple[Reply, ...] = ()

    async def go(self) -> "_Trip":
        name, seen = self._claim.domain, {self._claim.domain}
        while True:
            path = await self._stop(name)
            if not path:
                return self
            if seen & set(path) or len(set(path)) < len(path):
                self.alias_end = "loop"
                return self
            seen |= set(path)
            if len(seen) > MAX_ALIASES:
                self._walk.asker.limits.add("aliases")
                self.alias_end = "too long"
                return self
            name = path[-1]

    async def _stop(self, name: Name) -> tuple[Name, ...]:
        """Looks at one name; gives the names that its CNAME leads over, to the one to be asked next; empty at an end."""
        self._walk.aim(name)
        descent = await self._walk.descend(Question(name, TXT))
        zone = await self._apex(descent, name)
        if descent.reply is None:
            self.stop_replies = descent.refusals
            if is_public_suffix(zone.name) or zone.name == dns.name.root:
                self.stopped_at = zone.name
                return ()
        elif zone.name == dns.name.root or (is_public_suffix(zone.name) and zone.name != name):
            self.absent_below = zone.name
            self.stop_replies = (descent.reply,)
            if self.looks:
                self.alias_end = "dangling"
            return ()
        first = not self.looks
        look, above = await asyncio.gather(self._look(zone, name, first), self._ask_above(zone, name, first))
        if (child := await self._cut_below(zone, look)) is not None:
            above = tuple(reply for server in look.servers if (reply := look.txt(server)))
            look = await self._look(child, name, first)
        self.looks.append(look)
        self.parent_replies = above if first else self.parent_replies
        return _path(look)

    async def _look(self, zone: Zone, name: Name, first: bool) -> Look:
        def side(apex: Name) -> Iterable[Question]:
            return self._questions(self._claim, apex) if first else ()

        return await Looker(self._walk, zone, name, repeat=self._options.repeat, side=side).look()

    async def _cut_below(self, zone: Zone, look: Look) -> Zone | None:
        """A zone that only some servers delegate, while the others answer as if there were no cut."""
        for server in look.servers:
            reply = look.txt(server)
            if reply and reply.message and (referral := referral_of(zone.name, look.name, reply.message)):
                return await self._walk.delegated(zone, referral, reply.message)
        return None

    async def _ask_above(self, zone: Zone, name: Name, first: bool) -> tuple[Reply, ...]:
        """What the parent's servers say about the name, where the parent may be the company's own zone."""
        parent = zone.parent
        if not first or parent is None or is_public_suffix(parent.name):
            return ()
        await self._walk.resolve_all(parent)
        asked = (self._walk.asker.ask(server, Question(name, TXT)) for server in parent.known()[:8])
        return tuple(await asyncio.gather(*asked))

    async def _apex(self, descent: Descent, name: Name) -> Zone:
        """The zone that the name is really in, also where one server holds parent and child."""
        zone = descent.zone
        message = descent.reply.message if descent.reply else None
        if message is None or name == zone.name or message.soa():
            return zone
        reply, _ = await self._walk.ask_zone(zone, Question(name, SOA))
        if reply and reply.message and (referral := referral_of(zone.name, name, reply.message)):
            return await self._walk.delegated(zone, referral, reply.message)
        soa = reply.message.soa() if reply and reply.message else None
        if soa and soa[0] != zone.name and soa[0].is_subdomain(zone.name) and name.is_subdomain(soa[0]):
            return await self._walk.hidden(zone, soa[0].canonicalize()) or zone
        return zone


def _path(look: Look) -> tuple[Name, ...]:
    """The targets of the CNAMEs that any server gives, the first in the servers' order; empty without one."""
    for server in look.servers:
        reply = look.txt(server)
        if reply and reply.message and (path := alias_path(look.name, reply.message)):
            return path
    return ()
