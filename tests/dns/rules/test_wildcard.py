import pytest

from engine.dns.rules import wildcard as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
OTHER = ['"v=spf1 -all"']
PROBE = "dipper-no-such-name-3f7a"

HITS = [
    (["wildcard-not-the-name"], {"everywhere": {f"{PROBE} TXT": HOLDS}}),
    (
        ["wildcard-gives-value"],
        {"domain": "dip.northwind.example", "everywhere": {"TXT": HOLDS, f"{PROBE}.northwind.example. TXT": HOLDS}},
    ),
    (
        ["wildcard-hides-absence"],
        {"domain": "dip.northwind.example", "everywhere": {"TXT": OTHER, f"{PROBE}.northwind.example. TXT": OTHER}},
    ),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS, f"{PROBE} TXT": HOLDS}},
    {"everywhere": {f"{PROBE} TXT": OTHER}},
    {"domain": "dip.northwind.example", "everywhere": {"TXT": HOLDS, f"{PROBE}.northwind.example. TXT": OTHER}},
    {"domain": "dip.northwind.example", "everywhere": {"TXT": HOLDS}},
    {"everywhere": {f"{PROBE} TXT": HOLDS}, "value": None},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_what_comes_from_a_wildcard_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_records_of_their_own_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
