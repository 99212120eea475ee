"""All rules, the most specific first: the first blocker of the verdict gives the next action."""

from collections.abc import Iterator
from typing import cast

from engine.dns.answers import Name, Question
from engine.dns.claim import Claim
from engine.dns.rules import (
    absent,
    all_right,
    bad_servers,
    delegation,
    doubled_zone,
    dressed_value,
    mistyped,
    prefix,
    servers_disagree,
    split_value,
    stale_value,
    wrong_name,
)
from engine.dns.rules.model import DnsFinding, Judgement, Rule, Skipped, Verdict

__all__ = ["RULES", "DnsFinding", "Judgement", "Rule", "Skipped", "Verdict", "questions_of_all"]

RULES: tuple[Rule, ...] = tuple(
    cast("Rule", module)
    for module in (
        delegation,
        bad_servers,
        doubled_zone,
        wrong_name,
        split_value,
        dressed_value,
        prefix,
        mistyped,
        stale_value,
        servers_disagree,
        absent,
        all_right,
    )
)


def questions_of_all(claim: Claim, zone: Name) -> Iterator[Question]:
    """What all rules together want asked; the same question may come twice."""
    for rule in RULES:
        yield from rule.questions(claim, zone)
