"""The sockets of the demo's name servers: four loopback addresses, one port, UDP and TCP on each."""

import asyncio
import struct
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode

from sandbox.dns_answer import Zones, answer, udp_wire

IDLE_SECONDS = 10.0
MAX_CONNECTIONS = 100
_PORT_ATTEMPTS = 20

ZonesNow = Callable[[], Zones]


class NameServer:
    """One server at one address. `zones` is asked anew for each query."""

    def __init__(self, address: str, zones: ZonesNow) -> None:
        self.address = address
        self._zones = zones
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def start(self, port: int) -> int:
        """Listen; port 0 takes a free one. Returns the port. Raises OSError if it is taken."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._zones), (self.address, port))
        self._udp = transport
        bound = cast(int, transport.get_extra_info("sockname")[1])
        try:
            self._tcp = await asyncio.start_server(self._connected, self.address, bound)
        except OSError:
            transport.close()
            raise
        return bound

    async def stop(self) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        conversations = [task for task in self._connections.values() if task is not None]
        for writer in self._connections:
            writer.close()
        await asyncio.gather(*conversations)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()
        try:
            if len(self._connections) <= MAX_CONNECTIONS:
                await self._converse(reader, writer)
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
            pass  # the asker went away or fell silent: nothing is owed to it
        finally:
            del self._connections[writer]
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                wire = await reader.readexactly(length)
            reply = reply_to(wire, self._zones(), over_udp=False)
            if reply is None:
                return
            writer.write(struct.pack("!H", len(reply)) + reply)
            await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, zones: ZonesNow) -> None:
        self._zones = zones
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = reply_to(data, self._zones(), over_udp=True)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


def reply_to(wire: bytes, zones: Zones, *, over_udp: bool) -> bytes | None:
    """The answer as bytes; None for what is no query at all, so that two servers never answer each other."""
    if len(wire) < 12 or wire[2] & 0x80:
        return None
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        broken = dns.message.Message(int.from_bytes(wire[:2], "big"))
        broken.flags = dns.flags.QR
        broken.set_rcode(dns.rcode.FORMERR)
        return broken.to_wire()
    response = answer(query, zones)
    return udp_wire(query, response) if over_udp else response.to_wire(max_size=65535)


async def start_servers(servers: list[NameServer], port: int) -> int:
    """Start all on one port; with port 0 look for one that is free on every address."""
    for attempt in range(_PORT_ATTEMPTS):
        async with AsyncExitStack() as started:
            try:
                bound = port
                for server in servers:
                    bound = await server.start(bound)
                    started.push_async_callback(server.stop)
            except OSError:
                if port or attempt == _PORT_ATTEMPTS - 1:
                    raise
                continue
            started.pop_all()
            return bound
    raise OSError("no port is free on all addresses")
