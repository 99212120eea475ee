"""Bots as processes of their own: started, paused while another is measured, killed, and looked at through /proc."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.bench.slack_side import BOT_TOKEN, SECRET, HttpLine, Line, SlackSide

ROOT = Path(__file__).resolve().parents[2]
BARE, EAGER, DIPPER = "bare Bolt", "bare Bolt, eager", "Dipper"
PATIENCE_SECONDS = 120
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Bot:
    """A running bot and the line to it. `began` is when its process was started, by `time.perf_counter`."""

    kind: str
    process: subprocess.Popen[bytes]
    line: Line
    began: float

    @classmethod
    def start(cls, side: SlackSide, kind: str, transport: str, log: Path, *, database: str = "") -> Self:
        name = f"{kind}-{os.urandom(4).hex()}".replace(" ", "").replace(",", "")
        port = free_port()
        line: Line = HttpLine(port) if transport == "http" else side.socket_line(name)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(log.parent / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode beside it
        if kind == DIPPER:
            arguments = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
            environment |= _settings(side.base_url, name, transport, port, database)
        else:
            style = "eager" if kind == EAGER else "default"
            arguments = [
                sys.executable,
                "-m",
                "tests.bench.bare_bolt",
                name,
                side.base_url,
                transport,
                str(port),
                style,
            ]
        with log.open("ab") as written:
            began = time.perf_counter()
            process = subprocess.Popen(
                arguments, cwd=log.parent if kind == DIPPER else ROOT, env=environment, stdout=written, stderr=written
            )
        if cpus := _cpus():
            os.sched_setaffinity(process.pid, {cpus[0]})
        return cls(kind, process, line, began)

    async def ready(self) -> None:
        """Raises RuntimeError if the process ends, TimeoutError if it is not connected in time."""
        waiting = asyncio.ensure_future(self.line.ready(PATIENCE_SECONDS))
        while not waiting.done():
            await asyncio.wait([waiting], timeout=0.5)
            if self.process.poll() is not None:
                waiting.cancel()
                raise RuntimeError(f"{self.kind} ended with {self.process.returncode}; its log says why")
        await waiting

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a crash would: no goodbye, nothing flushed."""
        self.process.kill()
        self.process.wait()

    async def stop(self) -> None:
        await self.line.close()
        if self.process.poll() is None:
            self.go_on()
            self.process.terminate()
            try:
                await asyncio.to_thread(self.process.wait, 30)
            except subprocess.TimeoutExpired:
                self.kill()

    def rss_mib(self) -> float:
        """Resident memory."""
        for row in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if row.startswith("VmRSS:"):
                return int(row.split()[1]) / 1024
        raise RuntimeError(f"{self.kind} has no memory: it is gone")

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def take_last_cpu() -> None:
    """The driver and what it starts stay on the last CPU; bots are put on the first. With one CPU all share it."""
    if cpus := _cpus():
        os.sched_setaffinity(0, {cpus[-1]})


def _cpus() -> list[int]:
    count = os.cpu_count() or 1
    return list(range(count)) if count > 1 and hasattr(os, "sched_setaffinity") else []


def machine_busy_seconds() -> float:
    """CPU seconds that all processes of this machine have used since it started."""
    fields = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _settings(base_url: str, name: str, transport: str, port: int, database: str) -> dict[str, str]:
    return {
        "DIPPER_SLACK_BASE_URL": base_url,
        "DIPPER_SLACK_BOT_TOKEN": BOT_TOKEN,
        "DIPPER_SLACK_APP_TOKEN": f"xapp-{name}",
        "DIPPER_SLACK_SIGNING_SECRET": SECRET,
        "DIPPER_SLACK_TRANSPORT": transport,
        "DIPPER_HTTP_PORT": str(port),
        "DIPPER_DATABASE_URL": database,
        "DIPPER_DNS_RESOLVERS": "127.0.0.1",
        "DIPPER_DNS_SYSTEM_RESOLVER": "off",
        "DIPPER_LOG_LEVEL": "error",
    }
