"""Databases full of onboardings, and the comparison of what a database holds with what a bot acknowledged.

One onboarding is started through the desk; the others are its copies with ids, names and a hash chain of their own, so
that `audit verify` holds for each. Filling 10,000 takes seconds that way, and their work is as real as the first's.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from engine.desk import Desk
from engine.onboarding import chain
from engine.onboarding.commands import Start
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Route
from engine.store.audit import verify
from engine.store.dialects import Database, open_database
from engine.store.names import name_key, new_id
from engine.store.schema import upgrade
from engine.store.tables import companies, due, inbox, journal, members, onboardings, outbox, people, slots, texts
from engine.store.texts import digest
from tests.bench.slack_side import TEAM

LEADS = 250
CHANNELS = 10
TASKS = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.8", "0.9", "0.11")
"""Tasks of Step 0 that one click closes, each with one event."""
_MODEL_LEAD, _MODEL_CHANNEL = "U0MODELLEAD", "C0MODELCHANNEL"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Firm:
    onboarding: str
    short_id: str
    lead: str
    channel: str


def firm(number: int) -> Firm:
    onboarding = f"O{number:020x}"
    return Firm(onboarding, f"BENCH-{number}", f"U0LEAD{number % LEADS:03}", f"C0CHANNEL{number % CHANNELS:02}")


def fill(url: str, many: int) -> None:
    """Make the tables and `many` onboardings, whose first messages count as sent."""
    database = open_database(url)
    upgrade(database)
    model = asyncio.run(_model(url))
    with database.writer.begin() as connection:
        rows = {table: _rows(connection, table, model) for table in (onboardings, journal, texts, due, members)}
        company = connection.execute(select(companies)).one()._asdict()
        for first in range(0, many, _CHUNK):
            copies = [_Copy(number, rows, company) for number in range(first, min(many, first + _CHUNK))]
            for table in rows:
                connection.execute(insert(table), [row for copy in copies for row in copy.of(table)])
            connection.execute(insert(companies), [copy.company() for copy in copies])
            connection.execute(insert(slots), [row for copy in copies for row in copy.slots()])
        connection.execute(insert(people), [_lead(number) for number in range(LEADS)])
        connection.execute(update(outbox).values(status="sent", lease_until=None))
    with database.writer.begin() as connection:
        connection.execute(text("ANALYZE"))
    database.close()


def _lead(number: int) -> dict[str, Any]:
    """Somebody whom the bot has asked Slack for already."""
    facts = {"name": f"Lead {number}", "tz": "Europe/London", "gone": False, "guest": False, "external": False}
    return {"team": TEAM, "id": firm(number).lead, **facts, "seen_at": datetime.now(UTC)}


async def _model(url: str) -> str:
    process = load_process()
    desk = Desk(open_database(url), now=lambda: datetime.now(UTC), randomness=os.urandom, process=lambda: process)
    desk.start()
    ids = await desk.new_ids(TEAM, "Model Energy Ltd", "99999999")
    start = Start(
        onboarding=ids.onboarding,
        by=_MODEL_LEAD,
        team=TEAM,
        short_id=ids.short_id,
        company=ids.company,
        name="Model Energy Ltd",
        number="99999999",
        environment=Environment.UIT,
        participant=Participant.ACTIVE_MP,
        route=Route.SIT,
        channel=_MODEL_CHANNEL,
        leads=(_MODEL_LEAD,),
    )
    await desk.tell(start, patience_seconds=60)
    await desk.stop()
    return ids.onboarding


def _rows(connection: Connection, table: Any, model: str) -> list[dict[str, Any]]:
    key = table.c.id if table is onboardings else table.c.onboarding
    query = select(table).where(key == model)
    if table is journal:
        query = query.order_by(journal.c.number)
    return [row._asdict() for row in connection.execute(query)]


class _Copy:
    """The model's rows with every id, name and digest replaced, and the chain linked anew."""

    def __init__(self, number: int, rows: dict[Any, list[dict[str, Any]]], company: dict[str, Any]) -> None:
        self._rows = rows
        self._company = company
        self._firm = firm(number)
        self._name = f"Firm {number} Energy Ltd"
        model = rows[onboardings][0]
        self._new = {
            model["id"]: self._firm.onboarding,
            model["short_id"]: self._firm.short_id,
            company["id"]: f"C{number:020x}",
            _MODEL_LEAD: self._firm.lead,
            _MODEL_CHANNEL: self._firm.channel,
        }
        self._texts = []
        for row in rows[texts]:
            body = self._name if row["id"] == model["name_text"] else f"{number:08}"
            copied = row | {"id": new_id("T", os.urandom), "body": body}
            self._new[row["id"]] = copied["id"]
            self._new[digest(row["salt"], row["body"])] = digest(row["salt"], body)
            self._texts.append(copied)

    def of(self, table: Any) -> Iterator[dict[str, Any]]:
        if table is journal:
            yield from self._journal()
        elif table is onboardings:
            [row] = self._rows[onboardings]
            *_, last = self._journal()
            yield self._replaced(row) | {"name_key": name_key(self._name), "head": last["link"]}
        else:
            for row in self._texts if table is texts else self._rows[table]:
                yield self._replaced(row)

    def company(self) -> dict[str, Any]:
        number = self._firm.short_id.rpartition("-")[2]
        return self._replaced(self._company) | {"name_key": name_key(self._name), "number_key": f"{number:0>8}"}

    def slots(self) -> Iterator[dict[str, Any]]:
        """Where its messages stand in Slack."""
        for index, slot in enumerate(("card", "thread", "step/0")):
            ts = f"1790000000.{100 * int(self._firm.short_id.rpartition('-')[2]) + max(index - 1, 0):09}"
            yield {"onboarding": self._firm.onboarding, "slot": slot, "channel": self._firm.channel, "ts": ts}

    def _journal(self) -> Iterator[dict[str, Any]]:
        link = chain.genesis(self._firm.onboarding)
        for row in self._rows[journal]:
            copied = self._replaced(row)
            link = chain.link(link, row["number"], row["type"], row["version"], copied["data"].encode())
            yield copied | {"link": link}

    def _replaced(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in row.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, bytes) and value.startswith(b"{"):
            return self._value(value.decode()).encode()
        if isinstance(value, str):
            for old, new in self._new.items():
                value = value.replace(old, new)
        return value


@dataclass(frozen=True, slots=True)
class Clicked:
    """A click that a bot acknowledged: its repeat key, and the task that it closed."""

    key: str
    onboarding: str
    task: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`lost`: acknowledged, but not in the record. `doubled`: more than one event of one click."""

    acknowledged: int
    lost: int
    doubled: int
    chain_holds: bool


def compare(url: str, acknowledged: Sequence[Clicked]) -> Compared:
    database = open_database(url)
    try:
        with database.reader.connect() as connection:
            keys = _found(connection, {one.key for one in acknowledged})
            closed = _closed(connection, {one.onboarding for one in acknowledged})
            firms = sorted({one.onboarding for one in acknowledged})[:500]
            holds = all(verify(connection, one).holds for one in firms)
    finally:
        database.close()
    lost = [one for one in acknowledged if one.key not in keys or closed[one.onboarding, one.task] == 0]
    return Compared(len(acknowledged), len(lost), sum(count > 1 for count in closed.values()), holds)


def _found(connection: Connection, keys: Iterable[str]) -> set[str]:
    return {
        key
        for chunk in _chunks(keys)
        for key in connection.execute(select(inbox.c.key).where(inbox.c.key.in_(chunk))).scalars()
    }


def _closed(connection: Connection, firms: Iterable[str]) -> Counter[tuple[str, str]]:
    """How often each task of these onboardings was closed, by the record."""
    closed: Counter[tuple[str, str]] = Counter()
    for chunk in _chunks(firms):
        query = select(journal.c.onboarding, journal.c.data).where(
            journal.c.onboarding.in_(chunk), journal.c.type == "TaskClosed"
        )
        for row in connection.execute(query):
            closed[row.onboarding, row.data.split('"task":"', 1)[1].split('"', 1)[0]] += 1
    return closed


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for first in range(0, len(ordered), _CHUNK):
        yield ordered[first : first + _CHUNK]


class Witness:
    """A second connection, which sees only what is committed: asked at the very moment of an acknowledgement."""

    def __init__(self, url: str) -> None:
        self._database: Database = open_database(url)
        self.asked = 0
        self.missing = 0

    def look(self, key: str) -> None:
        with self._database.reader.connect() as connection:
            count = connection.execute(select(func.count()).select_from(inbox).where(inbox.c.key == key)).scalar_one()
        self.asked += 1
        self.missing += count == 0

    def close(self) -> None:
        self._database.close()
