"""A rule's findings take their words from the rule's docstring, so that the page in the docs and the report agree."""

from dataclasses import dataclass

from engine.findings import Confidence, Finding, Section, Severity, by_code, summary_of


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one rule, each with its documentation."""

    sections: dict[str, Section]

    def __call__(
        self,
        code: str,
        severity: Severity,
        seen: str,
        file: str | None,
        *,
        fix: str | None = None,
        source: str | None = None,
        confidence: Confidence | None = None,
    ) -> Finding:
        """A finding of this code: summary, reason, fix and source as documented unless the case has its own.

        Raises KeyError for a code that the docstring does not document.
        """
        section = self.sections[code]
        return Finding(
            class_=section.class_,
            code=code,
            severity=severity,
            summary=summary_of(section),
            seen=seen,
            why=section.notes,
            fix=fix or section.fix,
            source=source or section.source.rstrip("."),
            confidence=confidence or section.confidence,
            who="certificate_admin",
            file=file,
        )


def codes(docstring: str | None) -> Codes:
    """The codes that a rule's docstring documents."""
    return Codes(by_code(docstring))
