"""When to look again: a policy as data, and the pure function that reads it.

Fast after a record was promised or changed, then slower; daily after success for as long as it is watched; never
faster than politeness allows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

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
    ),
    after=timedelta(hours=6),
    success=timedelta(days=1),
    least=timedelta(minutes=2),
    most=timedelta(days=1),
)
"""2 minutes for 20 minutes, 10 minutes to 2 hours, hourly to 48 hours, then every 6 hours; daily after success."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: since when a change is awaited, what the last look said and when, and its estimate."""

    since: datetime
    last_look: datetime
    verdict: Verdict | None
    succeeded: bool = False
    ready_at: datetime | None = None
    ttl: timedelta | None = None


def next_look(watch: Watch, policy: Policy = POLICY) -> datetime:
    """When to look again. After success daily; before it by pace, or at the estimate, if that comes first.

    With a known time-to-live no look comes sooner than it would let a change be seen, up to the pace of `most`.
    """
    if watch.succeeded or watch.verdict == "ready":
        return watch.last_look + policy.success
    waited = max(watch.last_look - watch.since, timedelta(0))
    step = next((pace.every for pace in policy.paces if waited < pace.until), policy.after)
    if watch.ttl is not None:
        step = max(step, min(watch.ttl, policy.most))
    due = watch.last_look + step
    if watch.ready_at is not None and watch.last_look < watch.ready_at < due:
        due = watch.ready_at
    return max(due, watch.last_look + policy.least)


def is_removal(before: Verdict | None, succeeded: bool, now: Verdict) -> bool:
    """Whether a look after success calls for an alert: the record was right, and now it is missing or wrong."""
    return (succeeded or before == "ready") and now in ("wrong", "not_yet", "broken")
