import pytest

from engine.dns.rules import doubled_zone as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    {"everywhere": {"northwind.example TXT": HOLDS}},
    {"everywhere": {"northwind TXT": HOLDS}},
    {"everywhere": {"northwind.example TXT": [f'"{T.partition("=")[2]}"']}},
    {"domain": "dip.northwind.example", "everywhere": {"dip.northwind.example TXT": HOLDS}},
    {"domain": "dip.northwind.example", "everywhere": {"dip TXT": HOLDS}},
    {"domain": "dip.northwind.example", "everywhere": {"dip.northwind.example.northwind.example. TXT": HOLDS}},
    {"domain": "dip.northwind.example", "everywhere": {"northwind.example.northwind.example. TXT": HOLDS}},
]
MISSES = [
    {},
    {"everywhere": {"TXT": HOLDS, "northwind.example TXT": HOLDS}},
    {"everywhere": {"northwind.example TXT": ['"another value"']}},
    {"everywhere": {"northwind.example TXT": HOLDS, "dipper-no-such-name-3f7a TXT": HOLDS}},
    {"everywhere": {"northwind.example TXT": HOLDS}, "value": None},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"northwind.example TXT": HOLDS}}},
]


@pytest.mark.parametrize("spec", HITS)
def test_a_value_one_level_too_deep_is_reported(findings, spec):
    found = findings(rule, **spec)
    assert {(each.code, each.effect, each.who) for each in found} == {("doubled-zone", "wrong", "dns_admin")}
    assert len(found[0].servers) == 2


@pytest.mark.parametrize("spec", MISSES)
def test_what_is_no_doubled_zone_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
