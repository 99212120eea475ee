"""Health, metrics and Slack's signed requests: what is not Slack's never reaches a handler."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlencode

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.house import Health
from bot.settings import HttpSettings
from bot.transports import SLACK_PATH, HttpServer, SocketMode
from sandbox.driver import Workspace

SECRET = "the-signing-secret"
CLICK = urlencode(
    {
        "payload": json.dumps(
            {
                "type": "block_actions",
                "team": {"id": "T1"},
                "user": {"id": "U1"},
                "trigger_id": "1.2.3",
                "actions": [{"type": "button", "action_id": "do:done:0.1", "block_id": "b", "action_ts": "1.1"}],
            }
        )
    }
)


class App:
    """A Bolt app that counts the clicks that reach it."""

    def __init__(self, workspace: Workspace) -> None:
        self.clicks = 0
        self.bolt = AsyncApp(
            client=AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/"),
            signing_secret=SECRET,
            process_before_response=True,
        )
        self.bolt.action(re.compile("^do:"))(self._pressed)

    async def _pressed(self, ack) -> None:
        self.clicks += 1
        await ack()


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def app(workspace: Workspace) -> App:
    return App(workspace)


@pytest.fixture
async def address(health: Health, app: App) -> AsyncIterator[str]:
    registry = CollectorRegistry()
    Counter("dipper_commands", "Commands", registry=registry).inc(3)
    server = HttpServer(HttpSettings(port=0), health, registry, app.bolt, SECRET)
    listening = await server.start()
    yield f"http://{listening.host}:{listening.port}"
    await server.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def signed(body: str, *, secret: str = SECRET, age_seconds: int = 0, signed_body: str | None = None) -> dict[str, str]:
    timestamp = str(int(time.time()) - age_seconds)
    base = f"v0:{timestamp}:{body if signed_body is None else signed_body}".encode()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest(),
    }


async def status(session: aiohttp.ClientSession, address: str, body: str, headers: dict[str, str]) -> int:
    async with session.post(address + SLACK_PATH, data=body.encode(), headers=headers) as answer:
        return answer.status


async def test_a_request_that_slack_signed_reaches_its_handler(session, address, app):
    assert await status(session, address, CLICK, signed(CLICK)) == 200
    assert app.clicks == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(lambda: signed(CLICK, secret="another-secret"), id="signed with another secret"),
        pytest.param(lambda: signed(CLICK, age_seconds=301), id="older than five minutes"),
        pytest.param(lambda: signed(CLICK, age_seconds=-301), id="from the future"),
        pytest.param(lambda: signed(CLICK, signed_body=CLICK + "x"), id="changed on the way"),
        pytest.param(lambda: signed(CLICK) | {"X-Slack-Signature": ""}, id="an empty signature"),
        pytest.param(lambda: signed(CLICK) | {"X-Slack-Signature": "v0=\u00e9"}, id="a signature that is no hex"),
        pytest.param(lambda: signed(CLICK) | {"X-Slack-Request-Timestamp": "soon"}, id="a time that is no number"),
        pytest.param(lambda: {"Content-Type": "application/x-www-form-urlencoded"}, id="not signed"),
    ],
)
async def test_what_slack_did_not_sign_is_refused_and_reaches_no_handler(
    session, address, app, headers: Callable[[], dict[str, str]]
):
    assert await status(session, address, CLICK, headers()) in {400, 401, 403}
    assert app.clicks == 0


async def test_a_body_beyond_any_of_slacks_is_cut_off(session, address, app):
    body = "payload=" + "x" * (5 * 1024 * 1024)
    assert await status(session, address, body, signed(body)) == 413
    assert app.clicks == 0


async def test_a_signed_request_that_is_no_json_breaks_nothing(session, address, app):
    for body in ("payload=%7Bnot-json", "", "payload=%5B1%5D", "\x00"):
        assert await status(session, address, body, signed(body)) >= 400
    assert await status(session, address, CLICK, signed(CLICK)) == 200


async def test_health_names_what_is_ill_and_why_and_is_well_again_afterwards(session, address, health):
    async with session.get(address + "/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "well", "parts": {"slack": "well"}})
    health.disconnected("Slack has revoked the token.")
    async with session.get(address + "/healthz") as answer:
        assert answer.status == 503
        assert (await answer.json())["parts"] == {"slack": "Slack has revoked the token."}
    health.connected()
    async with session.get(address + "/healthz") as answer:
        assert answer.status == 200


async def test_metrics_are_those_of_this_house_alone(session, address):
    async with session.get(address + "/metrics") as answer:
        text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "dipper_commands_total 3.0" in text
    assert "python_info" not in text


async def test_without_http_as_transport_nothing_listens_for_slacks_requests(session, health):
    server = HttpServer(HttpSettings(port=0), health, CollectorRegistry())
    listening = await server.start()
    try:
        address = f"http://{listening.host}:{listening.port}"
        assert await status(session, address, CLICK, signed(CLICK)) == 404
    finally:
        await server.stop()


async def test_a_port_that_is_taken_is_an_os_error(health):
    first = HttpServer(HttpSettings(port=0), health, CollectorRegistry())
    listening = await first.start()
    second = HttpServer(HttpSettings(port=listening.port), health, CollectorRegistry())
    with pytest.raises(OSError):
        await second.start()
    await second.stop()
    await first.stop()


async def test_socket_mode_holds_as_many_connections_as_it_was_told(workspace: Workspace):
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/")
    app = AsyncApp(client=client, signing_secret="", request_verification_enabled=False)
    transport = SocketMode(app, workspace.app_token, 3)
    await transport.start()
    await workspace.connected(3)
    assert await transport.connected() == 3
    await workspace.disconnect()
    await workspace.connected(3)
    await transport.stop()
    assert await transport.connected() == 0
