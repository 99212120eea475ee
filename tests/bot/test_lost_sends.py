"""A send whose fate is unknown is looked for by its metadata, where Slack lets us look; else it is marked as a repeat."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.delivery import Delivery
from engine.onboarding.commands import AssignRole, NewHolder
from engine.onboarding.outcome import Lane, Say
from engine.process.model import Role
from engine.store import outbox

CHANNEL = "dip-onboarding"
REPEAT = "This may be a repeat"
HISTORY = ["channels:history", "groups:history", "im:history"]


@pytest.fixture
async def delivery(house: Any, clock: Any) -> AsyncIterator[Delivery]:
    """Time for retries passes only when the test moves `clock`."""
    made = Delivery(
        house.desk, house.client, house.wording, house.health, house.clock, real_clock=clock, posts_per_second=1000
    )
    made.bot_user = str((await house.client.auth_test())["user_id"])
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await made.stop()


@pytest.fixture
async def told(house: Any, workspace: Any, delivery: Delivery, start: Any) -> Any:
    await workspace.control("app/scopes", {"add": HISTORY})
    began = await start(house)
    await delivery.until_idle()
    return began


async def said_in_thread(workspace: Any) -> list[str]:
    [card] = [one for one in await workspace.messages(CHANNEL) if "DIP onboarding: " in one.text]
    texts = [one.text for one in await workspace.thread_messages(card.thread)]
    return [text for text in texts if "you are Primary User Admin" in text]


async def speak(house: Any, told: Any) -> None:
    holder = NewHolder(person="U0UMA")
    await house.desk.tell(AssignRole(told.state.id, "U0LENA", Role.PRIMARY_USER_ADMIN, holder))


async def again(delivery: Delivery, clock: Any) -> None:
    await delivery.until_idle()
    clock.pass_(minutes=1)
    await delivery.until_idle()


@pytest.mark.parametrize("kind", ["http_after", "reset_after"])
async def test_what_slack_had_stored_before_it_failed_is_found_and_not_said_twice(
    house, workspace, delivery, told, clock, kind
):
    before = len(await workspace.payloads("chat.postMessage"))
    await workspace.fault(kind, method="chat.postMessage", status=500)
    await speak(house, told)
    await again(delivery, clock)
    posted = (await workspace.payloads("chat.postMessage"))[before:]
    assert len({call["args"]["text"] for call in posted}) == len(posted)
    assert not any(REPEAT in call["args"]["text"] for call in posted)
    assert await house.desk.read(outbox.unsent) == 0


@pytest.mark.parametrize("kind", ["http", "reset"])
async def test_what_slack_never_stored_is_said_once_and_not_called_a_repeat(
    house, workspace, delivery, told, clock, kind
):
    await workspace.fault(kind, method="chat.postMessage", status=503)
    await speak(house, told)
    await again(delivery, clock)
    [text] = await said_in_thread(workspace)
    assert REPEAT not in text


async def test_a_card_that_slack_had_stored_is_found_in_the_channel_and_begins_its_thread(
    house, workspace, delivery, start, clock
):
    await workspace.control("app/scopes", {"add": HISTORY})
    await workspace.fault("http_after", method="chat.postMessage", status=500)
    await start(house)
    await again(delivery, clock)
    [card] = [one for one in await workspace.messages(CHANNEL) if "DIP onboarding: " in one.text]
    assert len(await workspace.thread_messages(card.thread)) > 1


async def test_a_direct_message_is_found_where_it_went(house, workspace, delivery, told, clock):
    await workspace.fault("http_after", method="chat.postMessage", status=500)
    say = Say("thread/person-left", Lane.DIRECT, person="U0LENA", data={"person": "U0GONE"})
    await house.desk.write(
        lambda connection: outbox.add(connection, [outbox.new_message(told.state, say, house.clock())])
    )
    await again(delivery, clock)
    lena = workspace.user("lena")
    assert len(await lena.sees(await lena.dm())) == 1


async def test_the_same_metadata_from_another_database_is_not_taken_for_ours(house, workspace, delivery, told, clock):
    """Numbers begin anew with a new database; the onboarding tells whose they are."""
    number = max(
        int(call["args"]["metadata"]["event_payload"]["id"]) for call in await workspace.payloads("chat.postMessage")
    )
    [card] = [one for one in await workspace.messages(CHANNEL) if "DIP onboarding: " in one.text]
    await house.client.chat_postMessage(
        channel="C0ONBOARDING",
        thread_ts=card.ts,
        text="Of an earlier database",
        metadata={"event_type": "dipper_message", "event_payload": {"id": str(number + 1), "onboarding": "another"}},
    )
    await workspace.fault("http", method="chat.postMessage", status=503)
    await speak(house, told)
    await again(delivery, clock)
    assert len(await said_in_thread(workspace)) == 1


async def test_without_the_scope_it_is_said_again_and_marked(house, workspace, delivery, told, clock):
    await workspace.control("app/scopes", {"remove": HISTORY})
    await workspace.fault("http_after", method="chat.postMessage", status=500)
    await speak(house, told)
    await again(delivery, clock)
    first, second = await said_in_thread(workspace)
    assert (REPEAT in first, REPEAT in second) == (False, True)


async def test_a_search_that_slack_slows_down_is_tried_again_later(house, workspace, delivery, told, clock):
    await workspace.fault("http_after", method="chat.postMessage", status=500)
    await workspace.fault("ratelimited", method="conversations.replies", seconds=30)
    await speak(house, told)
    await again(delivery, clock)
    await again(delivery, clock)
    [text] = await said_in_thread(workspace)
    assert REPEAT not in text
    assert await house.desk.read(outbox.unsent) == 0
