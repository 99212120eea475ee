"""What is still to be said, lane by lane, and what became of what was said.

A lane is a channel's id (the card and its thread) or `direct:U…`; within it messages go one after the other. A message
with a slot that was not yet begun takes the face of the newer one and keeps its place. A row in `sending` whose lease
ran out may have reached Slack: it is handed out again with `may_be_repeat`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, update

from engine.onboarding.outcome import Lane, Say
from engine.onboarding.state import Onboarding
from engine.store.dialects import for_claiming, insert_or_replace, write
from engine.store.names import storable
from engine.store.tables import lanes, outbox, slots


class Status(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    REPLACED = "replaced"


_LONGEST_ERROR = 2000
CARD_SLOT, THREAD_SLOT = "card", "thread"
_OPEN = outbox.c.status.in_([Status.WAITING.value, Status.SENDING.value])


@dataclass(frozen=True, slots=True)
class NewMessage:
    onboarding: str
    lane: str
    say: Say
    at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent. `say` is what to render; `attempts` counts this one."""

    id: int
    onboarding: str
    lane: str
    say: Say
    made_at: datetime
    attempts: int
    may_be_repeat: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that could not be sent: for good (`retry_at` None), or so far."""

    id: int
    onboarding: str
    lane: str
    template: str
    error: str
    attempts: int
    retry_at: datetime | None


def lane_of(state: Onboarding, say: Say) -> str:
    if say.lane is Lane.DIRECT:
        if say.person is None:
            raise ValueError(f"{say.template}: a direct message without a person")
        return f"direct:{say.person}"
    return state.channel


def new_message(state: Onboarding, say: Say, at: datetime) -> NewMessage:
    return NewMessage(state.id, lane_of(state, say), say, at)


def add(connection: Connection, messages: Sequence[NewMessage]) -> None:
    """Queue messages in their order; one with a slot gives its face to an older one of that slot not yet begun."""
    waiting = _waiting_slots(connection, {one.onboarding for one in messages if one.say.slot})
    fresh: dict[object, dict[str, Any]] = {}
    faces: dict[int, dict[str, Any]] = {}
    for index, one in enumerate(messages):
        row, place = _row(one), (one.onboarding, one.say.slot, one.lane)
        if one.say.slot is None:
            fresh[index] = row
        elif (older := waiting.get(place)) is not None:
            faces[older] = {"older": older, **{name: row[name] for name in _FACE}}
        elif place in fresh:
            fresh[place].update({name: row[name] for name in _FACE})
        else:
            fresh[place] = row
    if faces:
        write(connection, _UPDATE_FACE, list(faces.values()))
    if fresh:
        write(connection, _INSERT, list(fresh.values()))


_INSERT = outbox.insert().inline()
_FACE = ("place", "template", "person", "subject", "data", "made_at")
_UPDATE_FACE = update(outbox).where(outbox.c.id == bindparam("older")).values({name: bindparam(name) for name in _FACE})


def _waiting_slots(connection: Connection, onboardings: set[str]) -> dict[tuple[str, str | None, str], int]:
    if not onboardings:
        return {}
    rows = connection.execute(_WAITING_SLOTS, {"onboardings": sorted(onboardings)})
    return {(row.onboarding, row.slot, row.lane): row.id for row in rows}


_WAITING_SLOTS = select(outbox.c.id, outbox.c.onboarding, outbox.c.slot, outbox.c.lane).where(
    outbox.c.onboarding.in_(bindparam("onboardings", expanding=True)),
    outbox.c.slot.is_not(None),
    outbox.c.status == Status.WAITING.value,
)


def _row(one: NewMessage) -> dict[str, Any]:
    return {
        "onboarding": one.onboarding,
        "lane": one.lane,
        "place": one.say.lane.value,
        "template": one.say.template,
        "slot": one.say.slot,
        "person": one.say.person,
        "subject": one.say.subject,
        "data": msgspec.json.encode(one.say.data).decode(),
        "made_at": one.at,
        "status": Status.WAITING.value,
        "attempts": 0,
        "may_be_repeat": False,
    }


def next_messages(connection: Connection, now: datetime, *, lease: timedelta, limit: int = 50) -> tuple[Message, ...]:
    """Begin the first unsent message of up to `limit` lanes that are not parked, in flight or waiting to try again.

    `now` is real time. Each is the caller's until the lease is over; then it is handed out again as a possible repeat.
    """
    first = select(func.min(outbox.c.id)).where(_OPEN).group_by(outbox.c.lane)
    query = (
        select(outbox)
        .where(
            outbox.c.id.in_(first),
            or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= now),
            or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now),
            ~exists().where(lanes.c.lane == outbox.c.lane),
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    rows = connection.execute(for_claiming(connection, query)).all()
    if rows:
        begun = [
            {"message": row.id, "lease": now + lease, "repeat": row.may_be_repeat or row.status == Status.SENDING.value}
            for row in rows
        ]
        connection.execute(_BEGIN, begun)
    return tuple(
        Message(
            row.id,
            row.onboarding,
            row.lane,
            _say(row),
            row.made_at,
            row.attempts + 1,
            bool(row.may_be_repeat or row.status == Status.SENDING.value),
        )
        for row in rows
    )


_BEGIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"))
    .values(
        status=Status.SENDING.value,
        attempts=outbox.c.attempts + 1,
        lease_until=bindparam("lease"),
        may_be_repeat=bindparam("repeat"),
        retry_at=None,
    )
)


def _say(row: Any) -> Say:
    data = msgspec.json.decode(row.data, type=dict[str, str])
    return Say(row.template, Lane(row.place), row.slot, row.person, row.subject, data)


def mark_sent(connection: Connection, message: int, *, channel: str, ts: str, now: datetime) -> None:
    """The message stands in Slack and is its slot's from now on; the first card in a channel begins the thread."""
    row = connection.execute(select(outbox).where(outbox.c.id == message)).one()
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message)
        .values(status=Status.SENT.value, channel=channel, ts=ts, ended_at=now, lease_until=None, error=None)
    )
    if row.slot is None:
        return
    place = {"onboarding": row.onboarding, "channel": channel, "ts": ts}
    connection.execute(insert_or_replace(connection, slots), {"slot": row.slot, **place})
    if row.slot == CARD_SLOT:
        thread = select(slots.c.channel).where(slots.c.onboarding == row.onboarding, slots.c.slot == THREAD_SLOT)
        if connection.execute(thread).scalar() != channel:
            connection.execute(insert_or_replace(connection, slots), {"slot": THREAD_SLOT, **place})


def mark_dropped(connection: Connection, message: int, *, why: str, now: datetime) -> None:
    """There is nothing left to say: the state has moved on since the message was queued."""
    _end(connection, message, Status.REPLACED, why, now)


def mark_failed(connection: Connection, message: int, *, error: str, retry_at: datetime | None, now: datetime) -> None:
    """Try again at `retry_at` (real time; the lane waits), or never: the row is kept as failed and the lane goes on."""
    if retry_at is None:
        _end(connection, message, Status.FAILED, error, now)
        return
    values = {"status": Status.WAITING.value, "error": _short(error), "retry_at": retry_at, "lease_until": None}
    connection.execute(update(outbox).where(outbox.c.id == message).values(**values))


def mark_unknown(connection: Connection, message: int, *, error: str, again_at: datetime) -> None:
    """It may have reached Slack, nobody can tell: at `again_at` (real time) it is handed out again as a possible repeat."""
    connection.execute(update(outbox).where(outbox.c.id == message).values(error=_short(error), lease_until=again_at))


def _end(connection: Connection, message: int, status: Status, why: str, now: datetime) -> None:
    values = {"status": status.value, "error": _short(why), "ended_at": now, "lease_until": None}
    connection.execute(update(outbox).where(outbox.c.id == message).values(**values))


def _short(error: str) -> str:
    return storable(error)[:_LONGEST_ERROR]


def forget_slot(connection: Connection, onboarding: str, slot: str) -> None:
    """The message of this slot is gone from Slack: the next one with it is posted anew."""
    connection.execute(delete(slots).where(slots.c.onboarding == onboarding, slots.c.slot == slot))


def leave_channel(connection: Connection, onboarding: str, channel: str, now: datetime) -> None:
    """The onboarding goes on elsewhere: nothing unsent follows it, and its messages there are no longer updated."""
    connection.execute(
        update(outbox)
        .where(outbox.c.onboarding == onboarding, outbox.c.lane == channel, outbox.c.status == Status.WAITING.value)
        .values(status=Status.REPLACED.value, error="the onboarding moved to another channel", ended_at=now)
    )
    connection.execute(delete(slots).where(slots.c.onboarding == onboarding, slots.c.channel == channel))


def park_lane(connection: Connection, lane: str, *, reason: str, now: datetime) -> bool:
    """Send nothing to this lane until `free_lane`; False if it was parked already."""
    if connection.execute(select(lanes.c.lane).where(lanes.c.lane == lane)).first() is not None:
        return False
    connection.execute(lanes.insert(), {"lane": lane, "parked_at": now, "reason": _short(reason)})
    return True


def free_lane(connection: Connection, lane: str) -> None:
    connection.execute(delete(lanes).where(lanes.c.lane == lane))


def parked_lanes(connection: Connection) -> dict[str, str]:
    """The parked lanes with their reasons."""
    return {row.lane: row.reason for row in connection.execute(select(lanes).order_by(lanes.c.lane))}


def failures(connection: Connection, *, limit: int = 50) -> tuple[Failure, ...]:
    """Messages that failed, for good or so far; the newest first."""
    query = (
        select(outbox)
        .where(
            or_(
                outbox.c.status == Status.FAILED.value,
                (outbox.c.status == Status.WAITING.value) & outbox.c.error.is_not(None),
            )
        )
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Failure(row.id, row.onboarding, row.lane, row.template, row.error or "", row.attempts, row.retry_at)
        for row in connection.execute(query)
    )


def refused_card(connection: Connection, onboarding: str) -> str | None:
    """Why the onboarding's newest card was refused for good, if it was."""
    query = (
        select(outbox.c.status, outbox.c.error)
        .where(outbox.c.onboarding == onboarding, outbox.c.slot == CARD_SLOT)
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return row.error if row is not None and row.status == Status.FAILED.value else None


def unsent(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(outbox).where(_OPEN)).scalar_one()


def digest(person: str, items: Sequence[tuple[str, Say]]) -> Say:
    """Several reminders of one person as one direct message; each value of its data is `onboarding|subject`.

    `|late` follows where it was missed.

    `items`: the onboarding of each reminder, and what it would have said by itself.
    """
    data = {
        str(number): f"{onboarding}|{say.subject}" + ("|late" if "late" in say.data else "")
        for number, (onboarding, say) in enumerate(items, 1)
    }
    return Say("reminders/digest", Lane.DIRECT, person=person, data=data)


def next_retry(connection: Connection) -> datetime | None:
    """When the earliest failed message is to be tried again, or the earliest lease of one in flight is over."""
    retry = connection.execute(select(func.min(outbox.c.retry_at)).where(_OPEN)).scalar()
    lease = connection.execute(select(func.min(outbox.c.lease_until)).where(_OPEN)).scalar()
    return min((at for at in (retry, lease) if at is not None), default=None)
