"""How much is asked: few questions of a healthy zone, an end with every hostile one, and the same answer in a crowd."""

import asyncio

import pytest
from lab.cases import HOLDS
from lab.world import VALUE, Leaf, World

CROWD = 60
MANY = tuple(f"ns{number}.away{number}.com." for number in range(60))
LURES = tuple(f"x{number}.lure.co.uk." for number in range(18))
LEAVES = (
    Leaf("four.com", HOLDS, on=("a", "b", "k", "bind"), signed="nsec"),
    Leaf("many-servers.co.uk", HOLDS, ns=MANY),
    Leaf("lure.co.uk", "\n".join(f"x{n} NS y{m}.lured{n}.co.uk." for n in range(18) for m in range(10))),
    Leaf("lured.co.uk", HOLDS, ns=LURES),
    Leaf("thousand.co.uk", "\n".join(f'@ TXT "{number} {"x" * 40}"' for number in range(900))),
    Leaf("alias-farm.co.uk", "\n".join(f"c{n} CNAME c{n + 1}" for n in range(200))),
    *(Leaf(f"good{number}.co.uk", HOLDS, signed=(None, "nsec", "nsec3")[number % 3]) for number in range(CROWD // 2)),
    *(Leaf(f"bad{number}.co.uk", f'www TXT "{VALUE}"') for number in range(CROWD // 2)),
)


@pytest.fixture(scope="module")
def world(start_world) -> World:
    return start_world(LEAVES)


async def test_a_healthy_signed_zone_with_four_addresses_needs_at_most_a_hundred_questions(world):
    diagnosis = await world.diagnose("four.com")
    assert (diagnosis.verdict, diagnosis.dnssec.status, len(diagnosis.servers)) == ("ready", "secure", 4)
    assert diagnosis.queries <= 100


@pytest.mark.parametrize(
    ("domain", "verdict", "code"),
    [
        ("many-servers.co.uk", "broken", "no-server-found"),
        ("lured.co.uk", "broken", "no-server-found"),
        ("thousand.co.uk", "wrong", "value-not-among-txt"),
        ("c0.alias-farm.co.uk", "broken", "cname-chain-too-long"),
    ],
)
async def test_a_hostile_zone_gets_a_verdict_within_the_limits(world, domain, verdict, code):
    diagnosis = await world.diagnose(domain)
    assert (diagnosis.verdict, code in {each.code for each in diagnosis.findings}) == (verdict, True), (
        diagnosis.findings
    )
    assert diagnosis.queries <= 2000
    assert diagnosis.elapsed.total_seconds() <= 30


async def test_sixty_domains_at_once_get_the_same_verdicts_as_alone(world):
    domains = [f"{kind}{number}.co.uk" for number in range(CROWD // 2) for kind in ("good", "bad")]
    together = await asyncio.gather(*(world.diagnose(domain) for domain in domains))
    for domain, diagnosis in zip(domains, together, strict=True):
        expected = ("ready", "all-right") if domain.startswith("good") else ("wrong", "wrong-host-name")
        codes = {finding.code for finding in diagnosis.findings}
        assert (diagnosis.verdict, expected[1] in codes) == (expected[0], True), diagnosis.findings
        assert {row.state.bad for row in diagnosis.servers} == {None}
