"""Slack's rate limits: tiers per method, and one message a second in each channel.

Real time counts, not the sandbox's clock: it is the caller's pace that is limited. Source: Slack's rate limits page; the bursts
are ours, since Slack tolerates short ones without promising any.
"""

import math
from dataclasses import dataclass, field

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
TIERS = {
    "apps.connections.open": 1,
    "auth.test": 4,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.getPermalink": 4,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
TIER_BURST = {1: 15, 2: 20, 3: 50, 4: 100}
POST_PER_SECOND = 1.0
POST_BURST = 4


@dataclass(slots=True)
class Bucket:
    """A token bucket: `burst` at once, then `per_second`."""

    per_second: float
    burst: float
    level: float
    at: float

    def wait_seconds(self, now: float) -> float:
        """0 if one more is allowed now (and counted), else the seconds until it would be."""
        self.level = min(self.burst, self.level + (now - self.at) * self.per_second)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.per_second


@dataclass(slots=True)
class Rates:
    """`on` switches everything; tests that are not about limits leave it off."""

    on: bool = False
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def retry_after(self, method: str, channel: str | None, now: float) -> int:
        """0 if the call may go on, else whole seconds for the Retry-After header."""
        if not self.on:
            return 0
        if method == "chat.postMessage":
            bucket = self._bucket(f"post:{channel}", POST_PER_SECOND, POST_BURST, now)
        else:
            tier = TIERS.get(method, 3)
            bucket = self._bucket(method, PER_MINUTE[tier] / 60, TIER_BURST[tier], now)
        return math.ceil(bucket.wait_seconds(now))

    def _bucket(self, key: str, per_second: float, burst: float, now: float) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(per_second, burst, burst, now)
        return self._buckets[key]
