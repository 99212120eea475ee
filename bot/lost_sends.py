"""Whether a message whose fate is unknown stands in Slack after all: looked for by the metadata that each carries.

This needs `channels:history` and `groups:history` (for direct messages `im:history`), which are not asked for by default;
without them nobody can tell. Sources: Slack, conversations.history and conversations.replies (`include_all_metadata`),
"Message metadata".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_errors import code_of
from engine.store.outbox import Message

EVENT_TYPE = "dipper_message"

_MAY_NOT_LOOK = frozenset({"missing_scope", "no_permission", "not_in_channel", "not_allowed_token_type"})
_NOTHING_THERE = frozenset({"thread_not_found", "channel_not_found"})
_CLOCKS_DIFFER = timedelta(minutes=5)  # Slack's and ours, at most
_A_PAGE, _PAGES = 200, 10


class Fate(StrEnum):
    ARRIVED = "arrived"
    LOST = "lost"
    UNKNOWN = "unknown"  # we may not look, or there is too much to look through


@dataclass(frozen=True, slots=True)
class Found:
    fate: Fate
    ts: str = ""


def metadata_of(message: Message) -> dict[str, Any]:
    """What a message carries, so that it can be found: its number, and its onboarding, since numbers begin anew with
    a new database.
    """
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"id": str(message.id), "onboarding": message.onboarding},
    }


async def look_for(client: AsyncWebClient, message: Message, channel: str, thread: str | None, bot_user: str) -> Found:
    """Looks where the message would stand. Raises what a call raises, where trying again later may help."""
    oldest = f"{(message.made_at - _CLOCKS_DIFFER).timestamp():.6f}"
    cursor = ""
    for _ in range(_PAGES):
        asked: dict[str, Any] = {"oldest": oldest, "limit": _A_PAGE, "include_all_metadata": True, "cursor": cursor}
        try:
            if thread is None:
                page = await client.conversations_history(channel=channel, **asked)
            else:
                page = await client.conversations_replies(channel=channel, ts=thread, **asked)
        except SlackApiError as error:
            if code_of(error) in _MAY_NOT_LOOK:
                return Found(Fate.UNKNOWN)
            if code_of(error) in _NOTHING_THERE:
                return Found(Fate.LOST)
            raise
        for one in page.get("messages") or ():
            if _is_it(one, message, bot_user):
                return Found(Fate.ARRIVED, str(one["ts"]))
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return Found(Fate.LOST)
    return Found(Fate.UNKNOWN)


def _is_it(posted: Mapping[str, Any], message: Message, bot_user: str) -> bool:
    """Ours, by its metadata; whoever else writes the same metadata is not us."""
    carried, wanted = posted.get("metadata") or {}, metadata_of(message)
    return all(carried.get(name) == value for name, value in wanted.items()) and posted.get("user") == bot_user
