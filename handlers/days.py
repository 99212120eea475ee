"""Days as people type them into a form, and as the form shows them again."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

MOST_DAYS = 366
_DAY = timedelta(days=1)
_LINE = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:to|until|\.\.|-|–)\s*(\d{4}-\d\d-\d\d))?")


class BadDays(ValueError):
    """A line that names no days; the message is the line."""


def days_from(text: str) -> tuple[date, ...]:
    """One day or span a line: 2026-12-24, or 2026-12-24 to 2027-01-01. Each day once, in order. Raises BadDays."""
    found: set[date] = set()
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _LINE.fullmatch(line)
        try:
            first, last = (
                (date.fromisoformat(match[1]), date.fromisoformat(match[2] or match[1])) if match else (None, None)
            )
        except ValueError:
            first = last = None
        if first is None or last is None or not 0 <= (last - first).days < MOST_DAYS:
            raise BadDays(line[:60])
        found |= {first + _DAY * number for number in range((last - first).days + 1)}
        if len(found) > MOST_DAYS:
            raise BadDays(line[:60])
    return tuple(sorted(found))


def days_text(days: Iterable[date]) -> str:
    """The same days, spans put together."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and spans[-1][1] + _DAY == day:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return "\n".join(f"{first}" if first == last else f"{first} to {last}" for first, last in spans)
