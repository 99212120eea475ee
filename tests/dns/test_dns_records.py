"""Worlds in which the record is misplaced, miswritten or missing: the class, who acts, and the verdict."""

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from engine.dns import LogEntry

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
TOKEN_ONLY = T.partition("=")[2]
OTHER = "_globalsign-domain-verification=ZZZZZ-2mX_9KKTzyxwvutsrqponmlkjihgfedcba99"
PROBE_FREE = "v=spf1 -all"


def txt(*values: str, name: str = "@") -> str:
    return "\n".join(f'{name} TXT "{value}"' for value in values)


WRONG = [
    ("D1", "doubled-zone", txt(T, name="northwind.example.northwind.example.")),
    ("D1", "doubled-zone", txt(T, name="northwind")),
    ("D2", "literal-at-sign", txt(T, name="\\@")),
    ("D2", "wrong-host-name", txt(T, name="www")),
    ("D2", "wrong-host-name", txt(T, name="_globalsign-domain-verification")),
    ("D2", "wrong-host-name", txt(T, name="_dnsauth")),
    ("D2", "wrong-host-name", txt(T, name="_acme-challenge")),
    ("D4", "quotes-in-value", f'@ TXT "\\"{T}\\""'),
    ("D4", "quotes-in-value", f'@ TXT "\\226\\128\\156{T}\\226\\128\\157"'),
    ("D4", "blanks-in-value", txt(f" {T}")),
    ("D4", "invisible-characters", f'@ TXT "{T}\\226\\128\\139"'),
    ("D5", "value-in-two-records", txt(T[:40], T[40:])),
    ("D6", "prefix-missing", txt(TOKEN_ONLY)),
    ("D6", "prefix-doubled", txt("_globalsign-domain-verification=" + T)),
    ("D6", "prefix-without-underscore", txt(T[1:])),
    ("D6", "name-pasted-with-value", txt(f"@ = {T}")),
    ("D6", "value-inside-spf", txt(f"v=spf1 include:x.example {T} -all")),
    ("D7", "case-changed", txt(T.lower())),
    ("D7", "value-mistyped", txt(T.replace("01", "0l"))),
    ("D7", "value-cut-off", txt(T.partition("-2mX")[0])),
    ("D7", "url-encoded", txt(T.replace("=", "%3D"))),
    ("D7", "padding-added", txt(T + "=")),
    ("D8", "value-of-another-claim", txt(OTHER)),
    ("D9", "value-in-other-type", f'@ SPF "{T}"'),
    ("D9", "value-in-other-type", f'@ CAA 0 issue "{T}"'),
    ("D11", "wildcard-not-the-name", txt(T, name="*")),
    ("D12", "no-txt-record", ""),
    ("D12", "value-not-among-txt", txt(PROBE_FREE)),
]


@pytest.mark.parametrize(("class_", "code", "records"), WRONG, ids=lambda each: each if isinstance(each, str) else None)
async def test_what_is_wrong_with_the_record_is_named_and_its_correction_is_ready(world, class_, code, records):
    world.zone("northwind.example", records, [world.address(1), world.address(2)])
    diagnosis = await world.diagnose(value=T)
    first = diagnosis.blockers()[0]
    assert diagnosis.verdict == "wrong"
    assert (first.class_, first.code, first.who) == (class_, code, "dns_admin"), diagnosis.findings
    assert diagnosis.next_action == first.fix
    assert diagnosis.ready_at is None
    assert len(first.servers) == 2
    world.zones["northwind.example"] = world.make_zone(
        "northwind.example", f"{records}\n{txt(T)}", [world.address(1), world.address(2)]
    )
    corrected = await world.diagnose(value=T)
    assert corrected.verdict == "ready", corrected.findings


HEALTHY = {
    "alone": txt(T),
    "beside others": txt(T, PROBE_FREE, "MS=ms123"),
    "beside old tokens": txt(T, OTHER, "globalsign-domain-verification=" + "A" * 32),
    "beside its own typos": txt(T, T.lower(), T + "="),
    "also at other names": txt(T)
    + "\n"
    + txt(T, name="www")
    + "\n"
    + txt(T, name="northwind.example.northwind.example."),
    "in two strings": f'@ TXT "{T[:40]}" "{T[40:]}"',
    "with a wildcard of the same": txt(T) + "\n" + txt(T, name="*"),
    "with CAA for GlobalSign": txt(T) + '\n@ CAA 0 issue "globalsign.com"',
    "with CAA that only reports": txt(T) + '\n@ CAA 0 iodef "mailto:x@northwind.example"',
    "with many records": txt(T, *(f"filler-{number}-" + "x" * 60 for number in range(30))),
    "with mail and web": txt(T) + "\n@ MX 10 mail\n@ A 192.0.2.1\nwww A 192.0.2.1\nmail A 192.0.2.2",
}


@pytest.mark.parametrize("records", HEALTHY.values(), ids=HEALTHY.keys())
async def test_a_healthy_world_is_ready_without_a_word_more(world, records):
    world.zone("northwind.example", records, [world.address(1), world.address(2)])
    diagnosis = await world.diagnose(value=T)
    assert diagnosis.verdict == "ready"
    assert [finding.code for finding in diagnosis.findings] == ["all-right"], diagnosis.findings


async def test_a_value_in_another_zone_of_the_company_is_found_there(world):
    world.zone("northwind.example", "", [world.address(1)])
    world.zone("southwind.example", txt(T), [world.address(2)])
    diagnosis = await world.diagnose(value=T, company_domains=["southwind.example"])
    first = diagnosis.blockers()[0]
    assert (diagnosis.verdict, first.class_, first.code) == ("wrong", "D3", "value-in-other-zone")


async def test_a_value_hidden_by_a_delegation_is_found_at_the_parents_server(world):
    world.zone("northwind.example", txt(T, name="dip"), [world.address(1), world.address(3)])
    world.zone("dip.northwind.example", "", [world.address(2)])
    world.build()
    await world.start()

    stale = world.make_zone("northwind.example", txt(T, name="dip"), [world.address(1), world.address(3)])
    world.copies[world.address(3), "northwind.example"] = stale
    seen = set()
    for _ in range(6):
        diagnosis = await world.diagnose("dip.northwind.example", value=T)
        seen |= {finding.code for finding in diagnosis.findings}
        assert diagnosis.verdict != "ready", diagnosis.findings
    assert "shadowed-by-delegation" in seen


async def test_a_parents_server_that_answers_for_a_delegated_name_does_not_make_it_ready(world):
    parent = world.address(1)
    world.zone("northwind.example", "", [parent])
    world.zone("dip.northwind.example", "", [world.address(2)])

    def script(query, wire, tcp):
        response = world.respond(parent, query)
        asked = query.question[0]
        if asked.rdtype == dns.rdatatype.TXT and asked.name.to_text().lower() == "dip.northwind.example.":
            response = dns.message.make_response(query)
            response.flags |= dns.flags.AA
            response.answer.append(dns.rrset.from_text(asked.name, 300, "IN", "TXT", f'"{T}"'))
        return response

    world.scripts[parent] = script
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    codes = {finding.code for finding in diagnosis.findings}
    assert (diagnosis.verdict, "shadowed-by-delegation" in codes) == ("wrong", True), diagnosis.findings
    assert diagnosis.record.zone.to_text() == "dip.northwind.example."


async def test_an_earlier_value_is_recognised(world):
    world.zone("northwind.example", txt("an-old-value-of-ours"), [world.address(1)])
    diagnosis = await world.diagnose(value=T, previous=["an-old-value-of-ours"])
    assert diagnosis.blockers()[0].code == "earlier-value"


async def test_a_value_that_has_run_out_is_wrong_even_where_it_stands(world, now):
    world.zone("northwind.example", txt(T), [world.address(1)])
    diagnosis = await world.diagnose(value=T, assert_by=now)
    first = diagnosis.blockers()[0]
    assert (diagnosis.verdict, first.code, first.who) == ("wrong", "token-expired", "certificate_admin")


async def test_a_name_that_exists_only_through_names_below_is_told_apart(world):
    world.zone("northwind.example", "www.dip A 192.0.2.1", [world.address(1)])
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    assert diagnosis.blockers()[0].code == "empty-non-terminal", diagnosis.findings
    assert diagnosis.record.name == "dip"


async def test_a_missing_name_below_the_zone_is_nxdomain(world):
    world.zone("northwind.example", "", [world.address(1)])
    diagnosis = await world.diagnose("dip.northwind.example", value=T)
    assert diagnosis.blockers()[0].code == "nxdomain"


async def test_a_removed_record_is_an_alert(world, now):
    world.zone("northwind.example", "", [world.address(1)])
    diagnosis = await world.diagnose(value=T, verified_at=now)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "record-removed")


async def test_an_attempt_that_failed_just_before_makes_it_not_yet(world, now):
    from datetime import timedelta

    world.zone("northwind.example", txt(T), [world.address(1)])
    log = [LogEntry("ERROR", "record not found", now - timedelta(seconds=100))]
    diagnosis = await world.diagnose(value=T, log=log)
    first = diagnosis.blockers()[0]
    assert (diagnosis.verdict, first.class_, first.code) == ("not_yet", "D16", "ca-may-remember")
    assert diagnosis.ready_at == now + timedelta(seconds=200)


async def test_a_domain_that_is_not_registered_is_wrong(world):
    world.zone("northwind.example", "", [world.address(1)])
    diagnosis = await world.diagnose("nrthwind.example", value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "not-registered")
    assert diagnosis.record is None


async def test_a_public_suffix_is_wrong(world):
    diagnosis = await world.diagnose("example", value=T)
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "public-suffix")


async def test_a_very_long_ttl_and_none_at_all_are_noted(world):
    for address, ttl in ((1, 0), (2, 200_000)):
        world.zone(f"wind{address}.example", f'@ {ttl} TXT "{T}"', [world.address(address)])
    world.build()
    await world.start()
    for address, code in ((1, "ttl-zero"), (2, "ttl-very-long")):
        diagnosis = await world.diagnose(f"wind{address}.example", value=T)
        assert diagnosis.verdict == "ready"
        assert code in {finding.code for finding in diagnosis.findings}
