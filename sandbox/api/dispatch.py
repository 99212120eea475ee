"""Receives calls at /api/METHOD and checks them in Slack's order: reachability, method, token, rate, scope, arguments."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.api import chat, conversations, files, views
from sandbox.api.call import Call
from sandbox.core import Sandbox
from sandbox.faults import Fault
from sandbox.shapes import ApiError, Json
from sandbox.sockets import SocketHub
from sandbox.tickets import ResponseUrl


@dataclass(frozen=True, slots=True)
class Method:
    """What runs, and the scopes of which one is needed before it runs (more may be asked inside, by kind of channel)."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()


METHODS: dict[str, Method] = {
    "auth.test": Method(conversations.auth_test),
    "bots.info": Method(conversations.bots_info, ("users:read",)),
    "users.info": Method(conversations.users_info, ("users:read",)),
    "conversations.info": Method(conversations.info),
    "conversations.members": Method(conversations.members),
    "conversations.open": Method(conversations.open_),
    "conversations.history": Method(conversations.history),
    "conversations.replies": Method(conversations.replies),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink),
    "views.open": Method(views.open_),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
    "views.publish": Method(views.publish),
    "files.info": Method(files.info, ("files:read",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
}
APP_TOKEN_METHODS = frozenset({"apps.connections.open"})


class RateLimited(ApiError):
    """Too fast; `seconds` is what Retry-After says."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


@dataclass(slots=True)
class WebApi:
    sandbox: Sandbox
    hub: SocketHub

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args, token = await _read(request)
        fault = self.sandbox.faults.for_call(method, _channel_name(args))
        if self.sandbox.faults.away:
            return web.Response(status=503, text="Service unavailable")
        early = await self._before(request, fault)
        if early is not None:
            self.sandbox.records.add(
                self.sandbox.clock.now(), method, args, error=f"fault: {fault.kind if fault else ''}"
            )
            return early
        answer, status, headers = self._answer(method, args, token, fault)
        if fault is not None and fault.kind == "http_after":
            return web.Response(status=fault.status, text="Server error")
        if fault is not None and fault.kind == "reset_after":
            return _reset(request)
        return web.json_response(answer, status=status, headers=headers)

    async def _before(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        if fault is None:
            return None
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "ratelimited":
            return _ratelimited(int(fault.seconds))
        if fault.kind == "http":
            return web.Response(status=fault.status, text="Server error")
        if fault.kind == "reset":
            return _reset(request)
        return None

    def _answer(self, method: str, args: Json, token: str, fault: Fault | None) -> tuple[Json, int, dict[str, str]]:
        call = Call(self.sandbox, method, args)
        headers = {"x-oauth-scopes": ",".join(self.sandbox.scopes)}
        status, error = 200, None
        try:
            self._admit(method, args, token, fault)
            answer = {"ok": True, **self._run(call)}
            if call.warnings:
                answer["response_metadata"] = {**answer.get("response_metadata", {}), "warnings": call.warnings}
        except ApiError as problem:
            error = problem.code
            answer = problem.as_json()
            if isinstance(problem, RateLimited):
                status, headers["Retry-After"] = 429, str(problem.seconds)
        record = self.sandbox.records.add(
            self.sandbox.clock.now(),
            method,
            args,
            token_kind="app" if method in APP_TOKEN_METHODS else "bot",
            error=error,
            problems=call.problems,
            warnings=call.warnings,
        )
        self.sandbox.live.tell("payload", n=record.n)
        return answer, status, headers

    def _admit(self, method: str, args: Json, token: str, fault: Fault | None) -> None:
        """Token and pace; an error that was asked for comes first."""
        if fault is not None and fault.kind == "error":
            raise ApiError(fault.error)
        self._authorise(method, token)
        wait = self.sandbox.rates.retry_after(method, _channel_name(args), self.sandbox.clock.real())
        if wait:
            raise RateLimited(wait)

    def _authorise(self, method: str, token: str) -> None:
        app = self.sandbox.world.app
        if method not in METHODS and method not in APP_TOKEN_METHODS:
            raise ApiError("unknown_method", req_method=method)
        if not token:
            raise ApiError("not_authed")
        if method in APP_TOKEN_METHODS:
            if token != app.app_token:
                raise ApiError("not_allowed_token_type" if token == app.bot_token else "invalid_auth")
            return
        if token == app.app_token:
            raise ApiError("not_allowed_token_type")
        if token != app.bot_token:
            raise ApiError("invalid_auth")
        if app.revoked:
            raise ApiError("token_revoked")

    def _run(self, call: Call) -> Json:
        if call.method == "apps.connections.open":
            if self.sandbox.courier.transport != "socket":
                raise ApiError("forbidden")
            address = self.sandbox.base_url.replace("http", "ws", 1)
            return {"url": f"{address}/link/?ticket={self.hub.ticket()}&app_id={self.sandbox.world.app.id}"}
        method = METHODS[call.method]
        call.need_scope(*method.scopes)
        return method.run(call)

    async def handle_response_url(self, request: web.Request) -> web.StreamResponse:
        """A POST to a response_url: no token, the URL itself is the permission."""
        if self.sandbox.faults.away:
            return web.Response(status=503, text="Service unavailable")
        args, _ = await _read(request)
        try:
            place = self.sandbox.tickets.spend_response_url(request.match_info["key"])
        except ApiError as problem:
            self.sandbox.records.add(self.sandbox.clock.now(), "response_url", args, error=problem.code)
            return web.Response(status=404, text=problem.code)
        error = respond_at(self.sandbox, "response_url", args, place)
        if error is not None:
            return web.json_response(error.as_json(), status=400 if error.code != "message_not_found" else 404)
        return web.Response(text="ok")


def respond_at(sandbox: Sandbox, source: str, args: Json, place: ResponseUrl) -> ApiError | None:
    """Posts an answer to a command or click and records it; gives back what was wrong with it."""
    call = Call(sandbox, source, args)
    wrong: ApiError | None = None
    try:
        chat.respond(call, place)
    except ApiError as problem:
        wrong = problem
    record = sandbox.records.add(
        sandbox.clock.now(),
        source,
        args,
        error=wrong.code if wrong else None,
        problems=call.problems,
        warnings=call.warnings,
    )
    sandbox.live.tell("payload", n=record.n)
    return wrong


def _channel_name(args: Json) -> str | None:
    channel = args.get("channel")
    return channel if isinstance(channel, str) else None


async def _read(request: web.Request) -> tuple[Json, str]:
    """Arguments from query, form or JSON, and the token from the header or among them. Broken JSON counts as no arguments."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = {}
        if isinstance(body, dict):
            args |= body
    elif request.method == "POST":
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    given = str(args.pop("token", "") or "")
    header = request.headers.get("Authorization", "")
    return args, header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else given


def _ratelimited(seconds: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


def _reset(request: web.Request) -> web.StreamResponse:
    """Cuts the connection: the caller sees a reset and cannot know how far it came."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
