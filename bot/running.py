"""Starts the house, says in a few lines what runs where, and stops it in order when the program is interrupted."""

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from bot.house import House
from bot.settings import Settings, summary

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP: the terminal was closed


def end_quietly_when_interrupted() -> None:
    """Let Ctrl+C end a program that has not begun anything yet as it ends others: at once, without a traceback.

    For the time in which modules are imported; `run_interruptibly` takes over with the event loop.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_interruptibly(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` until it ends or is interrupted: the first signal cancels it wherever it is, so that it ends what it began.

    A second signal ends the process at once with exit code 130. Nothing that was acknowledged is lost by that.
    """
    end_quietly_when_interrupted()
    asyncio.run(_interruptible(main))
    end_quietly_when_interrupted()  # the loop has put Python's own handler back


async def _interruptible(main: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    running = loop.create_task(main)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if interrupted:
            os._exit(128 + signal.SIGINT)
        interrupted = True
        running.cancel()

    for number in STOPPING:
        with contextlib.suppress(NotImplementedError):  # on Windows Ctrl+C still ends the program
            loop.add_signal_handler(number, interrupt)
    try:
        await running
    except asyncio.CancelledError:
        if not interrupted:
            raise


async def run_house(settings: Settings, *, upgrade: bool, say: Callable[[str], None]) -> None:
    """Until cancelled. Raises StartFailed with what to do, and Broken where only a new process can go on."""
    house = await House.build(settings, upgrade=upgrade)
    try:
        await house.start()
        gc.freeze()  # and never looked through again for what could be thrown away
        gc.enable()
        for line in summary(settings):
            say(f"{line.what + ':':<20} {line.how}")
        say("Ready. Ctrl+C stops Dipper; nothing that was acknowledged is lost.")
        await house.until_broken()
    finally:
        await house.stop()
