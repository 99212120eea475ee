import pytest

from engine.dns.rules import cached_failure as rule
from engine.dns.secure import Security

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
RIGHT = {"TXT": HOLDS}

SAYS_WHY = {"errors": ((22, "no reachable authority"),)}

HITS = [
    (["failure-cached"], {"everywhere": RIGHT, "resolvers": [("SERVFAIL", {})]}),
    (
        ["failure-cached"],
        {"everywhere": RIGHT, "resolvers": [(HOLDS, {}), ("SERVFAIL", SAYS_WHY)]},
    ),
]
MISSES = [
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {})]},
    {"everywhere": RIGHT, "resolvers": [((), {})]},
    {"everywhere": RIGHT, "resolvers": [("SERVFAIL", {"system": True})]},
    {"everywhere": RIGHT, "resolvers": [("SERVFAIL", {})], "security": Security("bogus", "x", None)},
    {"everywhere": {"TXT": "SERVFAIL"}, "resolvers": [("SERVFAIL", {})]},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_remembered_failure_is_reported(judged, recursive, codes, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_failures_with_another_cause_are_left_alone(judged, recursive, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == []
