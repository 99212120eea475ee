"""How fast the desk tells, reads and claims, on SQLite and on a private PostgreSQL. Run: `python -m tests.bench.store`.

Every command runs the whole way: repeat key, snapshot, decision, chained events, due work, messages, commit. Figures depend on
the machine and on what else runs on it: compare within one run only.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as pytest's pythonpath does

from services import postgres
from services.crash_writer import begin, tick

from engine.desk import Desk
from engine.process.loader import load_process
from engine.store import duework, reads
from engine.store.audit import verify
from engine.store.dialects import Database, open_database
from engine.store.schema import upgrade
from engine.store.tables import due, onboardings, slots, texts

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    per_second: float
    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        return f"{self.what:<44} {self.per_second:>9,.0f}/s  p50 {self.p50_ms:>8.2f} ms  p99 {self.p99_ms:>8.2f} ms"


async def timed(what: str, workers: int, each: int, act: Callable[[int, int], Awaitable[object]]) -> Figure:
    """`workers` tasks act `each` times, one after the other."""
    took: list[float] = []

    async def work(worker: int) -> None:
        for number in range(each):
            began = time.perf_counter()
            await act(worker, number)
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work(worker) for worker in range(workers)))
    elapsed = time.perf_counter() - began
    took.sort()
    return Figure(
        what, len(took) / elapsed, took[len(took) // 2] * 1000, took[min(len(took) - 1, len(took) * 99 // 100)] * 1000
    )


async def measure(url: str, many: int, say: Callable[[str], None]) -> None:
    database = open_database(url)
    upgrade(database)
    process = load_process()
    desk = Desk(database, now=lambda: NOW, randomness=os.urandom, process=lambda: process)
    desk.start()
    told = [await desk.tell(begin(number)) for number in range(64)]
    ids = [one.state.id for one in told]
    for workers, each in ((1, 100), (16, 40), (64, 20)):

        async def click(worker: int, number: int, workers: int = workers) -> None:
            key = f"{workers}:{worker}:{number}"
            await desk.tell(tick(ids[worker], number), once=key, patience_seconds=60)

        say(str(await timed(f"tell, {workers} at once", workers, each, click)))
    say(f"{'commands a commit':<44} {desk.committer.jobs / desk.committer.batches:>9.1f}")

    async def status(worker: int, number: int) -> None:
        await desk.read(reads.case, ids[(worker * 100 + number) % 64])

    say(str(await timed("status of one of 64 onboardings", 1, 200, status)))
    multiply(database, ids[0], many)
    say(str(await timed(f"status of one of {many + 64:,} onboardings", 1, 200, status)))

    async def claim(worker: int, number: int) -> None:
        await desk.write(duework.claim, NOW + timedelta(days=30), NOW, limit=100, lease=timedelta(minutes=2))

    say(str(await timed(f"claim 100 of {count_due(database):,} due items", 1, 20, claim)))
    proof = await desk.read(verify, ids[1])
    say(f"{'record of one onboarding whole':<44} {proof.holds!s:>9}, {proof.events} events")
    await desk.stop()


def multiply(database: Database, model: str, many: int) -> None:
    """Copies of one onboarding with new ids: rows enough that an unindexed question would be seen."""
    with database.writer.begin() as connection:
        for table in (onboardings, texts, due, slots):
            key = "id" if table is onboardings else "onboarding"
            for row in connection.execute(select(table).where(table.c[key] == model)).all():
                rows = [dict(row._mapping) | {key: f"X{number}"} for number in range(many)]
                for number, one in enumerate(rows):
                    if table is texts:
                        one["id"] = f"{row.id}.{number}"
                    if table is onboardings:
                        one |= {"short_id": f"XX-{number}", "company": f"X{number}"}
                connection.execute(insert(table), rows)
    with database.writer.begin() as connection:
        connection.execute(text("ANALYZE"))


def count_due(database: Database) -> int:
    with database.reader.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(due)).scalar_one())


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Measure the store.")
    parser.add_argument("--many", type=int, default=10_000, help="onboardings beside the 64 that are told")
    many = parser.parse_args(arguments).many
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        print("SQLite")
        asyncio.run(measure(f"sqlite:///{folder}/bench.db", many, lambda line: print("  " + line)))
        try:
            server = stack.enter_context(postgres.running())
        except RuntimeError as error:
            print(f"PostgreSQL is left out: {error}")
            return
        print("PostgreSQL (fsync off)")
        asyncio.run(measure(server.create("bench"), many, lambda line: print("  " + line)))


if __name__ == "__main__":
    main(sys.argv[1:])
