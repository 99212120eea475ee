"""The fuzz target for DNS answers runs, for a bounded number of inputs."""

import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "dns_messages.py"


def test_a_bounded_run_of_the_dns_fuzz_target_finds_nothing(tmp_path):
    seeds = tmp_path / "corpus"
    seeds.mkdir()
    answer = b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x01\x2c\x00\x05\x04abcd"
    (seeds / "txt").write_bytes(answer)
    run = subprocess.run(
        [sys.executable, str(TARGET), "-runs=1000", "-seed=7", "-max_len=600", str(seeds)],
        cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert "Done 1000 runs" in run.stderr
