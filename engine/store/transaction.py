"""One transaction of the committer: what its jobs have written so far, and the rows still to be written together.

Jobs that tell onboardings something say what they will look at and buffer their rows here, so that a batch needs a handful
of statements. A job that writes by itself calls `flush` first, so that order is kept.
"""

from collections.abc import Collection, Iterable, Sequence
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
from engine.reminders.calendar import PersonFacts
from engine.reminders.plan import Due
from engine.store import duework, outbox, people
from engine.store.columns import columns_of, people_of
from engine.store.dialects import insert_new, insert_or_replace, write
from engine.store.kept import Kept, kept_rows
from engine.store.tables import inbox, journal, members, onboardings, texts
from engine.store.texts import body_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """An onboarding as it is within the transaction. `head` is the last link of its chain, `name_key` its company's."""

    state: Onboarding
    head: str
    name_key: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a job will look at: a delivery's repeat key, an onboarding."""

    key: str | None = None
    onboarding: str | None = None


NOTHING = Wanted()


class Transaction:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._loaded: dict[str, Loaded | None] = {}
        self._spent: dict[str, str | None] = {}
        self._known: dict[str, dict[str, people.Known]] = {}
        self._empty()

    def _empty(self) -> None:
        self._new_keys: list[dict[str, Any]] = []
        self._journal: list[dict[str, Any]] = []
        self._texts: list[dict[str, Any]] = []
        self._changed: set[str] = set()
        self._members: dict[str, dict[str, bool]] = {}
        self._due: dict[str, Sequence[Due]] = {}
        self._says: list[outbox.NewMessage] = []
        self._kept: list[tuple[str, datetime, Kept]] = []
        self._moved: list[tuple[str, str, datetime]] = []

    def read_ahead(self, wanted: Iterable[Wanted]) -> None:
        """Read what all the jobs of a batch want, in one question of each kind."""
        wants = tuple(wanted)
        self._look_up({want.key for want in wants if want.key is not None})
        self._fetch({want.onboarding for want in wants if want.onboarding is not None})

    def _look_up(self, keys: Collection[str]) -> None:
        if keys:
            self._spent |= dict.fromkeys(keys)
            self._spent |= {row.key: row.onboarding for row in self.connection.execute(_KEYS, {"keys": sorted(keys)})}

    def _fetch(self, ids: Collection[str]) -> None:
        if ids:
            self._loaded |= dict.fromkeys(ids)
            for row in self.connection.execute(_SNAPSHOTS, {"ids": sorted(ids)}):
                self._loaded[row.id] = Loaded(restore(row.snapshot), row.head, row.name_key)

    def spent_on(self, key: str) -> str | None:
        """The onboarding for which the delivery with this repeat key had its effect already."""
        if key not in self._spent:
            self._look_up((key,))
        return self._spent[key]

    def spend(self, key: str, onboarding: str, at: datetime) -> None:
        self._spent[key] = onboarding
        self._new_keys.append({"key": key, "onboarding": onboarding, "at": at})

    def load(self, onboarding: str) -> Loaded | None:
        if onboarding not in self._loaded:
            self._fetch((onboarding,))
        return self._loaded[onboarding]

    def facts(self, state: Onboarding) -> dict[str, PersonFacts]:
        """What the calendar must know of the onboarding's people; read for all onboardings of the batch together."""
        ids = people_of(state)
        known = self._known.setdefault(state.team, {})
        if not known.keys() >= ids.keys():
            states = (one.state for one in self._loaded.values() if one is not None)
            known |= people.known(
                self.connection,
                state.team,
                set(ids).union(*(people_of(one) for one in states if one.team == state.team)),
            )
        return people.facts(state, ids, known)

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
        members_now = people_of(after)
        if before is None or people_of(before.state) != members_now:
            self._members[after.id] = members_now
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
        """Write what was buffered; the buffers are then empty.

        What was read of people is read again after it: whoever flushes may write about them.
        """
        run = self.connection.execute
        self._known = {}
        if self._new_keys:
            write(self.connection, _NEW_KEY, self._new_keys)
        if self._journal:
            write(self.connection, _NEW_EVENT, self._journal)
        if self._texts:
            write(self.connection, _NEW_TEXT, self._texts)
        if self._changed:
            changed = (self._loaded[id_] for id_ in self._changed)
            rows = [columns_of(one.state, one.head, one.name_key) for one in changed if one is not None]
            upsert = insert_or_replace(self.connection, onboardings, "team", "short_id", "started_at")
            write(self.connection, upsert, rows)
        if self._members:
            run(_NO_MEMBERS, [{"of": one} for one in self._members])
            run(
                members.insert(),
                [
                    {"onboarding": onboarding, "person": person, "leads": leads}
                    for onboarding, involved in self._members.items()
                    for person, leads in involved.items()
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


_KEYS = select(inbox.c.key, inbox.c.onboarding).where(inbox.c.key.in_(bindparam("keys", expanding=True)))
_SNAPSHOTS = select(onboardings.c.id, onboardings.c.snapshot, onboardings.c.head, onboardings.c.name_key).where(
    onboardings.c.id.in_(bindparam("ids", expanding=True))
)
_NEW_KEY, _NEW_EVENT, _NEW_TEXT = inbox.insert(), journal.insert(), texts.insert()
_NO_MEMBERS = delete(members).where(members.c.onboarding == bindparam("of"))
