import dns.name
import dns.rdatatype
import dns.rrset
import pytest

from engine.dns.answers import Message, Question, Reply, Resolved, Server
from engine.dns.rules import other_zone as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']


def gives(name, value):
    rrset = dns.rrset.from_text(name, 300, "IN", "TXT", f'"{value}"')
    return Message("NOERROR", True, False, False, True, (), (rrset,), (), ())


def elsewhere(value):
    name = dns.name.from_text("southwind.example.")
    question = Question(name, dns.rdatatype.TXT)
    return {question: Resolved(question, ((name, gives("southwind.example.", value)),), None)}


def above(value):
    question = Question(dns.name.from_text("northwind.example."), dns.rdatatype.TXT)
    return Reply(Server("ns.above.example.", "192.0.2.9"), question, gives("northwind.example.", value), None)


OTHER = {"company_domains": ["southwind.example"]}

HITS = [
    (["value-in-other-zone"], {**OTHER, "answers": {"resolved": elsewhere(T)}}),
    (["shadowed-by-delegation"], {"answers": {"parent_replies": (above(T),)}}),
    (
        ["value-in-other-zone", "shadowed-by-delegation"],
        {
            **OTHER,
            "answers": {"resolved": elsewhere(T), "parent_replies": (above(T),)},
        },
    ),
]
MISSES = [
    {},
    {"everywhere": {"TXT": HOLDS}, **OTHER, "answers": {"resolved": elsewhere(T)}},
    {**OTHER, "answers": {"resolved": elsewhere("other")}},
    {"answers": {"resolved": elsewhere(T)}},
    {"answers": {"parent_replies": (above("other"),)}},
    {"everywhere": {"TXT": HOLDS}, "answers": {"parent_replies": (above(T),)}},
    {"value": None, "answers": {"parent_replies": (above(T),)}},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_a_value_in_another_zone_is_reported(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_values_where_they_belong_are_left_alone(judged, spec):
    assert judged(rule, **spec) == []
