"""Long-lived work: what ends by an error begins again after a pause that grows, and that it is not alive is said until it is.

Every loop of the bot is kept here, and every task that it starts runs in `bot.errands`, so that none can end unseen.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

_log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
SETTLED_SECONDS = 60.0
"""Work that ran so long is well again: its next failure is the first of a new row."""

Work = Callable[[], Awaitable[object]]


class Pulse:
    """Beaten by work that goes round; its age tells whether it still does."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last = monotonic()

    def beat(self) -> None:
        self._last = self._monotonic()

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return self._monotonic() - self._last


@dataclass(slots=True)
class _Kept:
    task: "asyncio.Task[None]"
    pulse: Pulse | None
    most_silent: float
    failures: int = 0
    trouble: str | None = None


class Supervisor:
    """Keeps work alive. `pause` sleeps, `jitter` spreads those who begin again together (0 to 1); both are handed in by tests."""

    def __init__(
        self,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause = pause
        self._jitter = jitter
        self._monotonic = monotonic
        self._kept: dict[str, _Kept] = {}

    def keep(self, name: str, work: Work, *, pulse: Pulse | None = None, most_silent: float = 120.0) -> None:
        """Run `work` until `stop`; where it ends, by an error or not, it begins again.

        With a `pulse`, work that has not beaten it for `most_silent` seconds counts as not alive.
        """
        task = asyncio.get_running_loop().create_task(self._again_and_again(name, work), name=name)
        self._kept[name] = _Kept(task, pulse, most_silent)

    async def stop(self) -> None:
        for kept in self._kept.values():
            kept.task.cancel()
        await asyncio.gather(*(kept.task for kept in self._kept.values()), return_exceptions=True)
        self._kept.clear()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._kept)

    def health(self) -> Mapping[str, str | None]:
        """Each work by its name with the reason why it is not alive, or None."""
        return {name: _not_alive(kept) for name, kept in self._kept.items()}

    async def _again_and_again(self, name: str, work: Work) -> None:
        while True:
            began = self._monotonic()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 -- whatever it was, the work has to go on
                self._failed(name, f"{type(error).__name__}: {error}", began, error)
            else:
                self._failed(name, "it ended by itself", began, None)
            kept = self._kept[name]
            longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (kept.failures - 1))
            await self._pause(longest * (0.5 + self._jitter() / 2))
            kept.trouble = None
            if kept.pulse is not None:
                kept.pulse.beat()

    def _failed(self, name: str, why: str, began: float, error: Exception | None) -> None:
        kept = self._kept[name]
        kept.failures = 1 if self._monotonic() - began >= SETTLED_SECONDS else kept.failures + 1
        kept.trouble = f"{why}; it begins again by itself (failure {kept.failures} in a row)"
        _log.error("work that never ends has ended; it begins again", work=name, failures=kept.failures, exc_info=error)


def _not_alive(kept: _Kept) -> str | None:
    if kept.trouble is not None:
        return kept.trouble
    if kept.task.done():
        return "it has ended"
    if kept.pulse is not None and kept.pulse.age > kept.most_silent:
        return f"it has not gone round for {kept.pulse.age:.0f} s"
    return None
