import pytest

from engine.dns.answers import Listed
from engine.dns.rules import servers_disagree as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
HALF = {"ns1": {"TXT": HOLDS}, "ns2": {}}

HITS = [
    (["secondary-lag"], {"servers": HALF, "serials": {"ns1": 6, "ns2": 5}}),
    (["secondary-lag"], {"servers": HALF, "serials": {"ns1": 1, "ns2": 2**32 - 1}}),
    (["newer-serial-lost-record"], {"servers": HALF, "serials": {"ns1": 5, "ns2": 6}}),
    (["same-serial-differs"], {"servers": HALF}),
    (["two-providers"], {"servers": HALF, "soas": {"ns2": "a.other.example. b.other.example. {} 3600 600 604800 60"}}),
    (["secondary-lag"], {"servers": HALF, "serials": {"ns1": 6, "ns2": 5}, "listed": {"ns2": Listed.PARENT}}),
    (["serial-unknown"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": ['"x"'], "SOA": "SERVFAIL"}}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}, "serials": {"ns1": 6, "ns2": 5}},
    {"everywhere": {"TXT": ['"x"']}, "serials": {"ns1": 6, "ns2": 5}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": "SERVFAIL"}}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "again": {"ns2": [HOLDS]}},
    {"servers": HALF, "value": None},
    {"servers": HALF, "listed": {"ns1": Listed.ZONE}},
    {"servers": HALF, "listed": {"ns2": Listed.PARENT}},
    {"servers": {"ns1": {"TXT": HOLDS}}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_who_lags_and_who_lost_it_are_told_apart(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_servers_that_agree_or_do_not_answer_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
