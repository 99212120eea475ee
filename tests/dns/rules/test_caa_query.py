import pytest

from engine.dns.answers import Failure
from engine.dns.rules import caa_query as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["caa-query-breaks"], {"everywhere": {"TXT": HOLDS, "CAA": "SERVFAIL"}}),
    (["caa-query-breaks"], {"everywhere": {"TXT": HOLDS, "CAA": Failure.SILENT}}),
    (["caa-query-breaks"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": HOLDS, "CAA": "NOTIMP"}}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {"everywhere": {"TXT": HOLDS, "CAA": ['0 issue "x.example"']}},
    {"everywhere": {"TXT": "SERVFAIL", "CAA": "SERVFAIL"}},
    {"everywhere": {"TXT": HOLDS, "CAA": Failure.LIMIT}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_caa_question_that_breaks_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_caa_that_is_answered_or_servers_that_are_bad_anyway_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
