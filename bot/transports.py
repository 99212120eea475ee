"""The two ways in which Slack reaches us: Socket Mode, or signed HTTP. Health and metrics stand beside either.

Both hand Slack's request to the same Bolt app. Sources: Slack, "Using Socket Mode" and "Verifying requests from Slack".
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.settings import HttpSettings

SLACK_PATH = "/slack/events"
_MAX_BODY = 4 * 1024 * 1024  # a modal's payload is at most 250 kB; files never come this way


class Health(Protocol):
    """What `/healthz` asks: each part by name with the reason why it is not well, or None."""

    def __call__(self) -> Mapping[str, str | None]: ...


class SocketMode:
    """Several Socket Mode connections for one app: clicks are still answered while Slack recycles one of them."""

    def __init__(self, app: AsyncApp, app_token: str, connections: int) -> None:
        self._app = app
        self._token = app_token
        self._count = connections
        self._handlers: list[AsyncSocketModeHandler] = []

    async def start(self) -> None:
        """Raises SlackApiError where Slack refuses the app-level token: the client alone would go on trying without a word."""
        for _ in range(self._count):
            handler = AsyncSocketModeHandler(self._app, self._token)
            self._handlers.append(handler)
            handler.client.wss_uri = await handler.client.issue_new_wss_url()
            await handler.client.connect()

    async def stop(self) -> None:
        for handler in self._handlers:
            await handler.client.close()
        self._handlers.clear()

    async def connected(self) -> int:
        return len([handler for handler in self._handlers if await handler.client.is_connected()])


@dataclass(frozen=True, slots=True)
class Listening:
    host: str
    port: int


class HttpServer:
    """Health and metrics; with `app` also Slack's signed requests, which Bolt verifies before anything else."""

    def __init__(
        self, settings: HttpSettings, health: Health, registry: CollectorRegistry, app: AsyncApp | None = None
    ) -> None:
        self._settings = settings
        self._health = health
        self._registry = registry
        self._bolt = app
        self._runner: web.AppRunner | None = None

    async def start(self) -> Listening:
        application = web.Application(client_max_size=_MAX_BODY)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/metrics", self._metrics)
        if self._bolt is not None:
            application.router.add_post(SLACK_PATH, _slack_requests(self._bolt))
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return Listening(host, port)

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, _request: web.Request) -> web.Response:
        parts = self._health()
        ill = {name: reason for name, reason in parts.items() if reason}
        return web.json_response(
            {"status": "ill" if ill else "well", "parts": {name: reason or "well" for name, reason in parts.items()}},
            status=503 if ill else 200,
        )

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


_TIMESTAMP, _SIGNATURE = re.compile(r"[0-9]{1,20}"), re.compile(r"v0=[0-9a-f]{64}")


def _is_shaped_as_signed(request: web.Request) -> bool:
    """Whether time and signature can be compared at all: Bolt's verifier takes anything else for a fault of its own."""
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


def _slack_requests(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        if not _is_shaped_as_signed(request):
            return web.Response(status=401, text="not signed by Slack")
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return answer
