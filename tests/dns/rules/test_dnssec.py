import dns.name
import pytest

from engine.dns.answers import Cut
from engine.dns.rules import dnssec as rule
from engine.dns.secure import Problem, Security

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']


def bogus(code):
    return Security("bogus", "", None, (Problem(code, dns.name.from_text("northwind.example."), "the TXT records"),))


HITS = [
    (["signature-expired"], {"security": bogus("signature-expired")}),
    (["signature-not-yet-valid"], {"security": bogus("signature-not-yet-valid")}),
    (["signature-missing"], {"security": bogus("signature-missing")}),
    (["signature-without-key"], {"security": bogus("signature-without-key")}),
    (["signature-wrong"], {"security": bogus("signature-wrong")}),
    (["ds-without-key"], {"security": bogus("ds-without-key")}),
    (["ds-digest-wrong"], {"security": bogus("ds-digest-wrong")}),
    (["ds-algorithm-wrong"], {"security": bogus("ds-algorithm-wrong")}),
    (["keys-differ"], {"security": bogus("keys-differ")}),
    (["denial-missing"], {"security": bogus("denial-missing")}),
    (["wildcard-proof-missing"], {"security": bogus("wildcard-proof-missing")}),
    (["too-many-signatures"], {"security": bogus("too-many-signatures")}),
    (["keys-not-had"], {"security": bogus("keys-not-had")}),
]
MISSES = [
    {},
    {"security": Security("secure", "", None)},
    {"security": Security("insecure", "", None)},
    {"security": Security("indeterminate", "", None)},
    {"security": bogus("validators-disagree")},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_each_broken_link_has_its_code(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_a_whole_or_absent_chain_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []


def test_one_fault_of_several_record_sets_is_one_finding_that_names_its_zone(findings):
    zone = dns.name.from_text("dip.northwind.example.")
    problems = (
        Problem("signature-expired", zone, "the DNSKEY records", ("ns1. 192.0.2.1",)),
        Problem("signature-expired", zone, "the TXT records", ("ns1. 192.0.2.1", "ns2. 192.0.2.2")),
        Problem("ds-without-key", zone, "the DNSKEY records"),
    )
    cuts = {zone: Cut(zone, zone.parent(), (), {}, None)}
    expired, ds = findings(rule, security=Security("bogus", "", None, problems), answers={"cuts": cuts})
    assert expired.servers == ("ns1. 192.0.2.1", "ns2. 192.0.2.2")
    assert "the DNSKEY records and the TXT records" in expired.seen
    assert expired.fix.startswith("Sign the zone dip.northwind.example again")
    assert "in the zone northwind.example" in ds.fix


def test_a_trust_anchor_that_does_not_fit_is_no_fault_of_the_domain(findings):
    problem = Problem("ds-without-key", dns.name.root, "the DNSKEY records of the root")
    [found] = findings(rule, security=Security("bogus", "", None, (problem,)))
    assert (found.code, found.effect, found.who) == ("anchor-does-not-fit", "broken", "network_admin")
