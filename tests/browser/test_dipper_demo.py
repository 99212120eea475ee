"""`dipper demo` as a newcomer runs it: one command, one URL, Ctrl+C, the same again; and what it says when it cannot start."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e.stage import CHANNEL
from e2e.walk import COMPANY, DETAILS, PEOPLE

from sandbox.driver import Workspace

pytestmark = pytest.mark.e2e

STARTS_SECONDS = 60
STOPS_SECONDS = 30
DIPPER = Path(sys.executable).parent / "dipper"


@dataclass
class Demo:
    """A running demo in a process group of its own, as a terminal starts it."""

    process: asyncio.subprocess.Process
    first_line: str

    @property
    def url(self) -> str:
        return next(word for word in self.first_line.split() if word.startswith("http://"))

    async def ctrl_c(self) -> tuple[int, str, str]:
        """Interrupts the whole group, as a terminal does; gives back the exit code and what was still said."""
        os.killpg(self.process.pid, signal.SIGINT)
        said, complained = await asyncio.wait_for(self.process.communicate(), STOPS_SECONDS)
        assert self.process.returncode is not None
        return self.process.returncode, said.decode(), complained.decode()


async def begin(folder: Path, port: int = 0) -> asyncio.subprocess.Process:
    arguments = ["demo", "--port", str(port), "--folder", str(folder)]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(DIPPER, *arguments, stdout=pipe, stderr=pipe, start_new_session=True)


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    process = await begin(folder)
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), STARTS_SECONDS)
        yield Demo(process, line.decode())
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def test_the_demo_prints_one_url_ends_by_ctrl_c_without_a_complaint_and_goes_on_where_it_was(tmp_path):
    async with demo(tmp_path) as first:
        assert first.first_line == f"Open {first.url} in a browser, and type /dip start in #dip-onboarding.\n"
        async with await Workspace.connect(first.url) as workspace:
            await workspace.connected()
            lena = workspace.user("lena")
            await lena.command("/dip start", channel=CHANNEL)
            await lena.modal("Start DIP onboarding")
            await lena.submit({**DETAILS, **PEOPLE})
            await workspace.message(CHANNEL, containing=COMPANY)
        assert await first.ctrl_c() == (0, "", "")
    async with demo(tmp_path) as second:
        async with await Workspace.connect(second.url) as workspace:
            await workspace.connected()
            lena = workspace.user("lena")
            card = await workspace.message(CHANNEL, containing=COMPANY)
            await lena.click("Status for me", in_=card)
            assert (await lena.message(CHANNEL, containing="Started")).ephemeral
        assert await second.ctrl_c() == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
async def test_a_demo_that_is_interrupted_while_it_starts_ends_without_a_traceback(tmp_path, number):
    process = await begin(tmp_path)
    workspace = tmp_path / "workspace.sqlite"
    async with asyncio.timeout(STARTS_SECONDS):
        while not workspace.exists():  # noqa: ASYNC110  # a file of another process says no event
            await asyncio.sleep(0.01)
    os.killpg(process.pid, number)
    _, complained = await asyncio.wait_for(process.communicate(), STOPS_SECONDS)
    assert (process.returncode, complained.decode()) == (0, "")


async def test_a_demo_that_is_killed_leaves_no_workspace_behind(tmp_path):
    async with demo(tmp_path) as killed:
        host, port = killed.url.removeprefix("http://").split(":")
        killed.process.kill()
        await killed.process.wait()
        async with asyncio.timeout(STOPS_SECONDS):
            while await answers(host, int(port)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # another process' port says no event


async def answers(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_port_that_is_taken_is_said_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await begin(tmp_path, port)
        said, complained = await asyncio.wait_for(process.communicate(), STARTS_SECONDS)
    assert (process.returncode, said) == (2, b"")
    assert complained.decode() == (
        f"Port {port} of this machine is in use, perhaps by a demo that runs already: look at http://127.0.0.1:{port}.\n"
        f"To start this one elsewhere: make demo PORT={port + 1}, or dipper demo --port {port + 1}\n"
    )
