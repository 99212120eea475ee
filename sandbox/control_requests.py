"""Requests to the control API: who may ask, and reading what is asked."""

import json
import math
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


def maybe(body: Json, name: str) -> str | None:
    """A text that may be left out. Raises NotPossible if it is something else."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise NotPossible(f"{name} must be a text.")
    return value


def listed(body: Json, name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list):
        raise NotPossible(f"{name} must be a list.")
    return value


def entered_in(body: Json) -> Json:
    """`values`: {block_id: {action_id: value}}."""
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(entry, dict) for entry in values.values()):
        raise NotPossible("values must be {block_id: {action_id: value}}.")
    return values


def number(value: object, name: str) -> float:
    """A finite number, given as such or as digits in a query."""
    try:
        found = float(value) if isinstance(value, int | float | str) else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise NotPossible(f"{name} must be a number.")
    return found


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
