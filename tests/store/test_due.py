"""Due work: always what the plan says, claimed by one sweep at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.reminders.plan import Due, DueKind
from engine.store import duework
from engine.store.dialects import Database

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LEASE = timedelta(minutes=2)


@pytest.fixture
def do(database: Database):
    def do_(function, *args, **kwargs):
        with database.writer.begin() as connection:
            return function(connection, *args, **kwargs)

    return do_


def item(key: str, minutes: float = 0, person: str | None = None) -> Due:
    return Due(key, DueKind.CHECK, AT + timedelta(minutes=minutes), "5.4", person)


def keys(claimed) -> list[str]:
    return [one.due.key for one in claimed]


def claim(do, minutes: float = 0, **more):
    now = AT + timedelta(minutes=minutes)
    return do(duework.claim, now, now, lease=LEASE, **more)


def test_what_is_due_is_claimed_once_oldest_first(do):
    do(duework.replace, {"O1": [item("late", -1), item("later", 10)], "O2": [item("latest", -5)]})
    assert keys(claim(do)) == ["latest", "late"]
    assert claim(do) == ()
    assert keys(claim(do, 2)) == ["latest", "late"]
    assert do(duework.next_at) == AT - timedelta(minutes=5)


def test_a_limit_leaves_the_rest_for_the_next_claim(do):
    do(duework.replace, {"O1": [item(str(number), -number) for number in range(5)]})
    assert keys(claim(do, limit=3)) == ["4", "3", "2"]
    assert keys(claim(do, limit=3)) == ["1", "0"]


def test_a_new_plan_takes_away_what_is_not_in_it_and_keeps_the_lease_of_what_stays(do):
    do(duework.replace, {"O1": [item("stays"), item("goes"), item("moves")], "O2": [item("other")]})
    assert sorted(keys(claim(do))) == ["goes", "moves", "other", "stays"]
    do(duework.replace, {"O1": [item("stays"), item("moves", -1), item("comes")]})
    assert keys(claim(do)) == ["moves", "comes"]
    assert sorted(keys(claim(do, 3))) == ["comes", "moves", "other", "stays"]


def test_another_person_at_the_same_time_changes_the_item_and_not_its_lease(do):
    do(duework.replace, {"O1": [item("ask", person="U1")]})
    claim(do)
    do(duework.replace, {"O1": [item("ask", person="U2")]})
    assert claim(do) == ()
    [again] = claim(do, 2)
    assert again.due.person == "U2"


def test_an_empty_plan_takes_all_away(do):
    do(duework.replace, {"O1": [item("one")]})
    do(duework.replace, {"O1": []})
    assert claim(do) == ()
    assert do(duework.next_at) is None


def test_what_is_given_back_is_free_at_its_time(do):
    do(duework.replace, {"O1": [item("one"), item("two")]})
    one, two = claim(do)
    do(duework.release, [one])
    do(duework.release, [two], again_at=AT + timedelta(minutes=1))
    assert keys(claim(do)) == ["one"]
    assert keys(claim(do, 1)) == ["two"]


def test_giving_back_late_does_not_take_the_next_claimers_lease(do):
    do(duework.replace, {"O1": [item("one")]})
    first = claim(do)
    second = claim(do, 3)
    do(duework.release, first)
    assert claim(do, 4) == ()
    do(duework.release, second)
    assert keys(claim(do, 4)) == ["one"]


async def test_a_shared_file_waits_once_and_outlives_every_plan(do, desk):
    for event in ("event:1", "event:2", "event:1"):
        await desk.note_file("T1", "C1", "F1", "U1", once=event)
    do(duework.replace, {"O1": []})
    [claimed] = claim(do)
    assert duework.is_of_channel(claimed)
    assert duework.file_noted(claimed) == ("T1", "C1", "F1")
    assert claimed.due.person == "U1"
    do(duework.done_with, claimed)
    assert claim(do, 10) == ()


def test_an_item_of_an_onboarding_is_no_shared_file(do):
    do(duework.replace, {"O1": [item("one")]})
    [claimed] = claim(do)
    assert not duework.is_of_channel(claimed)
    do(duework.done_with, claimed)
    assert keys(claim(do, 3)) == ["one"]
