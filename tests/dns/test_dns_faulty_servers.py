"""Worlds whose servers or delegation are at fault, while others are well."""

import asyncio

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
RECORD = f'@ TXT "{T}"'
TXT = dns.rdatatype.TXT


def codes(diagnosis):
    return {finding.code for finding in diagnosis.findings}


def finding(diagnosis, code):
    return next(each for each in diagnosis.findings if each.code == code)


def refused(world, address):
    def script(query, wire, tcp):
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.REFUSED)
        return response

    return script


def servfail(world, address):
    def script(query, wire, tcp):
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.SERVFAIL)
        return response

    return script


def without_authority(world, address):
    def script(query, wire, tcp):
        response = world.respond(address, query)
        response.flags &= ~dns.flags.AA
        return response

    return script


def upward(world, address):
    def script(query, wire, tcp):
        response = dns.message.make_response(query)
        response.authority.append(dns.rrset.from_text(".", 300, "IN", "NS", "a.root.example."))
        return response

    return script


def from_a_cache(world, address):
    def script(query, wire, tcp):
        response = world.respond(address, query)
        response.flags = (response.flags & ~dns.flags.AA) | dns.flags.RA
        return response

    return script


def garbage(world, address):
    def script(query, wire, tcp):
        return wire[:2] + b"\x84\x00" + wire[4:12] + wire[12:] + b"\xff" * 9

    return script


BAD = [
    (refused, "server-refused"),
    (servfail, "server-failing"),
    (without_authority, "server-not-authoritative"),
    (upward, "server-refers-upward"),
    (from_a_cache, "server-answers-from-cache"),
]


@pytest.mark.parametrize(("make", "code"), BAD, ids=[code for _, code in BAD])
async def test_one_bad_server_is_a_warning_and_all_bad_is_broken(world, make, code):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.scripts[servers[1]] = make(world, servers[1])
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert finding(diagnosis, code).servers == ("ns2.northwind.example. 127.53.2.2",)
    assert finding(diagnosis, code).class_ == "D15"
    world.scripts[servers[0]] = make(world, servers[0])
    broken = await world.diagnose(value=T)
    assert broken.verdict == "broken"
    assert "no-server-answers" in codes(broken)


async def test_a_silent_server_is_a_warning_as_long_as_the_others_answer(world):
    servers = [world.address(1), world.address(2), world.address(3), world.address(4)]
    world.zone("northwind.example", RECORD, servers)
    world.dead.add(servers[2])
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.6)
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "server-silent").servers == ("ns3.northwind.example. 127.53.2.3",)
    assert codes(diagnosis) == {"server-silent", "all-right"}


async def test_a_closed_port_is_told_from_silence(world):
    world.zone("northwind.example", RECORD, [world.address(1)])
    world.build()
    servers = [world.address(1), world.address(9)]
    world.zones["northwind.example"] = world.make_zone("northwind.example", RECORD, servers)
    world.zones["example"].zone.delete_rdataset("northwind.example.", "NS")
    world.delegate("northwind.example")
    await world.start()
    diagnosis = await world.diagnose(value=T)
    assert "server-closed" in codes(diagnosis)
    assert diagnosis.verdict == "ready"


async def test_a_server_that_sends_garbage_is_named(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.scripts[servers[1]] = garbage(world, servers[1])
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready"
    assert codes(diagnosis) & {"server-malformed", "server-silent"}


async def test_a_server_without_tcp_is_a_warning(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.tcp_closed.add(servers[1])
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "tcp-refused").servers == ("ns2.northwind.example. 127.53.2.2",)


async def test_a_large_answer_without_tcp_is_broken_and_named(world):
    fillers = "\n".join(f'@ TXT "{number:03}{"x" * 200}"' for number in range(8))
    world.zone("northwind.example", f"{RECORD}\n{fillers}", [world.address(1)])
    world.tcp_closed.add(world.address(1))
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "broken"
    assert "answer-too-large" in codes(diagnosis)


async def test_a_large_answer_with_tcp_is_ready(world):
    fillers = "\n".join(f'@ TXT "{number:03}{"x" * 200}"' for number in range(8))
    world.zone("northwind.example", f"{RECORD}\n{fillers}", [world.address(1)])
    diagnosis = await world.diagnose(value=T)
    assert (diagnosis.verdict, codes(diagnosis)) == ("ready", {"all-right"})


async def test_private_addresses_are_not_asked_without_leave(world):
    world.zone("northwind.example", RECORD, [world.address(1)])
    diagnosis = await world.diagnose(value=T, allow_private=False)
    assert diagnosis.verdict == "unknown"
    assert "server-private-address" in codes(diagnosis)
    assert world.log == []
    assert diagnosis.queries == 0


async def test_forged_answers_are_ignored_and_said(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.forged.add(servers[1])
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "forged-answers").servers == ("ns2.northwind.example. 127.53.2.2",)


async def test_an_address_that_only_forges_never_counts(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", "", servers)
    world.copies[servers[1], "northwind.example"] = world.make_zone("northwind.example", RECORD, servers)
    world.forged.add(servers[1])
    world.mute.add(servers[1])
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.3)
    assert diagnosis.verdict == "wrong"
    assert "server-silent" in codes(diagnosis)


async def test_a_newer_copy_that_lost_the_record_is_wrong(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers, serial=5)
    world.copies[servers[1], "northwind.example"] = world.make_zone("northwind.example", "", servers, serial=6)
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "wrong"
    assert diagnosis.blockers()[0].code == "newer-serial-lost-record"


async def test_the_same_serial_with_other_content_is_wrong(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers, serial=5)
    world.copies[servers[1], "northwind.example"] = world.make_zone("northwind.example", "", servers, serial=5)
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "wrong"
    assert diagnosis.blockers()[0].code == "same-serial-differs"


async def test_a_serial_that_wrapped_around_is_still_newer(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers, serial=3)
    older = world.make_zone("northwind.example", "", servers, serial=2**32 - 4)
    world.copies[servers[1], "northwind.example"] = older
    diagnosis = await world.diagnose(value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("not_yet", "secondary-lag")


async def test_two_providers_with_zones_of_their_own_are_told_apart(world):
    ns = "@ NS ns1.alpha.example.\n@ NS ns1.beta.example.\n"
    world.zone("alpha.example", "", [world.address(1)])
    world.zone("beta.example", "", [world.address(2)])
    world.zone("northwind.example", ns + RECORD, [world.address(1), world.address(2)])
    other = world.make_zone("northwind.example", ns, [], serial=9, refresh=7200)
    soa = other.zone.find_rdataset("northwind.example.", "SOA")
    other.zone.replace_rdataset(
        "northwind.example.",
        dns.rdataset.from_text("IN", "SOA", 300, "ns1.beta.example. dns.beta.example. 9 7200 300 604800 300"),
    )
    assert soa is not None
    world.copies[world.address(2), "northwind.example"] = other
    diagnosis = await world.diagnose(value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "two-providers")


async def test_a_record_at_the_old_provider_is_wrong(world):
    world.zone("old.example", "", [world.address(1)])
    world.zone("new.example", "", [world.address(2)])
    world.zone("northwind.example", "@ NS ns1.new.example.\n@ NS ns1.old.example.", [world.address(2)])
    world.build()
    parent = world.zones["example"].zone
    parent.replace_rdataset("northwind.example.", dns.rdataset.from_text("IN", "NS", 300, "ns1.new.example."))
    world.serving[world.address(1)].append("northwind.example")
    world.copies[world.address(1), "northwind.example"] = world.make_zone(
        "northwind.example", f"@ NS ns1.old.example.\n{RECORD}", []
    )
    await world.start()
    diagnosis = await world.diagnose(value=T)
    first = diagnosis.blockers()[0]
    assert (diagnosis.verdict, first.class_, first.code) == ("wrong", "D14", "edited-old-provider")
    assert "delegation-differs" in codes(diagnosis)


async def test_name_servers_that_cannot_be_resolved_are_broken(world):
    world.zone("northwind.example", "", [world.address(1)])
    world.build()
    parent = world.zones["example"].zone
    parent.replace_rdataset("northwind.example.", dns.rdataset.from_text("IN", "NS", 300, "ns1.nowhere.example."))
    await world.start()
    diagnosis = await world.diagnose(value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("broken", "no-server-found")


async def test_glue_that_differs_from_the_zone_is_a_warning(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.build()
    world.zones["northwind.example"].zone.replace_rdataset(
        "ns2.northwind.example.", dns.rdataset.from_text("IN", "A", 300, world.address(1))
    )
    await world.start()
    diagnosis = await world.diagnose(value=T)
    assert "glue-differs" in codes(diagnosis)


async def test_name_servers_in_a_circle_are_broken_and_end(world):
    world.zone("northwind.example", "", [world.address(1)])
    world.zone("southwind.example", "", [world.address(1)])
    world.build()
    parent = world.zones["example"].zone
    for one, other in (("north", "south"), ("south", "north")):
        target = f"ns1.{other}wind.example."
        parent.replace_rdataset(f"{one}wind.example.", dns.rdataset.from_text("IN", "NS", 300, target))
        parent.delete_node(f"ns1.{one}wind.example.")
    await world.start()
    diagnosis = await world.diagnose(value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].class_) == ("broken", "D14")


async def test_a_cname_is_followed_and_judged_at_its_target(world):
    world.zone("northwind.example", "dip CNAME dip.southwind.example.", [world.address(1)])
    world.zone("southwind.example", f'dip TXT "{T}"', [world.address(2)])
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert codes(diagnosis) == {"cname-followed", "all-right"}
    other = await world.diagnose("dip.northwind.example", value=T.replace("8", "9"))
    assert other.verdict == "wrong"
    assert other.blockers()[0].class_ == "D10"


async def test_a_cname_loop_is_broken(world):
    world.zone("northwind.example", "dip CNAME dap\ndap CNAME dip", [world.address(1)])
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("broken", "cname-loop")


async def test_a_cname_to_nowhere_is_wrong(world):
    world.zone("northwind.example", "dip CNAME dip.gone.example.\ndap CNAME gone", [world.address(1)])
    world.build()
    await world.start()
    for name in ("dip", "dap"):
        diagnosis = await world.diagnose(f"{name}.northwind.example", value=T)
        assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "cname-dangling")


async def test_an_endless_cname_chain_is_broken(world):
    chain = "\n".join(f"a{number}.{number} CNAME a{number + 1}.{number + 1}" for number in range(30))
    world.zone("northwind.example", f"dip CNAME a0.0\n{chain}", [world.address(1)])
    world.scripts[world.address(1)] = one_alias_at_a_time(world, world.address(1))
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("broken", "cname-chain-too-long")


def one_alias_at_a_time(world, address):
    def script(query, wire, tcp):
        response = world.respond(address, query)
        if response.answer and response.answer[0].rdtype == dns.rdatatype.CNAME:
            del response.answer[1:]
        return response

    return script


async def test_answers_that_change_are_never_ready(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    empty = world.make_zone("northwind.example", "", servers)
    asked = {"times": 0}

    def script(query, wire, tcp):
        if query.question[0].rdtype == TXT and len(query.question[0].name) == 3 and not tcp:
            asked["times"] += 1
            if asked["times"] % 2:
                world.copies[servers[1], "northwind.example"] = empty
        response = world.respond(servers[1], query)
        world.copies.pop((servers[1], "northwind.example"), None)
        return response

    world.scripts[servers[1]] = script
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "unknown", diagnosis.findings
    assert finding(diagnosis, "answers-change").class_ == "D30"


async def test_a_server_that_drops_some_answers_is_noticed(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    seen = []

    async def script(query, wire, tcp):
        if query.question[0].rdtype == TXT and len(query.question[0].name) == 3 and not tcp:
            seen.append(1)
            if len(seen) > 1:
                await asyncio.sleep(30)
        return world.respond(servers[1], query)

    world.scripts[servers[1]] = script
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.3)
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "answers-get-lost").class_ == "D30"


def without_edns(kind):
    def make(world, address):
        def script(query, wire, tcp):
            if query.edns >= 0 and kind == "formerr":
                response = dns.message.make_response(query)
                response.use_edns(False)
                response.set_rcode(dns.rcode.FORMERR)
                return response
            if query.edns >= 0 and kind == "silent":
                return None if tcp else b""
            response = world.respond(address, query)
            response.use_edns(False)
            return response

        return script

    return make


@pytest.mark.parametrize(
    ("kind", "code"), [("formerr", "edns-broken"), ("silent", "edns-broken"), ("ignored", "edns-ignored")]
)
async def test_trouble_with_edns_is_a_warning(world, kind, code):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.scripts[servers[1]] = without_edns(kind)(world, servers[1])
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert finding(diagnosis, code).servers == ("ns2.northwind.example. 127.53.2.2",)


def cookie_in(query):
    return next((each for each in query.options if isinstance(each, dns.edns.CookieOption)), None)


def with_cookies(kind):
    """What a server does with a question that has a cookie; `kind` of `wanted` and `known` are no fault."""

    def make(world, address):
        def script(query, wire, tcp):
            response = world.respond(address, query)
            cookie = cookie_in(query)
            if cookie is None:
                return response
            if kind == "silent":
                return b""
            if kind == "without EDNS only":
                response.use_edns(False)
                response.set_rcode(dns.rcode.FORMERR)
            elif kind == "refused":
                response = dns.message.make_response(query)
                response.set_rcode(dns.rcode.REFUSED)
            else:
                if kind == "wanted":
                    response = dns.message.make_response(query)
                client = b"another!" if kind == "strange" else cookie.client
                response.use_edns(0, dns.flags.DO, 1232, options=[dns.edns.CookieOption(client, b"of the server 16")])
                if kind == "wanted":
                    response.set_rcode(dns.rcode.BADCOOKIE)
            return response

        return script

    return make


@pytest.mark.parametrize("kind", ["silent", "without EDNS only", "refused", "strange"])
async def test_a_server_that_stumbles_over_a_cookie_is_named(world, kind):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    world.scripts[servers[1]] = with_cookies(kind)(world, servers[1])
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.4)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert finding(diagnosis, "cookie-not-borne").servers == ("ns2.northwind.example. 127.53.2.2",)
    assert {row.state.serial for row in diagnosis.servers} == {1}
    assert not codes(diagnosis) & {"edns-broken", "edns-ignored", "cookie-refused"}


@pytest.mark.parametrize("kind", ["wanted", "known"])
async def test_a_server_that_knows_cookies_is_left_alone(world, kind):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)
    for address in servers:
        world.scripts[address] = with_cookies(kind)(world, address)
    diagnosis = await world.diagnose(value=T)
    assert (diagnosis.verdict, codes(diagnosis)) == ("ready", {"all-right"})
    assert {row.state.serial for row in diagnosis.servers} == {1}


@pytest.mark.parametrize("small", [True, False], ids=["cut off without EDNS", "nothing over UDP"])
async def test_a_server_whose_large_answers_are_lost_is_named(world, small):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)

    def script(query, wire, tcp):
        response = world.respond(servers[1], query)
        if query.question[0].rdtype == TXT and len(query.question[0].name) == 3 and not tcp:
            if query.edns >= 0 or not small:
                return b""
            response.flags |= dns.flags.TC
            response.answer = []
        return response

    world.scripts[servers[1]] = script
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert finding(diagnosis, "large-answers-lost").servers == ("ns2.northwind.example. 127.53.2.2",)
    assert "edns-broken" not in codes(diagnosis)


async def test_a_server_that_mangles_the_spelling_is_asked_again_and_noted(world):
    world.zone("northwind.example", RECORD, [world.address(1)])

    def script(query, wire, tcp):
        response = world.respond(world.address(1), query).to_wire()
        end = 12 + len(query.question[0].name.to_wire())
        return response[:12] + response[12:end].lower() + response[end:]

    world.scripts[world.address(1)] = script
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "case-not-kept").severity == "note"


async def test_a_caa_question_that_breaks_is_told_from_the_txt_that_works(world):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", RECORD, servers)

    def script(query, wire, tcp):
        response = world.respond(servers[1], query)
        if query.question[0].rdtype == dns.rdatatype.CAA:
            response = dns.message.make_response(query)
            response.set_rcode(dns.rcode.NOTIMP)
        return response

    world.scripts[servers[1]] = script
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "caa-query-breaks").servers == ("ns2.northwind.example. 127.53.2.2",)


async def test_a_root_that_does_not_answer_is_unknown(world):
    world.zone("northwind.example", RECORD, [world.address(1)])
    world.dead.add(world.ROOT)
    diagnosis = await world.diagnose(value=T, timeout_seconds=0.2)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("unknown", "parent-not-answering")


async def test_a_limit_on_queries_is_a_finding_not_a_hang(world):
    world.zone("northwind.example", RECORD, [world.address(1), world.address(2)])
    diagnosis = await world.diagnose(value=T, max_queries=12)
    assert diagnosis.verdict != "ready"
    assert "limit-reached" in codes(diagnosis)
    assert diagnosis.queries <= 12


async def test_a_zone_that_its_parents_server_serves_too_is_found_without_a_referral(world):
    both = [world.address(1)]
    world.zone("northwind.example", "", both)
    world.zone("dip.northwind.example", f'@ TXT "{T}"', both)
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert diagnosis.record.name == "@"
