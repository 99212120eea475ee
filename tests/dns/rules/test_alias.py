import dns.name
import pytest

from engine.dns.answers import Look
from engine.dns.rules import alias as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']
ALIAS = {"TXT": ["CNAME www.northwind.example."]}
BELOW = {"domain": "dip.northwind.example"}

HITS = [
    (["cname-loop"], {**BELOW, "everywhere": ALIAS, "answers": {"alias_end": "loop"}}),
    (["cname-chain-too-long"], {**BELOW, "everywhere": ALIAS, "answers": {"alias_end": "too long"}}),
    (["cname-dangling"], {**BELOW, "everywhere": ALIAS, "answers": {"alias_end": "dangling"}}),
    (["cname-on-some-servers"], {**BELOW, "servers": {"ns1": ALIAS, "ns2": {"TXT": HOLDS}}}),
    (["cname-beside-other-data"], {"everywhere": ALIAS}),
    (["cname-beside-other-data"], {**BELOW, "everywhere": {"TXT": ["CNAME www.northwind.example.", *HOLDS]}}),
]
TARGET = Look(
    name=dns.name.from_text("www.northwind.example."),
    zone=dns.name.from_text("northwind.example."),
    servers=(),
    listed={},
    unresolved=(),
    replies={},
    tcp={},
    parent_ns=(),
)
HITS.append((["cname-followed"], {**BELOW, "everywhere": ALIAS, "looks": (TARGET,)}))
MISSES = [
    {},
    {"everywhere": {"TXT": HOLDS}},
    {"everywhere": {"TXT": HOLDS, "www TXT": ["CNAME shop.northwind.example."]}},
    {**BELOW, "everywhere": {"TXT": "SERVFAIL"}},
    {"look": False},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_each_way_of_an_alias_has_its_code(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_names_without_an_alias_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
