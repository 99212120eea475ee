"""The demo's zones: a root, the top-level domain `example.` and the provider's leaf zones, all signed.

One loopback address plays one server. The provider's second server may lag behind its first; which version of a
zone it still serves is decided in `dns_state`, here a version only becomes a zone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm, DSDigest
from dns.rdtypes.ANY.DNSKEY import DNSKEY

ROOT_SERVER = "a.root-servers.example."
TLD_SERVER = "a.nic.example."
NAME_SERVERS = ("ns1.dns.example.", "ns2.dns.example.")
PROVIDER_ZONE = "dns.example"
PROVIDER_NAME = "Example DNS"
NEGATIVE_TTL_SECONDS = 300
DELEGATION_TTL_SECONDS = 3600
SIGNATURE_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The loopback addresses of the four servers; they share one port."""

    root: str
    tld: str
    ns1: str
    ns2: str

    def each(self) -> tuple[str, ...]:
        return (self.root, self.tld, self.ns1, self.ns2)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the panel, as published: `name` is absolute with its final dot, `value` is unescaped text."""

    id: int
    name: str
    type: str
    ttl_seconds: int
    value: str


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when the signatures of a zone are good."""

    inception: datetime
    expiration: datetime


@dataclass(frozen=True, slots=True)
class Leaf:
    """One published version of a zone at the provider."""

    domain: str
    serial: int
    refresh_seconds: int
    records: tuple[Record, ...]
    key: ec.EllipticCurvePrivateKey


def txt_strings(value: str) -> list[bytes]:
    """A value as the strings of a TXT record: at most 255 octets each (RFC 1035 section 3.3.14)."""
    octets = value.encode()
    return [octets[start : start + 255] for start in range(0, len(octets), 255)] or [b""]


def rdata_of(record_type: str, value: str) -> dns.rdata.Rdata:
    """The record data for a value typed into the panel. Raises DNSException or ValueError if it is none."""
    rdtype = dns.rdatatype.from_text(record_type)
    if rdtype == dns.rdatatype.TXT:
        text = " ".join('"' + "".join(f"\\{octet:03d}" for octet in string) + '"' for string in txt_strings(value))
    else:
        text = value
    return dns.rdata.from_text(dns.rdataclass.IN, rdtype, text, origin=dns.name.root, relativize=False)


def root_zone(serial: int, addresses: Addresses, tld_key: ec.EllipticCurvePrivateKey) -> dns.zone.Zone:
    zone = _zone(".", serial, ROOT_SERVER, 1800)
    _add(zone, ".", "NS", ROOT_SERVER)
    _add(zone, ROOT_SERVER, "A", addresses.root)
    _delegate(zone, "example.", [(TLD_SERVER, addresses.tld)], tld_key)
    return zone


def tld_zone(
    serial: int, addresses: Addresses, domains: Iterable[tuple[str, ec.EllipticCurvePrivateKey]]
) -> dns.zone.Zone:
    zone = _zone("example.", serial, TLD_SERVER, 1800)
    _add(zone, "example.", "NS", TLD_SERVER)
    _add(zone, TLD_SERVER, "A", addresses.tld)
    _add(zone, ROOT_SERVER, "A", addresses.root)
    servers = list(zip(NAME_SERVERS, (addresses.ns1, addresses.ns2), strict=True))
    for domain, key in domains:
        _delegate(zone, f"{domain}.", servers, key)
    return zone


def leaf_zone(leaf: Leaf, addresses: Addresses) -> dns.zone.Zone:
    """A zone at the provider: its SOA and NS records, and what the panel holds."""
    origin = f"{leaf.domain}."
    zone = _zone(origin, leaf.serial, NAME_SERVERS[0], leaf.refresh_seconds)
    for server in NAME_SERVERS:
        _add(zone, origin, "NS", server)
    if leaf.domain == PROVIDER_ZONE:
        for server, address in zip(NAME_SERVERS, (addresses.ns1, addresses.ns2), strict=True):
            _add(zone, server, "A", address)
    for record in leaf.records:
        node = zone.find_rdataset(dns.name.from_text(record.name), record.type, create=True)
        node.add(rdata_of(record.type, record.value), ttl=record.ttl_seconds)
    return zone


def dnskey_of(key: ec.EllipticCurvePrivateKey) -> DNSKEY:
    """The one key of a zone: it signs keys and records alike (a combined signing key)."""
    return dns.dnssec.make_dnskey(key.public_key(), Algorithm.ECDSAP256SHA256, flags=257)


def sign(zone: dns.zone.Zone, key: ec.EllipticCurvePrivateKey, validity: Validity) -> dns.zone.Zone:
    """Sign in place with NSEC (RFC 4035 section 2) and return the zone."""
    with zone.writer() as writer:
        dns.dnssec.sign_zone(
            zone,
            writer,
            keys=[(key, dnskey_of(key))],
            dnskey_ttl=DELEGATION_TTL_SECONDS,
            inception=validity.inception,
            expiration=validity.expiration,
        )
    return zone


def root_hints(addresses: Addresses) -> str:
    """The root servers in the format of the file named.root."""
    return f". 3600000 NS {ROOT_SERVER}\n{ROOT_SERVER} 3600000 A {addresses.root}\n"


def trust_anchor(root_key: ec.EllipticCurvePrivateKey) -> str:
    """The root's key as a DS record in zone file format."""
    return f". 3600 IN DS {_ds(dns.name.root, root_key)}\n"


def _zone(origin: str, serial: int, primary: str, refresh_seconds: int) -> dns.zone.Zone:
    zone = dns.zone.Zone(origin, relativize=False)
    times = f"{refresh_seconds} {max(refresh_seconds // 3, 60)} 1209600 {NEGATIVE_TTL_SECONDS}"
    _add(zone, origin, "SOA", f"{primary} hostmaster.{PROVIDER_ZONE}. {serial} {times}")
    return zone


def _delegate(
    zone: dns.zone.Zone, child: str, servers: Sequence[tuple[str, str]], key: ec.EllipticCurvePrivateKey
) -> None:
    for server, address in servers:
        _add(zone, child, "NS", server)
        _add(zone, server, "A", address)
    _add(zone, child, "DS", _ds(dns.name.from_text(child), key))


def _ds(owner: dns.name.Name, key: ec.EllipticCurvePrivateKey) -> str:
    return dns.dnssec.make_ds(owner, dnskey_of(key), DSDigest.SHA256).to_text()


def _add(zone: dns.zone.Zone, name: str, record_type: str, value: str) -> None:
    rdataset = zone.find_rdataset(dns.name.from_text(name), record_type, create=True)
    rdataset.add(rdata_of(record_type, value), ttl=DELEGATION_TTL_SECONDS)
