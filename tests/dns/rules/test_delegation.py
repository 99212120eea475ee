from types import MappingProxyType

import dns.name
import dns.rrset
import pytest

from engine.dns.answers import TXT, Cut, Listed, Look, Message, Question, Reply, Server
from engine.dns.rules import delegation as rule

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']

ZONE = dns.name.from_text("northwind.example.")
NS1 = dns.name.from_text("ns1.northwind.example.")
REFERRAL = Message("NOERROR", False, False, False, True, (), (), (), ())


def glue(address):
    """The registry's address of ns1; its own zone says 192.0.2.1."""
    cut = Cut(ZONE, ZONE.parent(), (NS1,), MappingProxyType({NS1: (address,)}), REFERRAL)
    return {"cuts": MappingProxyType({ZONE: cut}), "addresses": MappingProxyType({NS1: ("192.0.2.1",)})}


def parent_that_answers(value):
    """A server of the zone above that answers for the domain itself, though its sisters delegate it."""
    text = dns.rrset.from_text(ZONE, 300, "IN", "TXT", f'"{value}"')
    said = Message("NOERROR", True, False, False, True, (), (text,), (), ())
    above = Server("a.nic.example.", "198.51.100.53")
    return {"parent_replies": (Reply(above, Question(ZONE, TXT), said, None),)}


HITS = [
    (["glue-differs"], {"everywhere": {"TXT": HOLDS}, "answers": glue("192.0.2.99")}),
    (["cut-on-some-servers"], {"everywhere": {"TXT": HOLDS}, "answers": parent_that_answers("another")}),
    (
        ["delegation-differs"],
        {"servers": {"ns1": {"TXT": HOLDS}, "ns2": {}}, "listed": {"ns1": Listed.ZONE}},
    ),
    (["delegation-differs"], {"everywhere": {"TXT": HOLDS}, "listed": {"ns2": Listed.PARENT}}),
    (["no-server-found"], {"servers": {}}),
    (["too-many-servers"], {"everywhere": {"TXT": HOLDS}, "answers": {"limits": frozenset({"addresses"})}}),
]
MISSES = [
    {"everywhere": {"TXT": HOLDS}, "answers": glue("192.0.2.1")},
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


def test_a_name_server_without_an_address_is_named(findings):
    nameless = dns.name.from_text("ns9.northwind.example.")
    look = Look(
        name=ZONE,
        zone=ZONE,
        servers=(Server("ns1.northwind.example.", "192.0.2.1"),),
        listed={"ns1.northwind.example.": Listed.BOTH, "ns9.northwind.example.": Listed.BOTH},
        unresolved=(nameless,),
        replies={},
        tcp={},
        parent_ns=(NS1, nameless),
    )
    [found] = findings(rule, answers={"looks": (look,)})
    assert (found.code, found.severity, found.servers) == (
        "server-without-address",
        "warning",
        ("ns9.northwind.example.",),
    )


@pytest.mark.parametrize(("value", "severity"), [(T, "warning"), ("another", "blocker")])
def test_a_zone_above_that_answers_itself_only_matters_where_its_answer_differs(findings, value, severity):
    [found] = findings(rule, everywhere={"TXT": HOLDS}, answers=parent_that_answers(value))
    assert (found.code, found.severity) == ("cut-on-some-servers", severity)
