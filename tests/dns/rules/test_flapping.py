import pytest

from engine.dns.answers import Failure
from engine.dns.rules import flapping as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["answers-change"], {"everywhere": {"TXT": HOLDS}, "again": {"ns2": [(), HOLDS]}}),
    (["answers-change"], {"everywhere": {"TXT": HOLDS}, "again": {"ns2": ["NXDOMAIN"]}}),
    (["answers-change"], {"everywhere": {"TXT": HOLDS}, "tcp": {"ns2": ['"other"']}}),
    (["answers-get-lost"], {"everywhere": {"TXT": HOLDS}, "again": {"ns2": [Failure.SILENT, HOLDS]}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}, "again": {"ns1": [HOLDS, HOLDS], "ns2": [HOLDS, HOLDS]}},
    {"everywhere": {"TXT": Failure.SILENT}, "again": {"ns2": [Failure.SILENT]}},
    {"everywhere": {"TXT": ['"a"', '"b"']}, "again": {"ns2": [['"b"', '"a"']]}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_answers_that_change_or_get_lost_are_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_answers_that_stay_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
