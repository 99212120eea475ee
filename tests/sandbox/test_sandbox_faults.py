"""What can be made to go wrong, and that it goes wrong in just that way."""

import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import DriverError, NotAcknowledged, Workspace
from sandbox.rates import Rates

CHANNEL = "C0ONBOARDING"


async def texts(workspace: Workspace) -> list[str]:
    return [message.body["text"] for message in await workspace.messages("dip-onboarding")][1:]


async def test_a_429_names_its_seconds_and_ends_after_its_times(workspace: Workspace, client: AsyncWebClient) -> None:
    await workspace.fault("ratelimited", method="chat.postMessage", seconds=7, times=1)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=CHANNEL, text="One")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    await client.chat_postMessage(channel=CHANNEL, text="Two")
    assert await texts(workspace) == ["Two"]


async def test_a_fault_for_one_method_or_channel_leaves_the_others_alone(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await workspace.fault("error", method="chat.update", error="internal_error", times=-1)
    await workspace.fault("error", method="chat.postMessage", channel="C0GENERAL", error="fatal_error")
    await client.chat_postMessage(channel=CHANNEL, text="One")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.chat_postMessage(channel="C0GENERAL", text="One")


async def test_a_5xx_may_come_after_the_message_was_stored(workspace: Workspace, client: AsyncWebClient) -> None:
    await workspace.fault("http_after", method="chat.postMessage", status=503)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=CHANNEL, text="Stored all the same")
    assert await texts(workspace) == ["Stored all the same"]
    await workspace.fault("http", method="chat.postMessage", status=503)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=CHANNEL, text="Not stored")
    assert await texts(workspace) == ["Stored all the same"]


@pytest.mark.parametrize(("kind", "stored"), [("reset", False), ("reset_after", True)])
async def test_a_connection_can_be_cut_before_or_after(workspace: Workspace, kind: str, stored: bool) -> None:
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/", retry_handlers=[])
    await workspace.fault(kind, method="chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=CHANNEL, text="Cut")
    assert await texts(workspace) == (["Cut"] if stored else [])


async def test_while_slack_is_away_nothing_is_answered_and_nothing_delivered(
    workspace: Workspace, toy: Any, client: AsyncWebClient
) -> None:
    await workspace.fault("away")
    with pytest.raises(SlackApiError):
        await client.auth_test()
    with pytest.raises(NotAcknowledged):
        await workspace.user("lena").command("/toy go")
    await workspace.clear_faults()
    await workspace.user("lena").command("/toy go")
    await workspace.message("dip-onboarding", "A *card*")


async def test_a_delivery_can_come_twice(workspace: Workspace, toy: Any) -> None:
    await workspace.fault("duplicate", type="app_mention")
    await workspace.user("lena").mention("hello")

    async def twice() -> bool:
        return len([body for kind, body in toy.heard if kind == "event_callback"]) == 2

    await workspace.wait_until(twice, "two deliveries")
    first, second = [body["event_id"] for kind, body in toy.heard if kind == "event_callback"]
    assert first == second


async def test_an_unheard_ack_makes_an_event_come_again_with_its_number(workspace: Workspace, toy: Any) -> None:
    await workspace.fault("drop_ack", type="app_mention")
    await workspace.user("lena").mention("hello")

    async def again() -> bool:
        found = await workspace.deliveries("app_mention")
        return bool(found) and [attempt["retry"] for attempt in found[0]["tries"]] == [0, 1]

    await workspace.wait_until(again, "the repeat")


async def test_an_unheard_ack_of_a_click_is_a_failure_and_never_repeated(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy go")
    await workspace.fault("drop_ack", type="block_actions")
    with pytest.raises(NotAcknowledged):
        await lena.click("Press")
    await workspace.idle(quiet=0.05)
    [click] = await workspace.deliveries("block_actions")
    assert len(click["tries"]) == 1


async def test_any_delivery_can_be_sent_once_more(workspace: Workspace, toy: Any) -> None:
    await workspace.user("lena").command("/toy say hello")
    [command] = await workspace.deliveries("slash_commands")
    await workspace.redeliver(command["n"])

    async def twice() -> bool:
        return len([body for kind, body in toy.heard if kind == "command"]) == 2

    await workspace.wait_until(twice, "the same command again")


@pytest.mark.parametrize("hard", [False, True])
async def test_sockets_can_be_recycled_and_the_client_comes_back(workspace: Workspace, toy: Any, hard: bool) -> None:
    if hard:
        toy.handler.client.ping_interval = 0.05
        await workspace.disconnect()
        await workspace.connected()
    await workspace.disconnect("warning", hard=hard)
    await workspace.connected()
    await workspace.user("lena").command("/toy go")
    await workspace.message("dip-onboarding", "A *card*")


async def test_the_eleventh_socket_is_sent_away(workspace: Workspace) -> None:
    client = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(11):
            url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
            sockets.append(await session.ws_connect(url))
        greetings = [await socket.receive_json() for socket in sockets]
        assert [greeting["type"] for greeting in greetings] == ["hello"] * 10 + ["disconnect"]
        assert greetings[-1]["reason"] == "too_many_websockets"


async def test_a_socket_ticket_is_good_for_one_connection(workspace: Workspace) -> None:
    client = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
    url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_a_fault_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    with pytest.raises(DriverError, match="There is no fault 'gremlins'"):
        await workspace.fault("gremlins")
    with pytest.raises(DriverError, match="has no colour"):
        await workspace.fault("reset", colour="red")


async def test_with_real_rates_a_channel_takes_a_short_burst_and_then_one_a_second(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await workspace.control("rates", {"mode": "real"})
    with pytest.raises(SlackApiError) as caught:
        for number in range(10):
            await client.chat_postMessage(channel=CHANNEL, text=f"Number {number}")
    assert (caught.value.response["error"], caught.value.response.headers["Retry-After"]) == ("ratelimited", "1")
    assert 2 <= len(await texts(workspace)) < 10


def test_each_channel_has_a_pace_of_its_own_and_recovers() -> None:
    rates, now = Rates(on=True), 1000.0
    allowed = [rates.retry_after("chat.postMessage", "C1", now) for _ in range(5)]
    assert allowed == [0, 0, 0, 0, 1]
    assert rates.retry_after("chat.postMessage", "C2", now) == 0
    assert rates.retry_after("chat.postMessage", "C1", now + 0.5) == 1
    assert rates.retry_after("chat.postMessage", "C1", now + 1.1) == 0


@pytest.mark.parametrize(
    ("method", "per_minute"), [("conversations.info", 50), ("views.open", 100), ("chat.update", 50)]
)
def test_methods_have_their_tier(method: str, per_minute: int) -> None:
    rates = Rates(on=True)
    assert [rates.retry_after(method, None, 0.0) for _ in range(per_minute)] == [0] * per_minute
    assert rates.retry_after(method, None, 0.0) > 0
    assert Rates(on=False).retry_after(method, None, time.time()) == 0
