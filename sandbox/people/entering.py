"""From what is on the screen and what was entered to the state that Slack reports of it."""

from typing import Any

from sandbox.core import Sandbox
from sandbox.payloads import file_json
from sandbox.rendered import Placed, chosen_state, find
from sandbox.shapes import Json, NotPossible
from sandbox.world import File


def rendered(blocks: list[Json], block_id: str, action_id: str) -> Placed:
    place = find(blocks, block_id, action_id)
    if place is None:
        raise NotPossible("There is no such element in what this user sees now.", 409)
    return place


def entered_state(sandbox: Sandbox, place: Placed, value: Any) -> Json:
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


def entered_values(sandbox: Sandbox, blocks: list[Json], values: Json) -> Json:
    """What was typed, by block and action, as states. Raises NotPossible for an input that is not there."""
    entered: Json = {}
    for block_id, by_action in values.items():
        for action_id, value in by_action.items():
            place = rendered(blocks, block_id, action_id)
            if place.element["type"] in ("button", "overflow"):
                raise NotPossible("A button has no content.", 409)
            entered.setdefault(block_id, {})[action_id] = entered_state(sandbox, place, value)
    return entered
