"""A bot that is killed, at any moment: nothing acknowledged is lost, nothing is doubled, and the record is whole."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from services import crash_writer
from sqlalchemy import func, select

from engine.desk import Desk
from engine.store.audit import verify
from engine.store.dialects import open_database
from engine.store.tables import inbox, journal

WRITER = Path(crash_writer.__file__)


def kill_amid_writing(url: str, after_lines: int) -> list[str]:
    """Start a bot that ticks as fast as it can and kill it once it has told of so many; returns all that it told of."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, str(WRITER), url], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(after_lines)]
        process.send_signal(signal.SIGKILL)
        told += [line.strip() for line in process.stdout if line.endswith("\n")]
        process.wait(timeout=30)
    assert all(told), told
    return told


@pytest.mark.parametrize("after_lines", [1, 7, 40])
async def test_what_was_acknowledged_before_a_kill_is_there_once(url: str, after_lines: int):
    acknowledged = kill_amid_writing(url, after_lines)
    database = open_database(url)
    try:
        with database.reader.connect() as connection:
            kept = set(connection.execute(select(inbox.c.key)).scalars())
            events = connection.execute(select(func.count()).select_from(journal)).scalar_one()
            proof = verify(connection)
        assert set(acknowledged) <= kept
        assert proof.holds, proof.broken
        assert events == proof.events
    finally:
        database.close()


async def test_a_delivery_repeated_to_the_next_bot_has_no_second_effect(url: str, clock, process):
    acknowledged = kill_amid_writing(url, 5)
    database = open_database(url)
    desk = Desk(database, now=clock, randomness=os.urandom, process=lambda: process)
    desk.start()
    before = await desk.read(verify)
    for key in acknowledged:
        told = await desk.tell(crash_writer.command(key), once=key)
        assert told.repeated
    assert await desk.read(verify) == before
    await desk.stop()


@pytest.mark.postgres
async def test_two_bots_on_one_server_never_write_the_same_event_twice(postgres_url: str, clock, process, start):
    desks = []
    for _ in range(2):
        desk = Desk(open_database(postgres_url), now=clock, randomness=os.urandom, process=lambda: process)
        desk.start()
        desks.append(desk)
    told = await start(desks[0])
    commands = [crash_writer.tick(told.state.id, number) for number in range(20)]
    outcomes = await asyncio.gather(
        *(
            desk.tell(one, once=f"{number}", patience_seconds=30)
            for number, one in enumerate(commands)
            for desk in desks
        )
    )
    by_delivery = [outcomes[index : index + 2] for index in range(0, len(outcomes), 2)]
    assert all(sum(one.repeated for one in pair) == 1 for pair in by_delivery)
    assert (await desks[0].read(verify)).holds
    for desk in desks:
        await desk.stop()
