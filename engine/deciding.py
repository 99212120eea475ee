"""What the desk does within a transaction, in the committer's thread: load, decide, and put in what follows."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection, select

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
from engine.store.companies import find_company, keep_company, open_onboardings, uit_track
from engine.store.kept import Kept
from engine.store.names import Randomness, cleaned, name_key, new_id, short_id
from engine.store.processes import keep_process, stored_process
from engine.store.tables import onboardings
from engine.store.texts import Sealer
from engine.store.transaction import Loaded, Transaction

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


class Decider:
    """Every method is a job's work: it raises nothing that is an answer, and leaves the commit to the committer."""

    def __init__(self, now: Callable[[], datetime], randomness: Randomness, process: Callable[[], Process]) -> None:
        self._now = now
        self._randomness = randomness
        self._process = process
        self._hashed: tuple[Process, str] | None = None

    def tell(
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

    def tell_all(self, transaction: Transaction, commands: Sequence[Command], once: str) -> list[Told | Refused]:
        return [
            self.tell(transaction, cleaned(command), f"{once}:{number}", ()) for number, command in enumerate(commands)
        ]

    def tried(self, transaction: Transaction, starts: Sequence[Start]) -> list[Told | Refused]:
        transaction.flush()
        attempt = transaction.connection.begin_nested()
        try:
            return self._start_each(Transaction(transaction.connection), starts)
        finally:
            attempt.rollback()

    def start_all(
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

    def switch_reminders(self, transaction: Transaction, team: str, person: str, off: bool, once: str) -> list[Told]:
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

    def tell_together(self, transaction: Transaction, person: str, commands: Sequence[CarryOut]) -> list[Told]:
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
