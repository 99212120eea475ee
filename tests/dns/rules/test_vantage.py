import pytest

from engine.dns.rules import vantage as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
RIGHT = {"TXT": HOLDS}
SAME = "ns1.northwind.example. dns.northwind.example. 5 900 300 604800 300"
NEWER = SAME.replace(" 5 ", " 6 ")
ONE = SAME.replace(" 5 ", " 1 ")
OLD = ['"old"']
UNMOVED = {"everywhere": RIGHT, "serials": {"ns1": 1, "ns2": 1}}

HITS = [
    (["answers-differ-by-source"], {"everywhere": RIGHT, "resolvers": [((), {"soa": SAME})]}),
    (["answers-differ-by-source"], {"everywhere": RIGHT, "resolvers": [("NXDOMAIN", {"soa": SAME}), (HOLDS, {})]}),
    (["answers-differ-by-source"], {"everywhere": RIGHT, "resolvers": [((), {"soa": NEWER})]}),
    (["answers-differ-by-source"], {"everywhere": RIGHT, "resolvers": [(OLD, {"soa": SAME})]}),
    (
        ["answers-differ-by-source"],
        {"everywhere": RIGHT, "resolvers": [(OLD, {"soa": SAME, "ttl": 200, "own_ttl": 150})]},
    ),
    (["answers-differ-by-source"], UNMOVED | {"resolvers": [((), {"soa": ONE, "soa_ttl": 300})]}),
    (["answers-differ-by-source"], UNMOVED | {"resolvers": [(OLD, {"soa": ONE})]}),
]
NOBODY = {"everywhere": {"TXT": "REFUSED"}}
HITS += [
    (["answered-elsewhere"], NOBODY | {"resolvers": [(HOLDS, {})]}),
    (["answered-elsewhere"], NOBODY | {"resolvers": [(OLD, {}), ("SERVFAIL", {})]}),
]
MISSES = [
    NOBODY | {"resolvers": [("SERVFAIL", {}), ((), {})]},
    NOBODY | {"resolvers": [(HOLDS, {"errors": ((3, ""),)})]},
    NOBODY | {"resolvers": [(HOLDS, {"system": True})]},
    {"everywhere": RIGHT, "resolvers": [((), {})]},
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {"soa": SAME})]},
    {"everywhere": RIGHT, "resolvers": [(OLD, {})]},
    {"everywhere": RIGHT, "resolvers": [(OLD, {"soa": SAME, "ttl": 200})]},
    {"everywhere": RIGHT, "resolvers": [(OLD, {"soa": SAME, "ttl": 1700})]},
    {"everywhere": RIGHT, "resolvers": [(OLD, {"soa": SAME, "errors": ((3, ""),)})]},
    {"everywhere": RIGHT, "resolvers": [("SERVFAIL", {"soa": SAME})]},
    UNMOVED | {"resolvers": [((), {"soa": ONE, "soa_ttl": 200})]},
    UNMOVED | {"resolvers": [(OLD, {"soa": ONE, "ttl": 200, "own_ttl": 10})]},
    {"everywhere": RIGHT, "resolvers": []},
    {"resolvers": [((), {"soa": SAME})]},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_what_the_present_version_does_not_explain_is_reported(judged, recursive, codes, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_what_a_cache_explains_is_left_alone(judged, recursive, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == []
