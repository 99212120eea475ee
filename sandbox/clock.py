"""The sandbox's clock: real time plus an offset that people and tests may move."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class Clock:
    """Deadlines of protocol (trigger, ack, signature) use `real`; everything that people see as a date uses `now`."""

    offset_seconds: float = 0.0

    def now(self) -> float:
        """Seconds since 1970, in the sandbox's time."""
        return time.time() + self.offset_seconds

    @staticmethod
    def real() -> float:
        """Seconds since 1970, in real time."""
        return time.time()

    def as_json(self) -> dict[str, object]:
        now = self.now()
        return {
            "now": datetime.fromtimestamp(now, UTC).isoformat(),
            "epoch": now,
            "offset_seconds": self.offset_seconds,
        }
