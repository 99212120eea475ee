"""How a diagnosis asks: root, anchors, resolvers, limits. Reading the files that settings name happens here too."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import dns.exception
import dns.inet
import dns.name
import dns.rdatatype
import dns.rrset
import dns.zonefile

from engine.dns.claim import BadInput
from engine.dns.watch import POLICY, Policy


@dataclass(frozen=True, slots=True)
class RootServer:
    """One root server and its addresses."""

    name: dns.name.Name
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResolverAddress:
    """A recursive resolver: an IP address and a port."""

    address: str
    port: int = 53

    @classmethod
    def parse(cls, text: str) -> "ResolverAddress":
        """Reads `IP` or `IP@PORT`. Raises BadInput for anything else."""
        address, _, port = text.strip().partition("@")
        if not dns.inet.is_address(address):
            raise BadInput(f"'{text}' is no resolver: write an IP address, or IP@PORT.")
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise BadInput(f"'{text}' has no port between 1 and 65535 after the @.")
        return cls(address, int(port) if port else 53)


PUBLIC_RESOLVERS = (
    ResolverAddress("8.8.8.8"),
    ResolverAddress("1.1.1.1"),
    ResolverAddress("9.9.9.9"),
    ResolverAddress("208.67.222.222"),
)
"""Google, Cloudflare, Quad9 and OpenDNS: four operators, each with caches of its own."""


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one diagnosis. `root_hints` and `trust_anchor` None mean the built-in ones; see `read_root_hints`
    and `read_trust_anchor` for files. With other root hints and no anchor of theirs DNSSEC cannot be judged."""

    root_hints: tuple[RootServer, ...] | None = None
    trust_anchor: tuple[dns.rrset.RRset, ...] | None = None
    resolvers: tuple[ResolverAddress, ...] = PUBLIC_RESOLVERS
    system_resolver: ResolverAddress | None = None
    allow_private: bool = False
    port: int = 53
    timeout_seconds: float = 2.0
    repeat: int = 3
    max_queries: int = 2000
    max_seconds: float = 30.0
    watch: Policy = POLICY

    def roots(self) -> tuple[RootServer, ...]:
        """The root servers to start from."""
        return self.root_hints if self.root_hints is not None else builtin_root_hints()

    def anchors(self) -> tuple[dns.rrset.RRset, ...] | None:
        """DS or DNSKEY sets of the root, or None where none fits these root hints."""
        if self.trust_anchor is not None:
            return self.trust_anchor
        known = {address for root in builtin_root_hints() for address in root.addresses}
        given = {address for root in self.roots() for address in root.addresses}
        return builtin_trust_anchor() if known & given else None


def read_root_hints(path: Path) -> tuple[RootServer, ...]:
    """Root servers from a file in named.root (zone file) format. Raises BadInput with the file and the reason."""
    return _root_servers(read_text(path), str(path))


def read_trust_anchor(path: Path) -> tuple[dns.rrset.RRset, ...]:
    """DS or DNSKEY records of the root from a zone file. Raises BadInput with the file's name and the reason."""
    return _anchors(read_text(path), str(path))


@cache
def builtin_root_hints() -> tuple[RootServer, ...]:
    """The public root's servers."""
    return _root_servers(resources.files("engine.dns.data").joinpath("named.root").read_text("ascii"), "named.root")


@cache
def builtin_trust_anchor() -> tuple[dns.rrset.RRset, ...]:
    """The public root's trust anchors."""
    return _anchors(resources.files("engine.dns.data").joinpath("root-anchors.key").read_text("ascii"), "anchors")


def read_text(path: Path) -> str:
    """The text of a file that an option names. Raises BadInput, in words for whoever typed the option."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeError as error:
        raise BadInput(f"{path} is no text file in UTF-8.") from error


def _rrsets(text: str, source: str) -> list[dns.rrset.RRset]:
    try:
        return dns.zonefile.read_rrsets(text, rdclass=None, default_ttl=3600, origin=dns.name.root, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        raise BadInput(f"{source} is no zone file: {error}.") from error


def _root_servers(text: str, source: str) -> tuple[RootServer, ...]:
    rrsets = _rrsets(text, source)
    addresses: dict[dns.name.Name, list[str]] = {}
    for rrset in rrsets:
        if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
            addresses.setdefault(rrset.name, []).extend(rdata.to_text() for rdata in rrset)
    names = [
        rdata.target for rrset in rrsets if rrset.rdtype == dns.rdatatype.NS and rrset.name == dns.name.root
        for rdata in rrset
    ]  # fmt: skip
    found = tuple(RootServer(name, tuple(addresses[name])) for name in names if addresses.get(name))
    if not found:
        raise BadInput(f"{source} names no root server with an address.")
    return found


def _anchors(text: str, source: str) -> tuple[dns.rrset.RRset, ...]:
    wanted = (dns.rdatatype.DS, dns.rdatatype.DNSKEY)
    found = tuple(each for each in _rrsets(text, source) if each.rdtype in wanted and each.name == dns.name.root)
    if not found:
        raise BadInput(f"{source} holds no DS or DNSKEY record of the root.")
    return found
