"""All rules, the most specific first: the first blocker of the verdict gives the next action."""

from collections.abc import Iterator
from typing import cast

from engine.dns.answers import Name, Question
from engine.dns.claim import Claim
from engine.dns.rules import (
    absent,
    alias,
    all_right,
    bad_servers,
    caa_blocks,
    caa_query,
    cached_failure,
    clock,
    delegation,
    dnssec,
    doubled_zone,
    dressed_value,
    edns,
    expiring,
    flapping,
    mistyped,
    negative_cache,
    old_provider,
    other_zone,
    positive_cache,
    prefix,
    removed,
    servers_disagree,
    split_horizon,
    split_value,
    stale_value,
    suffix,
    typed,
    vantage,
    wildcard,
    wrong_name,
    wrong_type,
)
from engine.dns.rules.model import DnsFinding, Judgement, Rule, Skipped, Verdict

__all__ = ["RULES", "DnsFinding", "Judgement", "Rule", "Skipped", "Verdict", "questions_of_all"]

RULES: tuple[Rule, ...] = tuple(
    cast("Rule", module)
    for module in (
        suffix,
        old_provider,
        delegation,
        bad_servers,
        dnssec,
        clock,
        alias,
        flapping,
        vantage,
        wrong_type,
        wildcard,
        doubled_zone,
        wrong_name,
        other_zone,
        split_value,
        dressed_value,
        prefix,
        mistyped,
        stale_value,
        split_horizon,
        removed,
        servers_disagree,
        absent,
        negative_cache,
        positive_cache,
        cached_failure,
        expiring,
        caa_blocks,
        caa_query,
        edns,
        typed,
        all_right,
    )
)


def questions_of_all(claim: Claim, zone: Name) -> Iterator[Question]:
    """What all rules together want asked; the same question may come twice."""
    for rule in RULES:
        yield from rule.questions(claim, zone)
