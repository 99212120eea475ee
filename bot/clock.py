"""The one place that reads the clock. Everything below `bot/` is handed a `Clock`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Says what time it is, in UTC with its zone."""


def system_clock() -> datetime:
    return datetime.now(UTC)


class ShiftedClock:
    """The system's clock moved by an offset: the demo's time, which its workspace can move forward.

    Signatures, TLS, leases and ack deadlines never use it; they keep real time.
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def __call__(self) -> datetime:
        return system_clock() + self.offset
