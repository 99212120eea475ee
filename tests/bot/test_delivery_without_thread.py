"""What becomes of messages when the card itself meets trouble: nothing is repeated unsaid, and nothing turns in circles."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.delivery import Delivery
from bot.house import House
from engine.store import outbox

REPEAT = "This may be a repeat"


@pytest.fixture
async def delivery(house: House, clock: Any) -> AsyncIterator[Delivery]:
    """Runs beside the test; time for retries and leases passes only when the test moves `clock`."""
    made = Delivery(
        house.desk, house.client, house.wording, house.health, house.clock, real_clock=clock, posts_per_second=1000
    )
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await made.stop()


async def test_a_card_that_is_refused_for_good_is_not_asked_for_again_and_again(house, workspace, delivery, start):
    await workspace.fault("error", method="chat.postMessage", error="invalid_blocks", times=-1)
    await start(house)
    await delivery.until_idle()
    assert len(await workspace.payloads("chat.postMessage")) == 1
    thread, card = await house.desk.read(outbox.failures)
    assert card.error.startswith("invalid_blocks")
    assert "the card was refused: invalid_blocks" in thread.error
    assert await house.desk.read(outbox.unsent) == 0


@pytest.mark.parametrize(
    ("error", "why"),
    [("restricted_action", "do not let me post"), ("not_in_channel", "I was removed"), ("is_archived", "archived")],
)
async def test_the_lead_is_told_why_a_channel_takes_no_post(house, workspace, delivery, start, error, why):
    await workspace.fault("error", method="chat.postMessage", error=error, channel="C0ONBOARDING", times=-1)
    await start(house)
    await delivery.until_idle()
    assert set(await house.desk.read(outbox.parked_lanes)) == {"C0ONBOARDING"}
    [direct] = [call["args"] for call in await workspace.payloads("chat.postMessage") if call["ok"]]
    assert why in direct["text"]


async def test_a_card_that_may_stand_twice_says_so_until_it_is_next_updated(house, workspace, delivery, start, clock):
    await workspace.fault("http_after", method="chat.postMessage", status=500)
    await start(house)
    await delivery.until_idle()
    clock.pass_(minutes=1)
    await delivery.until_idle()
    said = await workspace.messages("dip-onboarding")
    first, second = [message for message in said if "Northwind Energy Ltd" in message.text]
    assert REPEAT not in first.text
    assert REPEAT in second.text
