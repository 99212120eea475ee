"""The lab on port 53, as in the world outside, in a network namespace of its own where the system allows one."""

import os
import subprocess
import sys
from pathlib import Path

from lab.servers import tool

HERE = Path(__file__).parent
INSIDE = ("test_lab_command.py", "test_lab_transfer.py")
"""What is run in there: the command line as people use it, without --port, and a real transfer to a secondary."""


def test_real_servers_answer_on_port_53_in_a_namespace_of_their_own(tmp_path: Path) -> None:
    tool("ip")
    enter = [tool("unshare"), "--net"] if os.geteuid() == 0 else [tool("unshare"), "--user", "--map-root-user", "--net"]
    tests = [str(HERE / name) for name in INSIDE]
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
    line = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", *suite, *tests]
    if subprocess.run([*enter, "true"], capture_output=True, check=False).returncode != 0:
        # Namespaces are forbidden here: the same tests run on a high port as part of the lab itself.
        enter, port = [], "0"
    else:
        port = "53"
    environment = {**os.environ, "DIPPER_LAB_PORT": port}
    environment.pop("PYTEST_XDIST_WORKER", None)
    environment.pop("PYTEST_CURRENT_TEST", None)
    ran = subprocess.run(
        [*enter, *(line if enter else [*suite, *tests])],
        cwd=HERE.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout
