"""A private PostgreSQL server, for the stories that are told on it."""

import itertools
from collections.abc import Iterator

import pytest
from services import postgres

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    with postgres.running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Postgres) -> Iterator[str]:
    """The address of an empty database; the bot makes its tables."""
    name = f"story{next(_numbers)}"
    yield postgres_server.create(name)
    postgres_server.drop(name)
