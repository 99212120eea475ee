"""The ways in which a story can be told: over Socket Mode or signed HTTP, on SQLite or a private PostgreSQL server."""

import itertools
from collections.abc import Iterator

import pytest
from e2e.stage import Way
from services import postgres

from bot.settings import Transport

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


@pytest.fixture(
    params=[
        pytest.param((Transport.HTTP, "sqlite"), id="http-sqlite"),
        pytest.param((Transport.SOCKET, "postgresql"), id="socket-postgresql", marks=pytest.mark.postgres),
        pytest.param((Transport.HTTP, "postgresql"), id="http-postgresql", marks=pytest.mark.postgres),
    ]
)
def other_way(request: pytest.FixtureRequest) -> Way:
    """The three other combinations of transport and database."""
    transport, database = request.param
    return Way(transport, request.getfixturevalue("postgres_url") if database == "postgresql" else "")
