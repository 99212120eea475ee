"""A time as people type it: "in 2 hours", "tomorrow 9:00", "Fri", "27 Nov 14:00", "2026-11-27".

A day without a time means its morning as everywhere here (`until_day`); a day with one, that very time where the person
lives. What is none of these is None, never a guess.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from engine.reminders.calendar import PersonFacts, until_day, zone

_SPACE = re.compile(r"[\s,]+")
_FILLING = {"until", "at", "on", "the", "morning"}
_SPAN = re.compile(r"(?:in )?(\d{1,3}) ?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)", re.ASCII)
_ENDS_WITH_CLOCK = re.compile(r"(?:(.+) )?(noon|\d{1,2}(?:[:.]\d{2})?(?: ?[ap]m)?)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?", re.ASCII)
_YEARS = range(2000, 2200)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DATE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([a-z]+)(?: (\d{4}))?|([a-z]+) (\d{1,2})(?:st|nd|rd|th)?", re.ASCII)


def moment(text: str, now: datetime, person: PersonFacts) -> datetime | None:
    """The time meant, in UTC; it may lie in the past where a day was named that does."""
    said = " ".join(word for word in _SPACE.split(text.lower().strip(" .")) if word and word not in _FILLING)
    local = now.astimezone(zone(person.tz))
    found = _ENDS_WITH_CLOCK.fullmatch(said)
    clock = _clock(found[2]) if found else None
    if found is None or clock is None:
        return _span(said, now) or _morning(_day(said, local, None), person)
    if found[1] is None:
        return _at(local.date() + timedelta(days=local.time() >= clock), clock, person)
    day = _day(found[1], local, clock)
    return None if day is None else _at(day, clock, person)


def _span(said: str, now: datetime) -> datetime | None:
    """Minutes and hours from now."""
    span = _SPAN.fullmatch(said)
    if span is None or span[2][0] not in "mh":
        return None
    return now.astimezone(UTC) + (
        timedelta(minutes=int(span[1])) if span[2][0] == "m" else timedelta(hours=int(span[1]))
    )


def _morning(day: date | None, person: PersonFacts) -> datetime | None:
    return None if day is None else until_day(day, person)


def _clock(text: str) -> time | None:
    """9:00, 9.30, 9am, 14:00, noon; a bare number is none, since it could be a day or an hour."""
    if text == "noon":
        return time(12)
    found = _CLOCK.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(text: str, local: datetime, clock: time | None) -> date | None:
    today = local.date()
    if text in {"today", "tomorrow"}:
        return today + timedelta(days=text == "tomorrow")
    if text == "next week":
        return today + timedelta(days=7 - today.weekday())
    if (span := _SPAN.fullmatch(text)) and span[2][0] in "dw":
        return today + timedelta(days=int(span[1]) * (7 if span[2][0] == "w" else 1))
    name = text.removeprefix("next ")
    for number, day in enumerate(_DAYS):
        if len(name) >= 3 and day.startswith(name):
            ahead = (number - today.weekday()) % 7
            is_later_today = ahead == 0 and clock is not None and local.time() < clock
            return today + timedelta(days=0 if is_later_today else ahead or 7)
    found = _iso(text) or _written(text, today)
    return found if found is not None and found.year in _YEARS else None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None


def _written(text: str, today: date) -> date | None:
    """27 Nov, 27 November 2026, Nov 27: without a year the next one."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    number, name = (found[1], found[2]) if found[1] else (found[5], found[4])
    month = next((at for at, month in enumerate(_MONTHS, 1) if len(name) >= 3 and month.startswith(name)), None)
    if month is None:
        return None
    for year in (int(found[3]),) if found[3] else (today.year, today.year + 1):
        try:
            day = date(year, month, int(number))
        except ValueError:
            continue
        if found[3] or day >= today:
            return day
    return None


def _at(day: date, clock: time, person: PersonFacts) -> datetime:
    return datetime.combine(day, clock, zone(person.tz)).astimezone(UTC)
