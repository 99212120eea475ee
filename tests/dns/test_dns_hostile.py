"""Hostile answers, zones and random worlds: no crash, no hang, never `ready` without the value."""

import random
import struct
from contextlib import suppress

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.dns.answers import Question
from engine.dns.gather.wire import Form, Match, Unreadable, canonical, decode, make_query, match, summary

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
TXT, NS, A = dns.rdatatype.TXT, dns.rdatatype.NS, dns.rdatatype.A
NAME = dns.name.from_text("northwind.example.")

# Bytes


@given(st.binary(max_size=400))
@settings(max_examples=400)
def test_any_bytes_are_a_message_or_unreadable(data):
    with suppress(Unreadable):
        decode(data)


@given(st.binary(min_size=10, max_size=300))
@settings(max_examples=300)
def test_any_bytes_under_the_right_question_are_read_or_unreadable(data):
    query = make_query(Question(NAME, TXT), recursive=False, form=Form.EDNS, mixed_case=True)
    wire = query.wire[:2] + data[:10] + query.question + data[10:]
    if match(query, wire) is not Match.NO:
        summary(wire)
        with suppress(Unreadable):
            decode(canonical(wire, query))


@given(st.data())
@settings(max_examples=200)
def test_an_answer_with_any_byte_of_its_identity_changed_is_not_ours(data):
    query = make_query(Question(NAME, TXT), recursive=False, form=Form.EDNS, mixed_case=False)
    answer = bytearray(dns.message.make_response(dns.message.from_wire(query.wire)).to_wire())
    assert match(query, bytes(answer)) is Match.YES
    place = data.draw(st.sampled_from([0, 1, *range(12, 12 + len(query.question))]))
    answer[place] ^= data.draw(st.sampled_from([1, 2, 4, 8, 16, 64, 128]))
    assert match(query, bytes(answer)) is Match.NO


def test_a_question_back_is_no_answer():
    query = make_query(Question(NAME, TXT), recursive=False, form=Form.EDNS, mixed_case=True)
    assert match(query, query.wire) is Match.NO
    assert match(query, b"") is Match.NO


def test_ids_and_spellings_differ_from_query_to_query():
    queries = [make_query(Question(NAME, TXT), recursive=False, form=Form.EDNS, mixed_case=True) for _ in range(50)]
    assert len({query.id for query in queries}) > 40
    assert len({query.question for query in queries}) > 40
    assert {query.question.lower() for query in queries} == {queries[0].question.lower()}


def test_a_compression_pointer_in_a_circle_is_unreadable():
    wire = struct.pack("!6H", 1, 0x8400, 1, 1, 0, 0) + b"\xc0\x0c\x00\x10\x00\x01" + b"\xc0\x0c" * 20
    with pytest.raises(Unreadable):
        decode(wire)


# Servers


def huge(world, address):
    """As many records as 64 KB hold, none of them the value."""

    def script(query, wire, tcp):
        response = world.respond(address, query)
        if query.question[0].rdtype == TXT and tcp:
            texts = [f'"{number:05}{"y" * 40}"' for number in range(1000)]
            response.answer = [dns.rrset.from_text(query.question[0].name, 300, "IN", "TXT", *texts)]
        elif query.question[0].rdtype == TXT:
            response.flags |= dns.flags.TC
            response.answer = []
        return response

    return script


def refers_on_for_ever(world, address):
    """Delegates each name one label deeper to itself, which is no way forward, and upwards at random."""

    def script(query, wire, tcp):
        name = query.question[0].name
        response = dns.message.make_response(query)
        response.authority.append(dns.rrset.from_text(name, 300, "IN", "NS", "ns1.northwind.example."))
        response.additional.append(dns.rrset.from_text("ns1.northwind.example.", 300, "IN", "A", address))
        return response

    return script


def fans_out(world, address):
    """Delegates to many servers without addresses, each below a name that is delegated in the same way."""

    def script(query, wire, tcp):
        name = query.question[0].name
        response = dns.message.make_response(query)
        targets = [
            f"ns.{number}x{random.Random(str(name)).randrange(10**6)}.northwind.example." for number in range(60)
        ]
        cut = name if len(name) <= 4 else dns.name.Name(name.labels[-4:])
        response.authority.append(dns.rrset.from_text(cut, 300, "IN", "NS", *targets))
        return response

    return script


def endless_aliases(world, address):
    def script(query, wire, tcp):
        name = query.question[0].name
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        label = random.Random(str(name).lower()).randrange(10**9)
        response.answer.append(dns.rrset.from_text(name, 300, "IN", "CNAME", f"a{label}.northwind.example."))
        return response

    return script


def drips_tcp(world, address):
    """Truncates, then never finishes its TCP answer."""

    def script(query, wire, tcp):
        if tcp:
            return b""
        response = world.respond(address, query)
        response.flags |= dns.flags.TC
        response.answer = []
        return response

    return script


def nonsense(seed):
    def make(world, address):
        rng = random.Random(seed)

        def script(query, wire, tcp):
            choice = rng.randrange(7)
            honest = world.respond(address, query).to_wire()
            if choice == 0:
                return wire[:2] + bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
            if choice == 1:
                cut = rng.randrange(len(honest))
                return honest[:cut]
            if choice == 2:
                return honest + honest
            if choice == 3:
                spoilt = bytearray(honest)
                for _ in range(4):
                    spoilt[rng.randrange(2, len(spoilt))] = rng.randrange(256)
                return bytes(spoilt)
            if choice == 4:
                response = dns.message.make_response(query)
                response.set_rcode(rng.randrange(12))
                return response
            if choice == 5:
                return b"\0" * 12
            return honest

        return script

    return make


ATTACKS = [huge, refers_on_for_ever, fans_out, endless_aliases, drips_tcp, *(nonsense(seed) for seed in range(8))]


@pytest.mark.parametrize(
    "make", ATTACKS, ids=[*(each.__name__ for each in ATTACKS[:5]), *(f"nonsense{n}" for n in range(8))]
)
async def test_a_hostile_zone_gets_a_verdict_in_time_and_is_never_ready(world, make):
    world.zone("northwind.example", "", [world.address(1)])
    world.scripts[world.address(1)] = make(world, world.address(1))
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.2, max_seconds=10)
    assert diagnosis.verdict != "ready", diagnosis.findings
    assert diagnosis.elapsed.total_seconds() < 12
    assert diagnosis.queries <= 2000
    assert diagnosis.blockers() or diagnosis.verdict == "unknown"


async def test_a_zone_that_names_hundreds_of_servers_is_bounded_and_named(world):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1)])
    world.build()
    names = [f"n{number}.northwind.example." for number in range(300)]
    parent = world.zones["example"].zone
    parent.replace_rdataset(NAME, dns.rdataset.from_text("IN", "NS", 300, *names))
    await world.start()
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.3)
    assert diagnosis.verdict != "ready"
    assert diagnosis.queries < 500
    assert {finding.class_ for finding in diagnosis.blockers()} & {"D14", "D15"}


async def test_private_addresses_in_a_strangers_zone_are_never_asked(world):
    """The root and the registry may be asked here; what the zone names may not."""
    world.zone(
        "northwind.example",
        f'@ NS ns1\n@ NS ns2\n@ TXT "{T}"\nns1 A 10.9.8.7\nns2 A 169.254.169.254',
        [world.address(1)],
    )
    world.build()
    await world.start()
    from engine.dns.gather import asker

    asked = []

    def only_loopback(address):
        asked.append(address)
        return address.startswith("127.")

    original, asker.is_public = asker.is_public, only_loopback
    try:
        diagnosis = await world.diagnose(value=T, allow_private=False)
    finally:
        asker.is_public = original
    assert diagnosis.verdict == "broken"
    assert "server-private-address" in {finding.code for finding in diagnosis.findings}
    assert {"10.9.8.7", "169.254.169.254"} <= set(asked)
    assert {address for address, *_ in world.log} == {world.ROOT, world.TLD}


# Random zones

LABELS = st.sampled_from(
    ["@", "www", "dip", "*", "northwind", "_globalsign-domain-verification", "a.b", "northwind.example"]
)
RECORDS = st.tuples(
    LABELS,
    st.sampled_from(["TXT", "A", "MX", "CNAME", "CAA"]),
    st.sampled_from([T, T[:-1], T.upper(), "v=spf1 -all", f" {T}", "x"]),
)


def zone_line(record):
    label, kind, value = record
    data = {"TXT": f'"{value}"', "A": "192.0.2.1", "MX": "10 mail", "CNAME": "www", "CAA": '0 issue "globalsign.com"'}[
        kind
    ]
    return f"{label} {kind} {data}"


@given(records=st.lists(RECORDS, max_size=6, unique_by=lambda each: each[:2]), data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_random_zone_is_ready_exactly_if_its_name_gives_the_value(worlds, records, data):
    owners = {label for label, kind, _ in records if kind == "CNAME"}
    kept = [each for each in records if each[0] not in owners or each[1] == "CNAME"]
    kept = [each for each in kept if each[:2] != ("@", "CNAME")]
    signed = data.draw(st.booleans())
    world = worlds(signed)
    try:
        world.zone("northwind.example", "\n".join(map(zone_line, kept)), [world.address(1), world.address(2)])
        diagnosis = await world.diagnose(value=T)
        right = any(each == ("@", "TXT", T) for each in kept)
        assert (diagnosis.verdict == "ready") is right, (kept, diagnosis.findings)
        assert diagnosis.dnssec.status == ("secure" if signed else "indeterminate"), diagnosis.dnssec
        if not right:
            assert diagnosis.verdict == "wrong"
            assert diagnosis.blockers()
    finally:
        await world.stop()


async def test_nothing_that_strangers_say_can_steer_a_terminal(world):
    """Escape sequences in values, names, CAA and extended errors come out written, in words and in the table."""
    from io import StringIO

    from rich.console import Console

    from bot.cli.dns_text import render

    evil = "\\027[2J\\007evil"
    records = f'@ TXT "{evil}"\n@ TXT "_globalsign-domain-verification={evil}"\n@ CAA 0 issue "{evil}"\n@ CAA 128 tag "{evil}"'
    world.zone("northwind.example", records, [world.address(1)])

    def script(query, wire, tcp):
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.SERVFAIL)
        response.use_edns(0, options=[dns.edns.EDEOption(6, "\x1b[2Jevil\x07")])
        return response

    world.scripts[world.address(20)] = script
    world.build()
    await world.start()
    diagnosis = await world.diagnose(value=T, resolvers=(world.resolver(20),))
    said = StringIO()
    console = Console(file=said, width=120, color_system=None)
    for part in render(diagnosis, asked_resolvers=True):
        console.print(part)
    assert "evil" in said.getvalue()
    assert all(char.isprintable() or char == "\n" for char in said.getvalue())
    words = " ".join(f"{each.summary} {each.seen} {each.fix}" for each in diagnosis.findings)
    assert all(char.isprintable() for char in words)


@given(st.integers(8, 32), st.binary(max_size=60))
def test_answers_that_differ_in_our_cookie_only_are_the_same(length, before):
    """What stands before the option in the OPT record, and how long the server's part is, does not matter."""
    shapes = set()
    for number in range(3):
        query = make_query(Question(NAME, TXT), recursive=False, form=Form.COOKIE, mixed_case=True)
        body = query.wire[:12] + query.question + before + b"\0\x0a" + (8 + length).to_bytes(2, "big")
        shapes.add(canonical(body + query.cookie + bytes([number]) * length, query))
    assert len(shapes) == 1


@given(st.binary(max_size=120))
def test_bytes_that_only_look_like_a_cookie_are_kept(rest):
    query = make_query(Question(NAME, TXT), recursive=False, form=Form.COOKIE, mixed_case=True)
    wire = query.wire[:12] + query.question + rest
    assert canonical(wire, query)[12 + len(query.question) :] == rest
    cut = wire + b"\0\x0a\xff\xff" + query.cookie
    assert canonical(cut, query).endswith(query.cookie)
