"""Where the lab listens: on port 53 in a network of its own where the system allows one, else on high ports of loopback.

A thread that enters a new network namespace takes the sockets that it opens from then on, the threads and the programs that
it starts, with it; the rest of the test process stays where it was.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from lab.servers import tool

HIGH_PORTS = "DIPPER_LAB_HIGH_PORTS"
"""Set in the environment, it keeps the lab on high ports also where it could have a network of its own."""
_NEW_NETWORK = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def own_network() -> Iterator[bool]:
    """Puts this thread into an empty network that has loopback only, and back at the end.

    Gives False, and changes nothing, where the system does not allow it: it takes the right to administer the network.
    """
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        way_back = not os.environ.get(HIGH_PORTS) and _libc.setns(before, _NEW_NETWORK) == 0
        if not way_back or _libc.unshare(_NEW_NETWORK) != 0:
            yield False
            return
        try:
            subprocess.run([tool("ip"), "link", "set", "lo", "up"], check=True, timeout=10)
            yield True
        finally:
            if _libc.setns(before, _NEW_NETWORK) != 0:
                raise OSError(ctypes.get_errno(), "the way back from the lab's network is barred")
    finally:
        os.close(before)


def add_address(address: str) -> None:
    """Gives the loopback interface of our own network one more address, for servers that listen only at real ones."""
    command = [tool("ip"), "address", "add", f"{address}/{128 if ':' in address else 32}", "dev", "lo"]
    subprocess.run(command, check=True, timeout=10)
