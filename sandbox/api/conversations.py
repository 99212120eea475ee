"""conversations.*, users.info, bots.info, auth.test."""

import math

from sandbox.api.call import Call
from sandbox.payloads import channel_json, message_json, user_json
from sandbox.shapes import ApiError, Json
from sandbox.world import Channel, Message

READ_SCOPE = {"public": "channels:read", "private": "groups:read", "dm": "im:read"}
HISTORY_SCOPE = {"public": "channels:history", "private": "groups:history", "dm": "im:history"}


def auth_test(call: Call) -> Json:
    world = call.sandbox.world
    return {
        "url": f"https://{world.team.domain}.slack.example/",
        "team": world.team.name,
        "user": world.users[world.app.bot_user].name,
        "team_id": world.team.id,
        "user_id": world.app.bot_user,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
    }


def bots_info(call: Call) -> Json:
    world = call.sandbox.world
    if call.text("bot") != world.app.bot_id:
        raise ApiError("bot_not_found")
    name = world.users[world.app.bot_user].real_name
    bot = {
        "id": world.app.bot_id,
        "deleted": False,
        "name": name,
        "updated": 0,
        "app_id": world.app.id,
        "user_id": world.app.bot_user,
    }
    return {"bot": bot}


def users_info(call: Call) -> Json:
    user = call.user()
    with_email = "users:read.email" in call.sandbox.scopes
    return {"user": user_json(user, call.sandbox.clock.now(), with_email=with_email)}


def info(call: Call) -> Json:
    channel = call.channel()
    call.need_scope(READ_SCOPE[channel.kind])
    body = channel_json(channel, call.sandbox.world)
    if call.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def members(call: Call) -> Json:
    channel = call.channel()
    call.need_scope(READ_SCOPE[channel.kind])
    limit = min(max(call.number("limit", 100), 1), 1000)
    start = _cursor(call)
    active = [member for member in channel.members if not call.sandbox.world.users[member].deleted]
    page = active[start : start + limit]
    return {"members": page, "response_metadata": {"next_cursor": _next_cursor(start + limit, len(active))}}


def open_(call: Call) -> Json:
    """A direct message with one person; group messages need a scope that nobody here has."""
    call.need_scope("im:write")
    world = call.sandbox.world
    if call.text("channel"):
        channel = call.channel()
        if channel.kind != "dm":
            raise ApiError("method_not_supported_for_channel_type")
    else:
        ids = [id_ for id_ in call.text("users").split(",") if id_]
        if not ids:
            raise ApiError("users_list_not_supplied")
        if len(ids) > 1:
            raise ApiError("missing_scope", needed="mpim:write", provided=",".join(call.sandbox.scopes))
        user = world.users.get(ids[0])
        if user is None:
            raise ApiError("user_not_found")
        if user.deleted:
            raise ApiError("user_disabled")
        if user.is_bot:
            raise ApiError("cannot_dm_bot")
        channel = world.dm(world.app.bot_user, user.id)
        call.sandbox.live.tell("channel", channel=channel.id)
    body: Json = {"id": channel.id}
    return {"channel": channel_json(channel, world) if call.flag("return_im") else body}


def history(call: Call) -> Json:
    channel = call.channel()
    _history_allowed(call, channel)
    found = [message for message in call.sandbox.world.timeline(channel.id) if message.only_for is None]
    return _page(call, list(reversed(found)), default=100)


def replies(call: Call) -> Json:
    channel = call.channel()
    _history_allowed(call, channel)
    ts = call.needed("ts", "thread_not_found")
    parent = call.sandbox.world.messages.get((channel.id, ts))
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.is_reply and parent.thread_ts is not None:
        parent = call.sandbox.world.messages.get((channel.id, parent.thread_ts), parent)
    found = [parent, *(reply for reply in call.sandbox.world.replies(channel.id, parent.ts) if reply.only_for is None)]
    return _page(call, found, default=1000)


def _history_allowed(call: Call, channel: Channel) -> None:
    call.need_scope(HISTORY_SCOPE[channel.kind])
    if call.sandbox.world.app.bot_user not in channel.members:
        raise ApiError("not_in_channel")


def _page(call: Call, messages: list[Message], *, default: int) -> Json:
    oldest, latest = _moment(call, "oldest", 0.0), _moment(call, "latest", math.inf)
    inclusive = call.flag("inclusive")

    def inside(ts: float) -> bool:
        return oldest <= ts <= latest if inclusive else oldest < ts < latest

    messages = [message for message in messages if inside(float(message.ts))]
    limit = min(max(call.number("limit", default), 1), 999)
    start = _cursor(call)
    page = messages[start : start + limit]
    with_metadata = call.flag("include_all_metadata")
    shown = [
        message_json(message, call.sandbox.world, call.sandbox.base_url, with_metadata=with_metadata)
        for message in page
    ]
    more = start + limit < len(messages)
    answer: Json = {"messages": shown, "has_more": more}
    if more:
        answer["response_metadata"] = {"next_cursor": _next_cursor(start + limit, len(messages))}
    return answer


def _moment(call: Call, name: str, default: float) -> float:
    text = call.text(name)
    try:
        return float(text) if text else default
    except ValueError as error:
        raise ApiError(f"invalid_ts_{name}") from error


def _cursor(call: Call) -> int:
    cursor = call.text("cursor")
    if not cursor:
        return 0
    number = cursor.removeprefix("next:")
    if not number.isdigit():
        raise ApiError("invalid_cursor")
    return int(number)


def _next_cursor(end: int, total: int) -> str:
    return f"next:{end}" if end < total else ""
