"""A small world of name servers on loopback, scripted where a test needs a fault that no real server would serve.

`world` is a fixture that gives a `World`: a root and `example.` are there from the start; a test adds zones to it,
starts it, and diagnoses. Signed worlds are signed by dnspython with keys made for the run.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from engine.dns import Claim, Diagnosis, Options, ResolverAddress, RootServer, diagnose

TOKEN = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

Script = Callable[[dns.message.Message, bytes, bool], "bytes | dns.message.Message | Awaitable[Any] | None"]


COOKIE = b"\0\x0a\0\x08"
"""How a client cookie begins, the last thing in a query that has one."""


class Silent(Exception):
    """Raised by a script that does not answer."""


@dataclass
class SignedZone:
    """A zone with its keys, if it is signed."""

    zone: dns.zone.Zone
    key: Any = None
    dnskey: Any = None

    def ds(self) -> Any:
        return dns.dnssec.make_ds(self.zone.origin, self.dnskey, "SHA256")


@dataclass
class World:
    """Zones, the addresses that serve them, and scripts that answer in their place."""

    first: int = 10
    port: int = 0
    zones: dict[str, SignedZone] = field(default_factory=dict)
    serving: dict[str, list[str]] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)
    copies: dict[tuple[str, str], SignedZone] = field(default_factory=dict)
    tcp_closed: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    forged: set[str] = field(default_factory=set)
    """Addresses that send an answer with a wrong id before the right one; `mute` ones send no right one."""
    mute: set[str] = field(default_factory=set)
    log: list[tuple[str, dns.name.Name, dns.rdatatype.RdataType, bool]] = field(default_factory=list)
    delay: float = 0.0
    """Seconds that every answer takes."""
    memo: dict[tuple[str, bool, bytes], bytes] | None = None
    """Where set, honest answers are kept and given again, so that many askers do not wait for this server."""
    signed: bool = False
    inception: datetime = NOW - timedelta(days=3)
    expiration: datetime = NOW + timedelta(days=27)
    _running: list[Any] = field(default_factory=list)

    ROOT = "127.53.1.1"
    TLD = "127.53.1.2"

    def address(self, number: int) -> str:
        return f"127.53.2.{number}"

    def zone(
        self,
        name: str,
        records: str,
        servers: Iterable[str],
        *,
        serial: int = 1,
        refresh: int = 900,
        minimum: int = 300,
        signed: bool | None = None,
    ) -> SignedZone:
        """Adds a zone from lines of zone file text; `ns1.<name>` and so on stand for `servers` unless NS is given."""
        servers = list(servers)
        made = self.make_zone(name, records, servers, serial=serial, refresh=refresh, minimum=minimum, signed=signed)
        self.zones[name] = made
        for address in servers:
            self.serving.setdefault(address, []).append(name)
        return made

    def make_zone(
        self,
        name: str,
        records: str,
        servers: Iterable[str],
        *,
        serial: int = 1,
        refresh: int = 900,
        minimum: int = 300,
        signed: bool | None = None,
    ) -> SignedZone:
        """The zone alone, for a server that has another copy of it."""
        origin = dns.name.from_text(name)
        lines = ["$TTL 300", f"@ SOA ns1 hostmaster {serial} {refresh} 300 604800 {minimum}"]
        if " NS " not in records:
            for number, address in enumerate(servers, 1):
                lines += [f"@ NS ns{number}", f"ns{number} A {address}"]
        text = "\n".join([*lines, *(line.strip() for line in records.strip().splitlines())]) + "\n"
        zone = dns.zone.from_text(text, origin=origin, relativize=False, check_origin=False)
        made = SignedZone(zone)
        if self.signed if signed is None else signed:
            made.key = ec.generate_private_key(ec.SECP256R1())
            made.dnskey = dns.dnssec.make_dnskey(made.key.public_key(), "ECDSAP256SHA256", flags=257)
        return made

    def delegate(self, child: str, *, ds: bool = True, ns: str | None = None) -> None:
        """Puts the child's NS, glue and DS into its closest parent zone."""
        name = dns.name.from_text(child)
        parent = self._parent_of(name)
        made = self.zones[child]
        target = self.zones[parent].zone
        if ns is not None:
            extra = dns.zone.from_text(f"$TTL 300\n{ns}\n", origin=target.origin, relativize=False, check_origin=False)
            for owner, node in extra.items():
                for rdataset in node:
                    target.find_rdataset(owner, rdataset.rdtype, create=True).update(rdataset)
                    target.find_rdataset(owner, rdataset.rdtype).ttl = 300
        else:
            rdataset = made.zone.find_rdataset(name, "NS")
            target.replace_rdataset(name, dns.rdataset.from_rdata_list(300, list(rdataset)))
            for each in rdataset:
                for kind in ("A", "AAAA"):
                    if found := made.zone.get_rdataset(each.target, kind):
                        target.replace_rdataset(each.target, dns.rdataset.from_rdata_list(300, list(found)))
        if made.dnskey is not None and ds:
            target.replace_rdataset(name, dns.rdataset.from_rdata_list(300, [made.ds()]))

    def _parent_of(self, name: dns.name.Name) -> str:
        name = name.parent()
        while (text := name.to_text(omit_final_dot=True) if name != dns.name.root else ".") not in self.zones:
            name = name.parent()
        return text

    def build(self) -> None:
        """Delegates and signs everything, from the leaves up."""
        names = sorted(self.zones, key=lambda each: -len(dns.name.from_text(each)))
        for name in names:
            if name != "." and self._undelegated(name):
                self.delegate(name)
        for name in names:
            self.sign(self.zones[name])
        for copy in self.copies.values():
            self.sign(copy)

    def _undelegated(self, name: str) -> bool:
        parent = self.zones[self._parent_of(dns.name.from_text(name))].zone
        return parent.get_rdataset(dns.name.from_text(name), "NS") is None

    def sign(self, made: SignedZone, inception: datetime | None = None, expiration: datetime | None = None) -> None:
        if made.dnskey is None or made.zone.get_rdataset(made.zone.origin, "DNSKEY") is not None:
            return
        dns.dnssec.sign_zone(
            made.zone,
            keys=[(made.key, made.dnskey)],
            inception=inception or self.inception,
            expiration=expiration or self.expiration,
            add_dnskey=True,
        )

    async def start(self) -> None:
        """Starts every server on one free port; `dead` addresses swallow what they get."""
        addresses = [self.ROOT, self.TLD, *self.serving, *self.scripts, *self.dead]
        loop = asyncio.get_running_loop()
        for address in dict.fromkeys(addresses):
            transport, _ = await loop.create_datagram_endpoint(
                lambda address=address: _Udp(self, address), local_addr=(address, self.port)
            )
            self.port = self.port or transport.get_extra_info("sockname")[1]
            self._running.append(transport)
            if address not in self.tcp_closed:
                server = await asyncio.start_server(
                    lambda reader, writer, address=address: self._tcp(address, reader, writer), address, self.port
                )
                self._running.append(server)

    async def stop(self) -> None:
        for each in self._running:
            each.close()
        await asyncio.sleep(0)

    async def answer(self, address: str, wire: bytes, tcp: bool) -> bytes | None:
        if address in self.dead:
            return None
        if self.delay:
            await asyncio.sleep(self.delay)
        key = (address, tcp, wire[2 : -8 if wire[-12:-8] == COOKIE else None].lower())
        if self.memo is not None and (held := self.memo.get(key)):
            end = 12 + wire.index(b"\0", 12) - 12 + 5
            return wire[:2] + held[2:12] + wire[12:end] + held[end:]
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        question = query.question[0]
        self.log.append((address, question.name.canonicalize(), question.rdtype, tcp))
        if script := self.scripts.get(address):
            try:
                said = script(query, wire, tcp)
                if asyncio.iscoroutine(said):
                    said = await said
            except Silent:
                return None
            if isinstance(said, bytes):
                return said
            if said is not None:
                return _wire(said, query, tcp)
        honest = _wire(self.respond(address, query), query, tcp)
        if self.memo is not None:
            self.memo[key] = honest
        return honest

    def respond(self, address: str, query: dns.message.Message) -> dns.message.Message:
        """What an honest server at this address answers."""
        response = dns.message.make_response(query)
        response.flags &= ~dns.flags.RA
        question = query.question[0]
        name, kind = question.name, question.rdtype
        wants_dnssec = bool(query.ednsflags & dns.flags.DO)
        made = self._zone_for(address, name, kind)
        if made is None:
            response.set_rcode(dns.rcode.REFUSED)
            return response
        _Answerer(made, wants_dnssec).answer(response, name, kind)
        return response

    def _zone_for(self, address: str, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> SignedZone | None:
        best: SignedZone | None = None
        for text in self.serving.get(address, ()):
            made = self.copies.get((address, text), self.zones[text])
            origin = made.zone.origin
            if kind == dns.rdatatype.DS and origin == name and name != dns.name.root:
                continue
            if name.is_subdomain(origin) and (best is None or len(origin) > len(best.zone.origin)):
                best = made
        return best

    async def _tcp(self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                wire = await reader.readexactly(length)
                said = await self.answer(address, wire, True)
                if said is None:
                    break
                writer.write(struct.pack("!H", len(said)) + said)
                await writer.drain()
        writer.close()

    def options(self, **changes: Any) -> Options:
        anchors = None
        if self.zones["."].dnskey is not None:
            anchors = (dns.rrset.from_rdata(dns.name.root, 300, self.zones["."].ds()),)
        settings: dict[str, Any] = {
            "root_hints": (RootServer(dns.name.from_text("a.root.example."), (self.ROOT,)),),
            "trust_anchor": anchors,
            "resolvers": (),
            "allow_private": True,
            "port": self.port,
            "timeout_seconds": 0.5,
        }
        return Options(**(settings | changes))

    async def diagnose(
        self, domain: str = "northwind.example", value: str | None = TOKEN, *, now: datetime = NOW, **changes: Any
    ) -> Diagnosis:
        """Builds and starts the world if need be, and diagnoses. Claim fields and options go by keyword."""
        claim_fields = {"assert_by", "previous", "verified_at", "company_domains", "status", "log"}
        claim = Claim.parse(domain, value, **{key: changes.pop(key) for key in claim_fields & set(changes)})
        if not self._running:
            self.build()
            await self.start()
        diagnosis = await diagnose(claim, self.options(**changes), now)
        assert all(finding.code != "rule-failed" for finding in diagnosis.findings), diagnosis.findings
        return diagnosis

    def resolver(self, number: int) -> ResolverAddress:
        return ResolverAddress(self.address(number), self.port)


class _Answerer:
    """An honest authoritative answer from one zone."""

    def __init__(self, made: SignedZone, wants_dnssec: bool) -> None:
        self._zone = made.zone
        self._sign = wants_dnssec and made.zone.get_rdataset(made.zone.origin, "DNSKEY") is not None

    def answer(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        origin = self._zone.origin
        cut = self._cut(name, kind)
        if cut is not None:
            self._refer(response, cut)
            return
        response.flags |= dns.flags.AA
        for _ in range(12):
            node = self._zone.get_node(name)
            wildcard = None
            if node is None and not self._exists_below(name):
                encloser = name
                while self._zone.get_node(encloser) is None and not self._exists_below(encloser):
                    encloser = encloser.parent()
                wildcard = dns.name.Name((b"*", *encloser.labels))
                node = self._zone.get_node(wildcard)
                if node is None:
                    response.set_rcode(dns.rcode.NXDOMAIN)
                    self._soa(response)
                    self._deny(response, name)
                    self._deny(response, wildcard)
                    return
            source = wildcard or name
            if found := self._zone.get_rdataset(source, kind):
                self._put(response.answer, name, found, source)
                if wildcard:
                    self._deny(response, name)
                if kind == dns.rdatatype.NS:
                    self._glue(response, found)
                return
            alias = self._zone.get_rdataset(source, "CNAME")
            if alias is None:
                self._soa(response)
                self._deny(response, source)
                return
            self._put(response.answer, name, alias, source)
            name = alias[0].target
            if not name.is_subdomain(origin):
                return

    def _exists_below(self, name: dns.name.Name) -> bool:
        return any(owner.is_subdomain(name) for owner in self._zone.nodes)

    def _cut(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.name.Name | None:
        labels = len(self._zone.origin) + 1
        while labels <= len(name):
            candidate = dns.name.Name(name.labels[len(name) - labels :])
            if self._zone.get_rdataset(candidate, "NS") is not None:
                return None if kind == dns.rdatatype.DS and candidate == name else candidate
            labels += 1
        return None

    def _refer(self, response: dns.message.Message, cut: dns.name.Name) -> None:
        ns = self._zone.find_rdataset(cut, "NS")
        response.authority.append(dns.rrset.from_rdata_list(cut, ns.ttl, list(ns)))
        if ds := self._zone.get_rdataset(cut, "DS"):
            self._put(response.authority, cut, ds, cut)
        elif self._sign:
            self._deny(response, cut)
        self._glue(response, ns)

    def _glue(self, response: dns.message.Message, ns: dns.rdataset.Rdataset) -> None:
        for rdata in ns:
            for kind in ("A", "AAAA"):
                if found := self._zone.get_rdataset(rdata.target, kind):
                    response.additional.append(dns.rrset.from_rdata_list(rdata.target, found.ttl, list(found)))

    def _put(
        self, section: list[Any], name: dns.name.Name, found: dns.rdataset.Rdataset, source: dns.name.Name
    ) -> None:
        section.append(dns.rrset.from_rdata_list(name, found.ttl, list(found)))
        if self._sign and (sigs := self._zone.get_rdataset(source, "RRSIG", found.rdtype)):
            section.append(dns.rrset.from_rdata_list(name, found.ttl, list(sigs)))

    def _soa(self, response: dns.message.Message) -> None:
        soa = self._zone.find_rdataset(self._zone.origin, "SOA")
        self._put(response.authority, self._zone.origin, soa, self._zone.origin)

    def _deny(self, response: dns.message.Message, name: dns.name.Name) -> None:
        if not self._sign:
            return
        owners = sorted(owner for owner in self._zone.nodes if self._zone.get_rdataset(owner, "NSEC"))
        owner = max((each for each in owners if each <= name), default=owners[-1])
        if any(rrset.name == owner and rrset.rdtype == dns.rdatatype.NSEC for rrset in response.authority):
            return
        self._put(response.authority, owner, self._zone.find_rdataset(owner, "NSEC"), owner)


def _wire(response: dns.message.Message, query: dns.message.Message, tcp: bool) -> bytes:
    if tcp:
        return response.to_wire(max_size=65535)
    size = query.payload if query.edns >= 0 else 512
    try:
        return response.to_wire(max_size=size)
    except dns.exception.TooBig:
        short = dns.message.make_response(query)
        short.flags |= dns.flags.TC | (response.flags & dns.flags.AA)
        return short.to_wire()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, world: World, address: str) -> None:
        self._world = world
        self._address = address
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        task = asyncio.ensure_future(self._reply(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, addr: Any) -> None:
        said = await self._world.answer(self._address, data, False)
        if said is None or self._transport.is_closing():
            return
        if self._address in self._world.forged:
            self._transport.sendto(bytes([said[0] ^ 1]) + said[1:], addr)
        if self._address not in self._world.mute:
            self._transport.sendto(said, addr)


def _base(signed: bool) -> World:
    world = World(signed=signed)
    world.zone(".", "@ NS a.root.example.\na.root.example. A 127.53.1.1", [World.ROOT])
    world.zone("example", "", [World.TLD])
    return world


@pytest.fixture
async def world() -> Any:
    """An unsigned world with a root and `example.`."""
    made = _base(signed=False)
    yield made
    await made.stop()


@pytest.fixture
async def signed_world() -> Any:
    """The same, signed with NSEC from three days ago until 27 days from now."""
    made = _base(signed=True)
    yield made
    await made.stop()


@pytest.fixture
def worlds() -> Callable[[bool], World]:
    """Makes a world for each example of a property; the test stops it."""
    return _base


@pytest.fixture
def token() -> str:
    return TOKEN


@pytest.fixture
def now() -> Iterator[datetime]:
    return NOW
