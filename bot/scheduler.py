"""Time: APScheduler wakes the sweeps; what is due stands in our own table, so a restart loses nothing (decision 36)."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock, system_clock
from bot.errands import Errands
from bot.supervision import Pulse
from engine.desk import Desk
from engine.onboarding.commands import CarryOut
from engine.onboarding.outcome import Refused
from engine.onboarding.values import BOT
from engine.reminders.plan import DueKind
from engine.store import duework
from engine.store.duework import Claimed
from engine.store.errors import Unavailable, Withdrawn

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 1
LEASE = timedelta(minutes=2)
PATIENCE_SECONDS = 30.0  # nobody waits for an ack here
LATE_AFTER = timedelta(minutes=30)
RETRY_AFTER = timedelta(minutes=1)
_AT_ONCE = 200
_CHECKS_AT_ONCE = 8
_PERSONAL = frozenset({DueKind.REMIND})


class Checker(Protocol):
    """Does one check that is due and tells the desk what it saw."""

    def carry_out(self, claimed: Claimed) -> Awaitable[None]: ...


class Sweeps:
    """Claims what is due, has it decided again, and goes on. `sweep` may be called at any time; one runs at a time."""

    def __init__(
        self,
        desk: Desk,
        checker: Checker,
        clock: Clock,
        *,
        real_clock: Clock = system_clock,
        said: Callable[[], None] = lambda: None,
    ) -> None:
        self._desk = desk
        self._checker = checker
        self._clock = clock
        self._real_clock = real_clock
        self._said = said
        self._one = asyncio.Lock()
        self._checks = asyncio.Semaphore(_CHECKS_AT_ONCE)
        self._running = Errands()
        self.pulse = Pulse()

    async def sweep(self) -> int:
        """Does what is due now; returns how many items that were. Checks go on beside it."""
        done = await self._sweep()
        self.pulse.beat()
        return done

    async def _sweep(self) -> int:
        async with self._one:
            try:
                claimed = await self._desk.write(
                    duework.claim, self._clock(), self._real_clock(), limit=_AT_ONCE, lease=LEASE
                )
            except (Unavailable, Withdrawn) as error:
                _log.warning("due work cannot be claimed", reason=str(error))
                return 0
            for one in claimed:
                if one.due.kind in {DueKind.CHECK, DueKind.FILE}:
                    self._start_check(one)
            await self._remind([one for one in claimed if one.due.kind not in {DueKind.CHECK, DueKind.FILE}])
            if claimed:
                self._said()
            return len(claimed)

    async def settle(self) -> None:
        """Waits for the checks under way."""
        await self._running.idle()

    async def stop(self) -> None:
        """Breaks off the checks under way: their leases run out, and they are done again."""
        await self._running.stop(patience_seconds=0)

    async def _remind(self, claimed: Sequence[Claimed]) -> None:
        """Several onboardings that ask the same person at once become one direct message (decision 28)."""
        by_person: dict[str, list[Claimed]] = defaultdict(list)
        for one in claimed:
            if one.due.kind in _PERSONAL and one.due.person:
                by_person[one.due.person].append(one)
        together = {
            person: items for person, items in by_person.items() if len({item.onboarding for item in items}) > 1
        }
        bundled = {id(item) for items in together.values() for item in items}
        for one in claimed:
            if id(one) not in bundled:
                await self._carry_out(one)
        for person, items in together.items():
            await self._digest(person, items)

    async def _carry_out(self, one: Claimed) -> None:
        try:
            await self._desk.tell(self._command(one), patience_seconds=PATIENCE_SECONDS)
        except Refused as refused:
            _log.info("due work was refused", onboarding=one.onboarding, key=one.due.key, reason=refused.code)
        except (Unavailable, Withdrawn) as error:
            _log.warning("due work is put off", onboarding=one.onboarding, key=one.due.key, reason=str(error))
            await self._put_off(one)
        except Exception as error:  # noqa: BLE001 -- one item that fails must not stop the others
            _log.error("due work failed", onboarding=one.onboarding, key=one.due.key, exc_info=error)
            await self._put_off(one)

    async def _digest(self, person: str, items: Sequence[Claimed]) -> None:
        commands = [self._command(one) for one in items]
        try:
            await self._desk.tell_in_one_message(person, commands)
        except Exception as error:  # noqa: BLE001 -- one digest that fails must not stop the others
            _log.error("a digest is put off", person=person, exc_info=error)
            for one in items:
                await self._put_off(one)

    def _command(self, one: Claimed) -> CarryOut:
        return CarryOut(one.onboarding, BOT, one.due.key, late=self._clock() - one.due.at > LATE_AFTER)

    def _start_check(self, one: Claimed) -> None:
        self._running.run(f"check {one.onboarding} {one.due.key}", self._check(one))

    async def _check(self, one: Claimed) -> None:
        async with self._checks:
            try:
                await self._checker.carry_out(one)
            except Refused as refused:
                _log.info("a check's result was refused", onboarding=one.onboarding, reason=refused.code)
            except Exception as error:  # noqa: BLE001 -- a check that fails is tried again, and said in the log
                _log.error("a check failed", onboarding=one.onboarding, key=one.due.key, exc_info=error)
                await self._put_off(one)
        self._said()

    async def _put_off(self, one: Claimed) -> None:
        try:
            await self._desk.write(duework.release, [one], again_at=self._real_clock() + RETRY_AFTER)
        except (Unavailable, Withdrawn) as error:
            # Its lease runs out by itself; it is claimed again then.
            _log.warning("due work cannot be given back", key=one.due.key, reason=str(error))


class Alarm:
    """APScheduler as the alarm clock: it calls the sweeps and the daily housekeeping, and keeps no job of its own."""

    def __init__(self, sweep: Callable[[], Awaitable[object]], housekeep: Callable[[], Awaitable[object]]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._under_way: list[asyncio.Lock] = []
        self._trouble: dict[str, str | None] = {}
        self._jobs = {"sweep": self._held("sweep", sweep), "housekeeping": self._held("housekeeping", housekeep)}
        self._scheduler.add_job(self._jobs["sweep"], "interval", seconds=EVERY_SECONDS, id="sweep")
        self._scheduler.add_job(self._jobs["housekeeping"], "interval", hours=1, id="housekeeping")

    async def ring(self, name: str) -> None:
        """Do one of the jobs now."""
        await self._jobs[name]()

    def health(self) -> Mapping[str, str | None]:
        """Each job by its name with the reason why its last run failed, or None."""
        return dict(self._trouble) if self.running else dict.fromkeys(self._trouble, "the alarm clock does not run")

    def _held(self, name: str, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        lock = asyncio.Lock()
        self._under_way.append(lock)
        self._trouble[name] = None

        async def held() -> None:
            async with lock:
                try:
                    await job()
                except (Unavailable, Withdrawn) as error:
                    _log.warning("a job of the alarm clock is put off", job=name, reason=str(error))
                except Exception as error:  # noqa: BLE001 -- it rings again; until it goes well, health says so
                    _log.error("a job of the alarm clock failed", job=name, exc_info=error)
                    self._trouble[name] = f"{type(error).__name__}: {error}; it is tried again"
                else:
                    self._trouble[name] = None

        return held

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Rings no more, and lets what it rang for end."""
        self._scheduler.pause()
        for lock in self._under_way:
            async with lock:
                pass
        self._scheduler.shutdown(wait=False)

    @property
    def running(self) -> bool:
        return bool(self._scheduler.running)
