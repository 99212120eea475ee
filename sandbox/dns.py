"""The demo's DNS: authoritative servers for a small world under `example.` and the panel of the provider that hosts it.

    python -m sandbox.dns --state dns.json --port 5353 --web-port 8053 --root-hints demo.root --trust-anchor demo.key

A resolver walks it from the root when it is given the root hints, the port and, for DNSSEC, the trust anchor:
127.0.53.1 is the root, .2 serves `example.`, .3 and .4 are ns1 and ns2.dns.example. Inside another aiohttp server:

    service = await start_dns(Path("dns.json"), "127.0.53.1", 5353, clock=clock, root_hints_file=Path("demo.root"))
    app.add_routes(routes(service))          # the panel, under /dns/
    ...
    await service.stop()
"""

import argparse
import asyncio
import ipaddress
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.name
import dns.zone
from aiohttp import web

from sandbox import dns_page
from sandbox.dns_answer import Zones
from sandbox.dns_server import NameServer, start_servers
from sandbox.dns_state import BadState, Clock, HostedZone, Provider, Version
from sandbox.dns_zones import (
    SIGNATURE_LIFETIME,
    Addresses,
    Validity,
    leaf_zone,
    root_hints,
    root_zone,
    sign,
    tld_zone,
    trust_anchor,
)

DEFAULT_HOST = "127.0.53.1"
DEFAULT_PORT = 5353
_SIGN_AGAIN_BEFORE_END = timedelta(days=10)
_MAX_KEPT_ZONES = 1000


def real_clock() -> datetime:
    return datetime.now(UTC)


class DnsService:
    """The running servers: `provider` changes what they serve, `port` is where they listen."""

    def __init__(self, provider: Provider, addresses: Addresses) -> None:
        self.provider = provider
        self.addresses = addresses
        self.port = 0
        self._signed: dict[tuple[str, int, int], tuple[dns.zone.Zone, datetime]] = {}
        self._servers = [
            NameServer(addresses.root, self._root),
            NameServer(addresses.tld, self._tld),
            NameServer(addresses.ns1, self._ns1),
            NameServer(addresses.ns2, self._ns2),
        ]

    async def start(self, port: int) -> None:
        self.port = await start_servers(self._servers, port)

    async def stop(self) -> None:
        for server in self._servers:
            await server.stop()

    def _root(self) -> Zones:
        serial = self.provider.state.registry_serial
        key = self.provider.key("example")
        return _by_origin([self._signed_zone((".", serial, 0), lambda: root_zone(serial, self.addresses, key))])

    def _tld(self) -> Zones:
        serial = self.provider.state.registry_serial
        domains = [(domain, self.provider.key(domain)) for domain in self.provider.state.zones]
        return _by_origin(
            [self._signed_zone(("example", serial, 0), lambda: tld_zone(serial, self.addresses, domains))]
        )

    def _ns1(self) -> Zones:
        return _by_origin([self._leaf(zone, zone.newest) for zone in self.provider.state.zones.values()])

    def _ns2(self) -> Zones:
        zones = self.provider.state.zones.values()
        return _by_origin([self._leaf(zone, self.provider.on_ns2(zone.domain)) for zone in zones])

    def _leaf(self, zone: HostedZone, version: Version) -> dns.zone.Zone:
        leaf = self.provider.leaf(zone.domain, version)
        key = (leaf.domain, leaf.serial, leaf.refresh_seconds)
        return self._signed_zone(key, lambda: leaf_zone(leaf, self.addresses))

    def _signed_zone(self, key: tuple[str, int, int], make: Callable[[], dns.zone.Zone]) -> dns.zone.Zone:
        """The zone of this name, serial and refresh time: made when first asked for, again before its signatures end.

        The inception lies before the provider's first day, so that a zone is valid by the real clock as well as by a
        demo's clock that ran ahead.
        """
        now = self.provider.now()
        kept = self._signed.get(key)
        if kept is not None and now < kept[1] - _SIGN_AGAIN_BEFORE_END:
            return kept[0]
        if len(self._signed) > _MAX_KEPT_ZONES:
            self._signed.clear()
        end_of_day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        validity = Validity(self.provider.state.created_at - timedelta(days=1), end_of_day + SIGNATURE_LIFETIME)
        zone = sign(make(), self.provider.key(key[0]), validity)
        self._signed[key] = (zone, validity.expiration)
        return zone


async def start_dns(
    state_file: Path,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    clock: Clock = real_clock,
    root_hints_file: Path | None = None,
    trust_anchor_file: Path | None = None,
) -> DnsService:
    """Serve on `host` (the root's address, on loopback) and the three addresses after it; port 0 takes a free port.

    Writes the root hints (named.root format) and the trust anchor (a DS record) where asked. Raises ValueError for an
    address outside loopback, BadState for a broken state file and OSError if the port is taken.
    """
    root = ipaddress.IPv4Address(host)
    each = [root + offset for offset in range(4)]
    if not all(address.is_loopback for address in each):
        raise ValueError(f"{host}: the demo's DNS stays on loopback; take an address in 127.0.0.0/8")
    service = DnsService(Provider(state_file, clock), Addresses(*map(str, each)))
    await service.start(port)
    await asyncio.to_thread(_write_for_resolvers, service, root_hints_file, trust_anchor_file)
    return service


def _write_for_resolvers(service: DnsService, root_hints_file: Path | None, trust_anchor_file: Path | None) -> None:
    if root_hints_file is not None:
        root_hints_file.write_text(root_hints(service.addresses))
    if trust_anchor_file is not None:
        trust_anchor_file.write_text(trust_anchor(service.provider.key(".")))


def routes(service: DnsService) -> list[web.AbstractRouteDef]:
    """The provider's panel under /dns/, to be added to an aiohttp application."""
    return dns_page.routes(service.provider)


def _by_origin(zones: list[dns.zone.Zone]) -> dict[dns.name.Name, dns.zone.Zone]:
    return {zone.origin: zone for zone in zones if zone.origin is not None}


async def _run(options: argparse.Namespace) -> None:
    service = await start_dns(
        options.state,
        options.host,
        options.port,
        root_hints_file=options.root_hints,
        trust_anchor_file=options.trust_anchor,
    )
    app = web.Application()
    app.add_routes(routes(service))
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.web_port)
    await site.start()
    print(f"DNS on {', '.join(service.addresses.each())} port {service.port}; panel: {site.name}/dns/", flush=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await runner.cleanup()
    await service.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.dns", description="The demo's DNS and its provider's panel"
    )
    parser.add_argument(
        "--state", type=Path, default=Path("sandbox-dns.json"), help="file that keeps zones and settings"
    )
    parser.add_argument("--host", default=DEFAULT_HOST, help="address of the root; the next three are used too")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--web-port", type=int, default=8053, help="port of the panel on 127.0.0.1")
    parser.add_argument("--root-hints", type=Path, help="file to write the root hints to")
    parser.add_argument("--trust-anchor", type=Path, help="file to write the root's DS record to")
    try:
        asyncio.run(_run(parser.parse_args()))
    except (BadState, OSError, ValueError) as error:
        sys.exit(f"The demo's DNS cannot start: {error}")


if __name__ == "__main__":
    main()
