"""The process as it is delivered, and a way to break a copy of its files."""

from collections.abc import Callable
from importlib import resources

import pytest

from engine.process.loader import build, load_process
from engine.process.model import Process
from engine.process.nodes import Problem, ProcessInvalid, parse

Break = Callable[..., tuple[Problem, ...]]


def _texts() -> dict[str, str]:
    folder = resources.files("engine.process.dip")
    return {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".yaml")}


TEXTS = _texts()
PARSED = {name: parse(text, name) for name, text in TEXTS.items()}


@pytest.fixture(scope="session")
def process() -> Process:
    return load_process()


@pytest.fixture(scope="session")
def broken() -> Break:
    """The problems of the process after a change in one file: `broken("step-5.yaml", old, new)`, or a file left out."""

    def load(file: str, old: str | None = None, new: str = "") -> tuple[Problem, ...]:
        files = {name: node for name, node in PARSED.items() if name != file}
        if old is not None:
            assert old in TEXTS[file], f"{old!r} does not stand in {file}"
            try:
                files[file] = parse(TEXTS[file].replace(old, new, 1), file)
            except ProcessInvalid as invalid:
                return invalid.problems
        with pytest.raises(ProcessInvalid) as caught:
            build(files)
        return caught.value.problems

    return load


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    return TEXTS
