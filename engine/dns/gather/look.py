"""Asks about one name at every server of its zone, at every address, all at once; each server goes at its own pace."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import MappingProxyType

import dns.rdatatype

from engine.dns.answers import NS, TXT, Failure, Listed, Look, Name, Question, Reply, Server
from engine.dns.gather.walk import MAX_NS, SOA, Walk, Zone, is_usable, lower

CAA, DNSKEY = dns.rdatatype.CAA, dns.rdatatype.DNSKEY
MAX_ADDRESSES = 32
SIDE_SERVERS = 2
"""How many servers are asked the side questions (misplaced records): the first that answer."""

Side = Callable[[Name], Iterable[Question]]


class Looker:
    """One look. Servers are asked as soon as their addresses are known, so that a slow one delays nobody."""

    def __init__(self, walk: Walk, zone: Zone, name: Name, *, repeat: int, side: Side) -> None:
        self._walk = walk
        self._zone = zone
        self._name = name
        self._repeat = repeat
        self._side = tuple(dict.fromkeys(side(zone.name)))
        self._replies: dict[tuple[Server, Question], list[Reply]] = defaultdict(list)
        self._tcp: dict[Server, Reply] = {}
        self._listed: dict[Name, Listed] = {}
        self._zone_ns: dict[Server, tuple[Name, ...]] = {}
        self._unresolved: list[Name] = []
        self._side_taken = 0

    async def look(self) -> Look:
        """Asks, waits for the slowest, and gives everything that was said."""
        async with asyncio.TaskGroup() as group:
            for ns in self._zone.ns:
                self._meet(group, ns, Listed.PARENT)
        parent_ns = frozenset(self._zone.ns)
        listed = {name.to_text(): self._listing(name, parent_ns) for name in self._listed}
        return Look(
            name=self._name,
            zone=self._zone.name,
            servers=tuple(sorted({server for server, _ in self._replies})),
            listed=MappingProxyType(listed),
            unresolved=tuple(sorted(self._unresolved)),
            replies=MappingProxyType({key: tuple(replies) for key, replies in self._replies.items()}),
            tcp=MappingProxyType(dict(self._tcp)),
            parent_ns=self._zone.ns,
            zone_ns=MappingProxyType(dict(self._zone_ns)),
        )

    def _listing(self, name: Name, parent_ns: frozenset[Name]) -> Listed:
        in_zone = any(name in ns for ns in self._zone_ns.values())
        if name not in parent_ns:
            return Listed.ZONE
        return Listed.BOTH if in_zone or not self._zone_ns else Listed.PARENT

    def _meet(self, group: asyncio.TaskGroup, ns: Name, listed: Listed) -> None:
        if ns in self._listed:
            return
        if len(self._listed) >= MAX_NS:
            self._walk.asker.limits.add("name servers")
            return
        self._listed[ns] = listed
        group.create_task(self._name_server(group, ns))

    async def _name_server(self, group: asyncio.TaskGroup, ns: Name) -> None:
        met: set[str] = set()

        def start(addresses: Iterable[str]) -> None:
            for address in addresses:
                if address in met:
                    continue
                if len({server for server, _ in self._replies}) + len(met) >= MAX_ADDRESSES:
                    self._walk.asker.limits.add("addresses")
                    return
                met.add(address)
                group.create_task(self._server(group, Server(ns.to_text(), address)))

        start(self._zone.glue.get(ns, ()))
        trail = frozenset() if self._zone.known() else frozenset({self._zone.name})
        start(await self._walk.addresses(ns, trail))
        if not met:
            self._unresolved.append(ns)

    async def _server(self, group: asyncio.TaskGroup, server: Server) -> None:
        deciding = Question(self._name, TXT)
        async with asyncio.TaskGroup() as first:
            tcp = first.create_task(self._walk.asker.ask(server, deciding, tcp=True))
            main = first.create_task(self._ask(server, deciding))
            for question in self._routine():
                first.create_task(self._ask(server, question, cookie=question.type == SOA))
        self._tcp[server] = tcp.result()
        self._learn(group, server)
        reply = main.result()
        if reply.failure in (Failure.SILENT, Failure.CLOSED, Failure.UNREACHABLE, Failure.PRIVATE, Failure.LIMIT):
            return
        async with asyncio.TaskGroup() as second:
            for again in range(1, self._repeat):
                second.create_task(self._ask(server, deciding, again=again))
            if self._side_taken < SIDE_SERVERS and is_usable(self._zone.name, self._name, reply):
                self._side_taken += 1
                for question in self._side:
                    second.create_task(self._ask(server, question, brief=True))

    def _routine(self) -> tuple[Question, ...]:
        questions = [Question(self._zone.name, SOA), Question(self._zone.name, NS), Question(self._name, CAA)]
        if self._zone.maybe_signed:
            questions.append(Question(self._zone.name, DNSKEY))
        return tuple(questions)

    async def _ask(
        self, server: Server, question: Question, *, again: int = 0, brief: bool = False, cookie: bool = False
    ) -> Reply:
        reply = await self._walk.asker.ask(server, question, again=again, brief=brief, cookie=cookie)
        self._replies[server, question].append(reply)
        return reply

    def _learn(self, group: asyncio.TaskGroup, server: Server) -> None:
        replies = self._replies.get((server, Question(self._zone.name, NS)), [])
        message = replies[0].message if replies else None
        rrset = message.records(self._zone.name, NS) if message else None
        if message is None or rrset is None or not message.authoritative:
            return
        names = tuple(sorted({lower(rdata.target) for rdata in rrset}))
        self._zone_ns[server] = names
        for name in names:
            self._meet(group, name, Listed.ZONE)
