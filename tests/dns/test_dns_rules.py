"""Every rule has a test of its own, and none of them can take the others down."""

from pathlib import Path

import dns.name
import pytest

from engine.dns.answers import Answers
from engine.dns.claim import Claim
from engine.dns.diagnosis import judge
from engine.dns.options import Options
from engine.dns.rules import RULES, questions_of_all

TESTS = Path(__file__).parent / "rules"
NAMES = [rule.__name__.rpartition(".")[2] for rule in RULES]


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_test_file_of_its_name(name):
    assert (TESTS / f"test_{name}.py").exists()


def test_a_rule_that_fails_is_a_finding_and_the_others_go_on(now, token, monkeypatch):
    from datetime import timedelta

    from engine.dns.rules import typed

    def broken(case):
        raise RuntimeError("a fault of ours")
        yield

    monkeypatch.setattr(typed, "judge", broken)
    claim = Claim.parse("northwind.example", token)
    answers = Answers(absent_below=dns.name.from_text("example."))
    diagnosis = judge(claim, answers, Options(), now, timedelta(0))
    codes = {finding.code for finding in diagnosis.findings}
    assert {"rule-failed", "not-registered"} <= codes
    assert diagnosis.verdict == "wrong"


def test_a_fault_in_the_judgement_of_signatures_is_said_and_never_ready(now, token, monkeypatch):
    from datetime import timedelta

    from engine.dns import diagnosis as module

    def broken(answers, anchors, now):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(module, "judge_security", broken)
    claim = Claim.parse("northwind.example", token)
    diagnosis = judge(claim, Answers(absent_below=dns.name.from_text("example.")), Options(), now, timedelta(0))
    assert "rule-failed" in {finding.code for finding in diagnosis.findings}
    assert diagnosis.verdict == "wrong"


def test_the_questions_of_all_rules_stay_few_and_inside_the_zone(token):
    zone = dns.name.from_text("northwind.example.")
    for domain in ("northwind.example", "dip.northwind.example", "a.b.c.d.northwind.example"):
        questions = set(questions_of_all(Claim.parse(domain, token), zone))
        assert len(questions) < 30
        assert all(question.name.is_subdomain(zone) for question in questions)


def test_the_longest_of_names_leaves_no_question_too_long(token):
    domain = ".".join(["x" * 63] * 3 + ["y" * 50, "example"])
    claim = Claim.parse(domain, token)
    assert set(questions_of_all(claim, claim.domain))
