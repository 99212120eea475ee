import pytest

from engine.dns.answers import Failure
from engine.dns.rules import wrong_type as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["value-in-other-type"], {"everywhere": {"SPF": HOLDS}}),
    (["value-in-other-type"], {"everywhere": {"CAA": [f'0 issue "{T}"']}}),
    (["value-in-other-type"], {"everywhere": {"TXT": [f"CNAME {T.partition('=')[2]}.globalsign.example."]}}),
    (["answer-too-large"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.TRUNCATED}}}),
]
MISSES = [
    {"everywhere": {"SPF": ['"v=spf1 -all"']}},
    {"everywhere": {"TXT": HOLDS, "SPF": HOLDS}},
    {"everywhere": {"CAA": ['0 issue "globalsign.com"']}},
    {"everywhere": {"TXT": ["CNAME www.globalsign.example."]}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": Failure.SILENT}}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_the_value_in_another_record_type_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_other_records_of_that_type_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
