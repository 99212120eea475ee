"""What resolvers still hold, and what the network inside sees: never the verdict by itself, always with its time."""

from datetime import timedelta

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from engine.dns import LogEntry

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
NAME = "northwind.example."


def codes(diagnosis):
    return {finding.code for finding in diagnosis.findings}


def finding(diagnosis, code):
    return next(each for each in diagnosis.findings if each.code == code)


def resolver_that_says(txt=(), ttl=1700, rcode="NOERROR", serial=1, minimum=300, soa_ttl=200, ede=None, aa=False):
    def script(query, wire, tcp):
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if aa:
            response.flags |= dns.flags.AA
        response.set_rcode(dns.rcode.from_text(rcode))
        soa = dns.rrset.from_text(
            NAME, soa_ttl, "IN", "SOA", f"ns1.{NAME} hostmaster.{NAME} {serial} 900 300 604800 {minimum}"
        )
        if query.question[0].rdtype == 6:
            response.answer.append(soa)
        elif txt:
            response.answer.append(dns.rrset.from_text(NAME, ttl, "IN", "TXT", *(f'"{each}"' for each in txt)))
        elif rcode in ("NOERROR", "NXDOMAIN"):
            response.authority.append(soa)
        if ede:
            response.use_edns(0, options=[dns.edns.EDEOption(ede, "because")])
        return response

    return script


async def ask(world, script, **changes):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1)], serial=2)
    world.scripts[world.address(20)] = script
    world.build()
    await world.start()
    return await world.diagnose(value=T, resolvers=(world.resolver(20),), **changes)


async def test_a_resolver_with_the_value_is_silent_agreement(world):
    diagnosis = await ask(world, resolver_that_says([T]))
    assert (diagnosis.verdict, codes(diagnosis)) == ("ready", {"all-right"})
    [row] = diagnosis.resolvers
    assert (row.rcode, row.match, row.ttl_seconds) == ("NOERROR", True, 1700)


async def test_a_remembered_absence_is_ready_with_the_time_when_it_is_over(world, now):
    diagnosis = await ask(world, resolver_that_says(soa_ttl=200, serial=1))
    assert diagnosis.verdict == "ready"
    found = finding(diagnosis, "negative-cached")
    assert (found.class_, found.eta, found.servers) == ("D16", timedelta(seconds=200), ("127.53.2.20",))
    assert diagnosis.ready_at == now + timedelta(seconds=200)


async def test_the_zones_own_minimum_bounds_a_remembered_absence(world):
    diagnosis = await ask(world, resolver_that_says(soa_ttl=3600, minimum=60, serial=1))
    assert finding(diagnosis, "negative-cached").eta == timedelta(seconds=60)


async def test_after_a_failed_attempt_a_remembered_absence_is_not_yet(world, now):
    log = [LogEntry("ERROR", "not found", now - timedelta(minutes=10))]
    diagnosis = await ask(world, resolver_that_says(soa_ttl=200, serial=1), log=log)
    assert diagnosis.verdict == "not_yet"
    assert diagnosis.ready_at == now + timedelta(seconds=200)


async def test_old_records_in_a_cache_are_ready_with_their_remaining_time(world):
    diagnosis = await ask(world, resolver_that_says(["v=spf1 -all"], ttl=1700))
    assert diagnosis.verdict == "ready"
    found = finding(diagnosis, "old-records-cached")
    assert (found.class_, found.eta) == ("D17", timedelta(seconds=1700))


async def test_records_that_the_resolver_calls_stale_are_called_so(world):
    diagnosis = await ask(world, resolver_that_says(["v=spf1 -all"], ttl=30, ede=3))
    assert "stale-records-served" in codes(diagnosis)


async def test_a_remembered_failure_is_over_in_five_minutes(world):
    diagnosis = await ask(world, resolver_that_says(rcode="SERVFAIL", ede=13))
    assert diagnosis.verdict == "ready"
    found = finding(diagnosis, "failure-cached")
    assert (found.class_, found.eta) == ("D18", timedelta(minutes=5))
    assert diagnosis.resolvers[0].ede == "13 because"


async def test_an_absence_in_the_present_version_of_the_zone_is_never_ready(world):
    diagnosis = await ask(world, resolver_that_says(serial=2))
    assert diagnosis.verdict == "unknown"
    assert finding(diagnosis, "answers-differ-by-source").class_ == "D25"


async def test_a_silent_resolver_changes_nothing(world):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1)])
    world.dead.add(world.address(20))
    world.build()
    await world.start()
    diagnosis = await world.diagnose(value=T, resolvers=(world.resolver(20),), timeout_seconds=0.3)
    assert (diagnosis.verdict, codes(diagnosis)) == ("ready", {"all-right"})
    assert diagnosis.resolvers[0].rcode is None


@pytest.mark.parametrize("script", [resolver_that_says(aa=True), resolver_that_says([T], aa=True)])
async def test_an_internal_zone_is_noted_and_never_decides(world, script):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1)], serial=2)
    world.scripts[world.address(20)] = script
    world.build()
    await world.start()
    diagnosis = await world.diagnose(value=T, system_resolver=world.resolver(20))
    assert diagnosis.verdict == "ready"
    assert finding(diagnosis, "internal-zone").class_ == "D26"


async def test_a_record_in_the_internal_zone_only_is_wrong(world):
    world.zone("northwind.example", "", [world.address(1)])
    world.scripts[world.address(20)] = resolver_that_says([T])
    world.build()
    await world.start()
    diagnosis = await world.diagnose(value=T, system_resolver=world.resolver(20))
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "value-only-inside")


async def test_an_ordinary_resolver_inside_is_not_taken_for_an_internal_zone(world):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1)])
    world.scripts[world.address(20)] = resolver_that_says([T])
    world.build()
    await world.start()
    diagnosis = await world.diagnose(value=T, system_resolver=world.resolver(20))
    assert codes(diagnosis) == {"all-right"}
