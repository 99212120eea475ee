"""The thread guard, off by default: a secret in any message of an onboarding's thread is noticed, not only in mentions.

It needs the history scopes and the message events, which `dipper manifest --thread-guard` adds. A message anywhere else
is dropped here: neither looked at, nor stored, nor logged (decision 2). A mention comes a second time by this way, so
both count as one (decision 4).
"""

from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from engine.pki.secrets import find_secret
from engine.store import reads
from handlers.parse import team_of
from handlers.ports import Office
from handlers.secrets import message_key, secret_seen

_READ = frozenset({None, "file_share", "thread_broadcast"})
_CHANGED = "message_changed"


def register(app: AsyncApp, office: Office) -> None:
    """Nothing, unless settings switch the guard on."""
    if office.thread_guard:
        app.event("message")(_said(office))


def _said(office: Office) -> Any:
    async def said(body: dict[str, Any]) -> None:
        event = body["event"]
        message = event.get("message") or {} if event.get("subtype") == _CHANGED else event
        if message.get("subtype") in _READ and not message.get("bot_id"):
            await _look(office, team_of(body), str(event.get("channel") or ""), message)

    return said


async def _look(office: Office, team: str, channel: str, message: Mapping[str, Any]) -> None:
    thread, person = message.get("thread_ts"), message.get("user")
    if not thread or not person or await office.desk.read(reads.by_thread, team, channel, str(thread)) is None:
        return
    kind = find_secret(str(message.get("text") or ""))
    if kind is not None:
        key = message_key(channel, str(message["ts"]))
        await secret_seen(office, team, channel, str(thread), str(person), kind, str(message.get("text") or ""), key)
