"""Signs a zone, with NSEC or NSEC3, in one pass; the signatures themselves are dnspython's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import dns.dnssec
import dns.name
import dns.node
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS

Name = dns.name.Name
NS, SOA, DNSKEY_TYPE = dns.rdatatype.NS, dns.rdatatype.SOA, dns.rdatatype.DNSKEY
_AT_CUT = (dns.rdatatype.DS, dns.rdatatype.NSEC)
_TTL = 300


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair that signs a whole zone (flags 257), ECDSA P-256."""

    private: ec.EllipticCurvePrivateKey
    dnskey: DNSKEY

    def ds(self, zone: Name, digest: str = "SHA256") -> DS:
        """The DS record that a parent publishes for this key."""
        return dns.dnssec.make_ds(zone, self.dnskey, digest)


@cache
def key_for(label: str) -> Key:
    """The key that goes by this label, made when it is first asked for in this process."""
    del label
    private = ec.generate_private_key(ec.SECP256R1())
    return Key(private, dns.dnssec.make_dnskey(private.public_key(), "ECDSAP256SHA256", flags=257))


def sign(
    zone: dns.zone.Zone, key: Key, inception: datetime, expiration: datetime, *, nsec3: bool = False, publish: bool = True
) -> None:  # fmt: skip
    """Signs the zone in place. Without `publish` the key is missing from the zone's DNSKEY set."""
    origin = zone.origin
    if origin is None:
        raise ValueError("a zone without origin cannot be signed")
    shown = key if publish else key_for("a key that signs nothing")
    zone.replace_rdataset(origin, dns.rdataset.from_rdata_list(_TTL, [shown.dnskey]))
    if nsec3:
        parameters = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.NSEC3PARAM, "1 0 0 -")
        zone.replace_rdataset(origin, dns.rdataset.from_rdata_list(0, [parameters]))
    names = sorted(owner for owner in zone.nodes if not _below_a_cut(zone, owner))
    if nsec3:
        _chain_nsec3(zone, origin, names)
    else:
        _chain_nsec(zone, origin, names)
    for owner, node in list(zone.nodes.items()):
        if _below_a_cut(zone, owner):
            continue
        cut = _is_cut(zone, owner)
        for rdataset in list(node):
            if rdataset.rdtype == dns.rdatatype.RRSIG or (cut and rdataset.rdtype not in _AT_CUT):
                continue
            resign(zone, owner, rdataset.rdtype, key, inception, expiration)


def resign(
    zone: dns.zone.Zone, owner: Name, kind: dns.rdatatype.RdataType, key: Key, inception: datetime, expiration: datetime
) -> None:  # fmt: skip
    """Replaces the signature over one set of records."""
    origin = zone.origin
    if origin is None:
        raise ValueError("a zone without origin cannot be signed")
    rdataset = zone.find_rdataset(owner, kind)
    rrset = dns.rrset.from_rdata_list(owner, rdataset.ttl, list(rdataset))
    signature = dns.dnssec.sign(
        rrset, key.private, origin, key.dnskey, inception=inception, expiration=expiration, origin=origin
    )
    zone.replace_rdataset(owner, dns.rdataset.from_rdata_list(rdataset.ttl, [signature]))


def _is_cut(zone: dns.zone.Zone, owner: Name) -> bool:
    return owner != zone.origin and zone.get_rdataset(owner, NS) is not None


def _below_a_cut(zone: dns.zone.Zone, owner: Name) -> bool:
    above = owner
    while above != zone.origin:
        above = above.parent()
        if above != zone.origin and _is_cut(zone, above):
            return True
    return False


def _types(zone: dns.zone.Zone, owner: Name) -> set[dns.rdatatype.RdataType]:
    node = zone.get_node(owner)
    kinds = {rdataset.rdtype for rdataset in node} if node else set()
    return kinds & {NS, dns.rdatatype.DS} if _is_cut(zone, owner) else kinds


def _record(kind: str, *fields: str, kinds: Iterable[dns.rdatatype.RdataType]) -> dns.rdata.Rdata:
    text = " ".join((*fields, *sorted(map(dns.rdatatype.to_text, kinds))))
    return dns.rdata.from_text("IN", kind, text)


def _chain_nsec(zone: dns.zone.Zone, origin: Name, names: list[Name]) -> None:
    for owner, after in zip(names, [*names[1:], origin], strict=True):
        kinds = _types(zone, owner) | {dns.rdatatype.RRSIG, dns.rdatatype.NSEC}
        nsec = _record("NSEC", after.to_text(), kinds=kinds)
        zone.replace_rdataset(owner, dns.rdataset.from_rdata_list(_negative_ttl(zone, origin), [nsec]))


def _chain_nsec3(zone: dns.zone.Zone, origin: Name, names: list[Name]) -> None:
    with_ancestors = {ancestor for name in names for ancestor in _up_to(origin, name)}
    hashed = sorted((dns.dnssec.nsec3_hash(name, None, 0, 1), name) for name in with_ancestors)
    for (label, name), (after, _) in zip(hashed, [*hashed[1:], hashed[0]], strict=True):
        kinds = _types(zone, name)
        if kinds - {NS} or (kinds and not _is_cut(zone, name)):
            kinds = kinds | {dns.rdatatype.RRSIG}
        nsec3 = _record("NSEC3", "1 0 0 -", after, kinds=kinds)
        owner = dns.name.Name((label.lower().encode("ascii"), *origin.labels))
        zone.replace_rdataset(owner, dns.rdataset.from_rdata_list(_negative_ttl(zone, origin), [nsec3]))


def _negative_ttl(zone: dns.zone.Zone, origin: Name) -> int:
    """How long a denial may be kept (RFC 9077)."""
    soa = zone.find_rdataset(origin, SOA)
    return int(min(soa.ttl, soa[0].minimum))


def _up_to(origin: Name, name: Name) -> Iterable[Name]:
    yield name
    while name != origin:
        name = name.parent()
        yield name
