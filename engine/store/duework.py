"""What is to be done when: for each onboarding just what `reminders.plan` makes of its state. A sweep claims it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from engine.reminders.plan import Due, DueKind
from engine.store.dialects import for_claiming, insert_new, write
from engine.store.tables import due

NO_ONBOARDING = ""
_NOTED, _IMPORT = "noted", "import"


@dataclass(frozen=True, slots=True)
class Claimed:
    """Due work that only the claimer does until `lease_until`, in real time."""

    onboarding: str
    due: Due
    lease_until: datetime


def replace(connection: Connection, plans: Mapping[str, Sequence[Due]]) -> None:
    """Make the plans the due work of their onboardings. What stays as it was keeps its lease; another time ends it."""
    was: dict[tuple[str, str], Any] = {
        (row.onboarding, row.key): row for row in connection.execute(_OF_THESE, {"onboardings": sorted(plans)})
    }
    new, changed = [], []
    for onboarding, plan in plans.items():
        for one in plan:
            row = was.pop((onboarding, one.key), None)
            if row is None:
                new.append({"onboarding": onboarding, **_row(one), "lease_until": None})
            elif (row.kind, row.at, row.subject, row.person) != (one.kind.value, one.at, one.subject, one.person):
                lease = row.lease_until if row.at == one.at else None
                changed.append({"of": onboarding, "was": one.key, **_row(one), "lease_until": lease})
    if was:
        write(connection, _DELETE, [{"of": onboarding, "was": key} for onboarding, key in was])
    if changed:
        write(connection, _UPDATE, changed)
    if new:
        write(connection, _INSERT, new)


def _row(one: Due) -> dict[str, Any]:
    return {"key": one.key, "kind": one.kind.value, "at": one.at, "subject": one.subject, "person": one.person}


_OF_THESE = select(due).where(due.c.onboarding.in_(bindparam("onboardings", expanding=True)))
_ONE = (due.c.onboarding == bindparam("of")) & (due.c.key == bindparam("was"))
_INSERT = due.insert()
_DELETE = delete(due).where(_ONE)
_UPDATE = update(due).where(_ONE).values({column.name: bindparam(column.name) for column in due.c[1:]})


def claim(
    connection: Connection, now: datetime, real_now: datetime, *, limit: int = 100, lease: timedelta
) -> tuple[Claimed, ...]:
    """Take up to `limit` items that are due at `now`, oldest first, and that no live lease holds."""
    free = or_(due.c.lease_until.is_(None), due.c.lease_until <= real_now)
    query = for_claiming(connection, select(due).where(due.c.at <= now, free).order_by(due.c.at).limit(limit))
    rows = connection.execute(query).all()
    if not rows:
        return ()
    until = real_now + lease
    connection.execute(_LEASE, [{"of": row.onboarding, "was": row.key, "lease": until} for row in rows])
    return tuple(
        Claimed(row.onboarding, Due(row.key, DueKind(row.kind), row.at, row.subject, row.person), until) for row in rows
    )


_LEASE = update(due).where(_ONE).values(lease_until=bindparam("lease"))


def release(connection: Connection, claimed: Sequence[Claimed], *, again_at: datetime | None = None) -> None:
    """Give items back. With `again_at` (real time) nobody takes them before then: their work failed for now."""
    rows = [{"of": one.onboarding, "was": one.due.key, "lease": again_at, "held": one.lease_until} for one in claimed]
    if rows:
        connection.execute(_RELEASE, rows)


_RELEASE = update(due).where(_ONE, due.c.lease_until == bindparam("held")).values(lease_until=bindparam("lease"))


def next_at(connection: Connection) -> datetime | None:
    """When the earliest item is due."""
    return connection.execute(select(func.min(due.c.at))).scalar()


def note_file(connection: Connection, team: str, channel: str, file: str, person: str, at: datetime) -> None:
    """A file was shared in a channel: make it due at once to ask Slack for it, once however often it is noted.

    Only Slack knows in which thread it was shared, so the item belongs to no onboarding yet.
    """
    row = {"onboarding": NO_ONBOARDING, "key": "/".join((_NOTED, team, channel, file)), "kind": DueKind.FILE.value}
    connection.execute(insert_new(connection, due), {**row, "at": at, "subject": file, "person": person or None})


def note_import(connection: Connection, key: str, asked: str, person: str, at: datetime) -> None:
    """A sheet of companies is to be started; `asked` says which and how (`engine.imports.Request`)."""
    row = {"onboarding": NO_ONBOARDING, "key": "/".join((_IMPORT, key)), "kind": DueKind.FILE.value}
    connection.execute(insert_new(connection, due), {**row, "at": at, "subject": asked, "person": person})


def import_noted(claimed: Claimed) -> str | None:
    """What was asked, if the item is a sheet of companies."""
    is_import = claimed.onboarding == NO_ONBOARDING and claimed.due.key.startswith(f"{_IMPORT}/")
    return claimed.due.subject if is_import else None


def is_of_channel(claimed: Claimed) -> bool:
    """Whether the item belongs to no onboarding yet: a file that was noted in a channel, or a sheet to be started."""
    return claimed.onboarding == NO_ONBOARDING


def file_noted(claimed: Claimed) -> tuple[str, str, str]:
    """Team, channel and file of an item that `is_of_channel`."""
    _, team, channel, file = claimed.due.key.split("/")
    return team, channel, file


def done_with(connection: Connection, claimed: Claimed) -> None:
    """Take away an item that `is_of_channel`; those of an onboarding follow from its state alone."""
    if is_of_channel(claimed):
        key = claimed.due.key
        connection.execute(delete(due).where(due.c.onboarding == NO_ONBOARDING, due.c.key == key))
