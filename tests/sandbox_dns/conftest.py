"""The demo's DNS on free ports of loopback, with a clock that tests move."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.asyncquery
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from sandbox.dns import DnsService, routes, start_dns


class FakeClock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    service: DnsService
    clock: FakeClock
    folder: Path

    async def ask(
        self, server: str, name: str, rdtype: str = "TXT", *, tcp: bool = False, dnssec: bool = False
    ) -> dns.message.Message:
        query = dns.message.make_query(name, rdtype, want_dnssec=dnssec)
        return await self.send(server, query, tcp=tcp)

    async def send(self, server: str, query: dns.message.Message, *, tcp: bool = False) -> dns.message.Message:
        where = getattr(self.service.addresses, server)
        if tcp:
            return await dns.asyncquery.tcp(query, where, port=self.service.port, timeout=5)
        return await dns.asyncquery.udp(query, where, port=self.service.port, timeout=5)

    async def texts(self, server: str, name: str) -> set[bytes]:
        answer = await self.ask(server, name, tcp=True)
        found = answer.get_rrset(answer.answer, dns.name.from_text(name), dns.rdataclass.IN, dns.rdatatype.TXT)
        return {b"".join(rdata.strings) for rdata in found or ()}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def world(tmp_path: Path, clock: FakeClock) -> AsyncIterator[World]:
    service = await start_dns(
        tmp_path / "dns.json",
        port=0,
        clock=clock,
        root_hints_file=tmp_path / "root.hints",
        trust_anchor_file=tmp_path / "root.key",
    )
    yield World(service, clock, tmp_path)
    await service.stop()


@pytest.fixture
async def panel(world: World) -> AsyncIterator[TestClient[Request, Application]]:
    app = Application()
    app.add_routes(routes(world.service))
    async with TestClient(TestServer(app)) as client:
        yield client
