"""Databases for the tests of the store: each test marked with `database` runs once on SQLite and once on PostgreSQL."""

import itertools
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from services import postgres

from engine.desk import Desk, Told
from engine.onboarding.commands import Start
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Process, Route
from engine.store.committer import Committer
from engine.store.dialects import Database, open_database
from engine.store.schema import upgrade

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Postgres) -> str:
    database = open_database(postgres_server.create("migrated"))
    upgrade(database)
    database.close()
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "test.db")
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    server: postgres.Postgres = request.getfixturevalue("postgres_server")
    name = f"test{next(_numbers)}"
    yield server.create(name, template=request.getfixturevalue("postgres_template"))
    server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with the newest tables."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
async def committer(database: Database) -> AsyncIterator[Committer]:
    committer = Committer(database)
    committer.start()
    yield committer
    await committer.stop()


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> datetime:
        self.now += time
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture(scope="session")
def process() -> Process:
    return load_process()


@pytest.fixture
async def desk(database: Database, clock: FakeClock, process: Process) -> AsyncIterator[Desk]:
    desk = Desk(database, now=clock, randomness=Random(7).randbytes, process=lambda: process)
    desk.start()
    yield desk
    await desk.stop()


@pytest.fixture
def start() -> Callable[..., Awaitable[Told]]:
    """Starts an onboarding: `await start(desk, name="…", …)`."""

    async def start_(desk: Desk, once: str | None = None, **changes: Any) -> Told:
        facts: dict[str, Any] = {
            "team": "T1",
            "name": "Northwind Energy Ltd",
            "environment": Environment.UIT,
            "participant": Participant.ACTIVE_MP,
            "route": Route.SIT,
            "channel": "C1",
            "leads": ("ULEAD",),
            "by": "ULEAD",
        } | changes
        ids = await desk.new_ids(facts["team"], facts["name"], facts.get("number"))
        command = Start(onboarding=ids.onboarding, short_id=ids.short_id, company=ids.company, **facts)
        return await desk.tell(command, once=once)

    return start_
