"""No long-lived work ends unseen: it begins again, or the process ends; until then health says which part is not alive."""

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.house import Broken
from bot.running import run_house
from bot.supervision import SETTLED_SECONDS, Pulse, Supervisor
from engine.onboarding.values import BOT
from engine.store import duework, outbox
from engine.store.errors import Trouble, Unavailable, Withdrawn

ROOT = Path(__file__).parents[2]
CHANNEL = "C0ONBOARDING"


class Time:
    """A clock that a test moves, and pauses that take no time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def supervisor(time: Time) -> Supervisor:
    return Supervisor(pause=time.pause, jitter=lambda: 1.0, monotonic=time)


async def test_work_that_fails_begins_again_after_pauses_that_grow_and_says_so_meanwhile(supervisor, time):
    well, began, health = asyncio.Event(), 0, []

    async def work() -> None:
        nonlocal began
        began += 1
        health.append(supervisor.health()["work"])
        if began <= 8:
            raise LookupError("no such thing")
        well.set()
        await asyncio.Event().wait()

    supervisor.keep("work", work)
    await asyncio.wait_for(well.wait(), 10)
    assert time.pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert supervisor.health() == {"work": None}
    await supervisor.stop()
    assert supervisor.health() == {}


async def test_while_work_rests_after_a_failure_health_names_what_ended_it(time):
    resting = asyncio.Event()

    async def pause(_seconds: float) -> None:
        resting.set()
        await asyncio.Event().wait()

    async def work() -> None:
        raise LookupError("no such thing")

    supervisor = Supervisor(pause=pause, monotonic=time)
    supervisor.keep("work", work)
    await asyncio.wait_for(resting.wait(), 10)
    assert str(supervisor.health()["work"]).startswith(
        "LookupError: no such thing; it begins again by itself (failure 1"
    )
    await supervisor.stop()


async def test_work_that_ends_by_itself_begins_again_too(supervisor):
    twice, began = asyncio.Event(), 0

    async def work() -> None:
        nonlocal began
        began += 1
        if began == 2:
            twice.set()
            await asyncio.Event().wait()

    supervisor.keep("work", work)
    await asyncio.wait_for(twice.wait(), 10)
    await supervisor.stop()


async def test_after_a_long_time_without_failure_the_next_pause_is_short_again(supervisor, time):
    well, began = asyncio.Event(), 0

    async def work() -> None:
        nonlocal began
        began += 1
        if began == 4:
            time.now += SETTLED_SECONDS
        if began == 5:
            well.set()
            await asyncio.Event().wait()
        raise LookupError

    supervisor.keep("work", work)
    await asyncio.wait_for(well.wait(), 10)
    assert time.pauses == [0.5, 1, 2, 0.5]
    await supervisor.stop()


async def test_work_that_goes_round_no_more_is_not_alive(supervisor, time):
    pulse = Pulse(time)
    supervisor.keep("work", asyncio.Event().wait, pulse=pulse, most_silent=10)
    await asyncio.sleep(0)
    time.now = 10
    assert supervisor.health() == {"work": None}
    time.now = 10.5
    assert supervisor.health() == {"work": "it has not gone round for 10 s"}
    pulse.beat()
    assert supervisor.health() == {"work": None}
    await supervisor.stop()


ERRORS = [
    *(Unavailable(trouble) for trouble in Trouble),
    Withdrawn(),
    OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly")),
    InterfaceError("SELECT 1", {}, Exception("the connection is closed")),
    PoolTimeout("QueuePool limit reached"),
    KeyError("a fault of ours"),
]
ONCE = pytest.mark.parametrize("error", ERRORS, ids=lambda error: getattr(error, "trouble", type(error).__name__))


class Failing:
    """In place of one of the desk's ways to the database: raises for one function as often as told, then lets through."""

    def __init__(self, real: Any, function: Any, error: Exception, times: int = 1) -> None:
        self.real, self.function, self.error, self.left = real, function, error, times

    async def __call__(self, function: Any, *arguments: Any, **more: Any) -> Any:
        if function is self.function and self.left:
            self.left -= 1
            raise self.error
        return await self.real(function, *arguments, **more)


async def test_every_loop_of_a_running_bot_is_among_those_that_are_tried_here(workspace, settings_for):
    houses: list[Any] = []
    ready = asyncio.Event()

    def say(line: str) -> None:
        if "Ready" in line:
            ready.set()

    running = asyncio.create_task(_run(settings_for(workspace), say, houses))
    await asyncio.wait_for(ready.wait(), 60)
    [house] = houses
    assert set(house.supervisor.names) == {"delivery", "clock"}
    assert set(house.alarm.health()) == {"sweep", "housekeeping"}
    assert set(await house.health()) == {
        *("slack", "database", "transport", "writer", "sweeps"),
        *("delivery", "clock", "sweep", "housekeeping"),
    }
    assert not any((await house.health()).values())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _run(settings: Any, say: Any, houses: list[Any]) -> None:
    import bot.running as module

    real = module.House.build

    async def build(*arguments: Any, **more: Any) -> Any:
        houses.append(await real(*arguments, **more))
        return houses[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.House, "build", build)
        await run_house(settings, upgrade=True, say=say)


@ONCE
@pytest.mark.parametrize("function", [outbox.next_messages, outbox.next_retry], ids=lambda function: function.__name__)
async def test_delivery_goes_on_after_any_error_and_says_everything_once(
    house, workspace, start, monkeypatch, error, function
):
    way = "write" if function is outbox.next_messages else "read"
    monkeypatch.setattr(house.desk, way, Failing(getattr(house.desk, way), function, error, 2))
    monkeypatch.setattr("bot.delivery.asyncio.sleep", _no_pause)
    house.supervisor = Supervisor(pause=_no_pause)
    house.supervisor.keep("delivery", house.delivery.run)
    await start(house, "Northwind Energy Ltd")
    house.delivery.wake()
    card = await workspace.message("dip-onboarding", containing="Northwind Energy Ltd")
    await house.delivery.until_idle()
    messages = [each for each in await workspace.messages("dip-onboarding") if "Northwind" in each.text]
    assert [each.ts for each in messages] == [card.ts]
    await house.supervisor.stop()


_real_sleep = asyncio.sleep


async def _no_pause(_seconds: float) -> None:
    await _real_sleep(0)


@ONCE
@pytest.mark.parametrize("name", ["sweep", "housekeeping"])
async def test_the_alarm_clocks_jobs_go_on_after_any_error_and_health_knows(house, start, monkeypatch, error, name):
    await start(house)
    function = duework.claim if name == "sweep" else _forgetting()
    monkeypatch.setattr(house.desk, "write", Failing(house.desk.write, function, error))
    await house.alarm.ring(name)
    trouble = house.alarm._trouble[name]
    assert (trouble is None) == isinstance(error, Unavailable | Withdrawn)
    await house.alarm.ring(name)
    assert house.alarm._trouble[name] is None


def _forgetting() -> Any:
    from bot.house import forget_old_deliveries

    return forget_old_deliveries


async def test_where_the_writer_ends_health_says_so_and_the_process_ends(workspace, settings_for, monkeypatch):
    houses: list[Any] = []
    ready = asyncio.Event()
    running = asyncio.create_task(_run(settings_for(workspace), lambda _line: ready.set(), houses))
    await asyncio.wait_for(ready.wait(), 60)
    [house] = houses

    def broken() -> Any:
        raise MemoryError("no more")

    monkeypatch.setattr(house.desk.committer, "_gather", broken)
    with pytest.raises((Unavailable, Withdrawn, Broken)):
        for _ in range(3):  # the thread finds its way barred after the batch that it waits for now
            await house.desk.write(_nothing)
    with pytest.raises(Broken, match="MemoryError"):
        await asyncio.wait_for(running, 60)
    assert "MemoryError" in str(house._writer()["writer"])


def _nothing(_connection: Any) -> None:
    return None


async def test_work_of_the_bots_own_is_nobodys(house):
    assert house.supervisor.names == ()
    assert BOT


MAY_BEGIN = {
    "bot/supervision.py": "keeps loops alive",
    "bot/errands.py": "runs what has an end, and says what failed",
    "bot/running.py": "runs the program",
    "engine/desk.py": "awaits the outcome of a command that is under way",
    "engine/store/committer.py": "is the writer's thread, which health asks for",
    "engine/dns/gather": "awaits what it asks before it answers",
    "engine/pki/patience.py": "is a time-out's timer, joined before its end",
}
BEGINNING = {"create_task", "ensure_future", "Thread", "Timer", "add_job"}


def test_nothing_begins_work_beside_the_supervisor():
    found = set()
    for room in ("bot", "handlers", "engine"):
        for path in (ROOT / room).rglob("*.py"):
            where = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
                if name in BEGINNING and not any(where.startswith(allowed) for allowed in MAY_BEGIN):
                    found.add(f"{where}:{node.lineno}")
    assert {place for place in found if not place.startswith("bot/scheduler.py")} == set()
    assert len(found) == 2  # the alarm clock's two jobs
