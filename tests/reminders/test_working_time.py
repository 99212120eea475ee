"""Working time: zones, weekends, the bank holidays of each nation, closures, and the days on which clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reminders.calendar import (
    PersonFacts,
    add_working_days,
    is_working_day,
    next_working_moment,
    next_working_morning,
    until_day,
    working_days_between,
    zone,
)

LONDON = PersonFacts()
TOKYO = PersonFacts("Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:00"),  # Tuesday, at work
        ("2026-11-24T16:59", "2026-11-24T16:59"),
        ("2026-11-24T17:00", "2026-11-25T09:00"),
        ("2026-11-24T03:00", "2026-11-24T09:00"),
        ("2026-11-27T18:00", "2026-11-30T09:00"),  # Friday evening
        ("2026-11-28T10:00", "2026-11-30T09:00"),  # Saturday
        ("2026-12-25T10:00", "2026-12-29T09:00"),  # Christmas on a Friday, Boxing Day made up for on Monday
        ("2026-07-14T08:30", "2026-07-14T08:30"),  # 09:30 in summer time
        ("2026-07-14T16:30", "2026-07-15T08:00"),
    ],
)
def test_a_moment_outside_working_hours_moves_to_the_next_morning(moment: str, then: str):
    assert next_working_moment(at(moment), LONDON) == at(then)


def test_it_is_the_persons_own_morning_that_counts():
    assert next_working_moment(at("2026-11-24T10:00"), TOKYO) == at("2026-11-25T00:00")


@pytest.mark.parametrize(
    ("day", "nation", "works"),
    [
        ("2026-11-30", "SCT", False),  # St Andrew's Day
        ("2026-11-30", "ENG", True),
        ("2026-07-13", "NIR", False),  # Battle of the Boyne, made up for
        ("2026-07-13", "WLS", True),
        ("2026-04-06", "ENG", False),  # Easter Monday
        ("2026-04-06", "SCT", True),
        ("2026-12-28", "ENG", False),  # Boxing Day fell on a Saturday
        ("2026-12-28", "??", False),  # an unknown nation counts as England
    ],
)
def test_each_nation_has_its_own_bank_holidays(day: str, nation: str, works: bool):
    assert is_working_day(date.fromisoformat(day), PersonFacts(nation=nation)) is works


def test_a_closure_of_the_company_is_no_working_day():
    closed = PersonFacts(closures=frozenset({date(2026, 11, 24), date(2026, 11, 25)}))
    assert next_working_moment(at("2026-11-24T10:00"), closed) == at("2026-11-26T09:00")


def test_a_company_that_is_always_closed_does_not_stop_the_calendar():
    closures = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(2_000))
    assert next_working_moment(at("2026-11-24T10:00"), PersonFacts(closures=closures)) > at("2027-11-24T10:00")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-24T10:15", 1, "2026-11-25T10:15"),
        ("2026-11-27T10:15", 1, "2026-11-30T10:15"),
        ("2026-11-28T23:00", 1, "2026-12-01T09:00"),
        ("2026-12-23T10:00", 3, "2026-12-30T10:00"),
        ("2026-11-24T10:15", 0, "2026-11-24T10:15"),
        ("2027-03-25T10:00", 1, "2027-03-30T09:00"),  # over Easter and the change to summer time: still 10:00 there
    ],
)
def test_working_days_are_added_at_the_same_time_of_day(start: str, days: int, end: str):
    assert add_working_days(at(start), days, LONDON) == at(end)


def test_until_a_day_means_nine_that_morning_or_the_next_working_one():
    assert until_day(date(2026, 11, 27), LONDON) == at("2026-11-27T09:00")
    assert until_day(date(2026, 11, 28), LONDON) == at("2026-11-30T09:00")
    assert until_day(date(2026, 7, 14), LONDON) == at("2026-07-14T08:00")


def test_the_next_working_morning_is_always_ahead():
    assert next_working_morning(at("2026-11-24T08:59"), LONDON) == at("2026-11-24T09:00")
    assert next_working_morning(at("2026-11-24T09:00"), LONDON) == at("2026-11-25T09:00")


def test_working_days_between_leave_out_the_first_day_and_weekends():
    assert working_days_between(at("2026-11-24T10:00"), at("2026-11-24T16:00"), LONDON) == 0
    assert working_days_between(at("2026-11-26T10:00"), at("2026-12-01T10:00"), LONDON) == 3


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "\x00"])
def test_a_zone_that_does_not_exist_counts_as_london(name: str):
    assert str(zone(name)) == "Europe/London"


moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds
persons = st.builds(
    PersonFacts,
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Africa/Casablanca"]),
    st.sampled_from(["ENG", "WLS", "SCT", "NIR"]),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(moments, persons, st.integers(0, 30))
def test_the_calendar_never_goes_back_and_always_lands_in_working_hours(moment, person, days):
    then = add_working_days(moment, days, person)
    local = then.astimezone(zone(person.tz))
    assert then >= moment
    assert is_working_day(local.date(), person)
    assert 9 <= local.hour < 17
    assert next_working_moment(then, person) == then
    if days:
        assert working_days_between(moment, then, person) >= days
