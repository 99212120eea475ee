"""Starts the house, says in a few lines what runs where, and stops it in order when the program is interrupted."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable

from bot.house import House
from bot.settings import Settings, summary


async def run_until_interrupted(settings: Settings, *, upgrade: bool, say: Callable[[str], None]) -> None:
    """Raises StartFailed with what to do."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows Ctrl+C still ends the program
            loop.add_signal_handler(number, stop.set)
    house = await House.build(settings, upgrade=upgrade)
    try:
        await house.start()
        gc.freeze()  # and never looked through again for what could be thrown away
        gc.enable()
        for line in summary(settings):
            say(f"{line.what + ':':<20} {line.how}")
        say("Ready. Ctrl+C stops Dipper; nothing that was acknowledged is lost.")
        await stop.wait()
    finally:
        await house.stop()
