import pytest

from engine.dns.rules import mistyped as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["case-changed"], {"everywhere": {"TXT": [f'"{T.upper()}"']}}),
    (["value-mistyped"], {"everywhere": {"TXT": [f'"{T[:-1]}x"']}}),
    (["value-mistyped"], {"everywhere": {"TXT": [f'"{T[:50]}{T[52:]}"']}}),
    (["value-mistyped"], {"everywhere": {"TXT": [f'"{T}ab"']}}),
    (["value-cut-off"], {"everywhere": {"TXT": [f'"{T[:60]}"']}}),
    (["value-cut-off"], {"everywhere": {"TXT": [f'"{T[:60]}..."']}}),
    (["value-cut-off"], {"everywhere": {"TXT": ['"_globalsign-domain-verification="']}}),
    (["url-encoded"], {"everywhere": {"TXT": [f'"{T.replace("=", "%3D")}"']}}),
    (["padding-added"], {"everywhere": {"TXT": [f'"{T}=="']}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}},
    {"everywhere": {"TXT": [f'"{T.upper()}"', *HOLDS]}},
    {"everywhere": {"TXT": [f'"{T[:40]}"', f'"{T[40:]}"']}},
    {"everywhere": {"TXT": [f'"{T[:40]}{"Z" * 34}"']}},
    {"everywhere": {"TXT": ['"v=spf1 -all"']}},
    {"everywhere": {"TXT": ['"_"']}},
    {"everywhere": {"TXT": ['"%3D"']}},
    {"everywhere": {"TXT": [f'" {T}"']}},
    {"everywhere": {"TXT": [f'"{T.upper()}"']}, "value": None},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_small_mistakes_in_the_value_are_told_apart(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_right_or_quite_other_value_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
