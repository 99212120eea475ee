import dns.name
import pytest

from engine.dns.rules import suffix as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["public-suffix"], {"domain": "co.uk", "zone": "co.uk", "servers": {}}),
    (["public-suffix"], {"domain": "example", "zone": "example", "servers": {}}),
    (["not-registered"], {"look": False, "answers": {"absent_below": dns.name.from_text("example.")}}),
    (["parked"], {"servers": {"ns1.sedoparking.com.": {}, "ns2.sedoparking.com.": {}}}),
    (["platform-name"], {"domain": "northwind.github.io", "zone": "northwind.github.io", "everywhere": {"TXT": HOLDS}}),
]
MISSES = [
    {},
    {"domain": "northwind.co.uk", "zone": "northwind.co.uk"},
    {"servers": {"ns1.sedoparking.com.": {}, "ns1": {}}},
    {"look": False, "answers": {"stopped_at": dns.name.from_text("example.")}},
    {"domain": "www.northwind.example"},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_names_that_are_no_companys_are_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_companys_own_name_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
