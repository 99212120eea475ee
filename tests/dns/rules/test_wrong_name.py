import pytest

from engine.dns.rules import wrong_name as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
BARE = [f'"{T.partition("=")[2]}"']

HITS = [
    (["literal-at-sign"], {"everywhere": {"\\@ TXT": HOLDS}}),
    (["wrong-host-name"], {"everywhere": {"www TXT": HOLDS}}),
    (["wrong-host-name"], {"everywhere": {"_globalsign-domain-verification TXT": HOLDS}}),
    (["wrong-host-name"], {"everywhere": {"_dnsauth TXT": HOLDS}}),
    (["wrong-host-name"], {"everywhere": {"_acme-challenge TXT": HOLDS}}),
    (["wrong-host-name"], {"everywhere": {"_globalsign-domain-verification TXT": BARE}}),
    (["literal-at-sign"], {"everywhere": {"\\@ TXT": [f'"{T.lower()}"']}}),
    (["wrong-level"], {"domain": "dip.northwind.example", "everywhere": {"northwind.example. TXT": HOLDS}}),
]
MISSES = [
    {},
    {"everywhere": {"TXT": HOLDS, "www TXT": HOLDS}},
    {"everywhere": {"www TXT": ['"v=spf1 -all"']}},
    {"everywhere": {"shop TXT": HOLDS}},
    {"everywhere": {"www TXT": HOLDS, "dipper-no-such-name-3f7a TXT": HOLDS}},
    {"everywhere": {"www TXT": HOLDS}, "value": None},
    {"everywhere": {"www TXT": BARE, "dipper-no-such-name-3f7a TXT": BARE}},
    {"everywhere": {"www TXT": ['"_globalsign-domain-verification=ZZZZZ-2mX_9KKTzyxwvutsrqponmlkjihgfedcba99"']}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"www TXT": HOLDS}}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_value_at_another_host_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_value_that_belongs_elsewhere_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
