"""Slack takes an answer for 3 seconds: what could not begin within 2.5 s of a request's arrival is taken back (decision 1).

The time that a handler spent before its command counts too, such as a look at who somebody is. What was written is
remembered for as long as the request lasts: if the answer then fails, the person must not be told to press again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar

from slack_bolt.app.async_app import AsyncApp

from engine.desk import Told
from engine.onboarding.commands import Command
from engine.onboarding.outcome import Refused
from engine.store.committer import PATIENCE_SECONDS
from engine.store.errors import Withdrawn
from handlers.ports import Office

_ends: ContextVar[float | None] = ContextVar("ends", default=None)
_recorded: ContextVar[bool] = ContextVar("recorded", default=False)


def register(app: AsyncApp, office: Office) -> None:
    @app.middleware
    async def arrived(next: Callable[[], Awaitable[None]]) -> None:  # Bolt goes by the argument's name
        begin()
        await next()


def begin() -> None:
    """A request has arrived just now."""
    _ends.set(asyncio.get_running_loop().time() + PATIENCE_SECONDS)
    _recorded.set(False)


def seconds_left() -> float:
    ends = _ends.get()
    return PATIENCE_SECONDS if ends is None else ends - asyncio.get_running_loop().time()


def was_recorded() -> bool:
    """Whether something of this request is written already."""
    return _recorded.get()


async def tell(office: Office, command: Command, once: str) -> Told:
    """`Desk.tell` for whoever waits in Slack. Raises Withdrawn also where no time is left to begin."""
    told = await office.desk.tell(command, once=once, patience_seconds=_time())
    _recorded.set(True)
    return told


async def tell_all(office: Office, commands: Sequence[Command], once: str) -> list[Told | Refused]:
    """`Desk.tell_all`, likewise."""
    return await office.desk.tell_all(commands, once=once, patience_seconds=_time())


async def switch_reminders(office: Office, team: str, person: str, *, off: bool, once: str) -> None:
    """`Desk.switch_reminders`, likewise."""
    await office.desk.switch_reminders(team, person, off=off, once=once, patience_seconds=_time())
    _recorded.set(True)


async def note_import(office: Office, asked: str, person: str, *, once: str) -> None:
    """`Desk.note_import`, likewise."""
    await office.desk.note_import(asked, person, once=once, patience_seconds=_time())


def _time() -> float:
    left = seconds_left()
    if left <= 0:
        raise Withdrawn
    return left
