"""What a cache still holds, and what others are told: classes D16 to D18, D20 and D25, with Unbound and BIND."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lab.cases import HOLDS
from lab.servers import ask
from lab.world import VALUE, Leaf, World, address_of

from engine.dns import LogEntry

SPF = '@ TXT "v=spf1 -all"'
OLD = (
    Leaf("absent.co.uk", minimum=600, soa_ttl=900, serial=1),
    Leaf("absent-signed.com", minimum=600, soa_ttl=900, serial=1, signed="nsec3"),
    Leaf("present.co.uk", '@ 1800 TXT "v=spf1 -all"', serial=1),
    Leaf("failed.co.uk", HOLDS, serial=1, signed="nsec", begins=timedelta(days=-9), ends=timedelta(days=-2)),
)
NEW = (
    replace(OLD[0], records=HOLDS, serial=2),
    replace(OLD[1], records=HOLDS, serial=2),
    replace(OLD[2], records=f"{HOLDS}\n{SPF}", serial=2),
    replace(OLD[3], serial=2, begins=timedelta(days=-1), ends=timedelta(days=20)),
)
SPLIT = Leaf("by-place.co.uk", HOLDS, on=("by-source",), copies={"b": {"records": ""}})
JUST_ENDED = Leaf("ended.co.uk", HOLDS, signed="nsec", begins=timedelta(days=-10), ends=timedelta(minutes=-20))
MAKES = ("unbound", "bind")


@pytest.fixture(scope="module")
def world(start_world) -> World:
    """Each resolver asked before the records were there; then the zones changed."""
    world = start_world((*OLD, SPLIT, JUST_ENDED))
    for resolver in (world.unbound(), world.bind_resolver()):
        for leaf in OLD:
            assert ask(resolver.address, resolver.port, f"{leaf.origin}.", "TXT", seconds=8) is not None
    world.change((*NEW, SPLIT, JUST_ENDED))
    return world


def _resolver(world: World, make: str):
    return address_of(world.resolvers[MAKES.index(make)])


def _one(diagnosis, code):
    [finding] = [each for each in diagnosis.findings if each.code == code]
    return finding


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("domain", ["absent.co.uk", "absent-signed.com"])
async def test_absence_in_a_cache_is_told_with_the_time_that_it_lasts(world, make, domain):
    resolver = _resolver(world, make)
    diagnosis = await world.diagnose(domain, resolvers=(resolver,))
    finding = _one(diagnosis, "negative-cached")
    assert (diagnosis.verdict, finding.class_, finding.who) == ("ready", "D16", "nobody")
    assert finding.servers == (resolver.address,)
    assert timedelta(seconds=500) < finding.eta <= timedelta(seconds=600)
    assert diagnosis.ready_at == world.now + finding.eta
    assert "SUBMIT" in diagnosis.next_action


@pytest.mark.parametrize("make", MAKES)
async def test_absence_in_a_cache_is_not_yet_when_an_attempt_failed_just_before(world, make):
    log = (LogEntry("ERROR", "no such record", world.now - timedelta(minutes=2)),)
    diagnosis = await world.diagnose("absent.co.uk", resolvers=(_resolver(world, make),), log=log)
    assert diagnosis.verdict == "not_yet"
    assert {"negative-cached", "ca-may-remember"} <= {each.code for each in diagnosis.findings}
    assert timedelta(seconds=400) < diagnosis.ready_at - world.now <= timedelta(seconds=600)


@pytest.mark.parametrize("make", MAKES)
async def test_old_records_in_a_cache_are_told_with_their_remaining_time(world, make):
    resolver = _resolver(world, make)
    diagnosis = await world.diagnose("present.co.uk", resolvers=(resolver,))
    finding = _one(diagnosis, "old-records-cached")
    assert (diagnosis.verdict, finding.class_, finding.who) == ("ready", "D17", "nobody")
    assert finding.servers == (resolver.address,)
    assert timedelta(seconds=1600) < finding.eta <= timedelta(seconds=1800)


async def test_a_failure_in_a_cache_is_told_apart_from_a_failure(world):
    resolver = _resolver(world, "unbound")
    diagnosis = await world.diagnose("failed.co.uk", resolvers=(resolver,))
    finding = _one(diagnosis, "failure-cached")
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "secure"), diagnosis.findings
    assert (finding.class_, finding.who, finding.servers) == ("D18", "nobody", (resolver.address,))
    assert finding.eta == timedelta(minutes=5)


async def test_answers_that_differ_by_who_asks_are_never_ready(world):
    elsewhere = world.unbound(source=world.address("a"), number=202)
    diagnosis = await world.diagnose("by-place.co.uk", resolvers=(address_of(elsewhere),))
    finding = _one(diagnosis, "answers-differ-by-source")
    assert (diagnosis.verdict, finding.class_, finding.who) == ("unknown", "D25", "dns_admin")
    assert finding.servers == (elsewhere.address,)
    assert "to everybody" in diagnosis.next_action


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("leaf", NEW, ids=lambda leaf: leaf.origin)
async def test_an_empty_cache_leaves_nothing_to_say(world, make, leaf):
    fresh = world.unbound(number=203 + len(world.resolvers)) if make == "unbound" else world.bind_resolver()
    diagnosis = await world.diagnose(leaf.origin, VALUE, resolvers=(address_of(fresh),))
    fresh.stop()
    assert (diagnosis.verdict, [each.code for each in diagnosis.findings]) == ("ready", ["all-right"])
    [row] = diagnosis.resolvers
    assert (row.match, row.authenticated) == (True, leaf.signed is not None)


async def test_validators_that_really_disagree_are_said_to_disagree(world):
    answers = {make: ask(*_at(_resolver(world, make)), "ended.co.uk.", "TXT", seconds=8) for make in MAKES}
    rcodes = {make: answer.rcode() for make, answer in answers.items()}
    assert rcodes == {"unbound": 0, "bind": 2}
    diagnosis = await world.diagnose("ended.co.uk")
    assert diagnosis.verdict == "broken"
    assert "validators-disagree" in {each.code for each in diagnosis.findings}


def _at(resolver):
    return resolver.address, resolver.port
