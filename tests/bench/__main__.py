"""Every measurement of the project, in turn: `make bench`, or `python -m tests.bench` with `--help` for the parts.

Nothing here passes or fails, but that something acknowledged is lost, or acknowledged before it was committed, ends it
with code 1. Two CPUs that nothing else uses are needed for figures that mean something; the columns `driver` and
`others` say how many CPUs driver and everybody else took meanwhile.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as pytest's pythonpath does

from tests.bench.bots import ROOT, take_last_cpu
from tests.bench.slack_bench import FULL, POSTGRESQL, QUICK, SQLITE, TRANSPORTS, Bench, Stock, private_postgres
from tests.bench.slack_side import SlackSide

PROGRAMS = {"store": "store.py", "dns": "dns_diagnosis.py", "pki": "pki_inspect.py"}
"""Measurements of single rooms, each a program of its own beside this one."""
QUICK_ARGUMENTS = {"store": ["--many", "100"]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Dipper on this machine.")
    parser.add_argument(
        "--quick", action="store_true", help="some seconds, on SQLite: shows that it runs, not how fast"
    )
    parser.add_argument("--only", choices=["slack", *PROGRAMS], help="one part instead of all")
    parser.add_argument("--transport", choices=TRANSPORTS, help="Socket Mode or signed HTTP alone instead of both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    asked = parser.parse_args()
    figures: dict[str, Any] = {"machine": _machine()}
    if asked.only in (None, "slack"):
        figures["slack"] = asyncio.run(
            _slack(quick=asked.quick, transports=[asked.transport] if asked.transport else TRANSPORTS)
        )
    if not asked.quick or asked.only in PROGRAMS:
        for name, file in PROGRAMS.items():
            path = ROOT / "tests/bench" / file
            if asked.only in (None, name) and path.is_file():
                figures[name] = _program(name, path, QUICK_ARGUMENTS.get(name, []) if asked.quick else [])
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    broken = _broken(figures.get("slack", {}))
    for line in broken:
        print(f"BROKEN PROMISE: {line}", file=sys.stderr)
    return 1 if broken else 0


async def _slack(*, quick: bool, transports: Sequence[str]) -> dict[str, Any]:
    take_last_cpu()
    size = QUICK if quick else FULL
    side = SlackSide()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dipper-bench-")))
        server = None if quick else private_postgres(stack, _say)
        databases = [SQLITE] if server is None else [SQLITE, POSTGRESQL]
        await side.start()
        try:
            return await Bench(folder, size, Stock(folder, size, server), side, _say).everything(databases, transports)
        except Exception:
            log = folder / "bots.log"
            print(log.read_text(errors="replace")[-4000:] if log.exists() else "no bot wrote a log", file=sys.stderr)
            raise
        finally:
            await side.stop()


def _program(name: str, path: Path, more: list[str]) -> dict[str, Any]:
    """What a measurement in a program of its own prints, line by line as it comes."""
    print(f"\n{name}", flush=True)
    arguments = [sys.executable, str(path), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    lines = []
    with subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print("  " + line, end="", flush=True)
            lines.append(line.rstrip())
    if process.returncode:
        print(f"  {name} ended with {process.returncode}: a goal of its own was missed, or it failed", flush=True)
    return {"ended_with": process.returncode, "printed": lines}


def _broken(slack: dict[str, Any]) -> list[str]:
    """What acknowledged clicks came to, where that is not what was promised."""
    records = [("", one["record"]) for one in slack.get("clicks", []) if "record" in one]
    records += [(" after a crash", one) for one in slack.get("crash", [])]
    broken = []
    for when, record in records:
        if record["lost"] or record["doubled"] or not record["chain_holds"]:
            broken.append(f"{record['lost']} acknowledged clicks lost and {record['doubled']} doubled{when}: {record}")
        if record.get("uncommitted_when_acknowledged"):
            broken.append(f"acknowledged before the commit: {record}")
    return broken


def _machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
