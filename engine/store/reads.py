"""What is asked of the database, in a reader's thread with a connection of its own: `await desk.read(function, ...)`.

Every function takes a connection first and returns frozen values.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, Select, or_, select

from engine.onboarding.codec import decode, restore
from engine.onboarding.events import Event
from engine.onboarding.state import Onboarding
from engine.process.model import Process
from engine.store import texts as texts_
from engine.store.names import name_key
from engine.store.outbox import CARD_SLOT, THREAD_SLOT
from engine.store.processes import stored_process
from engine.store.tables import journal, members, onboardings, outbox, slots, texts


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands in Slack."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Case:
    """An onboarding with all that a view needs. `texts`: TextRef.id -> body, erased ones absent. `slots`: see Say."""

    state: Onboarding
    process: Process
    texts: Mapping[str, str] = field(repr=False)
    slots: Mapping[str, Posted]

    @property
    def card(self) -> Posted | None:
        return self.slots.get(CARD_SLOT)

    @property
    def thread(self) -> Posted | None:
        """The message whose thread this is: the first card in the present channel."""
        return self.slots.get(THREAD_SLOT)


@dataclass(frozen=True, slots=True)
class Named:
    """An onboarding by its ids and its company's name (None once erased)."""

    id: str
    short_id: str
    name: str | None
    environment: str
    channel: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a word could mean: exact hits, or else what comes closest."""

    found: tuple[Named, ...]
    closest: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of a list. `state` answers what the columns do not."""

    state: Onboarding
    name: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as it was recorded, with its link in the chain."""

    number: int
    event: Event
    link: str


def answers(connection: Connection) -> None:
    """Asks the database the least that it can be asked; it raises where there is no answer."""
    connection.execute(select(1)).one()


def case(connection: Connection, onboarding: str) -> Case | None:
    snapshot = connection.execute(select(onboardings.c.snapshot).where(onboardings.c.id == onboarding)).scalar()
    if snapshot is None:
        return None
    state = restore(snapshot)
    return Case(
        state,
        stored_process(connection, state.process),
        texts_.bodies(connection, onboarding),
        slots_of(connection, onboarding),
    )


def sisters(connection: Connection, company: str, onboarding: str) -> tuple[Case, ...]:
    """The company's other onboardings that are not closed."""
    query = select(onboardings.c.id).where(
        onboardings.c.company == company, onboardings.c.id != onboarding, onboardings.c.life != "closed"
    )
    found = (case(connection, one) for one in connection.execute(query.order_by(onboardings.c.id)).scalars())
    return tuple(one for one in found if one is not None)


def of_company(connection: Connection, company: str) -> tuple[Onboarding, ...]:
    """All onboardings that the company ever had, the oldest first."""
    query = select(onboardings.c.snapshot).where(onboardings.c.company == company)
    found = connection.execute(query.order_by(onboardings.c.started_at, onboardings.c.id)).scalars()
    return tuple(restore(snapshot) for snapshot in found)


def slots_of(connection: Connection, onboarding: str) -> dict[str, Posted]:
    query = select(slots).where(slots.c.onboarding == onboarding)
    return {row.slot: Posted(row.channel, row.ts) for row in connection.execute(query)}


_NAMED = select(
    onboardings.c.id, onboardings.c.short_id, texts.c.body, onboardings.c.environment, onboardings.c.channel
).outerjoin(texts, texts.c.id == onboardings.c.name_text)


def find_onboarding(connection: Connection, team: str, text: str) -> Lookup:
    """By short id, company name or its beginning; open ones first. Whether the asker may see it is not asked here."""
    ours = _NAMED.where(onboardings.c.team == team).order_by(
        onboardings.c.is_open.desc(), onboardings.c.started_at.desc()
    )
    key = name_key(text)
    wanted = text.strip().upper().replace(" ", "-")
    for condition in (
        onboardings.c.short_id == wanted,
        onboardings.c.name_key == key,
        onboardings.c.name_key.startswith(key, autoescape=True) if key else None,
    ):
        if condition is not None and (found := _named(connection, ours.where(condition).limit(20))):
            return Lookup(found)
    known = connection.execute(
        select(onboardings.c.short_id, onboardings.c.name_key).where(onboardings.c.team == team).limit(5000)
    ).all()
    words = {row.short_id: row.short_id for row in known}
    for row in known:
        if row.name_key:  # people type the beginning of a name, so its beginning is compared too
            words |= {row.name_key: row.short_id, row.name_key[: len(key)]: row.short_id}
    near = [*difflib.get_close_matches(wanted, words, 2), *difflib.get_close_matches(key, words, 2)]
    ids = list(dict.fromkeys(words[one] for one in near))[:3]
    return Lookup((), _named(connection, ours.where(onboardings.c.short_id.in_(ids))) if ids else ())


def in_channel(connection: Connection, team: str, channel: str) -> tuple[Named, ...]:
    """The onboardings of a channel that are not closed, the newest first."""
    query = _NAMED.where(
        onboardings.c.team == team, onboardings.c.channel == channel, onboardings.c.life != "closed"
    ).order_by(onboardings.c.started_at.desc())
    return _named(connection, query)


def by_thread(connection: Connection, team: str, channel: str, thread_ts: str) -> Named | None:
    """Whose thread it is: any message of an onboarding that ever began a thread, earlier cards included."""
    here = select(slots.c.onboarding).where(slots.c.channel == channel, slots.c.ts == thread_ts)
    said = select(outbox.c.onboarding).where(outbox.c.channel == channel, outbox.c.ts == thread_ts)
    query = _NAMED.where(onboardings.c.team == team, or_(onboardings.c.id.in_(here), onboardings.c.id.in_(said)))
    found = _named(connection, query.limit(1))
    return found[0] if found else None


def of_person(connection: Connection, team: str, person: str) -> tuple[BoardRow, ...]:
    """The onboardings that a person has a part in and that are not closed, the oldest first."""
    mine = select(members.c.onboarding).where(members.c.person == person)
    return _board(connection, _BOARD.where(onboardings.c.team == team, onboardings.c.id.in_(mine)))


def board(
    connection: Connection,
    team: str,
    *,
    lead: str | None = None,
    waiting_on: str | None = None,
    ends_before: datetime | None = None,
    closed: bool = False,
) -> tuple[BoardRow, ...]:
    """Rows for lists, the oldest first: led by `lead`, waiting on a party, with something that ends before a time.

    Closed onboardings only if asked for.
    """
    query = _BOARD.where(onboardings.c.team == team)
    if lead is not None:
        led = select(members.c.onboarding).where(members.c.person == lead, members.c.leads)
        query = query.where(onboardings.c.id.in_(led))
    if waiting_on is not None:
        query = query.where(onboardings.c.waiting_on == waiting_on)
    if ends_before is not None:
        query = query.where(onboardings.c.next_end < ends_before)
    return _board(connection, query, closed=closed)


_BOARD = (
    select(onboardings.c.snapshot, texts.c.body)
    .outerjoin(texts, texts.c.id == onboardings.c.name_text)
    .order_by(onboardings.c.started_at, onboardings.c.id)
)


def _board(
    connection: Connection, query: Select[tuple[bytes, str | None]], *, closed: bool = False
) -> tuple[BoardRow, ...]:
    if not closed:
        query = query.where(onboardings.c.life != "closed")
    return tuple(BoardRow(restore(row.snapshot), row.body) for row in connection.execute(query))


def _named(connection: Connection, query: Select[tuple[str, str, str | None, str, str]]) -> tuple[Named, ...]:
    return tuple(_one_named(row) for row in connection.execute(query))


def _one_named(row: Row[tuple[str, str, str | None, str, str]]) -> Named:
    return Named(row.id, row.short_id, row.body, row.environment, row.channel)


def history(connection: Connection, onboarding: str) -> tuple[Fact, ...]:
    """All that happened, the oldest first."""
    query = select(journal).where(journal.c.onboarding == onboarding).order_by(journal.c.number)
    return tuple(
        Fact(row.number, decode(row.type, row.version, row.data.encode()), row.link)
        for row in connection.execute(query)
    )
