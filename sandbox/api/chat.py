"""chat.*: posting, updating, deleting, and the answers that come by response_url."""

import json

from sandbox import limits
from sandbox.api.call import Call
from sandbox.payloads import message_json
from sandbox.rendered import with_ids
from sandbox.shapes import ApiError, Json
from sandbox.tickets import ResponseUrl
from sandbox.world import Channel, Message

TEXT_IS_CUT_AT = 40_000


def message_of(call: Call) -> tuple[str, list[Json], list[Json], Json | None]:
    """Text, blocks, attachments and metadata of a call. Raises what Slack answers to a message that breaks its limits."""
    blocks = call.structure("blocks", "invalid_blocks_format")
    attachments = call.structure("attachments", "invalid_attachments") or []
    metadata = call.structure("metadata", "invalid_metadata_format")
    payload: Json = {"text": call.text("text")}
    if blocks is not None:
        payload["blocks"] = blocks
    if attachments:
        payload["attachments"] = attachments
    if metadata is not None:
        payload["metadata"] = metadata
    problems = limits.problems_of_message(payload)
    call.problems += [str(problem) for problem in problems]
    call.warnings += limits.warnings_of_message(payload)
    if problems:
        first = problems[0]
        messages = [str(problem) for problem in problems]
        more: Json = {"errors": messages} if first.code == "invalid_blocks" else {}
        raise ApiError(first.code, messages, **more)
    return payload["text"][:TEXT_IS_CUT_AT], with_ids(blocks or []), attachments, metadata


def post_message(call: Call) -> Json:
    sandbox, world = call.sandbox, call.sandbox.world
    channel = _channel_to_post_in(call)
    text, blocks, attachments, metadata = message_of(call)
    _warn_of_unfurls(call, text, blocks)
    thread_ts = _thread(call, channel)
    message = Message(
        channel=channel.id,
        ts=world.next_ts(),
        user=world.app.bot_user,
        bot_id=world.app.bot_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        metadata=metadata,
        thread_ts=thread_ts,
        broadcast=call.flag("reply_broadcast") and thread_ts is not None,
    )
    sandbox.post(message)
    body = message_json(message, world, sandbox.base_url, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


def _warn_of_unfurls(call: Call, text: str, blocks: list[Json]) -> None:
    """Links in an app's own post become previews unless it says no to both kinds."""
    has_link = "http" in text or "http" in json.dumps(blocks)
    if has_link and not {"unfurl_links", "unfurl_media"} <= set(call.args):
        call.warnings.append("unfurl: set unfurl_links and unfurl_media to false, or the links grow previews")


def post_ephemeral(call: Call) -> Json:
    """Seen by one member of the channel until they reload; Slack promises nothing about it."""
    world = call.sandbox.world
    channel = _channel_to_post_in(call)
    user = world.users.get(call.needed("user", "user_not_in_channel"))
    if user is None or user.deleted or user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks, attachments, _ = message_of(call)
    message = Message(
        channel=channel.id,
        ts=world.next_ts(),
        user=world.app.bot_user,
        bot_id=world.app.bot_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=_thread(call, channel),
        only_for=user.id,
    )
    _warn_of_idle_thread(call, message)
    call.sandbox.post(message)
    return {"message_ts": message.ts}


def _warn_of_idle_thread(call: Call, message: Message) -> None:
    """Slack: "Ephemeral messages in threads are only shown if there is already an active thread"."""
    thread = message.thread_ts
    if thread is None:
        return
    replies = call.sandbox.world.replies(message.channel, thread)
    if not any(reply.only_for is None for reply in replies):
        call.warnings.append("idle_thread: nobody sees an ephemeral message in a thread without replies")


def update(call: Call) -> Json:
    sandbox, world = call.sandbox, call.sandbox.world
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    if channel.archived:
        raise ApiError("is_archived")
    if call.args.get("blocks") is None and call.args.get("text") is None and call.args.get("attachments") is None:
        raise ApiError("no_text")
    text, blocks, attachments, metadata = message_of(call)
    message.attachments = attachments
    if metadata is not None:
        message.metadata = metadata
    silent = message.bot_id is not None
    sandbox.edit(message, text=text, blocks=blocks, editor=world.app.bot_user, silent=silent)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": text,
        "message": message_json(message, world, sandbox.base_url),
    }


def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    call.sandbox.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.sandbox.world.messages.get((channel.id, call.needed("message_ts", "message_not_found")))
    if message is None or message.only_for is not None:
        raise ApiError("message_not_found")
    return {"channel": channel.id, "permalink": permalink(call.sandbox.base_url, message)}


def permalink(base_url: str, message: Message) -> str:
    link = f"{base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link


def respond(call: Call, place: ResponseUrl) -> None:
    """A use of a response_url, or the message in the acknowledgement of a command."""
    world = call.sandbox.world
    pressed = world.messages.get((place.channel, place.message_ts)) if place.message_ts else None
    if call.flag("delete_original"):
        if pressed is None:
            raise ApiError("message_not_found")
        call.sandbox.delete(pressed)
        return
    text, blocks, attachments, metadata = message_of(call)
    in_channel = call.text("response_type") == "in_channel"
    if call.flag("replace_original") and pressed is not None:
        pressed.attachments = attachments
        call.sandbox.edit(pressed, text=text, blocks=blocks, editor=world.app.bot_user, silent=True)
        return
    thread_ts = call.text("thread_ts") or (place.thread_ts if not in_channel else None)
    message = Message(
        channel=place.channel,
        ts=world.next_ts(),
        user=world.app.bot_user,
        bot_id=world.app.bot_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        metadata=metadata,
        thread_ts=thread_ts,
        only_for=None if in_channel else place.user,
    )
    call.sandbox.post(message)


def _channel_to_post_in(call: Call) -> Channel:
    """A channel id, or a user's id for the app's direct message with them."""
    world = call.sandbox.world
    given = call.needed("channel", "channel_not_found")
    user = world.users.get(given)
    if user is not None:
        if user.deleted or user.is_bot:
            raise ApiError("channel_not_found" if user.is_bot else "user_is_disabled")
        return world.dm(world.app.bot_user, user.id)
    channel = call.channel()
    if channel.archived:
        raise ApiError("is_archived")
    if world.app.bot_user not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    """The thread to post in. A reply's own ts leads to its parent; a ts that was never there is refused."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = call.sandbox.world.messages.get((channel.id, thread_ts))
    if parent is None:
        raise ApiError("thread_not_found")
    return parent.thread_ts if parent.is_reply else thread_ts


def _own_message(call: Call, channel: Channel, error: str) -> Message:
    message = call.sandbox.world.messages.get((channel.id, call.needed("ts", "message_not_found")))
    if message is None or message.only_for is not None or message.subtype == "tombstone":
        raise ApiError("message_not_found")
    if message.user != call.sandbox.world.app.bot_user:
        raise ApiError(error)
    return message
