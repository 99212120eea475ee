from datetime import UTC, datetime, timedelta

import pytest

from engine.dns import LogEntry
from engine.dns.rules import all_right as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

HITS = [
    (["all-right"], {"everywhere": {"TXT": HOLDS}}),
    (["all-right"], {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": "SERVFAIL"}}}),
    (["already-verified", "all-right"], {"everywhere": {"TXT": HOLDS}, "status": "VERIFIED"}),
    (["all-right", "log-disagrees"], {"everywhere": {"TXT": HOLDS}, "log": [LogEntry("ERROR", "x", NOW)]}),
]
WON = [LogEntry("ERROR", "x", NOW - timedelta(hours=1)), LogEntry("SUCCESS", "y", NOW), LogEntry("INFO", "z", NOW)]
HITS.append((["all-right"], {"everywhere": {"TXT": HOLDS}, "log": WON}))
MISSES = [
    {},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}},
    {"everywhere": {"TXT": HOLDS}, "value": None},
    {"everywhere": {"TXT": "REFUSED"}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_that_all_is_right_is_said_with_what_the_claim_says(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_what_is_not_right_everywhere_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
