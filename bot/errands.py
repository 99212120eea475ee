"""What is done after Slack was answered: in the background, and never silently."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger(__name__)


class Errands:
    """Runs errands one beside the other. A failure is logged with what it was for; `stop` waits for those under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, what: str, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_watched(what, errand), name=what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def idle(self) -> None:
        """Until none is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self, patience_seconds: float = 5) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _watched(what: str, errand: Coroutine[Any, Any, None]) -> None:
    try:
        await errand
    except Exception as error:  # noqa: BLE001 -- an errand is nobody's promise, but its failure is somebody's clue
        _log.error("an errand failed", what=what, kind=type(error).__name__, exc_info=error)
