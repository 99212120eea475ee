"""Databases for the tests of the store: each test marked with `database` runs once on SQLite and once on PostgreSQL."""

import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from services import postgres

from engine.store.committer import Committer
from engine.store.dialects import Database, open_database
from engine.store.schema import upgrade

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
