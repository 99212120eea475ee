"""One look at a company's TXT record serves both its tracks."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.looks import DnsLooks
from engine.checks import DNS, Checks, DnsJob, Seen
from engine.desk import Desk
from engine.dns import Options, Watch, next_look
from engine.onboarding import now
from engine.onboarding.commands import AskCheck, SetClaim
from engine.onboarding.values import ABSENT
from engine.process.model import Environment
from engine.store import kept, reads
from engine.store.reads import Case

VALUE = "_globalsign-domain-verification=8gqZ0dL7sT2bYv5nKq1mXw3cRf6hJp9aUe4HYT"


class Looking(Checks):
    """Counts the looks and gives the verdict that the test wants."""

    def __init__(self) -> None:
        super().__init__(Options())
        self.jobs: list[DnsJob] = []
        self.verdict = "not_yet"

    async def dns(self, job: DnsJob, now: datetime) -> Seen:
        self.jobs.append(job)
        report = {"schema": "dipper.dns/1", "verdict": self.verdict}
        watch = Watch(since=job.awaited_since or now, last_look=now, verdict="wrong")
        again = next_look(watch, job.watch) if self.verdict == "wrong" else None
        return Seen(DNS, self.verdict, report, look_again_at=again, cause=ABSENT)


@pytest.fixture
def checks() -> Looking:
    return Looking()


@pytest.fixture
def looks(house: Any, checks: Looking, clock: Any) -> DnsLooks:
    house.desk._decider._now = clock
    return DnsLooks(house.desk, checks, clock)


async def in_step_five(
    house: Any, start: Callable[..., Awaitable[Any]], environment: Environment, value: str = VALUE
) -> str:
    told = await start(house, now_at=5, environment=environment, number="01234567")
    await house.desk.tell(SetClaim(told.state.id, "U0LENA", "northwind.example", value))
    return str(told.state.id)


async def case_of(desk: Desk, onboarding: str) -> Case:
    case = await desk.read(reads.case, onboarding)
    assert case is not None
    return case


async def due(desk: Desk, onboarding: str) -> datetime:
    case = await case_of(desk, onboarding)
    at = now.next_look(case.state, case.process)
    assert at is not None
    return at


async def test_two_tracks_with_the_same_value_are_both_told_of_one_look(house, start, looks, checks):
    uit, production = [await in_step_five(house, start, environment) for environment in Environment]
    for onboarding in (uit, production):
        await looks.look(await case_of(house.desk, onboarding))
    assert len(checks.jobs) == 1
    for onboarding in (uit, production):
        seen = (await case_of(house.desk, onboarding)).state.task("5.4").seen
        assert seen is not None
        assert seen.verdict == "not_yet"
        assert await house.desk.read(kept.find, seen.report) is not None


async def test_a_daily_watch_of_two_tracks_becomes_one_look_a_day(house, start, looks, checks, clock):
    checks.verdict = "ready"
    uit = await in_step_five(house, start, Environment.UIT)
    await looks.look(await case_of(house.desk, uit))
    clock.pass_(hours=7)
    production = await in_step_five(house, start, Environment.PRODUCTION)
    await looks.look(await case_of(house.desk, production))
    checks.jobs.clear()
    for _ in range(10 * 24):
        clock.pass_(hours=1)
        for onboarding in (uit, production):
            if await due(house.desk, onboarding) <= clock():
                await looks.look(await case_of(house.desk, onboarding))
    assert len(checks.jobs) <= 11
    for onboarding in (uit, production):
        seen = (await case_of(house.desk, onboarding)).state.task("5.4").seen
        assert seen is not None
        assert clock() - seen.at <= timedelta(hours=25)


async def test_another_value_of_the_same_domain_is_looked_at_alone(house, start, looks, checks):
    uit = await in_step_five(house, start, Environment.UIT)
    production = await in_step_five(house, start, Environment.PRODUCTION, VALUE.replace("8", "9"))
    for onboarding in (uit, production):
        await looks.look(await case_of(house.desk, onboarding))
    assert len(checks.jobs) == 2


async def test_another_company_with_the_same_record_hears_nothing(house, start, looks, checks):
    await in_step_five(house, start, Environment.UIT)
    other = await start(house, "Eastwind Power Ltd", now_at=5, number="09876543")
    await house.desk.tell(SetClaim(other.state.id, "U0LENA", "northwind.example", VALUE))
    await looks.look(await case_of(house.desk, other.state.id))
    [first] = [row for row in await house.desk.read(reads.board, "T0NORTHWIND") if row.state.id != other.state.id]
    assert first.state.task("5.4").seen is None


async def test_a_track_that_was_looked_at_just_now_is_told_again_only_of_news(house, start, looks, checks, clock):
    uit, production = [await in_step_five(house, start, environment) for environment in Environment]
    checks.verdict = "ready"
    await looks.look(await case_of(house.desk, uit))
    before = (await case_of(house.desk, production)).state.seq
    clock.pass_(minutes=1)
    await house.desk.tell(AskCheck(uit, "U0LENA", "5.4"))
    await looks.look(await case_of(house.desk, uit))
    assert (await case_of(house.desk, production)).state.seq == before
    checks.verdict = "wrong"
    clock.pass_(minutes=1)
    await house.desk.tell(AskCheck(uit, "U0LENA", "5.4"))
    await looks.look(await case_of(house.desk, uit))
    seen = (await case_of(house.desk, production)).state.task("5.4").seen
    assert seen is not None
    assert seen.verdict == "wrong"


async def test_looks_slow_down_while_nothing_moves_and_are_quick_again_once_somebody_asks(
    house, start, looks, checks, clock
):
    checks.verdict = "wrong"
    onboarding = await in_step_five(house, start, Environment.UIT)

    async def gap() -> timedelta:
        await looks.look(await case_of(house.desk, onboarding))
        return await due(house.desk, onboarding) - clock()

    gaps = [await gap()]
    for hours in (1, 3, 48, 40 * 24):
        clock.pass_(hours=hours)
        gaps.append(await gap())
    assert gaps == [timedelta(minutes=minutes) for minutes in (2, 10, 60, 360, 1440)]

    await house.desk.tell(AskCheck(onboarding, "U0LENA", "5.4"))
    assert await gap() == timedelta(minutes=2)
    clock.pass_(minutes=2)
    assert await gap() == timedelta(minutes=2)
