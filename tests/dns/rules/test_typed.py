import pytest

from engine.dns.rules import typed as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HITS = [
    (["input-normalised"], {"domain": "Northwind.example"}),
    (["input-normalised"], {"domain": "northwind.example."}),
    (["input-normalised", "input-normalised"], {"domain": "https://northwind.example/x"}),
    (["input-normalised"], {"value": f'"{T}"'}),
    (["input-doubtful"], {"domain": "www.northwind.example"}),
    (["input-normalised", "input-doubtful"], {"domain": "straße.northwind.example"}),
]
MISSES = [
    {},
    {"domain": "dip.northwind.example"},
    {"domain": "xn--mller-kva.northwind.example"},
    {"value": None},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_what_was_changed_or_doubtful_is_said(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_name_typed_well_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []
