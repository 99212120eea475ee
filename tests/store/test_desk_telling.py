"""Who hears of a commit, and what several onboardings say to one person at once."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Row, event, select

from engine.desk import Desk, Told
from engine.onboarding.commands import CarryOut, Snooze
from engine.onboarding.outcome import Refused
from engine.reminders.plan import DueKind
from engine.store import duework, outbox, people
from engine.store.dialects import Database
from engine.store.errors import UnderWay, Withdrawn
from engine.store.people import PersonSeen
from engine.store.tables import due


@pytest.fixture
async def heard(database: Database, clock, process):
    """A desk with the list of what its listener heard."""
    found: list[Told] = []
    desk = Desk(database, now=clock, randomness=Random(3).randbytes, process=lambda: process, told=found.append)
    desk.start()
    yield desk, found
    await desk.stop()


def snooze(told: Told, hours: int, by: str = "ULEAD") -> Snooze:
    return Snooze(told.state.id, by, until=told.state.started_at + timedelta(hours=hours))


async def test_the_listener_hears_of_every_commit_that_had_events_and_of_nothing_else(heard, start):
    desk, found = heard
    told = await start(desk, once="view:1")
    assert found == [told]
    assert told.due
    await start(desk, once="view:1")
    with pytest.raises(Refused):
        await desk.tell(snooze(told, -3))
    with pytest.raises(Refused):
        await desk.tell(snooze(told, 3, by="USTRANGER"))
    assert found == [told]


async def test_a_command_that_waits_behind_a_long_one_is_withdrawn_and_one_under_way_is_heard_of_later(heard, start):
    desk, found = heard
    told = await start(desk)
    entered, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold(connection):
        loop.call_soon_threadsafe(entered.set)
        assert go_on.wait(10)

    holding = asyncio.create_task(desk.write(hold))
    await entered.wait()
    with pytest.raises(Withdrawn):
        await desk.tell(snooze(told, 2), patience_seconds=0.02)
    go_on.set()
    await holding
    assert found == [told]

    entered, go_on = asyncio.Event(), threading.Event()
    real = desk._decider._now

    def slow_clock():
        loop.call_soon_threadsafe(entered.set)
        assert go_on.wait(10)
        return real()

    desk._decider._now = slow_clock
    with pytest.raises(UnderWay) as raised:
        await desk.tell(snooze(told, 3), patience_seconds=0.05)
    await entered.wait()
    assert found == [told]
    go_on.set()
    later = await raised.value.outcome
    assert found == [told, later]


async def reminders_of(desk: Desk, clock, person: str) -> list[CarryOut]:
    """What reminds the person next, as a sweep would claim it; the clock is then at that time."""
    clock.pass_(timedelta(days=1, hours=6))
    claimed = await desk.write(duework.claim, clock(), clock(), limit=500, lease=timedelta(minutes=2))
    return [
        CarryOut(one.onboarding, "dipper", one.due.key)
        for one in claimed
        if one.due.kind is DueKind.REMIND and one.due.person == person
    ]


async def messages_of(desk: Desk, clock) -> list[outbox.Message]:
    found: list[outbox.Message] = []
    while messages := await desk.write(outbox.next_messages, clock(), lease=timedelta(minutes=1)):
        for message in messages:
            found.append(message)
            await desk.write(outbox.mark_sent, message.id, channel="C1", ts=f"1.{message.id}", now=clock())
    return found


async def test_what_several_onboardings_ask_of_one_person_becomes_one_direct_message(desk: Desk, start, clock):
    for number in (1, 2, 3):
        await start(desk, name=f"Firm {number}", number=f"{number}", channel=f"C{number}")
    await messages_of(desk, clock)
    commands = await reminders_of(desk, clock, "ULEAD")
    assert len({one.onboarding for one in commands}) == 3
    await desk.tell_in_one_message("ULEAD", commands)
    said = await messages_of(desk, clock)
    [digest] = [one for one in said if one.say.template == "reminders/digest"]
    assert digest.lane == "direct:ULEAD"
    parts = [part.split("|") for part in digest.say.data.values()]
    assert {onboarding for onboarding, _ in parts} == {one.onboarding for one in commands}
    assert all(re.fullmatch(r"\d(\.\d+)?", subject) for _, subject in parts)
    assert "reminders/owner" not in {one.say.template for one in said}


async def test_a_digest_of_one_onboarding_is_its_ordinary_message(desk: Desk, start, clock):
    await start(desk, number="1")
    await messages_of(desk, clock)
    commands = await reminders_of(desk, clock, "ULEAD")
    assert commands
    stale = CarryOut(commands[0].onboarding, "dipper", "remind/7.1/UNOBODY/1")
    gone = CarryOut("Ogone", "dipper", commands[0].key)
    await desk.tell_in_one_message("ULEAD", [*commands, stale, gone])
    templates = [one.say.template for one in await messages_of(desk, clock)]
    assert "reminders/digest" not in templates
    assert templates.count("reminders/owner") == len(commands)


async def test_a_reminder_that_was_sent_is_not_due_again_at_once(desk: Desk, start, clock):
    await start(desk, number="1")
    commands = await reminders_of(desk, clock, "ULEAD")
    for one in commands:
        assert (await desk.tell(one)).events
        assert (await desk.tell(one)).events == ()


async def in_one_batch(desk: Desk, *jobs: Awaitable[object]) -> list[str]:
    """Does all this in one batch of the writer, and returns the statements that the batch came to."""
    entered, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold(connection: Connection) -> None:
        loop.call_soon_threadsafe(entered.set)
        assert go_on.wait(10)

    holding = asyncio.create_task(desk.write(hold))
    await entered.wait()
    under_way = [asyncio.ensure_future(job) for job in jobs]
    await asyncio.sleep(0)  # each has put its job in the queue by then
    assert desk.committer.waiting == len(jobs) + 1
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(desk.database.writer, "before_cursor_execute", note)  # before the writer can go on
    go_on.set()
    await holding
    await asyncio.gather(*under_way)
    event.remove(desk.database.writer, "before_cursor_execute", note)
    return statements


async def test_many_clicks_together_ask_the_database_as_often_as_one(desk: Desk, start):
    all_told = [await start(desk, name=f"Firm {number}") for number in range(9)]
    snoozes = [desk.tell(snooze(told, 2), once=f"click:{number}") for number, told in enumerate(all_told)]
    await snoozes[0]
    one = await in_one_batch(desk, snoozes[1])
    many = await in_one_batch(desk, *snoozes[2:])
    assert len(many) == len(one)


async def test_a_click_is_planned_with_what_another_job_of_its_batch_has_just_learnt_of_a_person(
    desk: Desk, start, clock
):
    one, two = await start(desk, name="Firm 1"), await start(desk, name="Firm 2")
    away = PersonSeen(
        "T1", "ULEAD", "Lena", "Australia/Sydney", gone=False, guest=False, external=False, seen_at=clock()
    )
    await in_one_batch(desk, desk.tell(snooze(one, 2)), desk.write(people.keep_person, away), desk.tell(snooze(two, 2)))
    cards = {row.onboarding: row.at for row in await desk.read(_cards)}
    assert cards[two.state.id] != cards[one.state.id]


def _cards(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(due).where(due.c.kind == DueKind.CARD)).all()
