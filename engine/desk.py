"""The one door to the onboardings: load, decide, commit. Handlers and sweeps tell it commands; views ask it to read."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.deciding import Decider, Told
from engine.onboarding.commands import CarryOut, Command, Start
from engine.onboarding.outcome import Refused
from engine.process.model import Process
from engine.store import duework
from engine.store.committer import PATIENCE_SECONDS, Committer
from engine.store.companies import find_company
from engine.store.dialects import Database, trouble_of
from engine.store.errors import UnderWay
from engine.store.kept import Kept
from engine.store.lost import try_channel_again
from engine.store.names import Randomness, cleaned, new_id, short_id
from engine.store.processes import read_anew_from
from engine.store.transaction import Transaction, Wanted

BACKGROUND_SECONDS = 30.0
"""How long delivery, sweeps and the directory may wait: no click depends on them."""

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class NewIds:
    """Ids for an onboarding that is about to start. If company or short id are taken, `tell` finds the right ones."""

    onboarding: str
    short_id: str
    company: str


class Desk:
    """`start` it before use and `stop` it at the end: what was accepted is then on disk.

    `now` is the bot's clock (the demo's may be moved), `process` the one with which new onboardings start. `told` hears, in the
    event loop, of every commit that had events.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        randomness: Randomness,
        process: Callable[[], Process],
        told: Callable[[Told], None] = lambda _: None,
        committer: Committer | None = None,
        readers: int = 2,
    ) -> None:
        self.database = database
        self.committer = committer or Committer(database)
        self._now = now
        self._randomness = randomness
        self._decider = Decider(now, randomness, process)
        read_anew_from(database, process)
        self._on_told = told
        self._late: set[asyncio.Future[Told]] = set()
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")

    def start(self) -> None:
        self.committer.start()

    async def stop(self) -> None:
        await self.committer.stop()
        await asyncio.to_thread(self._readers.shutdown)
        self.database.close()

    async def new_ids(self, team: str, name: str, number: str | None = None) -> NewIds:
        """Ids that nobody can guess, one to say aloud made from the name, and the company's, if it is known already."""
        company = await self.read(find_company, team, name, number)
        return NewIds(
            new_id("O", self._randomness),
            short_id(name, self._randomness),
            company or new_id("C", self._randomness),
        )

    async def tell(
        self,
        command: Command,
        *,
        once: str | None = None,
        keep: Sequence[Kept] = (),
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> Told:
        """Have the command decided; returns when all that follows from it is on disk.

        `once` is the delivery's repeat key: a second command with it has no effect. `keep` is written with the events.
        Raises Refused, Unavailable and Withdrawn (nothing recorded), UnderWay (begun, its outcome follows).
        """
        clean, kept = cleaned(command), tuple(dataclasses.replace(one, body=cleaned(one.body)) for one in keep)
        try:
            outcome = await self.committer.submit(
                lambda transaction: self._decider.tell(transaction, clean, once, kept),
                wants=Wanted(once, clean.onboarding),
                patience_seconds=patience_seconds,
            )
        except UnderWay as under_way:
            late = asyncio.ensure_future(self._later(under_way))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            raise UnderWay(late) from None
        return self._heard(outcome)

    async def _later(self, under_way: UnderWay) -> Told:
        return self._heard(await under_way.outcome)

    def _heard(self, outcome: Told | Refused) -> Told:
        if isinstance(outcome, Refused):
            raise outcome
        if outcome.events:
            self._on_told(outcome)
        return outcome

    async def tell_in_one_message(self, person: str, commands: Sequence[CarryOut]) -> None:
        """Carry out what is due for one person in several onboardings: what they ask of the person becomes one digest.

        What a command refused is left out; if one onboarding remains, its message goes its usual way.
        """
        for told in await self.committer.submit(
            lambda transaction: self._decider.tell_together(transaction, person, commands),
            patience_seconds=BACKGROUND_SECONDS,
        ):
            self._heard(told)

    async def tell_all(
        self, commands: Sequence[Command], *, once: str, patience_seconds: float = PATIENCE_SECONDS
    ) -> list[Told | Refused]:
        """Have them decided in this order, in one transaction; what is refused leaves the others their effect.

        A second call with the same key finds each told already. Raises as `tell` does, but Refused.
        """
        outcomes = await self.committer.submit(
            lambda transaction: self._decider.tell_all(transaction, commands, once), patience_seconds=patience_seconds
        )
        for one in outcomes:
            if isinstance(one, Told):
                self._heard(one)
        return outcomes

    async def would_start(self, starts: Sequence[Start]) -> list[Refused | None]:
        """For each whether it would be refused, and why, if all were started now in this order. Nothing is written."""
        outcomes = await self.committer.submit(
            lambda transaction: self._decider.tried(transaction, starts), patience_seconds=BACKGROUND_SECONDS
        )
        return [one if isinstance(one, Refused) else None for one in outcomes]

    async def start_all(self, starts: Sequence[Start], claimed: duework.Claimed) -> list[Told | Refused]:
        """Start those that are not refused, all in one transaction, with ids of their own; the due work is then done with."""
        outcomes = await self.committer.submit(
            lambda transaction: self._decider.start_all(transaction, starts, claimed),
            patience_seconds=BACKGROUND_SECONDS,
        )
        for one in outcomes:
            if isinstance(one, Told):
                self._heard(one)
        return outcomes

    async def note_import(self, asked: str, person: str, *, once: str, patience_seconds: float) -> None:
        """Somebody wants the companies of a sheet started: make that due. `asked` is kept for whoever does it."""

        def job(transaction: Transaction) -> None:
            if transaction.spent_on(once) is None:
                now = self._now()
                transaction.spend(once, duework.NO_ONBOARDING, now)
                transaction.flush()
                duework.note_import(transaction.connection, once, asked, person, now)

        await self.committer.submit(job, patience_seconds=patience_seconds)

    async def switch_reminders(self, team: str, person: str, *, off: bool, once: str, patience_seconds: float) -> None:
        """What somebody chose for themselves holds everywhere; each onboarding of theirs plans anew and its leads are told.

        Raises Unavailable, Withdrawn and UnderWay as `tell` does.
        """
        said = await self.committer.submit(
            lambda transaction: self._decider.switch_reminders(transaction, team, person, off, once),
            patience_seconds=patience_seconds,
        )
        for told in said:
            self._heard(told)

    async def note_file(self, team: str, channel: str, file: str, person: str, *, once: str) -> None:
        """A file was shared in a channel: make it due to ask Slack what and where it is."""

        def job(transaction: Transaction) -> None:
            if transaction.spent_on(once) is None:
                now = self._now()
                transaction.spend(once, duework.NO_ONBOARDING, now)
                transaction.flush()
                duework.note_file(transaction.connection, team, channel, file, person, now)

        await self.committer.submit(job)

    async def unpark(self, onboarding: str) -> None:
        """The onboarding's channel can be used again: send what is waiting for it."""
        await self.write(try_channel_again, onboarding)

    async def write(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(connection, ...)` in the committer's next transaction: for delivery, sweeps and the directory."""

        def job(transaction: Transaction) -> T:
            transaction.flush()
            return function(transaction.connection, *args, **kwargs)

        return await self.committer.submit(job, patience_seconds=BACKGROUND_SECONDS)

    async def within(self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `write`, for what adds to the record itself: `function(transaction, ...)`."""
        return await self.committer.submit(
            lambda transaction: function(transaction, *args, **kwargs), patience_seconds=BACKGROUND_SECONDS
        )

    async def read(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(connection, ...)` in a reader's thread. Raises Unavailable."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, lambda: self._read(function, *args, **kwargs)
        )

    def _read(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with self.database.reader.connect() as connection:
                return function(connection, *args, **kwargs)
        except DBAPIError as error:
            raise trouble_of(error) or error from error


__all__ = ["BACKGROUND_SECONDS", "Desk", "NewIds", "Told"]
