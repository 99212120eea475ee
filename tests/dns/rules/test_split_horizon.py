import pytest

from engine.dns.rules import split_horizon as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
RIGHT = {"TXT": HOLDS}

INSIDE = "dc1.corp.example. a.corp.example. 5 900 300 604800 300"

HITS = [
    (["value-only-inside"], {"resolvers": [(HOLDS, {"system": True})]}),
    (["internal-zone"], {"everywhere": RIGHT, "resolvers": [((), {"system": True, "aa": True})]}),
    (
        ["internal-zone"],
        {
            "everywhere": RIGHT,
            "resolvers": [(HOLDS, {"system": True, "soa": INSIDE})],
        },
    ),
]
MISSES = [
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {"system": True})]},
    {"everywhere": RIGHT, "resolvers": [((), {"system": True})]},
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {"aa": True})]},
    {"everywhere": RIGHT, "resolvers": [("SERVFAIL", {"system": True})]},
    {"resolvers": [((), {"system": True})]},
    {"resolvers": []},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_zone_of_the_network_inside_is_reported(judged, recursive, codes, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_an_ordinary_resolver_inside_is_left_alone(judged, recursive, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == []
