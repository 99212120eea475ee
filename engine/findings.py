"""What a check found, in words a person can act on; shared by the DNS, certificate and webhook engines.

A rule module's docstring is its documentation. It holds one section for each code that the rule may report:

    doubled-zone (D1): the record was created one level too deep.

    Seen as: the value stands at northwind.example.northwind.example.
    Fix: type `@` instead of the domain.
    Source: RFC 1035 section 5.1. Confidence: sourced.

`sections` reads that form, so that the pages in docs/findings never differ from what the code says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

Severity = Literal["blocker", "error", "warning", "note"]
"""`blocker` is the DNS engine's word for what bars success, `error` the certificate and webhook engines'."""

Confidence = Literal["measured", "sourced", "inferred"]

Who = Literal["dns_admin", "dns_provider", "certificate_admin", "network_admin", "nobody"]
"""Who must act; `nobody` where only time is missing or nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. `class_` is a class of the catalogue (D1, C2, W1), `code` one distinguishable case in it.

    `summary`, `seen`, `why` and `fix` are plain sentences, never with a secret in them. What does not apply to a kind
    of check keeps its default: `servers`, `who` and `eta` belong to DNS, `file` to certificates.
    """

    class_: str
    code: str
    severity: Severity
    summary: str
    seen: str
    why: str
    fix: str
    source: str
    confidence: Confidence
    servers: tuple[str, ...] = ()
    who: Who = "nobody"
    eta: timedelta | None = None
    eta_reason: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The documentation of one code, read from its rule's docstring. `notes` is what stands under no label."""

    code: str
    class_: str
    title: str
    seen_as: str
    fix: str
    source: str
    confidence: Confidence
    notes: str


class BadDocstring(ValueError):
    """A rule's docstring is not in the form described at the top of this module; the message names the line."""


_HEADING = re.compile(r"^(?P<code>[a-z0-9]+(?:-[a-z0-9]+)*) \((?P<class>[A-Z]\d{1,2})\): (?P<title>\S.*)$")
_LABEL = re.compile(r"^(Seen as|Fix|Source): (.*)$")
_CONFIDENCE = re.compile(r"^(?P<source>.*?)\s*Confidence: (?P<confidence>measured|sourced|inferred)\.?$", re.DOTALL)


def sections(docstring: str | None) -> tuple[Section, ...]:
    """The sections of a rule's docstring, in their order.

    Raises BadDocstring if there is none, or one lacks its `Seen as`, `Fix`, `Source` or `Confidence`.
    """
    found = tuple(_section(heading, body) for heading, body in _split(docstring or ""))
    if not found:
        raise BadDocstring("no line of the form `code (D1): what it means` in the docstring")
    return found


def by_code(docstring: str | None) -> dict[str, Section]:
    """The sections of a rule's docstring by their codes. Raises BadDocstring as `sections` does."""
    return {section.code: section for section in sections(docstring)}


def summary_of(section: Section) -> str:
    """What the code means, as a sentence of a report."""
    return section.title[:1].upper() + section.title[1:]


def _confidence(word: str) -> Confidence:
    """The word as its type; `_CONFIDENCE` lets no other through."""
    return next(each for each in get_args(Confidence) if each == word)


def _split(docstring: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    heading: re.Match[str] | None = None
    body: list[str] = []
    for line in (raw.strip() for raw in docstring.splitlines()):
        if match := _HEADING.match(line):
            if heading:
                yield heading, body
            heading, body = match, []
        else:
            body.append(line)
    if heading:
        yield heading, body


def _section(heading: re.Match[str], body: list[str]) -> Section:
    parts: dict[str, list[str]] = {"title": [heading["title"]]}
    current = "title"
    for line in body:
        if match := _LABEL.match(line):
            current = match[1]
            parts[current] = [match[2]]
        elif not line:
            current = "notes"
        else:
            parts.setdefault(current, []).append(line)
    text = {label: " ".join(lines) for label, lines in parts.items()}
    trust = _CONFIDENCE.match(text.get("Source", ""))
    if missing := [label for label in ("Seen as", "Fix") if label not in text]:
        raise BadDocstring(f"{heading['code']}: no `{missing[0]}:` line")
    if trust is None:
        raise BadDocstring(f"{heading['code']}: no `Source: ... Confidence: measured, sourced or inferred.`")
    return Section(
        code=heading["code"],
        class_=heading["class"],
        title=text["title"],
        seen_as=text["Seen as"],
        fix=text["Fix"],
        source=trust["source"],
        confidence=_confidence(trust["confidence"]),
        notes=text.get("notes", ""),
    )
