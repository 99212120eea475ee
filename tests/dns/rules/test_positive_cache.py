import pytest

from engine.dns.rules import positive_cache as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
RIGHT = {"TXT": HOLDS}

STALE = {"errors": ((3, ""),)}

HITS = [
    (["old-records-cached"], {"everywhere": RIGHT, "resolvers": [(['"old"'], {})]}),
    (["old-records-cached"], {"everywhere": RIGHT, "resolvers": [(['"old"'], {}), (HOLDS, {})]}),
    (["value-in-cache-only"], {"resolvers": [(HOLDS, {}), (['"old"'], {})]}),
    (["stale-records-served"], {"everywhere": RIGHT, "resolvers": [(['"old"'], STALE)]}),
    (
        ["old-records-cached", "stale-records-served"],
        {"everywhere": RIGHT, "resolvers": [(['"old"'], {}), (['"old"'], STALE)]},
    ),
]
MISSES = [
    {"resolvers": [(HOLDS, {"system": True})]},
    {"resolvers": [(HOLDS, {})], "value": None},
    {"everywhere": {"TXT": "REFUSED"}, "resolvers": [(HOLDS, {})]},
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {})]},
    {"everywhere": RIGHT, "resolvers": [(['"old"', *HOLDS], {})]},
    {"everywhere": RIGHT, "resolvers": [((), {})]},
    {"everywhere": RIGHT, "resolvers": [(['"old"'], {"system": True})]},
    {"resolvers": [(['"old"'], {})]},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_records_from_before_are_reported(judged, recursive, codes, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_resolvers_that_agree_or_hold_nothing_are_left_alone(judged, recursive, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == []
