import pytest

from engine.dns.rules import dressed_value as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["quotes-in-value"], {"everywhere": {"TXT": [f'"\\"{T}\\""']}}),
    (["quotes-in-value"], {"everywhere": {"TXT": [f'"\\226\\128\\156{T}\\226\\128\\157"']}}),
    (["blanks-in-value"], {"everywhere": {"TXT": [f'" {T}"']}}),
    (["blanks-in-value"], {"everywhere": {"TXT": [f'"{T[:20]} {T[20:]}"']}}),
    (["blanks-in-value"], {"everywhere": {"TXT": [f'"{T}\\013\\010"']}}),
    (["invisible-characters"], {"everywhere": {"TXT": [f'"{T}\\226\\128\\139"']}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {"everywhere": {"TXT": [f'" {T}"', *HOLDS]}},
    {"everywhere": {"TXT": ['"quoted \\"text\\""']}},
    {"everywhere": {"TXT": [f'"{T[:-1]}"']}},
    {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {"TXT": [f'" {T}"']}}},
    {"everywhere": {"TXT": [f'" {T}"']}, "value": None},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_quotes_blanks_and_invisible_characters_are_told_apart(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_clean_or_other_value_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
