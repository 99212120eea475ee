"""What a machine lacks is left out whole, and aloud: no test of it runs and fails instead."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MARKERS = sorted(
    {line.split()[2] for line in (ROOT / ".ci" / "packages").read_text("utf-8").splitlines() if line[:1] not in "# "}
)
ROOMS = {"lab": "tests/lab", "browser": "tests/browser/test_page_words.py"}


def collected(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("marker", sorted(ROOMS))
def test_what_needs_a_missing_package_is_left_out_whole_and_said_in_the_last_lines(marker):
    run = collected(f"--leave-out={marker}:some-package", ROOMS[marker])
    assert "::" not in run.stdout, run.stdout[-2000:]
    assert f"LEFT OUT: every test marked {marker}, because this machine lacks: some-package." in run.stdout


def test_every_marker_that_needs_a_package_is_known_to_the_suite():
    known = subprocess.run(
        [sys.executable, "-m", "pytest", "--markers"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert all(f"@pytest.mark.{marker}:" in known for marker in MARKERS)
    assert set(ROOMS) <= set(MARKERS)
