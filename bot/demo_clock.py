"""The demo's time: taken from the local workspace on this machine, whose page can move it forward. Never from anywhere else."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.clock import ShiftedClock, system_clock
from bot.settings import is_loopback

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 0.5
_NOTICEABLE = timedelta(seconds=1)


class NotLocal(ValueError):
    """The clock may come from this machine only; the message names the host that was given."""


def clock_url(base_url: str) -> str:
    """Where the workspace at this Slack base URL tells the time. Raises NotLocal unless it is on this machine."""
    parts = urlsplit(base_url)
    if not is_loopback(parts.hostname or ""):
        raise NotLocal(f"{parts.hostname} is not this machine; its clock is not taken")
    return f"{parts.scheme}://{parts.netloc}/control/clock"


async def follow(url: str, clock: ShiftedClock, moved: Callable[[], None]) -> None:
    """Until cancelled, keep `clock` with the workspace's; `moved` is called when it was moved."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while True:
            try:
                await _once(session, url, clock, moved)
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
                _log.debug("the workspace's clock cannot be read", reason=str(error))
            await asyncio.sleep(EVERY_SECONDS)


async def _once(session: aiohttp.ClientSession, url: str, clock: ShiftedClock, moved: Callable[[], None]) -> None:
    async with session.get(url) as answer:
        told = await answer.json()
    there = datetime.fromisoformat(str(told["now"]))
    offset = there - system_clock()
    if abs(offset - clock.offset) > _NOTICEABLE:
        clock.offset = offset
        moved()
