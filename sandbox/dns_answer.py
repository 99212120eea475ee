"""What an authoritative server says to one query: a pure function of query and zones (RFC 1034 section 4.3.2)."""

from collections.abc import Mapping

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zone

MAX_UDP_PAYLOAD = 1232
PLAIN_UDP_PAYLOAD = 512
MAX_ALIASES = 8

Zones = Mapping[dns.name.Name, dns.zone.Zone]
_TRANSFERS = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)


def answer(query: dns.message.Message, zones: Zones) -> dns.message.Message:
    """Always an answer to send; anything this server does not do is refused with the fitting code."""
    response = dns.message.make_response(query, our_payload=MAX_UDP_PAYLOAD)
    if query.edns > 0:
        response.set_rcode(dns.rcode.BADVERS)
    elif query.opcode() != dns.opcode.QUERY:
        response.set_rcode(dns.rcode.NOTIMP)
    elif len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
    else:
        question = query.question[0]
        if question.rdclass != dns.rdataclass.IN or question.rdtype in _TRANSFERS:
            response.set_rcode(dns.rcode.REFUSED)
        else:
            _Reply(response, zones, wants_dnssec=bool(query.ednsflags & dns.flags.DO)).fill(question)
    return response


def udp_wire(query: dns.message.Message, response: dns.message.Message) -> bytes:
    """The answer as it fits in one datagram; a bigger one goes out empty with TC set, so that one asks by TCP."""
    limit = PLAIN_UDP_PAYLOAD if query.edns < 0 else min(max(query.payload, PLAIN_UDP_PAYLOAD), MAX_UDP_PAYLOAD)
    wire = response.to_wire(max_size=65535)
    if len(wire) <= limit:
        return wire
    short = dns.message.make_response(query, our_payload=MAX_UDP_PAYLOAD)
    short.flags = response.flags | dns.flags.TC
    short.set_rcode(response.rcode())
    return short.to_wire()


class _Reply:
    """One answer being filled: the sections so far and the zones it may be filled from."""

    def __init__(self, response: dns.message.Message, zones: Zones, *, wants_dnssec: bool) -> None:
        self._response = response
        self._zones = zones
        self._wants_dnssec = wants_dnssec

    def fill(self, question: dns.rrset.RRset) -> None:
        name = question.name
        for hop in range(MAX_ALIASES):
            zone = self._zone_for(name, question.rdtype)
            if zone is None:
                if hop == 0:
                    self._response.set_rcode(dns.rcode.REFUSED)
                return
            target = self._look(zone, name, question.rdtype, first=hop == 0)
            if target is None:
                return
            name = target

    def _zone_for(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.zone.Zone | None:
        """The deepest zone that holds the name; a DS record belongs to the zone above (RFC 4035 section 3.1.4.1)."""
        if rdtype == dns.rdatatype.DS and name != dns.name.root:
            above = _deepest(self._zones, name.parent())
            if above is not None:
                return above
        return _deepest(self._zones, name)

    def _look(
        self, zone: dns.zone.Zone, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, *, first: bool
    ) -> dns.name.Name | None:
        """Answer from one zone; returns the name to go on with where an alias leads elsewhere."""
        cut = _delegation_above(zone, name, rdtype)
        if cut is not None:
            self._refer(zone, cut)
            return None
        if first:
            self._response.flags |= dns.flags.AA
        owner = name
        if not _exists(zone, name):
            wildcard = _wildcard_for(zone, name)
            if wildcard is None:
                self._response.set_rcode(dns.rcode.NXDOMAIN)
                self._deny(zone, name, _closest_encloser(zone, name))
                return None
            self._prove(zone, name)
            owner = wildcard
        alias = zone.get_rdataset(owner, dns.rdatatype.CNAME)
        if alias is not None and rdtype not in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
            self._add(self._response.answer, zone, owner, dns.rdatatype.CNAME, shown_as=name)
            target: dns.name.Name = alias[0].target
            return target
        if rdtype == dns.rdatatype.ANY:  # one set is enough (RFC 8482 section 4.1)
            node = zone.get_node(owner)
            held = [s.rdtype for s in node or () if s.rdtype not in (dns.rdatatype.RRSIG, dns.rdatatype.NSEC)]
            rdtype = held[0] if held else rdtype
        if zone.get_rdataset(owner, rdtype) is None:
            self._deny(zone, owner, None)
            return None
        self._add(self._response.answer, zone, owner, rdtype, shown_as=name)
        if rdtype in (dns.rdatatype.NS, dns.rdatatype.MX):
            self._add_addresses(zone, owner, rdtype)
        return None

    def _refer(self, zone: dns.zone.Zone, cut: dns.name.Name) -> None:
        self._add(self._response.authority, zone, cut, dns.rdatatype.NS)
        if self._wants_dnssec:
            if zone.get_rdataset(cut, dns.rdatatype.DS) is not None:
                self._add(self._response.authority, zone, cut, dns.rdatatype.DS)
            else:
                self._prove(zone, cut)
        self._add_addresses(zone, cut, dns.rdatatype.NS)

    def _deny(self, zone: dns.zone.Zone, name: dns.name.Name, encloser: dns.name.Name | None) -> None:
        """SOA and, for who asked, the proof: nothing at the name and, for a missing name, no wildcard either."""
        self._add(self._response.authority, zone, _origin(zone), dns.rdatatype.SOA, ttl_limit=_negative_ttl(zone))
        self._prove(zone, name)
        if encloser is not None:
            self._prove(zone, dns.name.Name((b"*", *encloser.labels)))

    def _prove(self, zone: dns.zone.Zone, name: dns.name.Name) -> None:
        """The NSEC record at the name or, if it has none, the one that spans it."""
        if not self._wants_dnssec:
            return
        owners = sorted(owner for owner, node in zone.nodes.items() if node.get_rdataset(zone.rdclass, _NSEC))
        before = [owner for owner in owners if owner <= name]
        if before:
            self._add(self._response.authority, zone, before[-1], _NSEC)

    def _add_addresses(self, zone: dns.zone.Zone, owner: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> None:
        for rdata in zone.get_rdataset(owner, rdtype) or ():
            target = rdata.target if rdtype == dns.rdatatype.NS else rdata.exchange
            holder = self._zone_for(target, dns.rdatatype.A)
            source = zone if target.is_subdomain(_origin(zone)) or holder is None else holder
            for address_type in (dns.rdatatype.A, dns.rdatatype.AAAA):
                if source.get_rdataset(target, address_type) is not None:
                    self._add(self._response.additional, source, target, address_type)

    def _add(
        self,
        section: list[dns.rrset.RRset],
        zone: dns.zone.Zone,
        owner: dns.name.Name,
        rdtype: dns.rdatatype.RdataType,
        *,
        shown_as: dns.name.Name | None = None,
        ttl_limit: int | None = None,
    ) -> None:
        """Put one set, with its signature if wanted, into a section once; a wildcard's is `shown_as` the name asked."""
        name = owner if shown_as is None else shown_as
        if any(rrset.match(name, zone.rdclass, rdtype, dns.rdatatype.NONE) for rrset in section):
            return
        for rdataset in (
            zone.get_rdataset(owner, rdtype),
            zone.get_rdataset(owner, dns.rdatatype.RRSIG, rdtype) if self._wants_dnssec else None,
        ):
            if rdataset is not None:
                ttl = rdataset.ttl if ttl_limit is None else min(rdataset.ttl, ttl_limit)
                section.append(dns.rrset.from_rdata_list(name, ttl, list(rdataset)))


_NSEC = dns.rdatatype.NSEC


def _origin(zone: dns.zone.Zone) -> dns.name.Name:
    if zone.origin is None:
        raise ValueError("a served zone has an origin")
    return zone.origin


def _negative_ttl(zone: dns.zone.Zone) -> int:
    """How long "there is none" may be kept, in seconds (RFC 2308 section 3)."""
    return int(zone.get_soa().minimum)


def _deepest(zones: Zones, name: dns.name.Name) -> dns.zone.Zone | None:
    while name not in zones and name != dns.name.root:
        name = name.parent()
    return zones.get(name)


def _delegation_above(
    zone: dns.zone.Zone, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.name.Name | None:
    """The highest delegation on the way from the zone's top to the name; DS at the cut itself is answered here."""
    origin = _origin(zone)
    if rdtype == dns.rdatatype.DS and name != origin:
        name = name.parent()
    found: dns.name.Name | None = None
    while name != origin:
        if zone.get_rdataset(name, dns.rdatatype.NS) is not None:
            found = name
        name = name.parent()
    return found


def _exists(zone: dns.zone.Zone, name: dns.name.Name) -> bool:
    """Whether the name has records or stands above one that has (an empty non-terminal, RFC 8020)."""
    return any(owner.is_subdomain(name) for owner in zone.nodes)


def _closest_encloser(zone: dns.zone.Zone, name: dns.name.Name) -> dns.name.Name:
    while not _exists(zone, name):
        name = name.parent()
    return name


def _wildcard_for(zone: dns.zone.Zone, name: dns.name.Name) -> dns.name.Name | None:
    wildcard = dns.name.Name((b"*", *_closest_encloser(zone, name).labels))
    return wildcard if wildcard in zone.nodes else None
