"""When to look again: a policy as data, and the pure function that reads it.

Fast after a record was promised or an answer changed, then slower; daily after success for as long as it is watched; never
faster than politeness allows, nor, where only caches are behind, than their time is over. That a record is gone after it was
right is a finding of its own (D29).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.dns.rules.model import Verdict


@dataclass(frozen=True, slots=True)
class Pace:
    """Until `until` has gone by since the beginning, look every `every`."""

    until: timedelta
    every: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The paces in order, what comes after the last one, and the bounds that no estimate may break."""

    paces: tuple[Pace, ...]
    after: timedelta
    success: timedelta
    least: timedelta
    most: timedelta


POLICY = Policy(
    paces=(
        Pace(timedelta(minutes=20), timedelta(minutes=2)),
        Pace(timedelta(hours=2), timedelta(minutes=10)),
        Pace(timedelta(hours=48), timedelta(hours=1)),
        Pace(timedelta(days=30), timedelta(hours=6)),
    ),
    after=timedelta(days=1),
    success=timedelta(days=1),
    least=timedelta(minutes=2),
    most=timedelta(days=1),
)
"""2 minutes for 20 minutes, 10 to 2 hours, hourly to 48 hours, 6 hours to a month, then daily; daily after success."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: since when a change is awaited, what the last look said and when, and its estimate.

    `ttl` is how long the caches that are all that is behind may keep what they hold; None where a server is behind.
    """

    since: datetime
    last_look: datetime
    verdict: "Verdict | None"
    ready_at: datetime | None = None
    ttl: timedelta | None = None


def next_look(watch: Watch, policy: Policy = POLICY) -> datetime:
    """When to look again. After success daily; before it by pace, or at the estimate, if that comes first.

    With a known time-to-live no look comes sooner than it would let a change be seen, up to the pace of `most`.
    """
    if watch.verdict == "ready":
        return watch.last_look + policy.success
    waited = max(watch.last_look - watch.since, timedelta(0))
    step = next((pace.every for pace in policy.paces if waited < pace.until), policy.after)
    if watch.ttl is not None:
        step = max(step, min(watch.ttl, policy.most))
    due = watch.last_look + step
    if watch.ready_at is not None and watch.last_look < watch.ready_at < due:
        due = watch.ready_at
    return max(due, watch.last_look + policy.least)
