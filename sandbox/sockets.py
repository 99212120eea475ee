"""Socket Mode: tickets from apps.connections.open, up to ten WebSockets, envelopes and their acknowledgements."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox.delivery import ACK_SECONDS, Attempt, Delivery
from sandbox.live import Live
from sandbox.shapes import Json
from sandbox.world import new_id

MAX_CONNECTIONS = 10
DISCONNECT_REASONS = frozenset({"warning", "refresh_requested", "link_disabled", "too_many_websockets"})


@dataclass(frozen=True, slots=True)
class Socket:
    request: web.Request
    wire: web.WebSocketResponse


@dataclass(slots=True)
class SocketHub:
    live: Live
    app_id: str
    _tickets: set[str] = field(default_factory=set)
    _open: list["Socket"] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    _turn: int = 0

    @property
    def count(self) -> int:
        return len(self._open)

    def ticket(self) -> str:
        """One WebSocket may be opened with it."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="This link was used already, or never given.")
        self._tickets.discard(ticket)
        wire = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await wire.prepare(request)
        if len(self._open) >= MAX_CONNECTIONS:
            await wire.send_json(
                {"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "sandbox"}}
            )
            await wire.close()
            return wire
        socket = Socket(request, wire)
        self._open.append(socket)
        await wire.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open),
                "debug_info": {
                    "host": "sandbox",
                    "started": "",
                    "build_number": 1,
                    "approximate_connection_time": 3600,
                },
                "connection_info": {"app_id": self.app_id},
            }
        )
        self._changed()
        try:
            async for message in wire:
                if message.type == WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            if socket in self._open:
                self._open.remove(socket)
            self._changed()
        return wire

    async def carry(self, delivery: Delivery, retry: int, reason: str | None) -> Attempt:
        """Each try has an envelope of its own, so a late ack of one is none of the next."""
        if not self._open:
            return Attempt(False, "not_connected")
        self._turn += 1
        socket = self._open[self._turn % len(self._open)]
        envelope_id = new_id("env-", 24).lower()
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason or ""}
        heard = self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await socket.wire.send_str(json.dumps(envelope))
            response = await asyncio.wait_for(heard, ACK_SECONDS)
        except (TimeoutError, ConnectionError):
            return Attempt(False, "timeout")
        finally:
            del self._waiting[envelope_id]
        return Attempt(True, response=response)

    async def disconnect(self, reason: str, *, hard: bool) -> int:
        """Recycles every socket: a note first and then the close, or (`hard`) the bare loss of the connection."""
        sockets, self._open = self._open, []
        for socket in sockets:
            if hard:
                if socket.request.transport is not None:
                    socket.request.transport.abort()
            else:
                await socket.wire.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        self._changed()
        return len(sockets)

    async def close(self) -> None:
        for socket in list(self._open):
            await socket.wire.close()

    def _heard(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return  # slack_sdk's own pings as text are not JSON; Slack ignores them, too
        if not isinstance(said, dict):
            return
        waiting = self._waiting.get(str(said.get("envelope_id")))
        if waiting is not None and not waiting.done():
            payload = said.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    def _changed(self) -> None:
        self.live.tell("connections", count=len(self._open))
