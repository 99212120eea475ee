"""Clicks in a closed loop: so many people who press the next button as soon as the last press was acknowledged."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.bots import Bot, machine_busy_seconds
from tests.bench.slack_side import TEAM, Acked, Delivery, Line, interaction, slash_command
from tests.bench.stock import TASKS, Clicked, Firm, firm

BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a task's button, and what it must leave in the record if it is acknowledged."""

    delivery: Delivery
    leaves: Clicked


def presses(many: int) -> Iterator[Press]:
    """Each closes another task: all firms' first, then all firms' second, and so on. Raises RuntimeError at the end."""
    numbers = itertools.count(1)
    for task in TASKS:
        for number in range(many):
            yield _press(firm(number), task, next(numbers))
    raise RuntimeError(f"all {many * len(TASKS)} tasks are done: fill more onboardings")


def any_presses() -> Iterator[Press]:
    """For a bot that does nothing with them: the same few again and again."""
    return itertools.cycle([_press(firm(number), TASKS[0], number) for number in range(64)])


def _press(at: Firm, task: str, number: int) -> Press:
    action_ts = f"1790000001.{number:06}"
    new = {"QLEADQ": at.lead, "QCHANNELQ": at.channel, "QONBOARDINGQ": at.onboarding, "QTASKQ": task, "QTSQ": action_ts}
    payload, form = _TEMPLATE.payload, _TEMPLATE.form
    for old, value in new.items():
        payload, form = payload.replace(old, value), form.replace(old.encode(), value.encode())
    key = f"click:{action_ts}:{at.lead}:do:done:{task}"
    return Press(Delivery("interactive", payload, form), Clicked(key, at.onboarding, task))


def status_command(at: Firm, number: int) -> Delivery:
    """`/dip status SHORT-ID` by the firm's lead, from another channel."""
    return slash_command(
        {
            "command": "/dip",
            "text": f"status {at.short_id}",
            "team_id": TEAM,
            "user_id": at.lead,
            "channel_id": "C0ELSEWHERE",
            "trigger_id": f"status.{number}",
            "response_url": "https://hooks.bench.example/commands/1",
            "api_app_id": "A0BENCH",
        }
    )


def _block_actions() -> dict[str, Any]:
    """A button pressed in a message of 20 blocks; what differs from press to press is a token between two Qs."""
    blocks = [
        {
            "type": "section",
            "block_id": f"b{number}",
            "text": {"type": "mrkdwn", "text": f"{number}. What is to be done here, with its reason. " * 5},
        }
        for number in range(BLOCKS)
    ]
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": "QLEADQ", "username": "lead", "name": "lead", "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "unused",
        "trigger_id": "1.2.3",
        "container": {"type": "message", "message_ts": "1790000000.000100", "channel_id": "QCHANNELQ"},
        "channel": {"id": "QCHANNELQ", "name": "onboarding"},
        "message": {
            "type": "message",
            "user": "U0DIPPER",
            "ts": "1790000000.000100",
            "thread_ts": "1790000000.000099",
            "text": "Before you start: what must be there first. " * 4,
            "blocks": blocks,
        },
        "state": {"values": {}},
        "response_url": "https://hooks.bench.example/actions/1",
        "actions": [
            {
                "type": "button",
                "action_id": "do:done:QTASKQ",
                "block_id": "b1",
                "value": "QONBOARDINGQ:QTASKQ",
                "action_ts": "QTSQ",
                "text": {"type": "plain_text", "text": "Done", "emoji": True},
            }
        ],
    }


_TEMPLATE = interaction(json.dumps(_block_actions()))


@dataclass(frozen=True, slots=True)
class Round:
    """One bot for one stretch. Milliseconds; CPU in seconds per second, `foreign` is that of everybody else here."""

    bot: str
    at_once: int
    acked: int
    failed: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us_a_click: float
    driver_cpu: float
    foreign_cpu: float
    messages: int  # that the bot sent meanwhile

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def one_round(
    bot: Bot, supply: Iterator[Press], at_once: int, seconds: float, calls: Counter[str]
) -> tuple[Round, list[Clicked]]:
    """What was acknowledged comes back, too, to be looked for in the record. `calls` counts the Web API's methods."""
    ready = [next(supply) for _ in range(at_once)]
    took: list[float] = []
    acknowledged: list[Clicked] = []
    failed, said = 0, _messages(calls)
    cpu, busy, mine = bot.cpu_seconds(), machine_busy_seconds(), time.process_time()
    began = time.perf_counter()

    async def person(press: Press) -> None:
        nonlocal failed
        while True:
            acked = await bot.line.ask(press.delivery)
            if acked is None:
                failed += 1
            else:
                took.append(acked.after_seconds)
                acknowledged.append(press.leaves)
            if time.perf_counter() - began > seconds:
                return
            press = next(supply)

    await asyncio.gather(*(person(press) for press in ready))
    wall = time.perf_counter() - began
    cpu, mine = bot.cpu_seconds() - cpu, time.process_time() - mine
    busy = machine_busy_seconds() - busy
    return (
        Round(
            bot=bot.kind,
            at_once=at_once,
            acked=len(took),
            failed=failed,
            per_second=len(took) / wall,
            p50_ms=quantile(took, 0.5) * 1000,
            p99_ms=quantile(took, 0.99) * 1000,
            cpu_us_a_click=cpu / max(1, len(took)) * 1e6,
            driver_cpu=mine / wall,
            foreign_cpu=max(0.0, (busy - cpu - mine) / wall),
            messages=_messages(calls) - said,
        ),
        acknowledged,
    )


def _messages(calls: Counter[str]) -> int:
    return calls["chat.postMessage"] + calls["chat.update"]


async def timed(line: Line, delivery: Delivery, holds: str) -> float:
    """Seconds until an answer that holds these words. Raises RuntimeError for any other."""
    acked: Acked | None = await line.ask(delivery)
    if acked is None or holds not in acked.body:
        raise RuntimeError(f"no answer with {holds!r}: {acked.body[:300] if acked else 'not acknowledged'}")
    return acked.after_seconds


def quantile(values: list[float], part: float) -> float:
    """0 where there are no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0
