from dataclasses import replace

import dns.name
import dns.rdata
import dns.rdatatype
import pytest

from engine.dns.answers import Question, Resolved
from engine.dns.caa import CaaResult, judge_set
from engine.dns.rules import caa_blocks as rule
from engine.dns.secure import Problem, Security

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
HOLDS = [f'"{T}"']


def caa(*records):
    rdatas = tuple(dns.rdata.from_text("IN", "CAA", record) for record in records)
    return judge_set(dns.name.from_text("northwind.example."), rdatas)


HITS = [
    (["caa-other-issuer"], {"caa": caa('0 issue "other.example"')}),
    (["caa-nobody"], {"caa": caa('0 issue ";"')}),
    (["caa-malformed"], {"caa": caa('0 issue "%"')}),
    (["caa-critical-unknown"], {"caa": caa('128 strange "x"')}),
    (["caa-restricted"], {"caa": caa('0 issue "globalsign.com; validationmethods=x"')}),
    (["caa-upper-case"], {"caa": caa('0 issue "GlobalSign.com"')}),
    (["caa-wildcard-barred"], {"caa": caa('0 issue "globalsign.com"', '0 issuewild ";"')}),
    (
        ["caa-huge-set"],
        {"caa": caa('0 issue "globalsign.com"', *(f'0 iodef "mailto:{n}@x.example"' for n in range(60)))},
    ),
    (["caa-no-answer"], {}),
]
MISSES = [
    {"caa": caa('0 issue "globalsign.com"')},
    {"caa": caa('0 issue "globalsign.com"', '0 issue "other.example"')},
    {"caa": caa('0 issue "globalsign.com"', '0 issuewild "globalsign.com"')},
    {"caa": caa('0 iodef "mailto:a@x.example"')},
    {"caa": caa('0 strange "x"')},
    {"caa": CaaResult("allowed", None, ())},
]


@pytest.mark.parametrize(("codes", "spec"), HITS)
def test_each_way_in_which_caa_bars_has_its_code(judged, codes, spec):
    assert judged(rule, **spec) == codes


@pytest.mark.parametrize("spec", MISSES)
def test_caa_that_allows_is_left_alone(judged, spec):
    assert judged(rule, **spec) == []


def test_cnames_in_a_circle_on_the_way_to_caa_are_said_as_such(judged):
    question = Question(dns.name.from_text("northwind.example."), dns.rdatatype.CAA)
    circle = {question: Resolved(question, (), "loop")}
    assert judged(rule, answers={"resolved": circle}) == ["caa-loop"]
    silent = {question: Resolved(question, (), "no answer")}
    assert judged(rule, answers={"resolved": silent}) == ["caa-no-answer"]


def test_the_fix_says_where_a_record_can_be_added(findings):
    barred = caa('0 issue "other.example"')
    at_tld = replace(barred, owner=dns.name.from_text("example."), stands_at=dns.name.from_text("example."))
    [found] = findings(rule, caa=at_tld)
    assert "at northwind.example itself" in found.fix
    [found] = findings(rule, caa=replace(barred, stands_at=dns.name.from_text("www.elsewhere.example.")))
    assert "at www.elsewhere.example beside" in found.fix
    [found] = findings(rule, caa=barred)
    assert "at northwind.example beside" in found.fix


def test_a_bogus_answer_names_the_zone_that_is_at_fault(findings):
    above = dns.name.from_text("above.example.")
    security = Security("bogus", "", None, (Problem("signature-expired", above, "the DNSKEY records"),))
    [found] = findings(rule, caa=CaaResult("unknown", None, (), "caa-bogus", "It fails."), security=security)
    assert found.fix.startswith("Repair DNSSEC in above.example;")
