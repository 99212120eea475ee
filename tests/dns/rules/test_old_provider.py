import dns.name
import pytest

from engine.dns.answers import Cut, Listed
from engine.dns.rules import old_provider as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS, OLD = [f'"{T}"'], ['"the old one"']
OTHER = "ns1.elsewhere.example. dns.elsewhere.example. 5 900 300 604800 300"
UNDELEGATED = {"ns1": Listed.ZONE}
NS2 = dns.name.from_text("ns2.northwind.example")
ZONE = dns.name.from_text("northwind.example")
OLD_GLUE = {
    "serials": {"ns1": 6, "ns2": 5},
    "answers": {
        "addresses": {NS2: ("192.0.2.9",)},
        "cuts": {ZONE: Cut(ZONE, None, (NS2,), {NS2: ("192.0.2.2",)}, None)},
    },
}
KNOWN = {"previous": ["the old one"]}

HITS = [
    (["edited-old-provider"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": UNDELEGATED}),
    (["edited-old-provider"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns1": Listed.PARENT}}),
    (["left-behind-in-delegation"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns2": Listed.PARENT}}),
    (["left-behind-in-delegation"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, **OLD_GLUE}),
    (["edited-old-provider"], {"resolvers": [(HOLDS, {"soa": OTHER})]}),
    (["edited-old-provider"], KNOWN | {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": UNDELEGATED}),
    (["earlier-value-at-old-provider"], KNOWN | {"servers": {"ns1": {"TXT": OLD}, "ns2": {}}, "listed": UNDELEGATED}),
    (["earlier-value-at-old-provider"], KNOWN | {"resolvers": [(OLD, {"soa": OTHER})]}),
    (["earlier-values-gone"], KNOWN | {"everywhere": {"TXT": ['"v=spf1 -all"']}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}, "listed": UNDELEGATED},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}},
    {"servers": {"ns1": {"TXT": OLD}, "ns2": {}}, "listed": UNDELEGATED},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns2": Listed.PARENT}, "serials": {"ns1": 6, "ns2": 5}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns1": Listed.PARENT}, "serials": {"ns1": 6, "ns2": 5}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns2": Listed.ZONE}},
    {"resolvers": [(HOLDS, {})]},
    {"resolvers": [(HOLDS, {"soa": OTHER, "system": True})]},
    KNOWN | {"everywhere": {"TXT": OLD}},
    KNOWN | {"everywhere": {"TXT": HOLDS}},
    KNOWN | {"everywhere": {"TXT": "SERVFAIL"}},
    {"look": False},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_what_points_to_the_provider_before_is_reported(judged, recursive, codes, spec):
    assert judged(rule, **_with_resolvers(spec, recursive)) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_domain_that_did_not_move_is_left_alone(judged, recursive, spec):
    assert judged(rule, **_with_resolvers(spec, recursive)) == []


def _with_resolvers(spec, recursive):
    return spec | {"resolvers": [recursive(said, **how) for said, how in spec.get("resolvers", ())]}
