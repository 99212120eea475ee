"""Sockets: how many may be open at once, and one packet out, the matching packet in, over TCP."""

import asyncio
import resource
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from engine.dns.gather.wire import Match, Query, match

AT_ONCE = 16
"""Diagnoses of one process that ask at the same time; more wait, so that none times out for want of our CPU."""

_Gates = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
_slots: _Gates = WeakKeyDictionary()
_admissions: _Gates = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Packet:
    """An answer that fits its query. `foreign` counts those before it that did not."""

    wire: bytes
    match: Match
    foreign: int


def _sockets_at_once() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, min(soft // 2, 256))


def _gate(gates: _Gates, size: Callable[[], int]) -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in gates:
        gates[loop] = asyncio.Semaphore(size())
    return gates[loop]


def slot() -> asyncio.Semaphore:
    """Held while a socket is open: one of those that all diagnoses of this process may have at once."""
    return _gate(_slots, _sockets_at_once)


def admission() -> asyncio.Semaphore:
    """Held while a diagnosis asks."""
    return _gate(_admissions, lambda: AT_ONCE)


def open_socket(address: str, kind: socket.SocketKind) -> socket.socket:
    """A socket that does not block, of the address's IP version. Raises OSError if none can be had."""
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    made.setblocking(False)
    return made


async def over_tcp(address: str, port: int, query: Query) -> Packet:
    """Sends the query and waits, without limit, for the answer that fits it.

    Raises OSError if the way is barred, EOFError if the server hangs up early.
    """
    loop = asyncio.get_running_loop()
    with open_socket(address, socket.SOCK_STREAM) as tcp:
        await loop.sock_connect(tcp, (address, port))
        await loop.sock_sendall(tcp, struct.pack("!H", len(query.wire)) + query.wire)
        foreign = 0
        while True:
            (length,) = struct.unpack("!H", await _exactly(loop, tcp, 2))
            wire = await _exactly(loop, tcp, length)
            if (fits := match(query, wire)) is not Match.NO:
                return Packet(wire, fits, foreign)
            foreign += 1


async def _exactly(loop: asyncio.AbstractEventLoop, tcp: socket.socket, length: int) -> bytes:
    held = bytearray()
    while len(held) < length:
        piece = await loop.sock_recv(tcp, length - len(held))
        if not piece:
            raise EOFError("the server closed the connection early")
        held += piece
    return bytes(held)
