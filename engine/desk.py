"""The one door to the onboardings: load, decide, commit. Handlers and sweeps tell it commands; views ask it to read."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from msgspec import structs
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from engine.onboarding.announce import announce
from engine.onboarding.commands import CarryOut, Command, EditDetails, Restore, Start, SwitchReminders
from engine.onboarding.decide import CompanyFacts, Context, decide
from engine.onboarding.events import Event
from engine.onboarding.evolve import evolve
from engine.onboarding.now import asks
from engine.onboarding.outcome import Refused, Say
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.state import Onboarding
from engine.process.codec import process_hash
from engine.process.model import Environment, Process
from engine.reminders.plan import Due, plan
from engine.store import duework, outbox, people, reads
from engine.store.committer import PATIENCE_SECONDS, Committer
from engine.store.companies import find_company, keep_company, open_onboardings, uit_track
from engine.store.dialects import Database, trouble_of
from engine.store.errors import UnderWay
from engine.store.kept import Kept
from engine.store.lost import try_channel_again
from engine.store.names import Randomness, cleaned, name_key, new_id, short_id
from engine.store.processes import keep_process, stored_process
from engine.store.tables import onboardings
from engine.store.texts import Sealer
from engine.store.transaction import Loaded, Transaction, Wanted

BACKGROUND_SECONDS = 30.0
"""How long delivery, sweeps and the directory may wait: no click depends on them."""

T = TypeVar("T")
P = ParamSpec("P")
_REMINDERS = frozenset({"reminders/owner", "reminders/dns-contact-outside"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a command came to. `repeated`: its delivery had its effect before, so nothing happened now.

    `due` is the onboarding's due work from now on; empty where nothing changed.
    """

    state: Onboarding
    events: tuple[Event, ...]
    repeated: bool = False
    due: tuple[Due, ...] = ()


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
        self._process = process
        self._on_told = told
        self._late: set[asyncio.Future[Told]] = set()
        self._hashed: tuple[Process, str] | None = None
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
                lambda transaction: self._tell(transaction, clean, once, kept),
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
            lambda transaction: self._tell_together(transaction, person, commands), patience_seconds=BACKGROUND_SECONDS
        ):
            self._heard(told)

    async def tell_all(
        self, commands: Sequence[Command], *, once: str, patience_seconds: float = PATIENCE_SECONDS
    ) -> list[Told | Refused]:
        """Have them decided in this order, in one transaction; what is refused leaves the others their effect.

        A second call with the same key finds each told already. Raises as `tell` does, but Refused.
        """
        outcomes = await self.committer.submit(
            lambda transaction: self._tell_all(transaction, commands, once), patience_seconds=patience_seconds
        )
        for one in outcomes:
            if isinstance(one, Told):
                self._heard(one)
        return outcomes

    async def would_start(self, starts: Sequence[Start]) -> list[Refused | None]:
        """For each whether it would be refused, and why, if all were started now in this order. Nothing is written."""
        outcomes = await self.committer.submit(
            lambda transaction: self._tried(transaction, starts), patience_seconds=BACKGROUND_SECONDS
        )
        return [one if isinstance(one, Refused) else None for one in outcomes]

    async def start_all(self, starts: Sequence[Start], claimed: duework.Claimed) -> list[Told | Refused]:
        """Start those that are not refused, all in one transaction, with ids of their own; the due work is then done with."""
        outcomes = await self.committer.submit(
            lambda transaction: self._start_all(transaction, starts, claimed), patience_seconds=BACKGROUND_SECONDS
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
            lambda transaction: self._switch_reminders(transaction, team, person, off, once),
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

    # What follows runs in the committer's thread.

    def _tell(
        self, transaction: Transaction, command: Command, once: str | None, keep: Sequence[Kept]
    ) -> Told | Refused:
        if once is not None and (onboarding := transaction.spent_on(once)) is not None:
            spent = transaction.load(onboarding)
            return Refused(RefusalCode.UNKNOWN_ONBOARDING) if spent is None else Told(spent.state, (), repeated=True)
        now = self._now()
        decided = self._decided(transaction, command, now)
        if isinstance(decided, Refused):
            return decided
        told, says = decided
        if once is not None:
            transaction.spend(once, told.state.id, now)
        transaction.say(told.state, says, now)
        transaction.keep(told.state.id, keep, now)
        return told

    def _tell_all(self, transaction: Transaction, commands: Sequence[Command], once: str) -> list[Told | Refused]:
        return [
            self._tell(transaction, cleaned(command), f"{once}:{number}", ()) for number, command in enumerate(commands)
        ]

    def _tried(self, transaction: Transaction, starts: Sequence[Start]) -> list[Told | Refused]:
        transaction.flush()
        attempt = transaction.connection.begin_nested()
        try:
            return self._start_each(Transaction(transaction.connection), starts)
        finally:
            attempt.rollback()

    def _start_all(
        self, transaction: Transaction, starts: Sequence[Start], claimed: duework.Claimed
    ) -> list[Told | Refused]:
        outcomes = self._start_each(transaction, starts)
        transaction.flush()
        duework.done_with(transaction.connection, claimed)
        return outcomes

    def _start_each(self, transaction: Transaction, starts: Sequence[Start]) -> list[Told | Refused]:
        now = self._now()
        outcomes: list[Told | Refused] = []
        for start in starts:
            named = structs.replace(
                cleaned(start),
                onboarding=new_id("O", self._randomness),
                company=new_id("C", self._randomness),
                short_id=short_id(start.name, self._randomness),
            )
            decided = self._decided(transaction, named, now)
            if isinstance(decided, Refused):
                outcomes.append(decided)
                continue
            told, says = decided
            transaction.say(told.state, says, now)
            outcomes.append(told)
        return outcomes

    def _switch_reminders(self, transaction: Transaction, team: str, person: str, off: bool, once: str) -> list[Told]:
        transaction.flush()
        connection, now = transaction.connection, self._now()
        chosen = people.preference(connection, team, person)
        if transaction.spent_on(once) is not None or chosen.reminders_off == off:
            return []
        transaction.spend(once, duework.NO_ONBOARDING, now)
        people.keep_preference(connection, dataclasses.replace(chosen, reminders_off=off))
        all_told: list[Told] = []
        for row in reads.of_person(connection, team, person):
            decided = self._decided(transaction, SwitchReminders(row.state.id, person, off), now)
            if not isinstance(decided, Refused):  # a paused one reminds nobody and plans anew when it goes on
                told, says = decided
                transaction.say(told.state, says, now)
                all_told.append(told)
        return all_told

    def _tell_together(self, transaction: Transaction, person: str, commands: Sequence[CarryOut]) -> list[Told]:
        now = self._now()
        all_told: list[Told] = []
        asks: list[tuple[Onboarding, Say]] = []
        for command in commands:
            decided = self._decided(transaction, command, now)
            if isinstance(decided, Refused):
                continue  # no longer due, or the onboarding is closed: there is nobody to tell
            told, says = decided
            all_told.append(told)
            asks += [(told.state, say) for say in says if _asks(say, person)]
            transaction.say(told.state, [say for say in says if not _asks(say, person)], now)
        if len({state.id for state, _ in asks}) > 1:
            digest = outbox.digest(person, [(state.id, say) for state, say in asks])
            transaction.say(asks[0][0], [digest], now)
        else:
            for state, say in asks:
                transaction.say(state, [say], now)
        return all_told

    def _decided(
        self, transaction: Transaction, command: Command, now: datetime
    ) -> tuple[Told, tuple[Say, ...]] | Refused:
        """Decide, and put everything that follows but the messages into the transaction."""
        if isinstance(command, Start):
            command = self._placed(transaction, command)
        before = transaction.load(command.onboarding)
        sealer = Sealer(self._randomness)
        context = self._context(transaction, before, command, sealer, now)
        state = before.state if before else None
        try:
            events = decide(state, command, context)
        except Refused as refused:
            return refused
        after = state
        for event in events:
            after = evolve(after, event)
        if after is None:
            raise AssertionError(f"{type(command).__name__} on nothing was neither refused nor had an event")
        if events:
            transaction.append(before, after, events, self._filed(transaction, before, after, command, now))
            transaction.keep_texts(sealer.rows(after.id, command.by, events))
        if not events and not isinstance(command, CarryOut):
            return Told(after, events), ()
        asked = asks(after, context.process)
        dues = plan(after, context.process, transaction.facts(after), now, asked)
        transaction.plan(after.id, dues)
        return Told(after, events, due=dues), announce(state, events, after, context.process, asked)

    def _placed(self, transaction: Transaction, command: Start) -> Start:
        """The command with the company that it means and a short id that nobody has."""
        transaction.flush()
        connection = transaction.connection
        company = find_company(connection, command.team, command.name, command.number) or command.company
        said = command.short_id
        while _is_taken(connection, command.team, said):
            said = short_id(command.name, self._randomness)
        return structs.replace(command, company=company, short_id=said)

    def _context(
        self, transaction: Transaction, before: Loaded | None, command: Command, sealer: Sealer, now: datetime
    ) -> Context:
        connection = transaction.connection
        process, hash_ = self._current()
        if before is not None:
            hash_ = before.state.process
            process = stored_process(connection, hash_)
        company = CompanyFacts()
        if (id_ := _company_asked_of(command, before)) is not None:
            transaction.flush()
            company = CompanyFacts(open=open_onboardings(connection, id_), uit=uit_track(connection, id_))
        return Context(
            now=now, process=process, process_hash=hash_, seal=sealer.seal, company=company, read=transaction.text
        )

    def _current(self) -> tuple[Process, str]:
        process = self._process()
        if self._hashed is None or self._hashed[0] is not process:
            self._hashed = (process, process_hash(process))
        return self._hashed

    def _filed(
        self, transaction: Transaction, before: Loaded | None, after: Onboarding, command: Command, now: datetime
    ) -> str | None:
        """File the company under its name and number and keep the process; returns the name as it is compared."""
        connection = transaction.connection
        if isinstance(command, Start):
            keep_process(connection, after.process, self._current()[0], now)
            keep_company(connection, after.company, after.team, command.name, command.number)
            return name_key(command.name)
        if isinstance(command, EditDetails) and (command.name or command.number):
            keep_company(connection, after.company, after.team, command.name, command.number)
            if command.name:
                return name_key(command.name)
        return before.name_key if before else None


def _is_taken(connection: Connection, team: str, said: str) -> bool:
    query = select(onboardings.c.id).where(onboardings.c.team == team, onboardings.c.short_id == said)
    return connection.execute(query).first() is not None


def _company_asked_of(command: Command, before: Loaded | None) -> str | None:
    """Starting and restoring ask for open sisters, and all of Production for the UIT track; the rest is spared the question."""
    if isinstance(command, Start):
        return command.company
    if before is None:
        return None
    asks = isinstance(command, Restore) or before.state.environment is Environment.PRODUCTION
    return before.state.company if asks else None


def _asks(say: Say, person: str) -> bool:
    """Whether this is a reminder that a digest can stand for."""
    return say.template in _REMINDERS and person in (say.person, say.data.get("mention"))
