"""Carries what people do to the app, over Socket Mode or signed HTTP, and repeats events that were not acknowledged.

Slack repeats events three times (at once, after a minute, after five) and never clicks, commands or submissions.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.live import Live
from sandbox.shapes import Json, NotPossible

ACK_SECONDS = 3.0
RETRY_AFTER_SECONDS = (0.0, 60.0, 300.0)
KEEP = 5_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one try: acknowledged or not, with the app's answer or the reason."""

    acked: bool
    error: str | None = None
    response: Json | None = None
    no_retry: bool = False

    def as_json(self) -> Json:
        return {"acked": self.acked, "error": self.error, "response": self.response}


@dataclass(slots=True)
class Delivery:
    """`kind` is the envelope's type: events_api, interactive or slash_commands; `type` says more, e.g. block_actions."""

    n: int
    kind: str
    type: str
    payload: Json
    at: float
    tries: list[Json] = field(default_factory=list)
    ack_ms: float | None = None
    response: Json | None = None

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


class Carrier(Protocol):
    """Brings one delivery to the app once. `retry` is 0 for the first time."""

    async def carry(self, delivery: Delivery, retry: int, reason: str | None) -> Attempt: ...


@dataclass(slots=True)
class Courier:
    clock: Clock
    faults: Faults
    live: Live
    carriers: dict[str, Carrier]
    transport: str = "socket"
    deliveries: list[Delivery] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _due: list[tuple[float, int, Delivery, int, str]] = field(default_factory=list)
    _tie: "itertools.count[int]" = field(default_factory=itertools.count)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _timer: asyncio.TimerHandle | None = None

    async def ask(self, kind: str, type_: str, payload: Json) -> Attempt:
        """A click, command, shortcut or submission: told once, and the answer is waited for."""
        delivery = self._new(kind, type_, payload)
        return await self._try(delivery, 0, None)

    def announce(self, type_: str, payload: Json) -> Delivery:
        """An event: told in the background, repeated if it is not acknowledged."""
        delivery = self._new("events_api", type_, payload)
        self._run(self._event(delivery, 0, None))
        return delivery

    def redeliver(self, n: int) -> None:
        """The same delivery once more, as Slack does when it missed the acknowledgement."""
        for delivery in self.deliveries:
            if delivery.n == n:
                self._run(self._again(delivery))
                return
        raise NotPossible(f"There is no delivery {n}.", 404)

    def clock_moved(self) -> None:
        """Sends the repeats that have become due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._due and self._due[0][0] <= self.clock.now() + 0.001:
            _, _, delivery, retry, reason = heapq.heappop(self._due)
            self._run(self._event(delivery, retry, reason))
        if self._due:
            wait = self._due[0][0] - self.clock.now()
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0.001), self.clock_moved)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _new(self, kind: str, type_: str, payload: Json) -> Delivery:
        delivery = Delivery(
            n=next(self._numbers),
            kind=kind,
            type=type_,
            payload=payload,
            at=self.clock.now(),
        )
        self.deliveries.append(delivery)
        if len(self.deliveries) > KEEP:
            del self.deliveries[: KEEP // 2]
        return delivery

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _event(self, delivery: Delivery, retry: int, reason: str | None) -> None:
        attempt = await self._try(delivery, retry, reason)
        if attempt.acked or attempt.no_retry or retry >= len(RETRY_AFTER_SECONDS):
            return
        due = self.clock.now() + RETRY_AFTER_SECONDS[retry]
        heapq.heappush(self._due, (due, next(self._tie), delivery, retry + 1, _reason(attempt.error)))
        self.clock_moved()

    async def _again(self, delivery: Delivery) -> None:
        await self._try(delivery, 1, "http_timeout")

    async def _try(self, delivery: Delivery, retry: int, reason: str | None) -> Attempt:
        faults = {fault.kind: fault for fault in self.faults.for_delivery(delivery.type)}
        if "delay_delivery" in faults:
            await asyncio.sleep(faults["delay_delivery"].seconds)
        started = time.monotonic()
        if self.faults.away:
            attempt = Attempt(False, "away")
        elif "drop_delivery" in faults:
            attempt = Attempt(False, "timeout")
        elif "duplicate" in faults:
            carrier = self.carriers[self.transport]
            attempt, _ = await asyncio.gather(
                carrier.carry(delivery, retry, reason), carrier.carry(delivery, retry, reason)
            )
        else:
            attempt = await self.carriers[self.transport].carry(delivery, retry, reason)
        if "drop_ack" in faults:
            attempt = Attempt(False, "timeout")
        if attempt.acked:
            delivery.ack_ms = (time.monotonic() - started) * 1000
            delivery.response = attempt.response
        delivery.tries.append({"at": self.clock.now(), "retry": retry, **attempt.as_json()})
        self.live.tell("delivery", n=delivery.n)
        return attempt


def _reason(error: str | None) -> str:
    """Slack's x-slack-retry-reason for what went wrong."""
    if error is None or error == "timeout":
        return "http_timeout"
    if error.startswith("http_"):
        return "http_error"
    return "connection_failed"
