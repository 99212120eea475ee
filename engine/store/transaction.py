"""One transaction of the committer: what its jobs have written so far, and the rows still to be written together.

Jobs that tell onboardings something buffer their rows here, so that a batch needs a handful of statements. A job that
writes by itself calls `flush` first, so that order is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from engine.onboarding import chain
from engine.onboarding.codec import encode, restore
from engine.onboarding.events import Event
from engine.onboarding.outcome import Say
from engine.onboarding.state import Onboarding
from engine.onboarding.values import TextRef
from engine.reminders.plan import Due
from engine.store import duework, outbox
from engine.store.columns import columns_of, people_of
from engine.store.dialects import insert_new, insert_or_replace
from engine.store.kept import Kept, kept_rows
from engine.store.tables import inbox, journal, members, onboardings, texts
from engine.store.texts import body_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """An onboarding as it is within the transaction. `head` is the last link of its chain, `name_key` its company's."""

    state: Onboarding
    head: str
    name_key: str | None


class Transaction:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._loaded: dict[str, Loaded] = {}
        self._spent: dict[str, str] = {}
        self._empty()

    def _empty(self) -> None:
        self._new_keys: list[dict[str, Any]] = []
        self._journal: list[dict[str, Any]] = []
        self._texts: list[dict[str, Any]] = []
        self._changed: set[str] = set()
        self._people: dict[str, dict[str, bool]] = {}
        self._due: dict[str, Sequence[Due]] = {}
        self._says: list[outbox.NewMessage] = []
        self._kept: list[tuple[str, datetime, Kept]] = []
        self._moved: list[tuple[str, str, datetime]] = []

    def spent_on(self, key: str) -> str | None:
        """The onboarding for which the delivery with this repeat key had its effect already."""
        if (known := self._spent.get(key)) is not None:
            return known
        found = self.connection.execute(_KEY, {"key": key}).scalar()
        return None if found is None else str(found)

    def spend(self, key: str, onboarding: str, at: datetime) -> None:
        self._spent[key] = onboarding
        self._new_keys.append({"key": key, "onboarding": onboarding, "at": at})

    def load(self, onboarding: str) -> Loaded | None:
        if (loaded := self._loaded.get(onboarding)) is None:
            row = self.connection.execute(_SNAPSHOT, {"id": onboarding}).first()
            if row is None:
                return None
            loaded = self._loaded[onboarding] = Loaded(restore(row.snapshot), row.head, row.name_key)
        return loaded

    def append(self, before: Loaded | None, after: Onboarding, events: Iterable[Event], name_key: str | None) -> None:
        """Put the events behind the onboarding's chain and make `after` its state."""
        head = chain.genesis(after.id) if before is None else before.head
        number = 0 if before is None else before.state.seq
        for event in events:
            type_, version, data = encode(event)
            number += 1
            head = chain.link(head, number, type_, version, data)
            self._journal.append(
                {
                    "onboarding": after.id,
                    "number": number,
                    "type": type_,
                    "version": version,
                    "data": data.decode(),
                    "by": event.by,
                    "at": event.at,
                    "link": head,
                }
            )
        people = people_of(after)
        if before is None or people_of(before.state) != people:
            self._people[after.id] = people
        if before is not None and before.state.channel != after.channel:
            self._moved.append((after.id, before.state.channel, after.last_at or after.started_at))
        self._changed.add(after.id)
        self._loaded[after.id] = Loaded(after, head, name_key)

    def text(self, reference: TextRef) -> str | None:
        """The kept text again, those of this batch included; None if it was erased."""
        for row in self._texts:
            if row["id"] == reference.id:
                return str(row["body"])
        return body_of(self.connection, reference)

    def keep_texts(self, rows: Iterable[dict[str, Any]]) -> None:
        self._texts.extend(rows)

    def plan(self, onboarding: str, dues: Sequence[Due]) -> None:
        self._due[onboarding] = dues

    def say(self, state: Onboarding, says: Iterable[Say], at: datetime) -> None:
        self._says.extend(outbox.new_message(state, say, at) for say in says)

    def keep(self, onboarding: str, kept: Iterable[Kept], at: datetime) -> None:
        self._kept.extend((onboarding, at, one) for one in kept)

    def flush(self) -> None:
        """Write what was buffered; the buffers are then empty."""
        run = self.connection.execute
        if self._new_keys:
            run(inbox.insert(), self._new_keys)
        if self._journal:
            run(journal.insert(), self._journal)
        if self._texts:
            run(texts.insert(), self._texts)
        if self._changed:
            rows = [
                columns_of(one.state, one.head, one.name_key) for one in map(self._loaded.__getitem__, self._changed)
            ]
            run(insert_or_replace(self.connection, onboardings, keep=("team", "short_id", "started_at")), rows)
        if self._people:
            run(delete(members).where(members.c.onboarding == bindparam("of")), [{"of": one} for one in self._people])
            run(
                members.insert(),
                [
                    {"onboarding": onboarding, "person": person, "leads": leads}
                    for onboarding, people in self._people.items()
                    for person, leads in people.items()
                ],
            )
        if self._due:
            duework.replace(self.connection, self._due)
        for onboarding, channel, at in self._moved:
            outbox.leave_channel(self.connection, onboarding, channel, at)
        if self._says:
            outbox.add(self.connection, self._says)
        for table, rows in kept_rows(self._kept).items():
            run(insert_new(self.connection, table), rows)
        self._empty()


_KEY = select(inbox.c.onboarding).where(inbox.c.key == bindparam("key"))
_SNAPSHOT = select(onboardings.c.snapshot, onboardings.c.head, onboardings.c.name_key).where(
    onboardings.c.id == bindparam("id")
)
