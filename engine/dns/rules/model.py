"""What a rule is given and what it gives back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.dns.answers import Name, Question
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.findings import Finding

Verdict = Literal["ready", "not_yet", "wrong", "broken", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsFinding(Finding):
    """A finding about DNS. `effect` is the verdict that it forces, for blockers; None changes no verdict."""

    effect: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """The rule has nothing to judge here, which is not the same as finding no problem; `reason` is a sentence."""

    reason: str


Judgement = Iterator[DnsFinding | Skipped]


class Rule(Protocol):
    """One rule module: its questions beyond the routine, and its judgement. Pure."""

    __name__: str
    __doc__: str | None

    def questions(self, claim: Claim, zone: Name) -> Iterable[Question]:
        """What is to be asked about the claim in its zone, beyond what is always asked."""

    def judge(self, case: Case) -> Judgement:
        """What the answers mean."""


def no_questions(claim: Claim, zone: Name) -> Iterable[Question]:
    """For rules that judge what is asked anyway."""
    del claim, zone
    return ()
