import dns.name
import pytest

from engine.dns.answers import TXT, Message, Question, Reply, Server
from engine.dns.rules import suffix as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

HERE = Reply(
    Server("ns", "192.0.2.1"),
    Question(dns.name.from_text("a.github.io."), TXT),
    Message("NOERROR", True, False, False, True, (), (), (), ()),
    None,
)

HITS = [
    (["public-suffix"], {"domain": "co.uk", "zone": "co.uk", "servers": {}}),
    (["public-suffix"], {"domain": "example", "zone": "example", "servers": {}}),
    (["not-registered"], {"look": False, "answers": {"absent_below": dns.name.from_text("example.")}}),
    (
        ["platform-name"],
        {
            "domain": "a.github.io",
            "look": False,
            "answers": {"absent_below": dns.name.from_text("github.io."), "stop_replies": (HERE,)},
        },
    ),
    (["parked"], {"servers": {"ns1.sedoparking.com.": {}, "ns2.sedoparking.com.": {}}}),
    (["platform-name"], {"domain": "northwind.github.io", "zone": "northwind.github.io", "everywhere": {"TXT": HOLDS}}),
]
MISSES = [
    {},
    {"domain": "northwind.co.uk", "zone": "northwind.co.uk"},
    {"servers": {"ns1.sedoparking.com.": {}, "ns1": {}}},
    {"look": False, "answers": {"stopped_at": dns.name.from_text("example.")}},
    {"domain": "www.northwind.example"},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_names_that_are_no_companys_are_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_companys_own_name_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []


def test_a_zone_of_its_own_under_a_private_suffix_is_a_note_not_a_warning(findings):
    [found] = findings(rule, domain="northwind.uk.com", zone="northwind.uk.com", everywhere={"TXT": HOLDS})
    assert (found.code, found.severity) == ("platform-name", "note")
    [found] = findings(rule, domain="northwind.github.io", zone="github.io", everywhere={"TXT": HOLDS})
    assert (found.code, found.severity) == ("platform-name", "warning")
