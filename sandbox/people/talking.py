"""Posting, editing, deleting, sharing files: what needs no answer of the app."""

from sandbox.api.files import share
from sandbox.core import Sandbox
from sandbox.limits import problems_of_message
from sandbox.payloads import view_json
from sandbox.people.outcome import member_of
from sandbox.people.typed import with_mentions
from sandbox.shapes import Json, NotPossible
from sandbox.world import Channel, File, Message, User, new_id


def post(
    sandbox: Sandbox, user: User, channel: Channel, text: str, thread: str | None, blocks: list[Json], files: list[File]
) -> Message:
    member_of(sandbox, user, channel)
    if not text.strip() and not blocks and not files:
        raise NotPossible("There is nothing to send.")
    if (
        channel.kind == "dm"
        and sandbox.world.app.bot_user in channel.members
        and sandbox.manifest.messages_tab_read_only
    ):
        raise NotPossible("Sending messages to this app has been turned off.", 409)
    problems = problems_of_message({"text": text or "-", "blocks": blocks})
    if problems:
        raise NotPossible(str(problems[0]))
    text = with_mentions(sandbox.world, text)
    if files:
        return share(sandbox, files, channel, _thread(sandbox, channel, thread), text)
    message = Message(
        channel=channel.id,
        ts=sandbox.world.next_ts(),
        user=user.id,
        text=text,
        blocks=blocks,
        thread_ts=_thread(sandbox, channel, thread),
    )
    return sandbox.post(message)


def edit(sandbox: Sandbox, user: User, message: Message, text: str) -> Message:
    if message.user != user.id:
        raise NotPossible("Only one's own messages can be edited.", 409)
    return sandbox.edit(message, text=with_mentions(sandbox.world, text), blocks=[], editor=user.id)


def delete(sandbox: Sandbox, user: User, message: Message) -> None:
    if message.user != user.id and not (message.only_for == user.id):
        raise NotPossible("Only one's own messages can be deleted.", 409)
    if message.only_for == user.id:
        sandbox.world.drop_message(message)
        sandbox.live.tell(
            "ephemeral", channel=message.channel, ts=message.ts, thread_ts=message.thread_ts, user=user.id
        )
        return
    sandbox.delete(message)


def _thread(sandbox: Sandbox, channel: Channel, thread: str | None) -> str | None:
    if not thread:
        return None
    parent = sandbox.world.messages.get((channel.id, thread))
    if parent is None:
        raise NotPossible("There is no such thread.", 404)
    return parent.thread_ts if parent.is_reply else thread


def open_home(sandbox: Sandbox, user: User, tab: str) -> None:
    """The person opens the app's Home or Messages tab; the app hears of it if it subscribed."""
    channel = sandbox.world.dm(sandbox.world.app.bot_user, user.id)
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": f"{sandbox.clock.now():.6f}",
    }
    home = sandbox.world.homes.get(user.id)
    if tab == "home" and home is not None:
        event["view"] = view_json(home, sandbox.world)
    sandbox.emit("app_home_opened", event)


def upload(sandbox: Sandbox, user: User, filename: str, content: bytes) -> File:
    """A file that is in nobody's channel yet: for `post` or for a file_input."""
    if not filename or "/" in filename:
        raise NotPossible("A file needs a plain name.")
    file = File(new_id("F", 10), filename, user.id, len(content), int(sandbox.clock.now()), content)
    sandbox.world.put_file(file)
    return file
