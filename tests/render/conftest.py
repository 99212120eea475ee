"""A renderer over ours, one over templates that a test writes, and the samples of everything that is said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.render.renderer import Renderer
from bot.render.samples import Sample, samples
from engine.process.loader import load_process
from engine.process.model import Process

Write = Callable[[str], Renderer]


@pytest.fixture(scope="session")
def process() -> Process:
    return load_process()


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="session")
def every_sample(process: Process) -> tuple[Sample, ...]:
    return samples(process)


@pytest.fixture
def template(tmp_path: Path) -> Write:
    """Makes a renderer with one template, named `t`."""

    def write(text: str) -> Renderer:
        (tmp_path / "t.md").write_text(text, encoding="utf-8")
        return Renderer(tmp_path)

    return write
