"""A program that is interrupted ends what it began, wherever it is, and says nothing that looks like a fault."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.running import STOPPING, run_house, run_interruptibly

STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233)


async def after(steps: int) -> None:
    """Passes when the event loop has gone round so often: interrupts at another place of the start for each number."""
    for _ in range(steps):
        await asyncio.sleep(0)


@pytest.mark.parametrize("steps", STEPS)
async def test_a_start_that_is_cancelled_anywhere_ends_what_it_began(workspace, settings_for, steps):
    before = asyncio.all_tasks()
    running = asyncio.create_task(run_house(settings_for(workspace), upgrade=True, say=lambda _line: None))
    await after(steps)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not left


async def test_a_running_bot_that_is_cancelled_ends_what_it_began(workspace, settings_for):
    before = asyncio.all_tasks()
    ready = asyncio.Event()
    running = asyncio.create_task(
        run_house(settings_for(workspace), upgrade=True, say=lambda line: ready.set() if "Ready" in line else None)
    )
    await asyncio.wait_for(ready.wait(), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not {task for task in asyncio.all_tasks() - before if not task.done()}


@pytest.mark.parametrize("number", STOPPING, ids=lambda number: number.name)
def test_each_signal_cancels_once_and_the_program_ends_well(number):
    ended = run_child(
        f"""
        async def main():
            try:
                os.kill(os.getpid(), signal.{number.name})
                await asyncio.Event().wait()
            finally:
                print("put away")
        """
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "put away\n", "")


def test_a_second_signal_ends_the_program_at_once():
    ended = run_child(
        """
        async def main():
            try:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
        """
    )
    assert (ended.returncode, ended.stderr) == (130, "")


def test_ctrl_c_before_the_loop_runs_leaves_no_traceback():
    ended = run_child("def main():\n    os.kill(os.getpid(), signal.SIGINT)\n    return 0")
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")


def test_what_fails_by_itself_is_not_taken_for_an_interruption():
    async def main() -> None:
        raise LookupError("a fault of ours")

    with pytest.raises(LookupError):
        run_interruptibly(main())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # of the tests' own process


def run_child(program: str) -> "subprocess.CompletedProcess[str]":
    lines = "\n".join(line.removeprefix("        ") for line in program.splitlines())
    code = f"import asyncio, os, signal\nfrom bot import running\n{lines}\n"
    code += "running.end_quietly_when_interrupted()\nrunning.run_interruptibly(main())\n"
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
