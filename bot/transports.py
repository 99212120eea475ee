"""The two ways in which Slack reaches us: Socket Mode, or signed HTTP. Health and metrics stand beside either.

Both hand Slack's request to the same Bolt app. Sources: Slack, "Using Socket Mode" and "Verifying requests from Slack".
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.settings import HttpSettings

_log = structlog.get_logger(__name__)

SLACK_PATH = "/slack/events"
_MAX_BODY = 4 * 1024 * 1024  # a modal's payload is at most 250 kB; files never come this way


class Health(Protocol):
    """What `/healthz` asks: each part by name with the reason why it is not well, or None."""

    def __call__(self) -> Awaitable[Mapping[str, str | None]]: ...


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
    """Health and metrics; with `app` also Slack's requests, whose signature is verified before anything of them is read."""

    def __init__(
        self,
        settings: HttpSettings,
        health: Health,
        registry: CollectorRegistry,
        app: AsyncApp | None = None,
        signing_secret: str = "",
    ) -> None:
        self._settings = settings
        self._health = health
        self._registry = registry
        self._bolt = app
        self._signing_secret = signing_secret
        self._runner: web.AppRunner | None = None

    async def start(self) -> Listening:
        application = web.Application(client_max_size=_MAX_BODY)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/metrics", self._metrics)
        if self._bolt is not None:
            application.router.add_post(SLACK_PATH, _slack_requests(self._bolt, self._signing_secret))
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
        parts = await self._health()
        ill = {name: reason for name, reason in parts.items() if reason}
        return web.json_response(
            {"status": "ill" if ill else "well", "parts": {name: reason or "well" for name, reason in parts.items()}},
            status=503 if ill else 200,
        )

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


_TIMESTAMP, _SIGNATURE = re.compile(r"[0-9]{1,20}"), re.compile(r"v0=[0-9a-f]{64}")


def _slack_requests(app: AsyncApp, signing_secret: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Bolt sees nothing that Slack did not sign: it would parse such a body, and write it into the log."""
    verifier = SignatureVerifier(signing_secret)

    async def answer(request: web.Request) -> web.Response:
        if not _is_signed(verifier, request.headers, await request.read()):
            _log.warning("a request that Slack did not sign was refused", sender=request.remote)
            return web.Response(status=401, text="not signed by Slack")
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return answer


def _is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> bool:
    """By the body as it came, at most five minutes ago. The verifier takes a time that is no number for a fault of its own."""
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
        return False
    try:
        return verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:  # a body that is no text: Slack sends none
        return False
