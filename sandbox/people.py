"""What people do: each function is one gesture of one user, refused where Slack's client would not offer it."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.api.call import Call
from sandbox.api.dispatch import respond_at
from sandbox.api.files import share
from sandbox.api.views import checked_view
from sandbox.core import Sandbox
from sandbox.delivery import Attempt
from sandbox.payloads import action_ts, file_json, message_json, view_json, who
from sandbox.rendered import Placed, chosen_state, client_objection, find, initial_state, placed, state_values
from sandbox.shapes import ApiError, Json, NotPossible
from sandbox.tickets import ResponseUrl
from sandbox.world import Channel, File, Message, User, View, new_id

FAILED = "Something went wrong: the app did not answer. Try again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person's client shows after the app answered, or did not."""

    attempt: Attempt
    message: str | None = None

    def as_json(self) -> Json:
        return {**self.attempt.as_json(), "message": self.message or (None if self.attempt.acked else FAILED)}


def member_of(sandbox: Sandbox, user: User, channel: Channel) -> None:
    """Raises NotPossible unless the user is in the channel and may write there."""
    if user.deleted:
        raise NotPossible(f"{user.real_name} is deactivated.", 409)
    if user.id not in channel.members:
        raise NotPossible(f"{user.real_name} is not in #{channel.name}.", 409)
    if channel.archived:
        raise NotPossible(f"#{channel.name} is archived.", 409)


# Talking


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
    text = with_mentions(sandbox, text)
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
    return sandbox.edit(message, text=with_mentions(sandbox, text), blocks=[], editor=user.id)


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


def with_mentions(sandbox: Sandbox, text: str) -> str:
    """The text as the client sends it: `&`, `<`, `>` escaped, `@handle` and `#channel` as ids. Ready-made `<@U…>` stay."""
    pieces = re.split(r"(<(?:@[A-Z0-9]+|#[A-Z0-9]+)(?:\|[^<>]*)?>)", text)
    escaped = [
        piece if index % 2 else piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for index, piece in enumerate(pieces)
    ]
    return _handles_to_ids(sandbox, "".join(escaped), plain=True)


def _handles_to_ids(sandbox: Sandbox, text: str, *, plain: bool) -> str:
    users = {user.name: user.id for user in sandbox.world.users.values()}
    channels = {channel.name: channel.id for channel in sandbox.world.channels.values() if channel.name}

    def person(match: re.Match[str]) -> str:
        id_ = users.get(match[1])
        return match[0] if id_ is None else f"<@{id_}>" if plain else f"<@{id_}|{match[1]}>"

    def place(match: re.Match[str]) -> str:
        id_ = channels.get(match[1])
        return match[0] if id_ is None else f"<#{id_}>" if plain else f"<#{id_}|{match[1]}>"

    text = re.sub(r"(?<![\w<&])@([a-z0-9._-]*[a-z0-9])", person, text)
    return re.sub(r"(?<![\w<&])#([a-z0-9_-]+)", place, text)


def _thread(sandbox: Sandbox, channel: Channel, thread: str | None) -> str | None:
    if not thread:
        return None
    parent = sandbox.world.messages.get((channel.id, thread))
    if parent is None:
        raise NotPossible("There is no such thread.", 404)
    return parent.thread_ts if parent.is_reply else thread


# Asking the app


async def command(sandbox: Sandbox, user: User, channel: Channel, line: str, thread: str | None) -> Outcome:
    if thread:
        raise NotPossible("Slack does not run slash commands in threads; mention the app there instead.")
    name, _, text = line.strip().partition(" ")
    if name == "/invite":
        return _invite(sandbox, user, channel, text)
    known = next((entry for entry in sandbox.manifest.commands if entry.command == name), None)
    if known is None:
        raise NotPossible(f"{name} is not a valid command.")
    member_of(sandbox, user, channel)
    text = text.strip()
    if known.should_escape:
        text = _handles_to_ids(
            sandbox, re.sub(r"<@([A-Z0-9]+)>", lambda match: _named(sandbox, match), text), plain=False
        )
    world = sandbox.world
    place = ResponseUrl(channel.id, user.id, sandbox.clock.now())
    payload: Json = {
        "token": world.app.verification_token,
        "team_id": world.team.id,
        "team_domain": world.team.domain,
        "channel_id": channel.id,
        "channel_name": {"dm": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
        "response_url": sandbox.response_url(place),
        "trigger_id": sandbox.tickets.new_trigger(user.id),
    }
    attempt = await sandbox.courier.ask("slash_commands", "slash_commands", payload)
    if not attempt.acked:
        why = {"timeout": "operation_timeout", "not_connected": "dispatch_failed"}.get(
            attempt.error or "", "dispatch_failed"
        )
        return Outcome(attempt, f'{name} failed with the error "{why}"')
    if attempt.response:
        respond_at(sandbox, "command_ack", dict(attempt.response), place)
    return Outcome(attempt)


def _invite(sandbox: Sandbox, user: User, channel: Channel, text: str) -> Outcome:
    member_of(sandbox, user, channel)
    invited = sandbox.world.user(re.sub(r"^<@([A-Z0-9]+)(\|[^>]*)?>$", r"\1", text.strip()))
    sandbox.set_member(channel, invited, member=True, inviter=user.id)
    return Outcome(Attempt(True))


def _named(sandbox: Sandbox, match: re.Match[str]) -> str:
    user = sandbox.world.users.get(match[1])
    return match[0] if user is None else f"<@{user.id}|{user.name}>"


def _frame(sandbox: Sandbox, user: User, type_: str) -> Json:
    """What all interactive payloads share."""
    world = sandbox.world
    return {
        "type": type_,
        "token": world.app.verification_token,
        "api_app_id": world.app.id,
        "team": {"id": world.team.id, "domain": world.team.domain},
        "user": who(user, world.team),
        "enterprise": None,
        "is_enterprise_install": False,
    }


async def click_in_message(
    sandbox: Sandbox, user: User, message: Message, block_id: str, action_id: str, value: Any, values: Json
) -> Outcome:
    channel = sandbox.world.channels[message.channel]
    if not sandbox.sees(user, channel) or not sandbox.visible(message, user):
        raise NotPossible("That message is not visible to this user.", 409)
    if user.deleted or channel.archived:
        raise NotPossible("Nothing can be pressed here any more.", 409)
    place = _rendered(message.blocks, block_id, action_id)
    if values:
        message.state_values = _entered(sandbox, message.blocks, values)
    action = action_of(sandbox, place, value)
    if place.element["type"] not in ("button", "overflow"):
        message.state_values.setdefault(place.block_id, {})[place.action_id] = chosen_state(place.element, value)
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    url = ResponseUrl(
        channel.id, user.id, sandbox.clock.now(), message.ts, message.thread_ts if message.is_reply else None
    )
    payload = _frame(sandbox, user, "block_actions") | {
        "container": container,
        "trigger_id": sandbox.tickets.new_trigger(user.id),
        "channel": {
            "id": channel.id,
            "name": {"dm": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name),
        },
        "state": {"values": state_values(message.blocks, message.state_values)},
        "response_url": sandbox.response_url(url),
        "actions": [action],
    }
    if message.only_for is None:
        payload["message"] = message_json(message, sandbox.world, sandbox.base_url)
    return Outcome(await sandbox.courier.ask("interactive", "block_actions", payload))


async def click_in_view(
    sandbox: Sandbox, user: User, view: View, block_id: str, action_id: str, value: Any, values: Json
) -> Outcome:
    """In a modal in front, or on the Home tab."""
    blocks: list[Json] = view.body["blocks"]
    place = _rendered(blocks, block_id, action_id)
    entered = _entered(sandbox, blocks, values)
    if place.element["type"] not in ("button", "overflow"):
        entered.setdefault(place.block_id, {})[place.action_id] = _state(sandbox, place, value)
    view.values = state_values(blocks, entered)
    if place.is_input and not place.block.get("dispatch_action"):
        raise NotPossible("That input tells the app nothing until the form is submitted.", 409)
    modal = view.body.get("type") == "modal"
    payload = _frame(sandbox, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": sandbox.tickets.new_trigger(user.id, view.id if modal else None),
        "view": view_json(view, sandbox.world),
        "actions": [action_of(sandbox, place, value)],
    }
    return Outcome(await sandbox.courier.ask("interactive", "block_actions", payload))


def _rendered(blocks: list[Json], block_id: str, action_id: str) -> Placed:
    place = find(blocks, block_id, action_id)
    if place is None:
        raise NotPossible("There is no such element in what this user sees now.", 409)
    return place


def action_of(sandbox: Sandbox, place: Placed, value: Any) -> Json:
    """The entry in `actions` for a press."""
    element = place.element
    kind = element["type"]
    action: Json = {"action_id": place.action_id, "block_id": place.block_id, "type": kind, "action_ts": action_ts()}
    if kind == "button":
        if value is not None:
            raise NotPossible("A button takes no value.")
        action["text"] = element["text"]
        for key in ("value", "style", "url"):
            if key in element:
                action[key] = element[key]
        return action
    return action | {key: content for key, content in _state(sandbox, place, value).items() if key != "type"}


def _state(sandbox: Sandbox, place: Placed, value: Any) -> Json:
    """An element's new state, with ids checked against the world and files as objects."""
    state = chosen_state(place.element, value)
    kind = str(place.element["type"])
    chosen = [one for content in state.values() for one in (content if isinstance(content, list) else [content])]
    if "users_select" in kind:
        for user_id in (one for one in chosen if isinstance(one, str) and one != kind):
            sandbox.world.user(user_id)
    if "conversations_select" in kind or "channels_select" in kind:
        for channel_id in (one for one in chosen if isinstance(one, str) and one != kind):
            sandbox.world.channel(channel_id)
    if kind == "file_input":
        state["files"] = [
            file_json(_file(sandbox, one["id"], place.element), sandbox.base_url) for one in state["files"]
        ]
    return state


def _file(sandbox: Sandbox, file_id: str, element: Json) -> File:
    file = sandbox.world.files.get(file_id)
    if file is None:
        raise NotPossible(f"There is no file {file_id}.", 404)
    allowed = element.get("filetypes")
    extension = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    if allowed and extension not in allowed:
        raise NotPossible(f"{file.name}: this field takes {', '.join(allowed)} files.", 409)
    return file


def _entered(sandbox: Sandbox, blocks: list[Json], values: Json) -> Json:
    """What was typed, by block and action, as states. Raises NotPossible for an input that is not there."""
    entered: Json = {}
    for block_id, by_action in values.items():
        for action_id, value in by_action.items():
            place = _rendered(blocks, block_id, action_id)
            if place.element["type"] in ("button", "overflow"):
                raise NotPossible("A button has no content.", 409)
            entered.setdefault(block_id, {})[action_id] = _state(sandbox, place, value)
    return entered


# Forms


async def submit(sandbox: Sandbox, user: User, view: View, values: Json) -> tuple[Outcome | None, dict[str, str]]:
    """The app's answer and the errors to show, by block. No outcome means that the client itself objected."""
    blocks: list[Json] = view.body["blocks"]
    if not view.body.get("submit"):
        raise NotPossible("This form has nothing to submit.", 409)
    entered = _entered(sandbox, blocks, values)
    objections: dict[str, str] = {}
    for place in placed(blocks):
        if place.is_input:
            state = entered.get(place.block_id, {}).get(place.action_id) or initial_state(place.element)
            objection = client_objection(place, state)
            if objection is not None:
                objections[place.block_id] = objection
    view.values = state_values(blocks, entered)
    if objections:
        sandbox.modals.show_errors(view, objections)
        return None, objections
    view.errors = {}
    payload = _frame(sandbox, user, "view_submission") | {
        "trigger_id": sandbox.tickets.new_trigger(user.id, view.id),
        "view": view_json(view, sandbox.world),
        "response_urls": [],
    }
    attempt = await sandbox.courier.ask("interactive", "view_submission", payload)
    if not attempt.acked:
        return Outcome(attempt, "We had some trouble connecting. Try again?"), {}
    return _after_submission(sandbox, user, view, attempt)


def _after_submission(sandbox: Sandbox, user: User, view: View, attempt: Attempt) -> tuple[Outcome, dict[str, str]]:
    """Does what the app's answer says: errors, update, push, clear, or close this view."""
    response = attempt.response or {}
    call = Call(sandbox, "view_submission_ack", dict(response))
    trouble: str | None = None
    errors: dict[str, str] = {}
    try:
        match response.get("response_action"):
            case None if not response:
                sandbox.modals.pop(view)
            case "errors":
                errors = _known_errors(view, response.get("errors"))
                sandbox.modals.show_errors(view, errors)
            case "update":
                sandbox.modals.update(view, checked_view(call, response.get("view"), "modal"), None)
            case "push":
                sandbox.modals.push(user.id, checked_view(call, response.get("view"), "modal"))
            case "clear":
                sandbox.modals.clear(user.id)
            case other:
                raise ApiError("invalid_arguments", [f"unknown response_action {other!r}"])
    except ApiError as problem:
        trouble = problem.code
        call.problems = call.problems or [problem.code, *problem.messages]
    sandbox.records.add(
        sandbox.clock.now(), call.method, call.args, error=trouble, problems=call.problems, warnings=call.warnings
    )
    if trouble is not None:
        return Outcome(Attempt(False, trouble, response), "We had some trouble connecting. Try again?"), {}
    return Outcome(attempt), errors


def _known_errors(view: View, errors: Any) -> dict[str, str]:
    """Raises ApiError when the app names a block that is no input of the view: Slack shows nothing useful then."""
    if not isinstance(errors, dict) or not errors:
        raise ApiError("invalid_arguments", ["errors must be an object with at least one entry"])
    inputs = {block.get("block_id") for block in view.body["blocks"] if block.get("type") == "input"}
    unknown = sorted(set(errors) - inputs)
    if unknown:
        raise ApiError(
            "invalid_arguments", [f"errors for blocks that are no inputs of this view: {', '.join(unknown)}"]
        )
    return {str(key): str(text) for key, text in errors.items()}


async def close_view(sandbox: Sandbox, user: User, view: View, *, clear: bool) -> Outcome:
    """Closes the view, or with `clear` (or the view's clear_on_close) the whole stack; tells the app where it asked for it."""
    clear = clear or bool(view.body.get("clear_on_close"))
    closed = list(reversed(sandbox.modals.stack(user.id))) if clear else [view]
    if clear:
        sandbox.modals.clear(user.id)
    else:
        sandbox.modals.pop(view)
    attempt = Attempt(True)
    for gone in closed:
        if gone.body.get("notify_on_close"):
            payload = _frame(sandbox, user, "view_closed") | {
                "view": view_json(gone, sandbox.world),
                "is_cleared": clear,
            }
            attempt = await sandbox.courier.ask("interactive", "view_closed", payload)
    return Outcome(attempt)


async def options(sandbox: Sandbox, user: User, view: View, block_id: str, action_id: str, query: str) -> list[Json]:
    """What an external select offers for the letters typed so far."""
    place = _rendered(view.body["blocks"], block_id, action_id)
    if not str(place.element["type"]).endswith("external_select"):
        raise NotPossible("That element does not ask the app for its options.")
    payload = _frame(sandbox, user, "block_suggestion") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view, sandbox.world),
        "action_id": action_id,
        "block_id": block_id,
        "value": query,
    }
    attempt = await sandbox.courier.ask("interactive", "block_suggestion", payload)
    found = (attempt.response or {}).get("options")
    if not attempt.acked or not isinstance(found, list):
        raise NotPossible("The app gave no options.", 502)
    return found[:100]


# The rest


async def shortcut(sandbox: Sandbox, user: User, callback_id: str, message: Message | None) -> Outcome:
    kind = "global" if message is None else "message"
    known = any(entry.callback_id == callback_id and entry.type == kind for entry in sandbox.manifest.shortcuts)
    if not known:
        raise NotPossible(f"There is no {kind} shortcut {callback_id}.")
    if message is None:
        payload = _frame(sandbox, user, "shortcut")
    else:
        channel = sandbox.world.channels[message.channel]
        if not sandbox.sees(user, channel) or not sandbox.visible(message, user):
            raise NotPossible("That message is not visible to this user.", 409)
        place = ResponseUrl(channel.id, user.id, sandbox.clock.now(), message.ts, message.thread_ts)
        payload = _frame(sandbox, user, "message_action") | {
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": message_json(message, sandbox.world, sandbox.base_url),
            "message_ts": message.ts,
            "response_url": sandbox.response_url(place),
        }
    payload |= {
        "callback_id": callback_id,
        "trigger_id": sandbox.tickets.new_trigger(user.id),
        "action_ts": action_ts(),
    }
    return Outcome(await sandbox.courier.ask("interactive", str(payload["type"]), payload))


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
