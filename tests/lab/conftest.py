"""Worlds for the tests of this folder: started once for a module, ended with it. Everything here needs real servers."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from lab.servers import tool
from lab.world import Leaf, World

HERE = Path(__file__).parent
StartWorld = Callable[[Iterable[Leaf]], World]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="module")
def start_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartWorld]:
    """Starts a world of these leaf zones; it is ended after the module's last test."""
    worlds: list[World] = []

    def start(leaves: Iterable[Leaf]) -> World:
        for command in ("nsd", "knotd", "named"):
            tool(command)
        world = World(tmp_path_factory.mktemp("world"), tuple(leaves))
        worlds.append(world)
        return world.start()

    yield start
    for world in worlds:
        world.stop()
