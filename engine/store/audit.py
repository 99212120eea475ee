"""Proves that the record is whole: every link of its chains, every text by its digest, every snapshot by its replay."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from engine.onboarding import chain
from engine.onboarding.codec import Unreadable, decode, restore
from engine.onboarding.evolve import evolve
from engine.onboarding.state import Onboarding
from engine.onboarding.values import TextRef
from engine.store.tables import journal, onboardings, texts
from engine.store.texts import digest, references


class Break(StrEnum):
    LINK = "link"  # an event was changed, taken out or put in
    CUT_OFF = "cut_off"  # the last events are gone
    TEXT_CHANGED = "text_changed"
    TEXT_MISSING = "text_missing"  # gone without an erasure
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
class Proof:
    """What was looked at. `removed`: texts removed on request, which breaks nothing."""

    onboardings: int
    events: int
    texts: int
    removed: int
    broken: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        return not self.broken


@dataclass(slots=True)
class _Count:
    events: int = 0
    texts: int = 0
    removed: int = 0


def verify(connection: Connection, only: str | None = None) -> Proof:
    """Check the whole record, or one onboarding's (by id or short id). One onboarding at a time is held in memory."""
    count, looked_at = _Count(), 0
    broken: list[Broken] = []
    for onboarding in _ids(connection, only):
        looked_at += 1
        broken.extend(_verify_one(connection, onboarding, count))
    return Proof(looked_at, count.events, count.texts, count.removed, tuple(broken))


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
    seen: set[str] = set()
    for row in rows:
        try:
            event = decode(row.type, row.version, row.data.encode())
        except Unreadable:
            continue  # told by `_state`, or the link before it is broken
        for field, reference in references(event):
            if reference.id not in seen:
                seen.add(reference.id)
                yield from _text(onboarding, short_id, row.number, field, reference, kept.get(reference.id), count)


def _text(
    onboarding: str, short_id: str, number: int, field: str, reference: TextRef, kept: Any, count: _Count
) -> Iterator[Broken]:
    count.texts += 1
    if kept is None:
        yield Broken(
            onboarding, short_id, number, Break.TEXT_MISSING, f"its {field} is gone, and nobody asked for that"
        )
    elif kept.body is not None:
        if digest(kept.salt, kept.body) != reference.digest:
            yield Broken(onboarding, short_id, number, Break.TEXT_CHANGED, f"its {field} is not what was recorded")
    elif kept.erased_at is not None:
        count.removed += 1
    else:
        yield Broken(onboarding, short_id, number, Break.TEXT_MISSING, f"its {field} was blanked without an erasure")
