import pytest

from engine.dns.answers import Failure
from engine.dns.rules import edns as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["edns-broken"], {"everywhere": {"TXT": HOLDS}, "reply": {"ns2": {"plain": True}}}),
    (["edns-broken"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": "BADVERS"}}}),
    (["edns-ignored"], {"everywhere": {"TXT": HOLDS}, "flags": {"ns2": {"edns": False}}}),
    (["case-not-kept"], {"everywhere": {"TXT": HOLDS}, "reply": {"ns2": {"case_lost": True}}}),
    (["large-answers-lost"], {"everywhere": {"TXT": Failure.SILENT}, "tcp": {"ns2": HOLDS}}),
    (["cookie-not-borne"], {"everywhere": {"TXT": HOLDS}, "soa_reply": {"ns2": {"cookie_lost": True}}}),
    (["cookie-not-borne"], {"everywhere": {"TXT": HOLDS}, "soa_reply": {"ns2": {"plain": True}}}),
    (["cookie-refused"], {"everywhere": {"TXT": "BADCOOKIE"}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS, "SOA": "REFUSED"}, "soa_reply": {"ns2": {"plain": True}}},
    {"everywhere": {"TXT": Failure.SILENT}, "soa_reply": {"ns2": {"cookie_lost": True}}},
    {"everywhere": {"TXT": Failure.SILENT, "SOA": Failure.SILENT}, "tcp": {"ns2": HOLDS}},
    {"everywhere": {"TXT": HOLDS}, "tcp": {"ns2": HOLDS}},
    {"everywhere": {"TXT": HOLDS}},
    {"everywhere": {"TXT": Failure.SILENT}},
    {"everywhere": {"TXT": "NXDOMAIN"}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_trouble_with_edns_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_good_edns_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
