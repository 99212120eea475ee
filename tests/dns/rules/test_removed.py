from datetime import UTC, datetime

import pytest

from engine.dns.rules import removed as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

HITS = [
    (["record-removed"], {"verified_at": NOW}),
    (["record-removed"], {"verified_at": NOW, "everywhere": {"TXT": ['"v=spf1 -all"']}}),
    (["record-removed"], {"status": "VERIFIED"}),
    (["ttl-zero"], {"everywhere": {"TXT": HOLDS}, "ttl": 0}),
    (["ttl-very-long"], {"everywhere": {"TXT": HOLDS}, "ttl": 86401}),
]
MISSES = [
    {},
    {"verified_at": NOW, "everywhere": {"TXT": HOLDS}},
    {"status": "PENDING"},
    {"verified_at": NOW, "servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}},
    {"everywhere": {"TXT": HOLDS}, "ttl": 86400},
    {"everywhere": {"TXT": ['"x"']}, "ttl": 0},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_record_that_is_gone_and_odd_times_to_live_are_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_record_that_stays_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
