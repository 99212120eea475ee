"""What can go wrong between a command and the disk, grouped by what the caller can do about it."""

import asyncio
from collections.abc import Awaitable
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """Why the database does not take anything."""

    BUSY = "busy"
    FULL = "full"
    READ_ONLY = "read_only"
    AWAY = "away"
    DAMAGED = "damaged"
    CROWDED = "crowded"
    STOPPING = "stopping"


_WORDS = {
    Trouble.BUSY: "The database is busy: another program has held it for too long. Find out which one; then try again.",
    Trouble.FULL: "The database's disk is full. Free some space or raise its limit; then try again.",
    Trouble.READ_ONLY: "The database cannot be written. Give the user that runs Dipper the right to write its file and "
    "folder, or point it at the primary server.",
    Trouble.AWAY: "The database does not answer. Check that its server runs and that its file or address is right.",
    Trouble.DAMAGED: "The database file is damaged or is not a database. Stop Dipper and restore the last good copy.",
    Trouble.CROWDED: "Too many commands wait to be written. Try again in a moment.",
    Trouble.STOPPING: "Dipper is stopping and takes no more commands. Try again when it is back.",
}


class Unavailable(Exception):
    """Nothing was recorded, because the database is busy, full, away or not to be written. `detail` is for the log."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{_WORDS[trouble]} ({detail})" if detail else _WORDS[trouble])
        self.trouble = trouble
        self.detail = detail


class Withdrawn(Exception):
    """The command waited too long and was taken back before it began: nothing was recorded."""


class UnderWay(Exception):
    """The command began but had no outcome in time. `outcome` can be awaited: what `tell` would have come to."""

    def __init__(self, outcome: "asyncio.Future[Any]") -> None:
        super().__init__("the command is being written and took longer than its caller may wait")
        self._outcome = outcome
        outcome.add_done_callback(seen)

    @property
    def outcome(self) -> Awaitable[Any]:
        return asyncio.shield(self._outcome)


class WrongDatabase(Exception):
    """The database's tables do not fit this version of Dipper; the message says which is newer and what to do."""


class BadAddress(ValueError):
    """The database's address cannot be used; the message names what is wrong without its password."""


def seen(outcome: "asyncio.Future[Any]") -> None:
    """An outcome that nobody awaits is no unhandled error: its caller left, or was told that it is under way."""
    if not outcome.cancelled():
        outcome.exception()
