"""The sweeps: what is due is done once, late ones say so, and what fails is tried again instead of forgotten."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.house import House
from bot.scheduler import LEASE, RETRY_AFTER, Alarm, Sweeps
from engine.onboarding.commands import AskCheck, Close, SetClaim, Snooze
from engine.onboarding.outcome import Lane, Refused, Say
from engine.onboarding.refusals import RefusalCode
from engine.reminders.plan import DueKind
from engine.store import duework, outbox
from engine.store.duework import Claimed
from engine.store.tables import outbox as messages


class Checker:
    """Notes which checks it was given; `fails` is raised instead if it is set."""

    def __init__(self) -> None:
        self.seen: list[Claimed] = []
        self.fails: Exception | None = None

    async def carry_out(self, claimed: Claimed) -> None:
        self.seen.append(claimed)
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def checker() -> Checker:
    return Checker()


@pytest.fixture
def sweeps(house: House, checker: Checker, clock: Any) -> Sweeps:
    return Sweeps(house.desk, checker, house.clock, real_clock=clock)


@pytest.fixture
def at(house: House) -> Callable[[datetime], None]:
    """Sets the bot's own time, as the demo's page does."""

    def set_(moment: datetime) -> None:
        house.clock.offset = moment - datetime.now(UTC)  # type: ignore[union-attr]  # a local workspace: the clock moves

    return set_


MONDAY = datetime(2027, 1, 4, 10, tzinfo=UTC)


async def reminders(house: House) -> list[tuple[str, str]]:
    """Template and person of the reminders in the outbox."""

    def read(connection: Any) -> list[tuple[str, str]]:
        rows = connection.execute(messages.select().order_by(messages.c.id)).all()
        return [(row.template, row.person) for row in rows if row.template.startswith("reminders/")]

    return await house.desk.read(read)


async def test_nothing_is_done_before_its_time(house, sweeps, start, at):
    at(MONDAY)
    await start(house)
    assert await sweeps.sweep() == 0
    assert await reminders(house) == []


async def test_whoever_is_next_is_reminded_in_working_hours_and_once(house, sweeps, start, at):
    at(MONDAY)
    await start(house)
    at(MONDAY + timedelta(days=1, hours=12))  # the evening
    await sweeps.sweep()
    evening = await reminders(house)
    at(MONDAY + timedelta(days=2, hours=1))
    await sweeps.sweep()
    await sweeps.sweep()
    assert len(evening) <= 1
    assert [template for template, _ in await reminders(house)] == ["reminders/owner"]


async def test_a_reminder_that_comes_after_an_outage_is_said_once_and_marked_late(house, sweeps, start, at):
    at(MONDAY)
    began = await start(house)
    at(MONDAY + timedelta(days=3))
    while await sweeps.sweep():
        pass

    def late(connection: Any) -> list[bool]:
        rows = connection.execute(messages.select().where(messages.c.template == "reminders/owner")).all()
        return ["late" in row.data for row in rows]

    assert await house.desk.read(late) == [True]
    assert began.due


async def test_several_onboardings_that_ask_one_person_become_one_direct_message(house, sweeps, start, at):
    at(MONDAY)
    await start(house, "Northwind Energy Ltd")
    await start(house, "Eastwind Power Ltd")
    at(MONDAY + timedelta(days=1, hours=1))
    await sweeps.sweep()
    assert await reminders(house) == [("reminders/digest", "U0LENA")]


async def test_two_people_get_no_digest_of_each_others_work(house, sweeps, start, at):
    at(MONDAY)
    await start(house, "Northwind Energy Ltd")
    await start(house, "Eastwind Power Ltd", leads=("U0CARL",), by="U0CARL")
    at(MONDAY + timedelta(days=1, hours=1))
    await sweeps.sweep()
    assert [template for template, _ in await reminders(house)] == ["reminders/owner", "reminders/owner"]


async def test_what_another_process_has_claimed_is_left_to_it_until_its_lease_is_over(house, sweeps, start, at, clock):
    at(MONDAY)
    await start(house)
    at(MONDAY + timedelta(days=1, hours=1))
    taken = await house.desk.write(duework.claim, house.clock(), clock(), lease=LEASE)
    assert taken
    assert await sweeps.sweep() == 0
    clock.pass_(seconds=LEASE.total_seconds())
    assert await sweeps.sweep() == len(taken)


async def test_who_snoozed_is_not_reminded(house, sweeps, start, at):
    at(MONDAY)
    began = await start(house)
    await house.desk.tell(Snooze(began.state.id, "U0LENA", MONDAY + timedelta(days=7), 0))
    at(MONDAY + timedelta(days=2))
    while await sweeps.sweep():
        pass
    assert await reminders(house) == []


async def test_a_closed_onboarding_has_nothing_due(house, sweeps, start, at):
    at(MONDAY)
    began = await start(house)
    await house.desk.tell(Close(began.state.id, "U0LENA", "cancelled", None, None))
    at(MONDAY + timedelta(days=30))
    assert await sweeps.sweep() == 0


async def dns_asked_for(house: House, start: Any) -> str:
    """An onboarding whose TXT record is to be looked for now."""
    began = await start(house, now_at=5)
    onboarding: str = began.state.id
    await house.desk.tell(
        SetClaim(onboarding, "U0LENA", domain="northwind.example", value="abc123abc123", shown_on=None, needed_by=None)
    )
    task = next(task.id for task in house.process.step(5).tasks if task.check is not None)
    await house.desk.tell(AskCheck(onboarding, "U0LENA", task))
    return onboarding


async def test_a_check_that_is_due_goes_to_the_checker_beside_the_sweep(house, sweeps, checker, start, at):
    at(MONDAY)
    onboarding = await dns_asked_for(house, start)
    await sweeps.sweep()
    await sweeps.settle()
    assert {(one.onboarding, one.due.kind) for one in checker.seen} == {(onboarding, DueKind.CHECK)}


async def test_a_check_that_fails_is_tried_again_after_a_minute_and_not_before(
    house, sweeps, checker, start, at, clock
):
    at(MONDAY)
    await dns_asked_for(house, start)
    checker.fails = RuntimeError("the engine fell over")
    await sweeps.sweep()
    await sweeps.settle()
    count = len(checker.seen)
    await sweeps.sweep()
    await sweeps.settle()
    assert len(checker.seen) == count > 0
    clock.pass_(seconds=RETRY_AFTER.total_seconds())
    checker.fails = None
    await sweeps.sweep()
    await sweeps.settle()
    assert len(checker.seen) > count


async def test_a_check_whose_result_nobody_wants_any_more_is_let_go(house, sweeps, checker, start, at, clock):
    at(MONDAY)
    await dns_asked_for(house, start)
    checker.fails = Refused(RefusalCode.UNKNOWN_ONBOARDING)
    await sweeps.sweep()
    await sweeps.settle()
    clock.pass_(seconds=RETRY_AFTER.total_seconds())
    await sweeps.sweep()
    await sweeps.settle()
    assert len(checker.seen) == len({one.due.key for one in checker.seen})


async def test_one_sweep_runs_at_a_time(house, sweeps, start, at):
    at(MONDAY)
    await start(house)
    at(MONDAY + timedelta(days=1, hours=1))
    done = await asyncio.gather(*(sweeps.sweep() for _ in range(5)))
    assert sorted(done)[:4] == [0, 0, 0, 0]
    assert len(await reminders(house)) == 1


async def test_a_stopped_desk_is_said_in_the_log_and_nothing_falls_over(house, sweeps):
    await house.desk.committer.stop()
    assert await sweeps.sweep() == 0


async def test_the_alarm_rings_and_stops():
    rang = asyncio.Event()

    async def ring() -> None:
        rang.set()

    alarm = Alarm(ring, ring)
    alarm.start()
    assert alarm.running
    async with asyncio.timeout(10):
        await rang.wait()
    await alarm.stop()


def test_a_digest_names_its_parts_by_onboarding_and_subject():
    say = outbox.digest("U1", [("O1", Say("reminders/owner", Lane.THREAD, subject="0"))])
    assert dict(say.data) == {"1": "O1|0"}
