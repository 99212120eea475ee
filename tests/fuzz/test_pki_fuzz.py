"""A short run of the fuzz target, from real seeds, so that the target itself stays alive."""

import subprocess
import sys
from pathlib import Path

from tests.pki.mutating import SEEDS

TARGET = Path(__file__).with_name("pki_fuzz.py")


def test_the_fuzz_target_survives_a_few_thousand_inputs(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS):
        for place in (b"\x00", b"\x01"):
            (corpus / f"{number}{place[0]}").write_bytes(place + seed)
    command = [
        sys.executable,
        str(TARGET),
        "-runs=3000",
        "-seed=1",
        "-max_total_time=30",
        f"-artifact_prefix={tmp_path}/",
        str(corpus),
    ]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done" in done.stderr
