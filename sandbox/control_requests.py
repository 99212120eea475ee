"""Requests to the control API: who may ask, and reading what is asked."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.shapes import Json, NotPossible

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FOREIGN = {"ok": False, "error": "This API answers to its own page only."}
Handler = Callable[[web.Request, Json], Awaitable[Json]]
Route = tuple[str, str, Handler]


def foreign(request: web.Request) -> bool:
    """Whether another site's page (or a name that only resolves to loopback) is asking."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    origin = request.headers.get("Origin")
    return host not in LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host)


def wanted(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise NotPossible(f"{name} is missing.")
    return value


def guarded(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Refuses strangers, reads the body, and turns refusals into answers."""

    async def answer(request: web.Request) -> web.Response:
        if foreign(request):
            return web.json_response(FOREIGN, status=403)
        try:
            body = await _body(request)
            return web.json_response({"ok": True, **await handler(request, body)})
        except NotPossible as refusal:
            return web.json_response({"ok": False, "error": str(refusal)}, status=refusal.status)

    return answer


async def _body(request: web.Request) -> Json:
    """A POST's JSON object; a GET has none. Raises NotPossible for anything else."""
    if request.method == "GET":
        return {}
    if request.content_type != "application/json":
        raise NotPossible("The body must be application/json.", 415)
    try:
        body: Any = json.loads(await request.text() or "{}")
    except ValueError as error:
        raise NotPossible("The body is no JSON.") from error
    if not isinstance(body, dict):
        raise NotPossible("The body must be a JSON object.")
    return body
