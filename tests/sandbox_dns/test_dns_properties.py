"""For any question to a signed zone: the answer says what the zone holds, and what is missing is proven missing."""

from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandbox.dns_answer import MAX_UDP_PAYLOAD, answer, udp_wire
from sandbox.dns_zones import Addresses, Leaf, Record, Validity, dnskey_of, leaf_zone, sign

ORIGIN = dns.name.from_text("northwind.example.")
KEY = ec.derive_private_key(20261124, ec.SECP256R1())
START = datetime(2026, 11, 24, tzinfo=UTC)
RECORDS = (
    ("@", "TXT", "v=spf1 -all"),
    ("a", "TXT", "a" * 200),
    ("c.b", "A", "192.0.2.1"),
    ("*.w", "TXT", "anything"),
    ("k", "CNAME", "a.northwind.example."),
    ("m", "CNAME", "elsewhere.test."),
    ("o", "CNAME", "p.northwind.example."),
    ("p", "CNAME", "o.northwind.example."),
)
ZONE = sign(
    leaf_zone(
        Leaf(
            "northwind.example",
            2026112401,
            900,
            tuple(
                Record(number, f"{ORIGIN}" if name == "@" else f"{name}.{ORIGIN}", rdtype, 300, value)
                for number, (name, rdtype, value) in enumerate(RECORDS)
            ),
            KEY,
        ),
        Addresses("127.0.53.1", "127.0.53.2", "127.0.53.3", "127.0.53.4"),
    ),
    KEY,
    Validity(START - timedelta(days=1), START + timedelta(days=30)),
)
KEYS = {ORIGIN: dns.rrset.from_rdata(ORIGIN, 3600, dnskey_of(KEY))}

labels = st.lists(st.sampled_from(["a", "b", "c", "k", "m", "o", "p", "w", "x", "*", "aa", "-"]), max_size=4)
types = st.sampled_from(["TXT", "A", "AAAA", "CNAME", "NS", "SOA", "MX", "DS", "DNSKEY", "ANY", "NSEC"])


def reply_to(name: dns.name.Name, rdtype: str) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, want_dnssec=True)
    return dns.message.from_wire(answer(query, {ORIGIN: ZONE}).to_wire(max_size=65535))


def spans(nsec: dns.rrset.RRset, name: dns.name.Name) -> bool:
    """Whether the record stands at the name, or before it with the next one after it (or back at the top)."""
    return nsec.name == name or (nsec.name < name and (name < nsec[0].next or nsec[0].next == ORIGIN))


@settings(max_examples=150, deadline=None)
@given(labels, types)
def test_every_signature_holds_and_every_gap_is_proven(parts: list[str], rdtype: str) -> None:
    name = dns.name.Name([part.encode() for part in parts] + list(ORIGIN.labels))
    # dnspython does not validate what a wildcard gives for a name that itself begins with *
    assume(not name.is_wild() or name in ZONE.nodes)
    reply = reply_to(name, rdtype)
    assert reply.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
    assert reply.flags & dns.flags.AA
    for section in (reply.answer, reply.authority):
        signatures = {(rrset.name, rrset.covers): rrset for rrset in section if rrset.rdtype == dns.rdatatype.RRSIG}
        for rrset in section:
            if rrset.rdtype != dns.rdatatype.RRSIG:
                dns.dnssec.validate(rrset, signatures[rrset.name, rrset.rdtype], KEYS, now=START.timestamp())
    proofs = [rrset for rrset in reply.authority if rrset.rdtype == dns.rdatatype.NSEC]
    if not reply.answer:
        assert any(rrset.rdtype == dns.rdatatype.SOA for rrset in reply.authority)
        assert any(spans(proof, name) for proof in proofs)
        for proof in proofs:
            if proof.name == name:
                assert f" {rdtype} " not in f"{proof[0].to_text()} "
    exists = any(owner.is_subdomain(name) for owner in ZONE.nodes)
    if reply.rcode() == dns.rcode.NXDOMAIN and not reply.answer:
        assert not exists


@settings(max_examples=100, deadline=None)
@given(labels, types, st.sampled_from([None, 0, 512, 700, 1232, 4096]))
def test_no_datagram_is_bigger_than_what_was_asked_for(parts: list[str], rdtype: str, payload: int | None) -> None:
    name = dns.name.Name([part.encode() for part in parts] + list(ORIGIN.labels))
    query = dns.message.make_query(name, rdtype, use_edns=payload is not None, want_dnssec=payload is not None)
    if payload is not None:
        query.use_edns(0, dns.flags.DO, payload)
    response = answer(query, {ORIGIN: ZONE})
    wire = udp_wire(query, response)
    assert len(wire) <= min(max(payload or 512, 512), MAX_UDP_PAYLOAD)
    sent = dns.message.from_wire(wire)
    if sent.flags & dns.flags.TC:
        assert not sent.answer
        assert len(response.to_wire(max_size=65535)) > len(wire)
    else:
        assert sent.answer == response.answer
