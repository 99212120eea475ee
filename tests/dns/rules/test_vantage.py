import pytest

from engine.dns.rules import vantage as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
RIGHT = {"TXT": HOLDS}
SAME = "ns1.northwind.example. dns.northwind.example. 5 900 300 604800 300"

HITS = [
    (["answers-differ-by-source"], {"everywhere": RIGHT, "resolvers": [((), {"soa": SAME})]}),
    (["answers-differ-by-source"], {"everywhere": RIGHT, "resolvers": [("NXDOMAIN", {"soa": SAME}), (HOLDS, {})]}),
]
MISSES = [
    {"everywhere": RIGHT, "resolvers": [((), {})]},
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {"soa": SAME})]},
    {"everywhere": RIGHT, "resolvers": [(['"old"'], {"soa": SAME})]},
    {"everywhere": RIGHT, "resolvers": []},
    {"resolvers": [((), {"soa": SAME})]},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_an_absence_in_the_present_version_is_reported(judged, recursive, codes, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_what_a_cache_explains_is_left_alone(judged, recursive, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == []
