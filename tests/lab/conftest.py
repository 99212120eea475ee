"""Worlds for the tests of this folder: started once for a module, ended with it. Everything here needs real servers."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from lab.network import own_network
from lab.servers import tool
from lab.world import Leaf, World

HERE = Path(__file__).parent
StartWorld = Callable[[Iterable[Leaf]], World]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="module", autouse=True)
def on_port_53() -> Iterator[bool]:
    """Whether this module's servers are in a network of their own, on port 53 as in the world outside."""
    with own_network() as own:
        yield own


@pytest.fixture(scope="module")
def start_world(on_port_53: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartWorld]:
    """Starts a world of these leaf zones; it is ended after the module's last test."""
    worlds: list[World] = []

    def start(leaves: Iterable[Leaf]) -> World:
        for command in ("nsd", "knotd", "named"):
            tool(command)
        world = World(tmp_path_factory.mktemp("world"), tuple(leaves), own_network=on_port_53)
        worlds.append(world)
        return world.start()

    yield start
    for world in worlds:
        world.stop()
