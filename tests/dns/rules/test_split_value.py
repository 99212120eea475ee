import pytest

from engine.dns.rules import split_value as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["value-in-two-records"], {"everywhere": {"TXT": [f'"{T[:40]}"', f'"{T[40:]}"']}}),
    (["value-in-two-records"], {"everywhere": {"TXT": [f'"{T[40:]}"', '"v=spf1 -all"', f'"{T[:40]}"']}}),
    (["value-in-two-records"], {"everywhere": {"TXT": [f'"{T[:30]}"', f'"{T[30:50]}"', f'"{T[50:]}"']}}),
    (["value-split-with-blank"], {"everywhere": {"TXT": [f'"{T[:40]} " "{T[40:]}"']}}),
]
MISSES = [
    {"everywhere": {"TXT": [f'"{T[:40]}" "{T[40:]}"']}},
    {"everywhere": {"TXT": [f'"{T[:40]}"', f'"{T[40:]}"', *HOLDS]}},
    {"everywhere": {"TXT": [f'"{T[:40]}"', '"v=spf1 -all"']}},
    {"everywhere": {"TXT": [f'"{T[:40]}"', f'"{T[41:]}"']}},
    {"everywhere": {"TXT": ['"two " "parts"']}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_halves_and_blanks_between_strings_are_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_one_record_of_several_strings_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
