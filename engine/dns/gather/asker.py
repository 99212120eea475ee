"""Asks one server one question, well: once, in time, within the limits, with the retries that old servers need."""

import asyncio
import errno
import time
from dataclasses import dataclass, replace

from engine.addresses import is_public
from engine.dns.answers import Failure, Message, Question, Reply, Server
from engine.dns.gather.exchange import Packet, over_tcp, slot
from engine.dns.gather.udp import UdpExchange
from engine.dns.gather.wire import Form, Query, Unreadable, canonical, decode, is_truncated, make_query, summary

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EHOSTUNREACH})
_MAX_BYTES = 16 * 1024 * 1024


class _LimitReached(Exception):
    """A limit of this diagnosis is used up."""


@dataclass(frozen=True, slots=True)
class _Key:
    address: str
    port: int
    question: Question
    recursive: bool
    tcp: bool
    again: int
    brief: bool
    cookie: bool


class Asker:
    """The one door to the network for one diagnosis: counts, bounds and shares what is asked.

    `queries` counts packets sent, `limits` names the limits that were hit; `unroutable` and `answered` hold the IP
    versions (4, 6) for which some address had no route, or answered. All only grow.
    """

    def __init__(self, *, port: int, timeout: float, max_queries: int, max_seconds: float, allow_private: bool) -> None:
        self.queries = 0
        self.limits: set[str] = set()
        self.unroutable: set[int] = set()
        self.answered: set[int] = set()
        self._port = port
        self._timeout = timeout
        self._max_queries = max_queries
        self._deadline = time.monotonic() + max_seconds
        self._allow_private = allow_private
        self._bytes = 0
        self._asked: dict[_Key, asyncio.Task[Reply]] = {}
        self._decoded: dict[bytes, Message] = {}

    async def ask(
        self,
        server: Server,
        question: Question,
        *,
        tcp: bool = False,
        again: int = 0,
        brief: bool = False,
        cookie: bool = False,
        recursive_port: int | None = None,
    ) -> Reply:
        """The server's reply. The same question to the same address is sent once, unless `again` tells them apart.

        With `recursive_port` the server is a resolver that the settings name: recursion is asked for, no address is
        barred. With `brief` an authoritative answer without records is read no further than its header, and the message
        has empty sections. With `cookie` the first try has a DNS cookie; that is for a question to which the server must
        have an answer. Never raises for what the network or the server does.
        """
        recursive = recursive_port is not None
        if not recursive and not self._allow_private and not is_public(server.address):
            return Reply(server, question, None, Failure.PRIVATE)
        port = self._port if recursive_port is None else recursive_port
        key = _Key(server.address, port, question, recursive, tcp, again, brief, cookie)
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._bounded(server, key))
        reply = task.result() if task.done() else await asyncio.shield(task)
        return reply if reply.server == server else replace(reply, server=server)

    async def close(self) -> None:
        """Ends what is still under way and waits for it."""
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)

    async def _bounded(self, server: Server, key: _Key) -> Reply:
        async with slot():
            started = time.monotonic()
            left = min(self._timeout, self._deadline - started)
            try:
                reply = await (self._tcp if key.tcp else self._udp)(server, key, left)
            except _LimitReached:
                return Reply(server, key.question, None, Failure.LIMIT)
            if reply.failure is Failure.SILENT and time.monotonic() >= self._deadline:
                self.limits.add("seconds")
            return reply

    def _count(self) -> None:
        if self.queries >= self._max_queries:
            self.limits.add("queries")
            raise _LimitReached
        if time.monotonic() >= self._deadline:
            self.limits.add("seconds")
            raise _LimitReached
        if self._bytes > _MAX_BYTES:
            self.limits.add("bytes")
            raise _LimitReached
        self.queries += 1

    async def _udp(self, server: Server, key: _Key, left: float) -> Reply:
        sent = time.monotonic()
        exchange = UdpExchange(
            key.address, key.port, key.question,
            recursive=key.recursive, first=Form.COOKIE if key.cookie else Form.EDNS, count=self._count,
        )  # fmt: skip
        answered = await exchange.run(left)
        if answered is None:
            failure = self._barred(key.address, exchange.error) if exchange.error else Failure.SILENT
            reply = Reply(server, key.question, None, failure)
        elif is_truncated(answered[1].wire):
            over = await self._tcp(server, key, left)
            cut_off = over.failure if over.message else Failure.TRUNCATED
            reply = replace(over, failure=cut_off, truncated=True, tcp=False)
        else:
            reply = self._read(server, key, *answered, (time.monotonic() - sent) * 1000)
        if not (exchange.plain or exchange.cookie_lost or exchange.case_lost):
            return reply
        return replace(reply, plain=exchange.plain, cookie_lost=exchange.cookie_lost, case_lost=exchange.case_lost)

    async def _tcp(self, server: Server, key: _Key, left: float) -> Reply:
        self._count()
        query = make_query(key.question, recursive=key.recursive, form=Form.EDNS, mixed_case=False)
        sent = time.monotonic()
        try:
            async with asyncio.timeout(left):
                packet = await over_tcp(key.address, key.port, query)
        except TimeoutError:
            return Reply(server, key.question, None, Failure.SILENT, tcp=True)
        except EOFError:
            return Reply(server, key.question, None, Failure.CLOSED, tcp=True)
        except OSError as error:
            return Reply(server, key.question, None, self._barred(key.address, error), tcp=True)
        return self._read(server, key, query, packet, (time.monotonic() - sent) * 1000, tcp=True)

    def _barred(self, address: str, error: OSError) -> Failure:
        if error.errno in _NO_ROUTE:
            self.unroutable.add(6 if ":" in address else 4)
            return Failure.UNREACHABLE
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS):
            self.limits.add("sockets")
            return Failure.LIMIT
        return Failure.CLOSED

    def _read(self, server: Server, key: _Key, query: Query, packet: Packet, rtt: float, *, tcp: bool = False) -> Reply:
        self._bytes += len(packet.wire)
        self.answered.add(6 if ":" in key.address else 4)
        message = summary(packet.wire) if key.brief else None
        if message is None:
            shape = canonical(packet.wire, query)
            message = self._decoded.get(shape)
        if message is None:
            try:
                message = self._decoded[shape] = decode(shape)
            except Unreadable:
                return Reply(server, key.question, None, Failure.MALFORMED, rtt, tcp=tcp, foreign=packet.foreign)
        return Reply(server, key.question, message, None, rtt, tcp=tcp, foreign=packet.foreign)
