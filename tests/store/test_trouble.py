"""A database that is locked, full, read-only, away or restarted: a clear answer, and nothing half recorded."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from services import postgres
from sqlalchemy import Connection, event, select, text

from engine.store.committer import Committer
from engine.store.dialects import open_database
from engine.store.errors import Trouble, Unavailable
from engine.store.schema import upgrade
from engine.store.tables import inbox
from engine.store.transaction import Transaction

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def spend(key: str):
    return lambda transaction: transaction.spend(key, "O1", AT)


async def test_a_locked_database_is_busy_for_all_who_wait_and_works_again_afterwards(sqlite_url: str):
    database = open_database(sqlite_url, busy_seconds=0.05)
    committer = Committer(database)
    committer.start()
    other = sqlite3.connect(database.url.database or "", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    outcomes = await asyncio.gather(
        *(committer.submit(spend(f"key{number}")) for number in range(3)), return_exceptions=True
    )
    assert [one.trouble for one in outcomes if isinstance(one, Unavailable)] == [Trouble.BUSY] * 3
    other.execute("ROLLBACK")
    other.close()
    await committer.submit(spend("free"))
    await committer.stop()
    with database.reader.connect() as connection:
        assert list(connection.execute(select(inbox.c.key)).scalars()) == ["free"]
    database.close()


async def test_a_full_database_refuses_what_does_not_fit_and_takes_what_does(sqlite_url: str):
    database = open_database(sqlite_url)
    committer = Committer(database)
    committer.start()

    def limit(transaction: Transaction) -> None:
        pages = transaction.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        transaction.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}")

    await committer.submit(limit)
    big, small = await asyncio.gather(
        committer.submit(spend("x" * 100_000)), committer.submit(spend("small")), return_exceptions=True
    )
    assert isinstance(big, Unavailable)
    assert big.trouble is Trouble.FULL
    assert "disk is full" in str(big)
    assert small is None
    await committer.stop()
    with database.reader.connect() as connection:
        assert list(connection.execute(select(inbox.c.key)).scalars()) == ["small"]
    database.close()


async def test_a_database_that_may_not_be_written_says_so(sqlite_url: str):
    database = open_database(sqlite_url)
    committer = Committer(database)
    committer.start()

    def forbid(transaction: Transaction) -> None:
        transaction.connection.exec_driver_sql("PRAGMA query_only=ON")

    await committer.submit(forbid)
    with pytest.raises(Unavailable, match="cannot be written") as raised:
        await committer.submit(spend("never"))
    assert raised.value.trouble is Trouble.READ_ONLY
    await committer.stop()
    database.close()


def test_a_folder_without_a_database_that_cannot_be_made_is_said_to_be_away(tmp_path: Path):
    (tmp_path / "blocked").write_text("a file where the folder should be", encoding="utf-8")
    database = open_database(f"sqlite:///{tmp_path}/blocked/dipper.db")
    with pytest.raises(Unavailable) as raised:
        upgrade(database)
    assert raised.value.trouble is Trouble.AWAY


@pytest.mark.postgres
async def test_a_restarted_server_costs_no_command_and_one_that_is_down_is_said_to_be_away():
    with postgres.running() as server:
        database = open_database(server.create("restarted"))
        upgrade(database)
        committer = Committer(database)
        committer.start()
        await committer.submit(spend("before"))
        server.stop("fast")
        with pytest.raises(Unavailable) as raised:
            await committer.submit(spend("lost"))
        assert raised.value.trouble is Trouble.AWAY
        server.start()
        await committer.submit(spend("between"))
        server.stop("fast")
        server.start()
        await committer.submit(spend("after"))
        await committer.stop()
        with database.reader.connect() as connection:
            assert set(connection.execute(select(inbox.c.key)).scalars()) == {"before", "between", "after"}
        database.close()


@pytest.mark.postgres
async def test_a_read_only_server_says_so(postgres_url: str):
    database = open_database(postgres_url)
    with database.writer.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    database.writer.dispose()
    committer = Committer(database)
    committer.start()
    with pytest.raises(Unavailable) as raised:
        await committer.submit(spend("never"))
    assert raised.value.trouble is Trouble.READ_ONLY
    await committer.stop()
    database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("reached", [True, False])
async def test_a_commit_whose_answer_is_lost_is_looked_up_at_the_server(postgres_url: str, reached: bool):
    database = open_database(postgres_url)
    committer = Committer(database)
    committer.start()
    lose = True

    @event.listens_for(database.writer, "commit")
    def _lose_the_answer(connection: Connection) -> None:
        nonlocal lose
        if lose:
            lose = False
            driver = connection.connection.driver_connection
            if reached:
                driver.commit()
            driver.close()

    if reached:
        await committer.submit(spend("lost answer"))
    else:
        with pytest.raises(Unavailable) as raised:
            await committer.submit(spend("lost answer"))
        assert raised.value.trouble is Trouble.AWAY
    await committer.submit(spend("next"))
    await committer.stop()
    with database.reader.connect() as connection:
        found = set(connection.execute(select(inbox.c.key)).scalars())
    assert found == ({"lost answer", "next"} if reached else {"next"})
    database.close()
