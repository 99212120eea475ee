from datetime import UTC, datetime, timedelta

import pytest

from engine.dns.rules import expiring as rule
from engine.dns.secure import Lifetime, Security

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def signed(since, left):
    """A secure zone whose record was signed `since` days ago for another `left` days."""
    life = Lifetime("the TXT records", NOW - timedelta(days=since), NOW + timedelta(days=left))
    return Security("secure", "", life.expires, lifetimes=(life,))


HITS = [
    (["signature-expires-soon"], {"security": signed(27, 2.9)}),
    (["signature-expires-soon"], {"security": signed(1, 0.5)}),
    (["signature-expires-soon"], {"security": signed(95, 5)}),
    (["signature-expires-soon"], {"security": signed(1.9, 0.1), "servers": {"a.ns.cloudflare.com.": {}}}),
]
MISSES = [
    {},
    {"security": signed(3, 27)},
    {"security": signed(26, 4)},
    {"security": signed(80, 20)},
    {"security": signed(1, 1), "servers": {"a.ns.cloudflare.com.": {}}},
    {"security": signed(27, -1)},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_signature_that_ends_soon_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_signature_with_time_left_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
