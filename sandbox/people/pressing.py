"""Pressing buttons and choosing from menus: in messages, in modals and on the Home tab."""

from typing import Any

from sandbox.core import Sandbox
from sandbox.payloads import action_ts, message_json, view_json
from sandbox.people.entering import entered_state, entered_values, rendered
from sandbox.people.outcome import Outcome, frame
from sandbox.rendered import Placed, chosen_state, state_values
from sandbox.shapes import Json, NotPossible
from sandbox.tickets import ResponseUrl
from sandbox.world import Message, User, View


async def click_in_message(
    sandbox: Sandbox, user: User, message: Message, block_id: str, action_id: str, value: Any, values: Json
) -> Outcome:
    channel = sandbox.world.channels[message.channel]
    if not sandbox.sees(user, channel) or not sandbox.visible(message, user):
        raise NotPossible("That message is not visible to this user.", 409)
    if user.deleted or channel.archived:
        raise NotPossible("Nothing can be pressed here any more.", 409)
    place = rendered(message.blocks, block_id, action_id)
    if values:
        message.state_values = entered_values(sandbox, message.blocks, values)
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
    payload = frame(sandbox, user, "block_actions") | {
        "container": container,
        "trigger_id": sandbox.tickets.new_trigger(user.id, channel=channel.id),
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
    place = rendered(blocks, block_id, action_id)
    entered = entered_values(sandbox, blocks, values)
    if place.element["type"] not in ("button", "overflow"):
        entered.setdefault(place.block_id, {})[place.action_id] = entered_state(sandbox, place, value)
    view.values = state_values(blocks, entered)
    if place.is_input and not place.block.get("dispatch_action"):
        raise NotPossible("That input tells the app nothing until the form is submitted.", 409)
    modal = view.body.get("type") == "modal"
    payload = frame(sandbox, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": sandbox.tickets.new_trigger(user.id, view.id if modal else None),
        "view": view_json(view, sandbox.world),
        "actions": [action_of(sandbox, place, value)],
    }
    return Outcome(await sandbox.courier.ask("interactive", "block_actions", payload))


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
    return action | {key: content for key, content in entered_state(sandbox, place, value).items() if key != "type"}
