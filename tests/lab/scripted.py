"""A server for what real servers refuse to serve: it passes questions on to a real one and spoils its answers.

A `Script` is handed each question, and a way to ask the real server behind, and gives the packets to send back: none,
one or several. Everything that it does not spoil is as real as the server behind it.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import dns.message

ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it came in. `count` is how many came before it to this server with the same name and type."""

    wire: bytes
    tcp: bool
    source: str
    count: int
    behind: Callable[[bytes], Awaitable[bytes]]
    other: Callable[[bytes], Awaitable[bytes]]

    def message(self) -> dns.message.Message:
        """The question, decoded."""
        return dns.message.from_wire(self.wire)

    async def honest(self) -> dns.message.Message:
        """What the real server behind answers."""
        return dns.message.from_wire(await self.behind(self.wire))


Script = Callable[[Asked], Awaitable[Sequence[bytes]]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a script answers and who is behind it. `other` is a second real server, for scripts that need two."""

    address: str
    script: Script
    behind: str
    other: str
    tcp: bool = True


@dataclass
class ScriptedServers:
    """All scripted servers of one world, on one event loop in a thread of its own."""

    port: int
    places: Sequence[Place]
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _open: list[asyncio.BaseTransport | asyncio.Server] = field(default_factory=list, init=False)
    _seen: dict[tuple[str, bytes, bool], int] = field(default_factory=dict, init=False)
    failures: list[Exception] = field(default_factory=list, init=False)
    """What went wrong in a script itself; `stop` raises it, so that a broken script fails the tests."""

    def start(self) -> None:
        """Opens every socket; returns when all are open."""
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open_all(), self._loop).result(ANSWER_SECONDS)

    def stop(self) -> None:
        """Closes every socket and ends the thread."""
        if self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._thread = None
        if self.failures:
            raise ExceptionGroup("scripts of the lab failed", self.failures)

    async def _open_all(self) -> None:
        for place in self.places:
            transport, _ = await self._loop.create_datagram_endpoint(
                partial(_Udp, self, place), local_addr=(place.address, self.port)
            )
            self._open.append(transport)
            if place.tcp:
                serve = partial(self._tcp, place)
                self._open.append(await asyncio.start_server(serve, place.address, self.port))

    async def _close_all(self) -> None:
        for each in self._open:
            each.close()
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def replies(self, place: Place, wire: bytes, source: str, *, tcp: bool) -> Sequence[bytes]:
        """The packets that the script of a place gives for one question."""
        key = (place.address, _question(wire), tcp)
        count = self._seen.get(key, 0)
        self._seen[key] = count + 1
        asked = Asked(wire, tcp, source, count, self._upstream(place.behind), self._upstream(place.other))
        return await place.script(asked)

    def _upstream(self, address: str) -> Callable[[bytes], Awaitable[bytes]]:
        async def exchange(wire: bytes) -> bytes:
            reader, writer = await asyncio.open_connection(address, self.port)
            try:
                writer.write(struct.pack("!H", len(wire)) + wire)
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                return await reader.readexactly(length)
            finally:
                writer.close()

        return exchange

    async def _tcp(self, place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = str(writer.get_extra_info("peername")[0])
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the asker hung up, which is its right
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                wire = await reader.readexactly(length)
                for packet in await self.replies(place, wire, source, tcp=True):
                    writer.write(struct.pack("!H", len(packet)) + packet)
                await writer.drain()
        writer.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, servers: ScriptedServers, place: Place) -> None:
        self._servers = servers
        self._place = place
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # Python 3.11's own is no subclass of it

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._reply(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            packets = await self._servers.replies(self._place, data, addr[0], tcp=False)
        except Exception as error:
            self._servers.failures.append(error)
            raise
        for packet in packets:
            if not self._transport.is_closing():
                self._transport.sendto(packet, addr)


def _question(wire: bytes) -> bytes:
    """Name and type of a question, without the spelling that differs each time."""
    end = 12
    while end < len(wire) and wire[end]:
        end += wire[end] + 1
    return wire[12 : end + 3].lower()


def is_free(address: str, port: int) -> bool:
    """Whether nobody listens at this address and port, over UDP and TCP."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
