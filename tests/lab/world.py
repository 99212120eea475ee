"""A whole DNS hierarchy on loopback: root, uk and com, co.uk, and as many leaf zones as a table of cases asks for.

The zones are built and signed here, and served by NSD, Knot DNS and BIND on one port; where a case needs a fault
that these refuse to serve, a scripted server passes on what they say and spoils it. One world holds all cases of a
module, each under a domain of its own, so that servers start once.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import dns.name
import dns.rdataset
import dns.rrset
import dns.zone
from dns.rdtypes.ANY.DS import DS
from lab.network import add_address
from lab.resolvers import BindResolver, Unbound
from lab.scripted import Place, ScriptedServers, is_free
from lab.scripts import SCRIPTS
from lab.servers import Authority, Bind, Knot, Nsd, Process, run_all
from lab.signing import Key, key_for, sign

from engine.dns import Claim, Diagnosis, Options, ResolverAddress, RootServer, diagnose

VALUE = "_globalsign-domain-verification=Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7jKm0oPq"
ROOT_SERVER = "a.root-servers.com."
HOSTS = "hosts.com"
TLDS = ("uk", "com")
REGISTRIES = ("co.uk",)
NOT_OURS = ("second", "closed")
"""Hosts that the world does not start: one that a test runs itself, and one where nothing listens."""
TIMEOUT_SECONDS = 1.5
_worlds = count()

Tamper = Callable[[dns.zone.Zone, Key, datetime], None]
Delegate = Callable[[Key, dns.name.Name], list[DS]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One zone to be served, as a table of cases says it; names in `records` are relative to `origin`.

    `on`: keys of the hosts that its delegation names. `copies`: by host, the fields in which its copy differs.
    `ns` and `delegated`: what the zone and the parent say in place of the hosts. `absent`: hosts that do not have the
    zone; `fileless`: hosts that are set up for it, without its file. `ds`: what the parent publishes of a signed zone.
    """

    origin: str
    records: str = ""
    on: tuple[str, ...] = ("a", "k")
    signed: str | None = None
    serial: int = 10
    refresh: int = 900
    minimum: int = 300
    soa_ttl: int = 300
    mname: str = f"a.{HOSTS}."
    rname: str = f"hostmaster.{HOSTS}."
    ns: tuple[str, ...] | None = None
    delegated: str | None = None
    copies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    fileless: frozenset[str] = frozenset()
    begins: timedelta = timedelta(days=-3)
    ends: timedelta = timedelta(days=27)
    tamper: Tamper | None = None
    ds: Delegate | None = None
    publish_key: bool = True
    delegates: bool = True

    @property
    def name(self) -> dns.name.Name:
        return dns.name.from_text(self.origin or ".")

    def text(self) -> str:
        """The zone file, unsigned and without delegations."""
        ns = self.ns if self.ns is not None else tuple(f"{key}.{HOSTS}." for key in self.on)
        lines = [
            "$TTL 300",
            f"@ {self.soa_ttl} SOA {self.mname} {self.rname} {self.serial} {self.refresh} 300 604800 {self.minimum}",
            *(f"@ NS {each}" for each in ns),
            *(line.strip() for line in self.records.strip().splitlines()),
        ]
        return "\n".join(lines) + "\n"


def _built(leaf: Leaf) -> dns.zone.Zone:
    return dns.zone.from_text(leaf.text(), origin=leaf.name, relativize=False, check_origin=False)


def _add(zone: dns.zone.Zone, text: str) -> None:
    extra = dns.zone.from_text("$TTL 300\n" + text, origin=zone.origin, relativize=False, check_origin=False)
    for owner, node in extra.nodes.items():
        for rdataset in node:
            kept = zone.find_rdataset(owner, rdataset.rdtype, create=True)
            for rdata in rdataset:
                kept.add(rdata, rdataset.ttl)


@dataclass
class World:
    """Start it, diagnose in it, stop it. `now` is the moment that signatures are made for, and that is handed in.

    In a network of its own everything listens on port 53, as in the world outside, else on a free high port.
    """

    folder: Path
    leaves: tuple[Leaf, ...]
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    own_network: bool = False
    port: int = 0
    authorities: dict[str, Authority] = field(default_factory=dict)
    resolvers: list[Process] = field(default_factory=list)
    _net: str = ""
    _bind: str = "127.0.0.1"
    _bind6: str = "::1"
    _scripted: ScriptedServers | None = None
    _keys: dict[str, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        place = os.getpid() * 16 + next(_worlds)
        self._net = f"127.{64 + place // 250 % 128}.{1 + place % 250}"
        if self.own_network:
            self.port, self._bind, self._bind6 = 53, f"{self._net}.15", f"fd53::{place % 65536:x}"
            add_address(self._bind)
            add_address(self._bind6)
            return
        self.port = next(
            port
            for port in (20000 + (place * 61 + step * 7) % 12000 for step in range(1700))
            if all(is_free(each, port) for each in ("127.0.0.1", "::1", f"{self._net}.1", f"{self._net}.201"))
        )

    # Addresses

    def address(self, host: str) -> str:
        """The address of a host by its key."""
        real = {"root": 1, "registry": 2, "registry2": 3, "a": 11, "b": 12, "k": 13, "second": 14, "closed": 99}
        if host == "bind":
            return self._bind
        if host == "bind6":
            return self._bind6
        if host in real:
            return f"{self._net}.{real[host]}"
        return f"{self._net}.{100 + sorted(SCRIPTS).index(host)}"

    def spare(self, number: int) -> str:
        """An address of this world, from 201 to 250, for whatever else a test runs in it."""
        return f"{self._net}.{number}"

    def server(self, host: str) -> str:
        """A host as findings name it."""
        return f"{host}.{HOSTS}. {self.address(host)}"

    def fill(self, text: str) -> str:
        """Text of a case with `{host}` replaced by the address of that host."""
        hosts = ("a", "b", "k", "bind", "bind6", *NOT_OURS, *SCRIPTS)
        return text.format_map({host: self.address(host) for host in hosts})

    # Building

    def build(self, leaves: Iterable[Leaf]) -> dict[str, dict[str, str | None]]:
        """The zone files of each server: by server, by origin."""
        placed: dict[str, dict[str, str | None]] = {key: {} for key in ("root", "registry", "registry2", *_REAL)}
        chosen = [*self._base(), *(replace(leaf, records=self._filled(leaf.records)) for leaf in leaves)]
        chosen.sort(key=lambda leaf: -len(leaf.name))
        variants: dict[str, dict[str | None, tuple[Leaf, dns.zone.Zone]]] = {}
        for leaf in chosen:
            made: dict[str | None, tuple[Leaf, dns.zone.Zone]] = {None: (leaf, _built(leaf))}
            for host, changes in leaf.copies.items():
                copy = replace(leaf, **changes)
                copy = replace(copy, records=self._filled(copy.records))
                made[host] = (copy, _built(copy))
            variants[leaf.origin] = made
        for leaf in chosen:
            if leaf.origin:
                self._delegate(leaf, variants)
            for copy, zone in variants[leaf.origin].values():
                self._sign(copy, zone)
            for host in self._hosts_of(leaf):
                _, zone = variants[leaf.origin].get(host, variants[leaf.origin][None])
                text = None if host in leaf.fileless else zone.to_text(relativize=False, want_origin=True)
                placed[host][leaf.origin] = text
        return placed

    def _filled(self, records: str) -> str:
        return self.fill(records) if "{" in records else records

    def _base(self) -> tuple[Leaf, ...]:
        keys = ("a", "b", "k", "bind", *NOT_OURS, *SCRIPTS)
        hosts = "\n".join(f"{key} A {self.address(key)}" for key in keys) + f"\nbind6 AAAA {self._bind6}"
        glue = f"{ROOT_SERVER} A {self.address('root')}\n"
        own = "\n".join(f"ns.nic A {self.address(key)}" for key in ("registry",))
        return (
            Leaf("", glue, on=("root",), ns=(ROOT_SERVER,), signed="nsec", mname=ROOT_SERVER),
            *(Leaf(tld, own, on=("registry",), ns=("ns.nic",), signed="nsec3", mname="ns.nic") for tld in TLDS),
            *(
                Leaf(
                    name,
                    f"ns.nic A {self.address('registry2')}",
                    on=("registry2",),
                    ns=("ns.nic",),
                    signed="nsec",
                    mname="ns.nic",
                )
                for name in REGISTRIES
            ),
            Leaf("root-servers.com", f"a A {self.address('root')}", on=("a",)),
            Leaf(
                HOSTS,
                hosts,
                signed="nsec",
                delegated=f"{HOSTS}. NS a.{HOSTS}.\n{HOSTS}. NS k.{HOSTS}.\n"
                f"a.{HOSTS}. A {self.address('a')}\nk.{HOSTS}. A {self.address('k')}",
            ),
        )

    def _hosts_of(self, leaf: Leaf) -> tuple[str, ...]:
        """The real servers that hold a zone: those named, and those behind the scripted ones that are named."""
        real: list[str] = []
        for host in (*leaf.on, *leaf.copies):
            if host in SCRIPTS:
                real += ["a", "b"] if SCRIPTS[host].two else ["a"]
            elif host not in NOT_OURS:
                real.append("bind" if host == "bind6" else host)
        return tuple(host for host in dict.fromkeys(real) if host not in leaf.absent)

    def _delegate(self, leaf: Leaf, variants: dict[str, dict[str | None, tuple[Leaf, dns.zone.Zone]]]) -> None:
        above = leaf.name.parent()
        while (origin := above.to_text(omit_final_dot=True).strip(".")) not in variants:
            above = above.parent()
        zone = variants[leaf.origin][None][1]
        for parent, target in variants[origin].values():
            if not parent.delegates:
                continue
            if leaf.delegated is not None:
                _add(target, self._filled(leaf.delegated) + "\n")
            else:
                ns = zone.find_rdataset(leaf.name, "NS")
                target.replace_rdataset(leaf.name, dns.rdataset.from_rdata_list(300, list(ns)))
                for each in ns:
                    for kind in ("A", "AAAA"):
                        if each.target.is_subdomain(leaf.name) and (found := zone.get_rdataset(each.target, kind)):
                            target.replace_rdataset(each.target, dns.rdataset.from_rdata_list(300, list(found)))
            if leaf.signed:
                key = self.key(leaf.origin)
                if published := (leaf.ds(key, leaf.name) if leaf.ds else [key.ds(leaf.name)]):
                    target.replace_rdataset(leaf.name, dns.rdataset.from_rdata_list(300, published))

    def _sign(self, leaf: Leaf, zone: dns.zone.Zone) -> None:
        key = self.key(leaf.origin)
        if leaf.signed:
            sign(
                zone,
                key,
                self.now + leaf.begins,
                self.now + leaf.ends,
                nsec3=leaf.signed == "nsec3",
                publish=leaf.publish_key,
            )
        if leaf.tamper:
            leaf.tamper(zone, key, self.now)

    def key(self, origin: str) -> Key:
        """The key of a zone."""
        return key_for(origin or ".")

    # Running

    def start(self) -> "World":
        """Starts every server and waits until it answers."""
        files = self.build(self.leaves)
        self.authorities = {
            "root": Nsd(self.folder / "root", self.address("root"), self.port, files["root"]),
            "registry": Nsd(self.folder / "registry", self.address("registry"), self.port, files["registry"]),
            "registry2": Knot(self.folder / "registry2", self.address("registry2"), self.port, files["registry2"]),
            "a": Nsd(self.folder / "a", self.address("a"), self.port, files["a"]),
            "b": Nsd(self.folder / "b", self.address("b"), self.port, files["b"]),
            "k": Knot(self.folder / "k", self.address("k"), self.port, files["k"]),
            "bind": Bind(
                self.folder / "bind", self._bind, self.port, files["bind"], addresses=(self._bind, self._bind6)
            ),
        }  # fmt: skip
        used = {key: server for key, server in self.authorities.items() if server.zones}
        self.authorities = used
        run_all(used.values())
        places = [
            Place(self.address(key), made.script, self.address("a"), self.address("b"), made.tcp)
            for key, made in SCRIPTS.items()
        ]
        self._scripted = ScriptedServers(self.port, places)
        self._scripted.start()
        return self

    def stop(self) -> None:
        """Ends everything that was started."""
        for process in (*self.resolvers, *self.authorities.values()):
            process.stop()
        self.resolvers.clear()
        if self._scripted:
            self._scripted.stop()
            self._scripted = None

    def change(self, leaves: Iterable[Leaf]) -> None:
        """Serves other contents of the same zones from now on; the serials of changed zones must rise."""
        self.leaves = tuple(leaves)
        files = self.build(self.leaves)
        for key, server in self.authorities.items():
            changed = {origin for origin, text in files[key].items() if server.zones.get(origin) != text}
            if changed:
                server.replace(files[key])

    def anchor(self) -> DS:
        """The DS record of the lab's root."""
        return self.key("").ds(dns.name.root)

    def unbound(self, *, source: str = "", serve_expired: bool = False, number: int = 201) -> Unbound:
        """A new Unbound with an empty cache, running."""
        stubs: dict[str, tuple[str, ...]] = {}
        for leaf in (*self._base(), *self.leaves):
            hosts = tuple(host for host in leaf.on if host not in NOT_OURS)
            stubs[leaf.origin] = tuple(self.address(host) for host in hosts)
        folder = self.folder / f"unbound-{len(self.resolvers)}"
        made = Unbound(
            folder, self.spare(number), self.port, stubs, self.anchor().to_text(), self.port, source, serve_expired
        )
        self.resolvers.append(made)
        run_all([made])
        return made

    def bind_resolver(self) -> BindResolver:
        """A new BIND resolver with an empty cache, running, that finds its own way from the root."""
        port = next(port for port in range(self.port + 1, self.port + 500) if is_free("127.0.0.1", port))
        roots = ((ROOT_SERVER, self.address("root")),)
        folder = self.folder / f"bind-resolver-{len(self.resolvers)}"
        made = BindResolver(folder, "127.0.0.1", port, self.port, roots, self.anchor().to_text())
        self.resolvers.append(made)
        run_all([made])
        return made

    def options(self, **changes: Any) -> Options:
        """How to ask in this world; settings of `Options` by keyword."""
        settings: dict[str, Any] = {
            "root_hints": (RootServer(dns.name.from_text(ROOT_SERVER), (self.address("root"),)),),
            "trust_anchor": (dns.rrset.from_rdata(dns.name.root, 300, self.anchor()),),
            "resolvers": (),
            "allow_private": True,
            "port": self.port,
            "timeout_seconds": TIMEOUT_SECONDS,
        }
        return Options(**(settings | changes))

    async def diagnose(self, domain: str, value: str | None = VALUE, **changes: Any) -> Diagnosis:
        """Diagnoses a domain; fields of the claim and settings by keyword, and `now`."""
        now = changes.pop("now", self.now)
        fields = {"assert_by", "previous", "verified_at", "company_domains", "status", "log"}
        claim = Claim.parse(domain, value, **{key: changes.pop(key) for key in fields & set(changes)})
        return await diagnose(claim, self.options(**changes), now)


_REAL = ("a", "b", "k", "bind")


def address_of(resolver: Process) -> ResolverAddress:
    """A running resolver as the engine is told of it."""
    return ResolverAddress(resolver.address, resolver.port)
