"""Proves that the record is whole: every link of its chains, every text by its digest, every snapshot by its replay."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from engine.onboarding import chain
from engine.onboarding.codec import Unreadable, decode, restore
from engine.onboarding.events import ContentRemoved, Event
from engine.onboarding.evolve import evolve
from engine.onboarding.state import Onboarding
from engine.onboarding.values import TextRef
from engine.store.tables import journal, onboardings, texts
from engine.store.texts import digest, references


class Break(StrEnum):
    LINK = "link"  # an event was changed, taken out or put in
    CUT_OFF = "cut_off"  # the last events are gone
    TEXT_CHANGED = "text_changed"
    TEXT_MISSING = "text_missing"  # gone, and no event says that it was removed
    TEXT_BACK = "text_back"  # removed, and there again
    UNREADABLE = "unreadable"
    SNAPSHOT = "snapshot"  # the state does not follow from the events; `dipper db rebuild` makes it anew


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that does not hold. `number` is the event's, 0 where it is about the onboarding as a whole."""

    onboarding: str
    short_id: str
    number: int
    what: Break
    detail: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed from an onboarding in one go. `what`: person, company, onboarding (on request) or retention."""

    onboarding: str
    short_id: str
    number: int
    at: datetime
    by: str
    what: str
    texts: int
    reports: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at. `removed`: texts that an event says were removed, which breaks nothing."""

    onboardings: int
    events: int
    texts: int
    removed: int
    removals: tuple[Removal, ...]
    broken: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        return not self.broken


@dataclass(slots=True)
class _Count:
    events: int = 0
    texts: int = 0
    removed: int = 0
    removals: list[Removal] = field(default_factory=list)


def verify(connection: Connection, only: str | None = None) -> Proof:
    """Check the whole record, or one onboarding's (by id or short id). One onboarding at a time is held in memory."""
    count, looked_at = _Count(), 0
    broken: list[Broken] = []
    for onboarding in _ids(connection, only):
        looked_at += 1
        broken.extend(_verify_one(connection, onboarding, count))
    return Proof(looked_at, count.events, count.texts, count.removed, tuple(count.removals), tuple(broken))


def _ids(connection: Connection, only: str | None) -> list[str]:
    known = select(journal.c.onboarding).union(select(onboardings.c.id)).subquery()
    query = select(known.c.onboarding).order_by(known.c.onboarding)
    if only is not None:
        same = select(onboardings.c.id).where((onboardings.c.id == only) | (onboardings.c.short_id == only.upper()))
        query = query.where((known.c.onboarding == only) | known.c.onboarding.in_(same))
    return list(connection.execute(query).scalars())


def _verify_one(connection: Connection, onboarding: str, count: _Count) -> Iterator[Broken]:
    rows = connection.execute(
        select(journal).where(journal.c.onboarding == onboarding).order_by(journal.c.number)
    ).all()
    kept = connection.execute(select(onboardings).where(onboardings.c.id == onboarding)).one_or_none()
    short_id = kept.short_id if kept is not None else "(no snapshot)"
    count.events += len(rows)
    links = [chain.Link(row.number, row.type, row.version, row.data.encode(), row.link) for row in rows]
    first = chain.first_broken(onboarding, links)
    if first is not None:
        row = rows[first]
        detail = (
            f"{row.type} does not follow from what is before it"
            if row.number == first + 1
            else f"event {first + 1} is missing; {row.type} stands in its place"
        )
        yield Broken(onboarding, short_id, row.number, Break.LINK, detail)
    yield from _texts(connection, onboarding, short_id, rows, count)
    if first is None:
        yield from _state(onboarding, short_id, rows, kept)


def _state(onboarding: str, short_id: str, rows: Any, kept: Any) -> Iterator[Broken]:
    """The snapshot against the replay. A shorter journal than the snapshot knows was cut off."""
    if kept is None:
        yield Broken(onboarding, short_id, 0, Break.SNAPSHOT, "there are events but no state; run `dipper db rebuild`")
        return
    if len(rows) < kept.seq or (rows and len(rows) == kept.seq and rows[-1].link != kept.head):
        yield Broken(
            onboarding,
            short_id,
            len(rows) + 1,
            Break.CUT_OFF,
            f"{len(rows)} events are there, {kept.seq} were recorded",
        )
        return
    state: Onboarding | None = None
    for row in rows:
        try:
            state = evolve(state, decode(row.type, row.version, row.data.encode()))
        except Unreadable as error:
            yield Broken(onboarding, short_id, row.number, Break.UNREADABLE, str(error))
            return
    try:
        same = restore(kept.snapshot) == state and kept.seq == len(rows)
    except Unreadable:
        same = False
    if not same:
        yield Broken(
            onboarding, short_id, 0, Break.SNAPSHOT, "the state is not what its events lead to; run `dipper db rebuild`"
        )


def _texts(connection: Connection, onboarding: str, short_id: str, rows: Any, count: _Count) -> Iterator[Broken]:
    kept = {row.id: row for row in connection.execute(select(texts).where(texts.c.onboarding == onboarding))}
    events = list(_readable(rows))
    removed: set[str] = set()
    for number, event in events:
        if isinstance(event, ContentRemoved):
            removed.update(event.texts)
            count.removals.append(
                Removal(onboarding, short_id, number, event.at, event.by, event.what, len(event.texts), event.reports)
            )
    seen: set[str] = set()
    for number, event in events:
        for name, reference in references(event):
            if reference.id in seen:
                continue
            seen.add(reference.id)
            count.texts += 1
            count.removed += reference.id in removed
            trouble = _trouble(reference, kept.get(reference.id), removed=reference.id in removed)
            if trouble is not None:
                yield Broken(onboarding, short_id, number, trouble, f"its {name} {_DETAILS[trouble]}")


def _readable(rows: Any) -> Iterator[tuple[int, Event]]:
    """What cannot be read is told by `_state`, or the link before it is broken."""
    for row in rows:
        try:
            yield row.number, decode(row.type, row.version, row.data.encode())
        except Unreadable:
            continue


_DETAILS = {
    Break.TEXT_MISSING: "is gone, and nobody asked for that",
    Break.TEXT_CHANGED: "is not what was recorded",
    Break.TEXT_BACK: "was removed and is there again",
}


def _trouble(reference: TextRef, kept: Any, *, removed: bool) -> Break | None:
    if kept is None or kept.body is None:
        return None if removed and kept is not None else Break.TEXT_MISSING
    if removed:
        return Break.TEXT_BACK
    return None if digest(kept.salt, kept.body) == reference.digest else Break.TEXT_CHANGED
