"""The lab's two ways to listen: port 53 in a network of its own, and high ports where that is not allowed."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from lab.network import HIGH_PORTS, own_network
from lab.servers import tool

HERE = Path(__file__).parent
INSIDE = ("test_lab_command.py", "test_lab_transfer.py")
"""What runs the other way too: the command line as people use it, and a real transfer to a secondary."""


def test_a_network_of_our_own_is_empty_and_is_left_again_at_the_end():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with own_network() as own:
            reached = _reaches(server.getsockname())
        assert reached is not own  # where none is allowed nothing has changed
        assert _reaches(server.getsockname())


def test_the_lab_works_the_other_way_too(on_port_53: bool, tmp_path: Path):
    """On high ports where this process has port 53; else on 53 as root of a user namespace, where that is allowed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    enter: list[str] = []
    if on_port_53:
        environment[HIGH_PORTS] = "1"
    elif _runs(as_root := [tool("unshare"), "--user", "--map-root-user", "--net"]):
        enter = as_root
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        f"--basetemp={tmp_path}/in",
    ]
    ran = subprocess.run(
        [*enter, *suite, *(str(HERE / name) for name in INSIDE)],
        cwd=HERE.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout


def _reaches(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=5).close()
    except OSError:
        return False
    return True


def _runs(command: list[str]) -> bool:
    return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
