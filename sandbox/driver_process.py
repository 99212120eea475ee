"""Runs a sandbox in a process of its own, for the driver."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.driver_seen import DriverError

START_SECONDS = 20.0
PROJECT = Path(__file__).resolve().parents[1]


@asynccontextmanager
async def own_process(
    state_file: Path,
    manifest: Path | None,
    rates: bool,
    port: int,
    transport: str | None,
    request_url: str | None,
    dns_port: int | None,
) -> AsyncIterator[str]:
    """A sandbox in a process of its own, ended politely when the block ends."""
    arguments = [
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(state_file),
        "--rates",
        "real" if rates else "off",
    ]
    arguments += ["--manifest", str(manifest)] if manifest is not None else []
    arguments += ["--transport", transport] if transport is not None else []
    arguments += ["--request-url", request_url] if request_url is not None else []
    arguments += ["--dns-port", str(dns_port)] if dns_port is not None else []
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, env=environment
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await _first_line(process)
        if not line:
            raise DriverError(f"The sandbox ended at once, with status {await process.wait()}.")
        yield str(json.loads(line)["url"])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _first_line(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise DriverError("The sandbox's output is not to be read.")
    return await process.stdout.readline()
