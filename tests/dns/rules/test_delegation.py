import pytest

from engine.dns.answers import Listed
from engine.dns.rules import delegation as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (
        ["delegation-differs"],
        {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns1": Listed.ZONE}},
    ),
    (["delegation-differs"], {"everywhere": {"TXT": HOLDS}, "listed": {"ns2": Listed.PARENT}}),
    (["no-server-found"], {"servers": {}}),
    (["too-many-servers"], {"everywhere": {"TXT": HOLDS}, "answers": {"limits": frozenset({"addresses"})}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}},
    {"servers": {}, "answers": {"limits": frozenset({"queries"})}},
    {"look": False},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_each_fault_of_the_delegation_has_its_code(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_delegation_that_fits_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
