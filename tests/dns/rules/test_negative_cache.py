from datetime import UTC, datetime, timedelta

import pytest

from engine.dns import LogEntry
from engine.dns.rules import negative_cache as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
RIGHT = {"TXT": HOLDS}
SAME = "ns1.northwind.example. dns.northwind.example. 5 900 300 604800 300"
FAILED = [LogEntry("ERROR", "x", datetime(2026, 11, 24, 9, 0, tzinfo=UTC) - timedelta(seconds=100))]

HITS = [
    (["negative-cached"], {"everywhere": RIGHT, "resolvers": [((), {})]}),
    (["negative-cached"], {"everywhere": RIGHT, "resolvers": [("NXDOMAIN", {}), (HOLDS, {})]}),
    (["negative-cached", "ca-may-remember"], {"everywhere": RIGHT, "resolvers": [((), {})], "log": FAILED}),
    (["ca-may-remember"], {"everywhere": RIGHT, "resolvers": [], "log": FAILED}),
]
MISSES = [
    {"everywhere": RIGHT, "resolvers": [(HOLDS, {})]},
    {"everywhere": RIGHT, "resolvers": [(['"old"'], {})]},
    {"everywhere": RIGHT, "resolvers": [("SERVFAIL", {})]},
    {"everywhere": RIGHT, "resolvers": [((), {"system": True})]},
    {"everywhere": RIGHT, "resolvers": [((), {"soa": SAME})]},
    {"everywhere": RIGHT, "resolvers": [], "log": FAILED, "status": "VERIFIED"},
    {"resolvers": [((), {})]},
    {"servers": {"ns1": RIGHT, "ns2": {}}, "resolvers": [((), {})]},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_remembered_absence_is_reported_with_its_time(judged, recursive, codes, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_resolvers_that_agree_or_hold_something_else_are_left_alone(judged, recursive, spec):
    seen = [recursive(said, **how) for said, how in spec["resolvers"]]
    assert judged(rule, **(spec | {"resolvers": seen})) == []
