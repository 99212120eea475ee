from datetime import UTC, datetime, timedelta

import pytest

from engine.dns.rules import stale_value as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

HITS = [
    (["earlier-value"], {"everywhere": {"TXT": ['"the old one"']}, "previous": ["the old one"]}),
    (["value-of-another-claim"], {"everywhere": {"TXT": [f'"{T[:34]}{"Z" * 40}"']}}),
    (
        ["value-of-another-claim"],
        {"everywhere": {"TXT": ['"globalsign-domain-verification=AAAABBBBCCCCDDDDEEEEFFFF00001111"']}},
    ),
    (["token-expired"], {"everywhere": {"TXT": HOLDS}, "assert_by": NOW}),
    (["token-expires-soon"], {"everywhere": {"TXT": HOLDS}, "assert_by": NOW + timedelta(days=2)}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}, "assert_by": NOW + timedelta(days=4)},
    {"everywhere": {"TXT": HOLDS}, "assert_by": NOW - timedelta(days=4), "status": "VERIFIED"},
    {"everywhere": {"TXT": [f'"{T[:34]}{"Z" * 40}"', *HOLDS]}},
    {"everywhere": {"TXT": ['"the old one"', *HOLDS]}, "previous": ["the old one"]},
    {"everywhere": {"TXT": ['"google-site-verification=AAAABBBBCCCCDDDDEEEEFFFF"']}},
    {"everywhere": {"TXT": ['"the old one"']}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_values_of_other_claims_and_ended_tokens_are_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


def test_a_value_that_ends_before_the_waiting_does_is_reported_and_a_later_or_verified_one_is_not(case_of):
    ready_at = NOW + timedelta(days=2)
    first = rule.before(case_of(everywhere={"TXT": HOLDS}, assert_by=NOW + timedelta(days=1)), ready_at)
    assert first is not None
    assert (first.code, first.who) == ("token-expires-first", "certificate_admin")
    for claim in (
        {},
        {"assert_by": ready_at},
        {"assert_by": NOW},
        {"assert_by": NOW + timedelta(days=1), "status": "VERIFIED"},
    ):
        assert rule.before(case_of(everywhere={"TXT": HOLDS}, **claim), ready_at) is None


@pytest.mark.parametrize("spec", MISSES)
def test_a_right_value_beside_old_ones_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
