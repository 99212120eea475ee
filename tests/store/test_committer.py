"""The committer: what was accepted is on disk when its caller wakes, and nothing else has happened."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from engine.store.committer import _RACES, Committer
from engine.store.dialects import Database
from engine.store.errors import Trouble, Unavailable, UnderWay, Withdrawn
from engine.store.tables import inbox
from engine.store.transaction import Transaction

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def spend(key: str) -> Callable[[Transaction], str]:
    def job(transaction: Transaction) -> str:
        transaction.spend(key, "O1", AT)
        return key

    return job


def keys(database: Database) -> set[str]:
    with database.reader.connect() as connection:
        return set(connection.execute(select(inbox.c.key)).scalars())


class Gate:
    """A job that keeps the writer busy until it is opened."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._open = threading.Event()

    def __call__(self, transaction: Transaction) -> str:
        transaction.spend("gate", "O1", AT)
        self._loop.call_soon_threadsafe(self.entered.set)
        assert self._open.wait(10)
        return "passed"

    def open(self) -> None:
        self._open.set()


async def test_what_is_submitted_together_is_committed_together_and_seen_by_all_afterwards(
    database: Database, committer: Committer
):
    wanted = {f"key{number}" for number in range(50)}
    assert set(await asyncio.gather(*(committer.submit(spend(key)) for key in wanted))) == wanted
    assert keys(database) == wanted
    assert committer.batches < 25
    assert committer.waiting == 0


async def test_a_job_that_fails_harms_no_other_of_its_batch(database: Database, committer: Committer):
    def bad(transaction: Transaction) -> None:
        transaction.spend("bad", "O1", AT)
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        committer.submit(spend("a")), committer.submit(bad), committer.submit(spend("b")), return_exceptions=True
    )
    assert [outcomes[0], outcomes[2]] == ["a", "b"]
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert keys(database) == {"a", "b"}


async def test_a_job_whose_rows_clash_is_told_so_after_its_tries_and_the_others_go_through(
    database: Database, committer: Committer
):
    await committer.submit(spend("twice"))
    outcomes = await asyncio.gather(
        committer.submit(spend("twice")), committer.submit(spend("once")), return_exceptions=True
    )
    assert isinstance(outcomes[0], IntegrityError)
    assert keys(database) == {"twice", "once"}


async def test_a_job_not_begun_in_time_is_withdrawn_and_never_runs(database: Database, committer: Committer):
    gate = Gate()
    first = asyncio.create_task(committer.submit(gate))
    await gate.entered.wait()
    with pytest.raises(Withdrawn):
        await committer.submit(spend("late"), patience_seconds=0.05)
    gate.open()
    assert await first == "passed"
    await committer.submit(spend("after"))
    assert keys(database) == {"gate", "after"}
    assert committer.waiting == 0


async def test_a_job_under_way_too_long_gives_its_outcome_later(database: Database, committer: Committer):
    gate = Gate()
    with pytest.raises(UnderWay) as raised:
        await committer.submit(gate, patience_seconds=0.05)
    gate.open()
    assert await raised.value.outcome == "passed"
    assert keys(database) == {"gate"}


async def test_a_full_queue_turns_jobs_away_at_once(database: Database):
    committer = Committer(database, most_waiting=2)
    committer.start()
    gate = Gate()
    first = asyncio.create_task(committer.submit(gate))
    await gate.entered.wait()
    second = asyncio.create_task(committer.submit(spend("second")))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as raised:
        await committer.submit(spend("third"))
    assert raised.value.trouble is Trouble.CROWDED
    gate.open()
    await asyncio.gather(first, second)
    await committer.stop()
    assert keys(database) == {"gate", "second"}


async def test_stopping_writes_what_was_accepted_and_takes_no_more(database: Database):
    committer = Committer(database)
    committer.start()
    gate = Gate()
    accepted = [asyncio.create_task(committer.submit(gate))]
    await gate.entered.wait()
    accepted += [asyncio.create_task(committer.submit(spend(f"key{number}"))) for number in range(200)]
    await asyncio.sleep(0)
    gate.open()
    await committer.stop()
    assert len(await asyncio.gather(*accepted)) == 201
    with database.reader.connect() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar() == 201
    with pytest.raises(Unavailable, match="is stopping"):
        await committer.submit(spend("too late"))


async def test_a_caller_that_leaves_does_not_undo_its_job(database: Database, committer: Committer):
    gate = Gate()
    leaving = asyncio.create_task(committer.submit(gate))
    await gate.entered.wait()
    leaving.cancel()
    gate.open()
    await committer.submit(spend("next"))
    assert keys(database) == {"gate", "next"}


@pytest.mark.parametrize(("races", "comes_through"), [(1, True), (_RACES, True), (_RACES + 1, False)])
async def test_a_job_that_another_process_came_before_is_tried_a_few_times_more_and_no_more(
    committer: Committer, races: int, comes_through: bool
):
    """Once in its batch, then alone."""
    tries = 0

    def job(_transaction: Transaction) -> str:
        nonlocal tries
        tries += 1
        if tries <= races:
            raise IntegrityError("INSERT", {}, Exception("duplicate key"))
        return "written"

    if comes_through:
        assert await committer.submit(job) == "written"
    else:
        with pytest.raises(IntegrityError):
            await committer.submit(job)
    assert tries == min(races, _RACES) + 1
