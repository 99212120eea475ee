"""The demo's servers answer as authoritative servers do: over UDP and TCP, signed, with proofs and referrals."""

import asyncio
from pathlib import Path
from typing import Any

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zonefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.dns import start_dns
from sandbox.dns_server import reply_to

ZONE = "northwind.example"


def kinds(section: list[dns.rrset.RRset]) -> set[str]:
    return {dns.rdatatype.to_text(rrset.rdtype) for rrset in section}


def the(section: list[dns.rrset.RRset], name: str, rdtype: str) -> dns.rrset.RRset:
    [found] = [r for r in section if r.name == dns.name.from_text(name) and r.rdtype == dns.rdatatype.from_text(rdtype)]
    return found


@pytest.mark.parametrize("tcp", [False, True])
async def test_the_root_refers_to_the_top_level_domain_with_glue_and_ds(world: Any, tcp: bool) -> None:
    answer = await world.ask("root", ZONE, tcp=tcp, dnssec=True)
    assert not answer.flags & dns.flags.AA
    assert the(answer.authority, "example.", "NS")[0].target.to_text() == "a.nic.example."
    assert the(answer.additional, "a.nic.example.", "A")[0].address == "127.0.53.2"
    assert kinds(answer.authority) == {"NS", "DS", "RRSIG"}


async def test_the_top_level_domain_refers_to_both_name_servers_of_the_provider(world: Any) -> None:
    answer = await world.ask("tld", ZONE)
    assert {rdata.target.to_text() for rdata in the(answer.authority, ZONE, "NS")} == {
        "ns1.dns.example.",
        "ns2.dns.example.",
    }
    assert {rrset[0].address for rrset in answer.additional} == {"127.0.53.3", "127.0.53.4"}


@pytest.mark.parametrize("server", ["ns1", "ns2"])
@pytest.mark.parametrize("tcp", [False, True])
async def test_both_name_servers_answer_with_authority(world: Any, server: str, tcp: bool) -> None:
    answer = await world.ask(server, ZONE, tcp=tcp)
    assert answer.flags & dns.flags.AA
    assert the(answer.answer, ZONE, "TXT")[0].strings == (b"v=spf1 mx -all",)
    assert the((await world.ask(server, ZONE, "SOA")).answer, ZONE, "SOA")


async def test_a_missing_name_is_nxdomain_and_a_missing_type_is_no_data_each_with_the_soa(world: Any) -> None:
    missing = await world.ask("ns1", f"nothing.{ZONE}")
    assert (missing.rcode(), kinds(missing.authority)) == (dns.rcode.NXDOMAIN, {"SOA"})
    no_type = await world.ask("ns1", ZONE, "AAAA")
    assert (no_type.rcode(), no_type.answer, kinds(no_type.authority)) == (dns.rcode.NOERROR, [], {"SOA"})
    assert missing.authority[0].ttl == 300


async def test_a_domain_that_was_never_created_does_not_exist(world: Any) -> None:
    answer = await world.ask("tld", "brightwater.example", dnssec=True)
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert kinds(answer.authority) == {"SOA", "NSEC", "RRSIG"}


async def test_a_name_above_a_record_exists_without_records_of_its_own(world: Any) -> None:
    world.service.provider.add_record(ZONE, "a.deep", "TXT", "x", 300)
    assert (await world.ask("ns1", f"deep.{ZONE}")).rcode() == dns.rcode.NOERROR
    assert (await world.ask("ns1", f"shallow.{ZONE}")).rcode() == dns.rcode.NXDOMAIN


async def test_an_alias_is_followed_inside_the_zone(world: Any) -> None:
    answer = await world.ask("ns1", f"www.{ZONE}", "A")
    assert [dns.rdatatype.to_text(rrset.rdtype) for rrset in answer.answer] == ["CNAME", "A"]


async def test_a_wildcard_answers_for_missing_names_only_and_proves_that_they_are_missing(world: Any) -> None:
    world.service.provider.add_record(ZONE, "*", "TXT", "anything", 300)
    answer = await world.ask("ns1", f"nothing.{ZONE}", dnssec=True)
    assert the(answer.answer, f"nothing.{ZONE}", "TXT")[0].strings == (b"anything",)
    assert "NSEC" in kinds(answer.authority)
    assert (await world.ask("ns1", f"www.{ZONE}", "TXT")).answer[0].rdtype == dns.rdatatype.CNAME


async def test_another_zone_a_transfer_and_another_class_are_refused(world: Any) -> None:
    assert (await world.ask("ns1", "brightwater.example")).rcode() == dns.rcode.REFUSED
    chaos = dns.message.make_query("version.bind", "TXT", rdclass="CH")
    assert (await world.send("ns1", chaos)).rcode() == dns.rcode.REFUSED
    transfer = reply_to(dns.message.make_query(ZONE, "AXFR").to_wire(), {}, over_udp=False)
    assert dns.message.from_wire(transfer).rcode() == dns.rcode.REFUSED


async def test_other_operations_and_other_edns_versions_are_named(world: Any) -> None:
    notify = dns.message.make_query(ZONE, "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert (await world.send("ns1", notify)).rcode() == dns.rcode.NOTIMP
    later = dns.message.make_query(ZONE, "SOA", use_edns=1)
    assert (await world.send("ns1", later)).rcode() == dns.rcode.BADVERS


async def test_what_does_not_fit_a_datagram_is_truncated_and_comes_whole_by_tcp(world: Any) -> None:
    for number in range(4):
        world.service.provider.add_record(ZONE, "@", "TXT", f"{number}" * 400, 300)
    short = await world.send("ns1", dns.message.make_query(ZONE, "TXT", use_edns=False))
    assert short.flags & dns.flags.TC
    assert short.flags & dns.flags.AA
    assert short.answer == []
    whole = await world.ask("ns1", ZONE, tcp=True)
    assert not whole.flags & dns.flags.TC
    assert len(the(whole.answer, ZONE, "TXT")) == 5


async def test_a_small_answer_is_not_truncated_without_edns(world: Any) -> None:
    answer = await world.send("ns1", dns.message.make_query(ZONE, "TXT", use_edns=False))
    assert answer.answer
    assert answer.edns == -1


async def test_the_case_of_the_question_comes_back(world: Any) -> None:
    answer = await world.ask("ns1", "NorthWind.eXample")
    assert answer.question[0].name.labels[0] == b"NorthWind"
    assert answer.answer


async def test_the_chain_of_trust_holds_from_the_anchor_to_the_record(world: Any) -> None:
    anchor = (world.folder / "root.key").read_text()
    ds = {rdata.to_text() for _, rrset in read_zone(anchor) for rdata in rrset}
    for server, zone, parent in (("root", ".", None), ("tld", "example.", "root"), ("ns2", f"{ZONE}.", "tld")):
        if parent is not None:
            ds = {
                rdata.to_text() for rdata in the((await world.ask(parent, zone, "DS", dnssec=True)).answer, zone, "DS")
            }
        answer = await world.ask(server, zone, "DNSKEY", dnssec=True)
        keys = the(answer.answer, zone, "DNSKEY")
        assert {dns.dnssec.make_ds(zone, key, "SHA256").to_text() for key in keys} == ds
        dns.dnssec.validate(keys, the(answer.answer, zone, "RRSIG"), {keys.name: keys})
    texts = await world.ask("ns2", ZONE, dnssec=True)
    dns.dnssec.validate(the(texts.answer, ZONE, "TXT"), the(texts.answer, ZONE, "RRSIG"), {keys.name: keys})


def read_zone(text: str) -> list[tuple[dns.name.Name, dns.rrset.RRset]]:
    return [(rrset.name, rrset) for rrset in dns.zonefile.read_rrsets(text, default_ttl=300, rdclass=None)]


async def test_signatures_are_made_again_before_they_end_however_far_the_clock_runs(world: Any) -> None:
    first = the((await world.ask("ns1", ZONE, dnssec=True)).answer, ZONE, "RRSIG")[0]
    world.clock.advance(days=3)
    assert the((await world.ask("ns1", ZONE, dnssec=True)).answer, ZONE, "RRSIG")[0] == first
    world.clock.advance(days=40)
    later = the((await world.ask("ns1", ZONE, dnssec=True)).answer, ZONE, "RRSIG")[0]
    assert later.expiration > world.clock.now.timestamp() > first.expiration
    assert later.inception == first.inception


async def test_the_root_hints_name_the_root_server_and_its_address(world: Any) -> None:
    hints = dict(read_zone((world.folder / "root.hints").read_text()))
    assert hints[dns.name.root][0].target.to_text() == "a.root-servers.example."
    assert hints[dns.name.from_text("a.root-servers.example.")][0].address == "127.0.53.1"


async def test_several_queries_share_one_connection(world: Any) -> None:
    reader, writer = await asyncio.open_connection(world.service.addresses.ns1, world.service.port)
    for name in (ZONE, f"www.{ZONE}"):
        wire = dns.message.make_query(name, "A").to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        length = int.from_bytes(await reader.readexactly(2), "big")
        assert dns.message.from_wire(await reader.readexactly(length)).answer
    writer.close()
    await writer.wait_closed()


async def test_an_address_outside_loopback_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stays on loopback"):
        await start_dns(tmp_path / "dns.json", "192.0.2.1", 0)


async def test_a_port_that_is_taken_is_said_and_nothing_stays_open(world: Any, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        await start_dns(tmp_path / "other.json", port=world.service.port)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_make_the_server_fall(wire: bytes) -> None:
    reply = reply_to(wire, {}, over_udp=True)
    if reply is not None:
        assert reply[:2] == wire[:2]
        assert reply[2] & 0x80


def test_an_answer_is_never_answered() -> None:
    query = dns.message.make_query(ZONE, "TXT")
    assert reply_to(dns.message.make_response(query).to_wire(), {}, over_udp=True) is None
    assert reply_to(query.to_wire(), {}, over_udp=True) is not None
