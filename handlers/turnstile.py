"""How often one person may have something done that costs others something: a check asks servers that are not ours."""

from collections import defaultdict, deque
from datetime import datetime, timedelta

MOST_CHECKS = 20
WITHIN = timedelta(minutes=10)


class Turnstile:
    """Lets each person through `most` times within a stretch of time. Kept in memory: a restart forgets it."""

    def __init__(self, most: int = MOST_CHECKS, within: timedelta = WITHIN) -> None:
        self._most = most
        self._within = within
        self._passed: dict[str, deque[datetime]] = defaultdict(deque)

    def let_in(self, person: str, now: datetime) -> bool:
        passed = self._passed[person]
        while passed and now - passed[0] >= self._within:
            passed.popleft()
        if len(passed) >= self._most:
            return False
        passed.append(now)
        return True
