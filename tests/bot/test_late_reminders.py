"""Reminders that were not sent in time: what is over is not said any more, and what still holds says that it is late."""

from dataclasses import replace
from typing import Any

import pytest

from bot.house import House
from engine.onboarding.commands import Tick, TickTasks
from engine.onboarding.outcome import Lane, Say
from engine.store import outbox, reads
from engine.store.outbox import Message

LATE = {"late": "yes"}


async def worded(house: House, onboarding: str, say: Say) -> str | None:
    case = await house.desk.read(reads.case, onboarding)
    rendered = await house.wording.message(Message(1, onboarding, "C", say, house.clock(), 1, False), case)
    return rendered.text if rendered else None


@pytest.fixture
async def two(house: House, start: Any) -> list[str]:
    """Two onboardings that Lena leads and is asked in."""
    names = ("Northwind Energy Ltd", "Eastwind Power Ltd")
    return [(await start(house, name)).state.id for name in names]


async def done_by_lena(house: House, onboarding: str) -> None:
    """Everything that is asked of Lena in Step 0."""
    case = await house.desk.read(reads.case, onboarding)
    open_tasks = [task.id for task in case.state.step(0).tasks.values() if task.closing is None]
    ticks = tuple(Tick(task, values={}) for task in open_tasks)
    for tick in ticks:
        await house.desk.tell(TickTasks(onboarding, "U0LENA", 0, (tick,)))


async def test_a_reminder_of_what_was_done_meanwhile_is_not_sent(house, two):
    say = Say("reminders/owner", Lane.THREAD, subject="0", data={"mention": "U0LENA", **LATE})
    assert "(sent late)" in (await worded(house, two[0], say) or "")
    await done_by_lena(house, two[0])
    assert await worded(house, two[0], say) is None


async def test_a_digest_leaves_out_what_is_over_and_says_that_it_is_late(house, two):
    reminder = Say("reminders/owner", Lane.THREAD, subject="0", data={"mention": "U0LENA"})
    digest = outbox.digest("U0LENA", [(two[0], reminder), (two[1], replace(reminder, data={**reminder.data, **LATE}))])
    text = await worded(house, two[0], digest) or ""
    assert "2 things wait" in text
    assert "(sent late)" in text
    await done_by_lena(house, two[1])
    text = await worded(house, two[0], digest) or ""
    assert "1 thing waits" in text
    assert "(sent late)" not in text
    await done_by_lena(house, two[0])
    assert await worded(house, two[0], digest) is None
