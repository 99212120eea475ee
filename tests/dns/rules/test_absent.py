import pytest

from engine.dns.rules import absent as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["no-txt-record"], {}),
    (["nxdomain"], {"everywhere": {"TXT": "NXDOMAIN"}}),
    (["value-not-among-txt"], {"everywhere": {"TXT": ['"v=spf1 -all"']}}),
    (["empty-non-terminal"], {"domain": "dip.northwind.example"}),
    (["no-txt-record"], {"domain": "dip.northwind.example", "everywhere": {"A": ["192.0.2.1"]}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}},
    {"everywhere": {"TXT": "SERVFAIL"}},
    {"everywhere": {"TXT": "REFUSED"}},
    {"value": None},
    {"domain": "co.uk", "zone": "co.uk"},
    {"domain": "dip.northwind.example", "everywhere": {"TXT": []}, "answers": {"alias_end": "loop"}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_each_kind_of_absence_has_its_code(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_presence_anywhere_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
