"""The Slack side of the benchmark, leaner than the local workspace, which checks and keeps every payload.

It answers the Web API methods that a bot calls, hands out WebSockets, and sends signed HTTP. What it sends is of Slack's
shapes; a request counts as acknowledged when Slack would count it: within 3 s, with a 2xx or with its envelope's id.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

from aiohttp import WSMsgType, web

ACK_SECONDS = 3.0
SECRET = "bench-signing-secret"
BOT_TOKEN = "xoxb-bench"
TEAM = "T0BENCH"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that a person did: `kind` is the envelope's type, `payload` JSON text, `form` the same as HTTP's body."""

    kind: str
    payload: str
    form: bytes


@dataclass(frozen=True, slots=True)
class Acked:
    """`after_seconds` from sending to the acknowledgement; `body` is what the bot said with it."""

    after_seconds: float
    body: str


class Line(Protocol):
    """A way to a bot. `ask` gives None where Slack would have shown its own failure."""

    async def ask(self, delivery: Delivery) -> Acked | None: ...
    async def ready(self, patience_seconds: float) -> None: ...
    async def close(self) -> None: ...


class SlackSide:
    """The Web API and the WebSockets. A bot is told apart by its app-level token `xapp-NAME`."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.lines: dict[str, SocketLine] = {}
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def start(self) -> None:
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.router.add_route("*", "/api/{method}", self._call)
        application.router.add_get("/socket/{bot}", self._socket)
        application.router.add_get("/control/clock", _clock)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}/api/"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def socket_line(self, bot: str) -> "SocketLine":
        self.lines[bot] = SocketLine()
        return self.lines[bot]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        asked: dict[str, Any] = dict(request.query)
        asked |= await request.json() if "json" in request.content_type else dict(await request.post())
        return web.json_response({"ok": True, **self._answer(request, method, asked)})

    def _answer(self, request: web.Request, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"url": "https://bench.example/", "team": "Bench", "user": "dipper", "team_id": TEAM}
            case "apps.connections.open":
                bot = request.headers["Authorization"].removeprefix("Bearer xapp-")
                return {"url": f"ws://{request.host}/socket/{bot}"}
            case "chat.postMessage" | "chat.update":
                made = f"{int(time.time())}.{next(self._numbers):06}"
                return {"channel": asked["channel"], "ts": asked.get("ts") or made}
            case "conversations.open":
                return {"channel": {"id": "D" + str(asked["users"])}}
            case "users.info":
                return {"user": {"id": asked["user"], "name": "lena", "real_name": "Lena Lind", "tz": "Europe/London"}}
            case _:
                return {}

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        wire = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await wire.prepare(request)
        await wire.send_json({"type": "hello", "num_connections": 1})
        await self.lines[request.match_info["bot"]].serve(wire)
        return wire


async def _clock(_request: web.Request) -> web.Response:
    return web.json_response({"now": datetime.now(UTC).isoformat()})


class SocketLine:
    """Socket Mode: each delivery goes to the next of the bot's WebSockets."""

    def __init__(self) -> None:
        self._wires: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[str | None]] = {}
        self._numbers = itertools.count(1)
        self._come = asyncio.Event()

    async def serve(self, wire: web.WebSocketResponse) -> None:
        self._wires.append(wire)
        self._come.set()
        try:
            async for message in wire:
                if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                    self._heard(message.data)
        finally:
            self._wires.remove(wire)
            if not self._wires:
                self._come.clear()
                for future in self._waiting.values():
                    if not future.done():
                        future.set_result(None)  # the connection is gone: nobody will acknowledge this

    async def ready(self, patience_seconds: float) -> None:
        async with asyncio.timeout(patience_seconds):
            await self._come.wait()

    async def ask(self, delivery: Delivery) -> Acked | None:
        number = next(self._numbers)
        envelope = f"e-{number}"
        future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = future
        text = (
            f'{{"envelope_id":"{envelope}","type":"{delivery.kind}","accepts_response_payload":true,'
            f'"payload":{delivery.payload}}}'
        )
        began = time.perf_counter()
        try:
            if not self._wires:
                return None
            await self._wires[number % len(self._wires)].send_str(text)
            async with asyncio.timeout(ACK_SECONDS):
                body = await future
        except (TimeoutError, ConnectionError):
            return None
        finally:
            del self._waiting[envelope]
        return None if body is None else Acked(time.perf_counter() - began, body)

    async def close(self) -> None:
        for wire in list(self._wires):
            await wire.close()

    def _heard(self, text: str) -> None:
        future = self._waiting.get(str(json.loads(text).get("envelope_id")))
        if future is not None and not future.done():
            future.set_result(text)


class HttpLine:
    """Signed HTTP/1.1 over connections that stay open. Source of the signature: Slack, "Verifying requests from Slack"."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ready(self, patience_seconds: float) -> None:
        async with asyncio.timeout(patience_seconds):
            while True:
                try:
                    self._free.append(await asyncio.open_connection("127.0.0.1", self._port))
                    return
                except OSError:
                    await asyncio.sleep(0.005)  # its process is still starting; there is nothing else to wait on

    async def ask(self, delivery: Delivery) -> Acked | None:
        request = self._request(delivery.form)
        began = time.perf_counter()
        wire = None
        try:
            async with asyncio.timeout(ACK_SECONDS):
                wire = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = wire
                writer.write(request)
                status, body = await _response(reader)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            if wire is not None:
                wire[1].close()
            return None
        self._free.append(wire)
        return Acked(time.perf_counter() - began, body) if 200 <= status < 300 else None

    async def close(self) -> None:
        while self._free:
            self._free.pop()[1].close()

    def _request(self, body: bytes) -> bytes:
        timestamp = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={signed}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _response(reader: asyncio.StreamReader) -> tuple[int, str]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
    return int(lines[0].split(" ", 2)[1]), (await reader.readexactly(length)).decode()


def interaction(payload: str) -> Delivery:
    """A click or a submission."""
    return Delivery("interactive", payload, b"payload=" + quote_plus(payload).encode())


def slash_command(fields: dict[str, str]) -> Delivery:
    return Delivery("slash_commands", json.dumps(fields), urlencode(fields).encode())
