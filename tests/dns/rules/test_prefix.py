import pytest

from engine.dns.rules import prefix as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["prefix-missing"], {"everywhere": {"TXT": [f'"{T.partition("=")[2]}"']}}),
    (["prefix-missing"], {"everywhere": {"TXT": [f'"globalsign={T.partition("=")[2]}"']}}),
    (["prefix-missing"], {"everywhere": {"TXT": [f'"{T[32:]}" "{T[:32]}"']}}),
    (["prefix-doubled"], {"everywhere": {"TXT": [f'"_globalsign-domain-verification={T}"']}}),
    (["prefix-without-underscore"], {"everywhere": {"TXT": [f'"{T[1:]}"']}}),
    (["name-pasted-with-value"], {"everywhere": {"TXT": [f'"Name @ Value: {T}"']}}),
    (["value-inside-spf"], {"everywhere": {"TXT": [f'"v=spf1 mx {T} -all"']}}),
    (["value-merged-with-other-text"], {"everywhere": {"TXT": [f'"hello {T} world"']}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {"everywhere": {"TXT": ['"v=spf1 mx -all"']}},
    {"everywhere": {"TXT": [f'"{T[1:]}"', *HOLDS]}},
    {"everywhere": {"TXT": ['"globalsign-domain-verification=AAAABBBBCCCCDDDDEEEEFFFF00001111"']}},
    {"everywhere": {"TXT": ['"Name @ Value: other"']}},
    {"everywhere": {"TXT": [f'"v=spf1 mx {T} -all"']}, "value": None},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_what_is_wrong_around_the_token_is_told_apart(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_right_or_unrelated_value_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
