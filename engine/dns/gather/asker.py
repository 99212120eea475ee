"""Asks one server one question, well: once, in time, within the limits, with the retries that old servers need."""

import asyncio
import errno
import time
from dataclasses import dataclass, replace

from engine.dns.answers import Failure, Message, Question, Reply, Server
from engine.dns.gather.exchange import Packet, over_tcp, over_udp, slot
from engine.dns.gather.guard import is_public
from engine.dns.gather.wire import (
    Match,
    Query,
    Unreadable,
    canonical,
    decode,
    is_truncated,
    make_query,
    plain_rcode,
    summary,
)

_FORMERR, _NOTIMP = 1, 4
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EHOSTUNREACH})
_MAX_BYTES = 16 * 1024 * 1024
_RETRY_AFTER = 0.4
"""The part of the time-out after which a silent server is asked again, once as before and once without EDNS."""


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
        recursive_port: int | None = None,
    ) -> Reply:
        """The server's reply. The same question to the same address is sent once, unless `again` tells them apart.

        With `recursive_port` the server is a resolver that the settings name: recursion is asked for, no address is
        barred. With `brief` an answer without records is read no further than its header, and the message has empty
        sections. Never raises for what the network or the server does.
        """
        recursive = recursive_port is not None
        if not recursive and not self._allow_private and not is_public(server.address):
            return Reply(server, question, None, Failure.PRIVATE)
        port = self._port if recursive_port is None else recursive_port
        key = _Key(server.address, port, question, recursive, tcp, again, brief)
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._bounded(server, key))
        reply = await asyncio.shield(task)
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
        first = self._send(key, edns=True, mixed=True)
        pending = {first: (True, True)}
        case_lost, plain = False, False
        chosen: tuple[Query, Packet] | None = None
        failure = Failure.SILENT
        deadline, retry_at = sent + left, sent + left * _RETRY_AFTER
        try:
            while pending and chosen is None:
                moment = time.monotonic()
                until = retry_at if retry_at is not None and retry_at < deadline else deadline
                done, _ = await asyncio.wait(
                    pending, timeout=max(0.0, until - moment), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    if until >= deadline:
                        break
                    retry_at = deadline
                    pending[self._send(key, edns=True, mixed=False)] = (True, False)
                    pending[self._send(key, edns=False, mixed=False)] = (False, False)
                    continue
                for task in done:
                    edns, _mixed = pending.pop(task)
                    try:
                        query, packet = task.result()
                    except OSError as error:
                        failure = self._barred(key.address, error)
                        continue
                    if packet.match is Match.CASE_LOST and not case_lost:
                        case_lost = True
                        retry = self._send(key, edns=edns, mixed=False)
                        pending[retry] = (edns, False)
                    elif edns and self._wants_plain(packet) and not plain:
                        plain = True
                        pending[self._send(key, edns=False, mixed=not case_lost)] = (False, False)
                    elif not edns and not plain and any(asked for asked, _ in pending.values()):
                        plain = True  # answered without EDNS only: give the other one its time, this one stands by
                        chosen_late = (query, packet)
                        chosen = await self._prefer_edns(pending, chosen_late, deadline)
                        plain = chosen is chosen_late
                    else:
                        chosen = (query, packet)
        finally:
            for task in pending:
                task.cancel()
        rtt = (time.monotonic() - sent) * 1000
        if chosen is None:
            return Reply(server, key.question, None, failure, plain=plain, case_lost=case_lost)
        query, packet = chosen
        if is_truncated(packet.wire):
            over = await self._tcp(server, key, left)
            if over.message is None:
                return replace(over, failure=Failure.TRUNCATED, truncated=True, tcp=False, plain=plain)
            return replace(over, truncated=True, tcp=False, plain=plain, case_lost=case_lost)
        return self._read(server, key, query, packet, rtt, plain=plain, case_lost=case_lost)

    async def _prefer_edns(
        self,
        pending: dict[asyncio.Task[tuple[Query, Packet]], tuple[bool, bool]],
        stand_by: tuple[Query, Packet],
        deadline: float,
    ) -> tuple[Query, Packet]:
        waiting = {task for task, (edns, _) in pending.items() if edns}
        while waiting and (left := deadline - time.monotonic()) > 0:
            done, waiting = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task.exception() is None and not self._wants_plain(task.result()[1]):
                    return task.result()
        return stand_by

    @staticmethod
    def _wants_plain(packet: Packet) -> bool:
        return packet.match is Match.REFUSAL or plain_rcode(packet.wire) in (_FORMERR, _NOTIMP)

    def _send(self, key: _Key, *, edns: bool, mixed: bool) -> "asyncio.Task[tuple[Query, Packet]]":
        self._count()
        query = make_query(key.question, recursive=key.recursive, edns=edns, mixed_case=mixed)

        async def exchange() -> tuple[Query, Packet]:
            return query, await over_udp(key.address, key.port, query)

        return asyncio.create_task(exchange())

    async def _tcp(self, server: Server, key: _Key, left: float) -> Reply:
        self._count()
        query = make_query(key.question, recursive=key.recursive, edns=True, mixed_case=False)
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

    def _read(
        self, server: Server, key: _Key, query: Query, packet: Packet, rtt: float,
        *, tcp: bool = False, plain: bool = False, case_lost: bool = False,
    ) -> Reply:  # fmt: skip
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
        return Reply(
            server, key.question, message, None, rtt,
            tcp=tcp, plain=plain, case_lost=case_lost, foreign=packet.foreign,
        )  # fmt: skip
