"""Run as a program by test_crash.py: ticks and unticks as fast as it can, and prints each repeat key once it is acknowledged."""

import asyncio
import os
import sys
from datetime import UTC, datetime

from engine.desk import Desk
from engine.onboarding.commands import Command, Start, Tick, TickTasks
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Route
from engine.store.dialects import open_database

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRMS = 8


def begin(number: int) -> Start:
    return Start(
        onboarding=f"O{number}",
        by="ULEAD",
        team="T1",
        short_id=f"FI-{number:04}",
        company=f"CO{number}",
        name=f"Firm {number}",
        number=str(number + 1),
        environment=Environment.UIT,
        participant=Participant.ACTIVE_MP,
        route=Route.SIT,
        channel=f"C{number}",
        leads=("ULEAD",),
    )


def tick(onboarding: str, number: int) -> TickTasks:
    return TickTasks(onboarding, "ULEAD", 0, (Tick("0.1", done=number % 2 == 0),), for_owner=True)


def command(key: str) -> Command:
    """What was told with this repeat key."""
    firm, number = key.split(":")
    return begin(int(firm)) if number == "start" else tick(f"O{firm}", int(number))


async def main(url: str) -> None:
    process = load_process()
    desk = Desk(open_database(url), now=lambda: NOW, randomness=os.urandom, process=lambda: process)
    desk.start()

    async def tell(key: str) -> None:
        await desk.tell(command(key), once=key, patience_seconds=60)
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()

    async def firm(number: int) -> None:
        await tell(f"{number}:start")
        for count in range(10_000):
            await tell(f"{number}:{count}")

    await asyncio.gather(*(firm(number) for number in range(FIRMS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
