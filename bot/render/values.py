"""The values that a template may print besides plain text and numbers. What is plain text is printed literally, always.

A string is somebody's typing or a name: it never formats, links or mentions. `Markdown` is wording of the process or
of an engine's finding: it may format and link, but make no buttons. People, times and code have nodes of their own in
Slack's rich text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.reminders.calendar import DEFAULT_ZONE, zone

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,20}\Z")
_SLACK_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}\Z")


class Show(StrEnum):
    """How a moment is printed. `AT` is date and time, for a sentence; `DAY` and `TIME` one of them."""

    AT = "at"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody. With a Slack id: a mention in messages, the name elsewhere. Without one: a name that was typed."""

    id: str
    name: str
    tz: str = DEFAULT_ZONE

    @property
    def mentionable(self) -> bool:
        return _SLACK_USER.match(self.id) is not None

    @property
    def quiet(self) -> str:
        """The name alone: names the person without notifying them."""
        return self.name

    def __str__(self) -> str:
        return f"@{self.name}" if self.mentionable else self.name


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str = ""

    @property
    def linkable(self) -> bool:
        return _SLACK_CHANNEL.match(self.id) is not None

    def __str__(self) -> str:
        return f"#{self.name or self.id}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, shown in the reader's own zone in Slack and, elsewhere, in `tz` with the zone's name. `at` carries a
    zone.
    """

    at: datetime
    tz: str = DEFAULT_ZONE
    show: Show = Show.AT

    @property
    def day(self) -> "Moment":
        return Moment(self.at, self.tz, Show.DAY)

    @property
    def time(self) -> "Moment":
        return Moment(self.at, self.tz, Show.TIME)

    def __str__(self) -> str:
        local = self.at.astimezone(zone(self.tz))
        if self.show is Show.DAY:
            return spoken_day(local.date())
        clock = f"{local:%H:%M} {local.tzname()}"
        return clock if self.show is Show.TIME else f"{spoken_day(local.date())} {clock}"


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, the same for every reader."""

    on: date

    def __str__(self) -> str:
        return spoken_day(self.on)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, in the words of a sentence: "15 minutes", "3 days"."""

    length: timedelta

    def __str__(self) -> str:
        return spoken_span(self.length)


@dataclass(frozen=True, slots=True)
class Code:
    """Text to copy: printed literally, lines kept, in a block of its own where it stands alone."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Markdown:
    """Trusted wording: of the process, of an operator's overlay, of an engine's finding. Never of a person, a server
    or a file.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Phrase:
    """Several values in a row, printed one after the other: "@carl (Certificate Admin)"."""

    parts: tuple["Printable", ...]

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


Printable = str | int | Person | Channel | Moment | Day | Span | Code | Markdown | Phrase


def joined(values: Iterable["Printable"], between: str = ", ") -> Phrase:
    """The values with words between them."""
    parts: list[Printable] = []
    for value in values:
        parts.extend((between, value) if parts else (value,))
    return Phrase(tuple(parts))


def spoken_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b} {day.year}"


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def spoken_span(length: timedelta) -> str:
    """The length in its largest whole unit, with the next one where that says more: "1 hour 30 minutes", "3 days"."""
    seconds = max(0, int(length.total_seconds()))
    parts: list[str] = []
    for name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(counted(count, name))
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "no time"


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 task", "3 tasks"."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
