"""Runs a fuzz target: guided by coverage where atheris has a build for this Python, else over mutations drawn from a seed.

Both take the same arguments: `-runs=N`, `-seed=N`, `-max_len=N` and folders of inputs to begin with.
"""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import atheris
except ModuleNotFoundError:  # it has no build for Python 3.13 and newer
    atheris = None


@contextmanager
def instrumented(package: str) -> Iterator[None]:
    """What is imported within is watched for new ways through the code."""
    if atheris is None:
        yield
        return
    with atheris.instrument_imports(include=[package]):
        yield


def run(one_input: Callable[[bytes], None]) -> None:
    if atheris is not None:
        atheris.Setup(sys.argv, one_input)
        atheris.Fuzz()
        return
    given = dict(each.lstrip("-").split("=", 1) for each in sys.argv[1:] if each.startswith("-") and "=" in each)
    runs, longest = int(given.get("runs", 1000)), int(given.get("max_len", 4096))
    draw = random.Random(int(given.get("seed", 1)))
    folders = [Path(each) for each in sys.argv[1:] if not each.startswith("-")]
    seeds = [path.read_bytes() for folder in folders for path in sorted(folder.iterdir())] or [b""]
    for _ in range(runs):
        data = mutated(draw.choice(seeds), draw)[:longest]
        try:
            one_input(data)
        except BaseException:
            print(f"The input that fails: {data.hex()}", file=sys.stderr)
            raise
    print(f"Done {runs} runs, without guidance by coverage", file=sys.stderr)


def mutated(data: bytes, draw: random.Random) -> bytes:
    """A few bytes changed, put in, taken out or said twice."""
    made = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        at = draw.randint(0, len(made))
        match draw.randrange(4):
            case 0:
                made[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                made[at:at] = draw.randbytes(draw.randint(1, 8))
            case 2:
                del made[at : at + draw.randint(1, 16)]
            case _:
                made[at:at] = made[at : at + draw.randint(1, 64)]
    return bytes(made)
