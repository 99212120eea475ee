"""Working time: a person's own zone, Monday to Friday, 09:00 to 17:00, less bank holidays and closures (decision 26).

Times come and go with a zone; results are in UTC. The bank holidays of the nations of the United Kingdom are the
`holidays` library's tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays

DEFAULT_ZONE = "Europe/London"
DEFAULT_NATION = "ENG"
OPENS = time(9)
CLOSES = time(17)
_NATIONS = {"ENG": "ENG", "WLS": "WLS", "SCT": "SCT", "NIR": "NIR"}
_LONGEST_CLOSURE_DAYS = 400


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the calendar must know of a person.

    `tz` is an IANA name (an unknown one counts as Europe/London), `nation` one of ENG, WLS, SCT and NIR, `closures`
    days on which the company is closed. `reminders_off`: the person wants none. `gone`: deactivated, or left the
    workspace.
    """

    tz: str = DEFAULT_ZONE
    nation: str = DEFAULT_NATION
    reminders_off: bool = False
    gone: bool = False
    closures: frozenset[date] = field(default_factory=frozenset)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of this name; Europe/London if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


@lru_cache(maxsize=256)
def bank_holidays(nation: str, year: int) -> frozenset[date]:
    """The bank holidays of a nation in a year, substitute days included."""
    subdivision = _NATIONS.get(nation, DEFAULT_NATION)
    return frozenset(country_holidays("GB", subdiv=subdivision, years=year))


def is_working_day(day: date, person: PersonFacts) -> bool:
    return day.weekday() < 5 and day not in person.closures and day not in bank_holidays(person.nation, day.year)


def _first_day(start: date, fits: Callable[[date], bool]) -> date:
    """The first day from `start` on that fits. A closure without an end ends after a good year."""
    for days in range(_LONGEST_CLOSURE_DAYS):
        if fits(start + timedelta(days=days)):
            return start + timedelta(days=days)
    return start + timedelta(days=_LONGEST_CLOSURE_DAYS)


def _working_day_from(start: date, person: PersonFacts) -> date:
    return _first_day(start, lambda day: is_working_day(day, person))


def _moment(day: date, at: time, person: PersonFacts) -> datetime:
    return datetime.combine(day, at, zone(person.tz)).astimezone(UTC)


def next_working_moment(at: datetime, person: PersonFacts) -> datetime:
    """`at` itself within working hours, else the next time they begin."""
    local = at.astimezone(zone(person.tz))
    day = local.date()
    if is_working_day(day, person):
        if OPENS <= local.time() < CLOSES:
            return at.astimezone(UTC)
        if local.time() < OPENS:
            return _moment(day, OPENS, person)
    return _moment(_working_day_from(day + timedelta(days=1), person), OPENS, person)


def next_working_morning(after: datetime, person: PersonFacts) -> datetime:
    """The first 09:00 of a working day after this time."""
    day = after.astimezone(zone(person.tz)).date()
    if is_working_day(day, person) and _moment(day, OPENS, person) > after:
        return _moment(day, OPENS, person)
    return _moment(_working_day_from(day + timedelta(days=1), person), OPENS, person)


def add_working_days(at: datetime, days: int, person: PersonFacts) -> datetime:
    """The same time of day so many working days later; counted from the next working moment if `at` is none."""
    local = next_working_moment(at, person).astimezone(zone(person.tz))
    day = local.date()
    for _ in range(days):
        day = _working_day_from(day + timedelta(days=1), person)
    return _moment(day, local.time(), person)


def working_days_between(start: datetime, end: datetime, person: PersonFacts) -> int:
    """How many working days have passed: those after the day of `start`, up to and with the day of `end`."""
    local = zone(person.tz)
    first, last = start.astimezone(local).date(), end.astimezone(local).date()
    days = (first + timedelta(days=n) for n in range(1, max(0, (last - first).days) + 1))
    return sum(1 for day in days if is_working_day(day, person))


def until_day(day: date, person: PersonFacts) -> datetime:
    """What "until this day" means: 09:00 that day where the person lives, moved to the next working morning."""
    return _moment(_working_day_from(day, person), OPENS, person)
