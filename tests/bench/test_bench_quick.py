"""The benchmark's quick run: that it runs to its end and keeps count, not how fast anything is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_the_quick_run_loses_no_acknowledged_click_even_when_the_bot_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    arguments = ["-m", "tests.bench", "--quick", "--only", "slack", "--transport", "socket", "--json", str(file)]
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads(file.read_text())["slack"]
    [crash] = figures["crash"]
    assert crash["acknowledged"] >= 60
    assert (crash["lost"], crash["doubled"], crash["chain_holds"]) == (0, 0, True)
    assert (crash["witnessed"] > 0, crash["uncommitted_when_acknowledged"]) == (True, 0)
    [record] = [one["record"] for one in figures["clicks"] if "record" in one]
    assert record["acknowledged"] > 0
    assert (record["lost"], record["doubled"], record["chain_holds"]) == (0, 0, True)
    assert {one["bot"] for one in figures["clicks"] if "bot" in one} == {"Dipper", "bare Bolt", "bare Bolt, eager"}
    assert "acknowledged: 0 lost" in ran.stdout
