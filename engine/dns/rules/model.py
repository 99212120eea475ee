"""What a rule is given and what it gives back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from engine.dns.answers import Name, Question
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.findings import Finding, Section, Severity, Who, by_code, summary_of

Verdict = Literal["ready", "not_yet", "wrong", "broken", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsFinding(Finding):
    """A finding about DNS. `effect` is the verdict that it forces, for blockers; None changes no verdict."""

    effect: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Documented:
    """The codes of one rule, each with its section of the rule's docstring, from which its findings take their words."""

    sections: Mapping[str, Section]

    def __call__(
        self,
        code: str,
        severity: Severity,
        *,
        seen: str,
        summary: str | None = None,
        why: str | None = None,
        fix: str | None = None,
        effect: Verdict | None = None,
        servers: tuple[str, ...] = (),
        who: Who = "nobody",
        eta: timedelta | None = None,
        eta_reason: str | None = None,
    ) -> DnsFinding:
        """A finding of this code. Class, source and confidence are the documented ones; so are summary, reason and fix
        where the case has no better words of its own.

        Raises KeyError for a code that the docstring does not document.
        """
        section = self.sections[code]
        return DnsFinding(
            class_=section.class_,
            code=code,
            severity=severity,
            summary=summary_of(section) if summary is None else summary,
            seen=seen,
            why=section.notes if why is None else why,
            fix=section.fix if fix is None else fix,
            source=section.source.rstrip("."),
            confidence=section.confidence,
            servers=servers,
            who=who,
            eta=eta,
            eta_reason=eta_reason,
            effect=effect,
        )


def documented(docstring: str | None) -> Documented:
    """What a rule reports with. Raises BadDocstring."""
    return Documented(by_code(docstring))


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
