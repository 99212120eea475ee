"""The same app over signed HTTP: commands, clicks, events, and what happens when it fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_sdk.signature import SignatureVerifier

from sandbox.driver import DriverError, NotAcknowledged, Workspace
from sandbox.signed_http import signature

CHANNEL = "dip-onboarding"


class Front:
    """The web server before the app: counts what came, and fails when it is told to."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.status: int | None = None
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        if self.status is not None:
            return web.Response(status=self.status)
        return await to_aiohttp_response(await self.app.async_dispatch(await to_bolt_request(request)))


@pytest.fixture
async def front(workspace: Workspace, make_toy: Any) -> AsyncIterator[Front]:
    front = Front(make_toy(workspace).app)
    server = web.Application()
    server.router.add_post("/slack/events", front.handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    front.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await workspace.control("app", {"request_url": front.url, "transport": "http"})
    yield front
    await runner.cleanup()


async def test_commands_clicks_forms_and_events_come_as_signed_posts(workspace: Workspace, front: Front) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy go")
    card = await workspace.message(CHANNEL, "A *card*")
    await lena.click("Form", in_=card)
    await lena.modal("A form")
    assert await lena.try_submit({"Company name": "taken"}) == {"Company name": "That company is here already."}
    await lena.submit({"Company name": "Northwind"})
    await workspace.message(CHANNEL, "Started Northwind")
    await lena.mention("hello", thread=card)
    await workspace.message(card.thread, "You called?")
    assert all("X-Slack-Signature" in headers for headers in front.headers)


async def test_a_text_in_the_acknowledgement_becomes_an_ephemeral(workspace: Workspace, front: Front) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy say hello")
    assert (await lena.message(CHANNEL, "Only for you")).ephemeral


async def test_a_request_url_that_does_not_give_the_challenge_back_is_refused(
    workspace: Workspace, front: Front
) -> None:
    front.status = 404
    with pytest.raises(DriverError, match="answered 404"):
        await workspace.control("app", {"request_url": front.url})


async def test_a_server_error_is_shown_for_a_command_and_not_repeated(workspace: Workspace, front: Front) -> None:
    front.status = 500
    before = len(front.headers)
    with pytest.raises(NotAcknowledged, match="http_500"):
        await workspace.user("lena").command("/toy go")
    assert len(front.headers) == before + 1


async def test_an_event_is_repeated_at_once_after_one_and_after_five_minutes(
    workspace: Workspace, front: Front
) -> None:
    front.status = 500
    await workspace.user("lena").mention("hello", channel=CHANNEL)

    async def tried(times: int) -> None:
        async def look() -> bool:
            found = await workspace.deliveries("app_mention")
            return bool(found) and len(found[0]["tries"]) == times

        await workspace.wait_until(look, f"{times} tries")

    await tried(2)
    await workspace.advance(seconds=61)
    await tried(3)
    await workspace.advance(seconds=301)
    await tried(4)
    await workspace.advance(hours=1)
    await workspace.idle(quiet=0.05)
    await tried(4)
    assert [headers.get("X-Slack-Retry-Num") for headers in front.headers[-4:]] == [None, "1", "2", "3"]
    assert front.headers[-1]["X-Slack-Retry-Reason"] == "http_error"


def test_the_signature_is_the_one_that_slack_sdk_verifies() -> None:
    body, stamp = b'{"a": 1}', "1795517944"
    verifier = SignatureVerifier("secret")
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature("secret", stamp, body)}
    assert verifier.generate_signature(timestamp=stamp, body=body) == headers["X-Slack-Signature"]
    assert signature("other", stamp, body) != headers["X-Slack-Signature"]


async def test_the_request_url_survives_a_restart(tmp_path: Path, make_toy: Any) -> None:
    folder = tmp_path / "kept"
    await asyncio.to_thread(folder.mkdir)
    async with await Workspace.start(folder, transport="http") as first:
        token = first.bot_token
    async with await Workspace.start(folder) as second:
        app = await second.read("app")
        assert (app["transport"], app["bot_token"]) == ("http", token)
