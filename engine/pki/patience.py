"""An end for a whole conversation: a time-out counts from byte to byte, so a stranger who sends one now and then has none."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(slots=True)
class Patience:
    """`over` tells that the connection was cut here, and not by the other side."""

    over: bool = False


@contextmanager
def cut_after(connection: socket.socket, seconds: float) -> Iterator[Patience]:
    """Cuts the connection when the time is up, whoever holds its socket by then (TLS takes it over). Real time."""
    patience, twin = Patience(), connection.dup()

    def cut() -> None:
        patience.over = True
        with suppress(OSError):  # the other side has closed it already
            twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield patience
    finally:
        timer.cancel()
        timer.join()
        twin.close()
