"""What a person can see and press: finds the elements in blocks, and turns a value into what Slack puts into payloads.

Pure functions over Block Kit's JSON.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.shapes import Json, NotPossible
from sandbox.world import new_id

SELECTS = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
PICKERS = {"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time"}
TEXTS = frozenset({"plain_text_input", "url_text_input", "email_text_input", "number_input"})
ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
MANY_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})


@dataclass(frozen=True, slots=True)
class Placed:
    """An interactive element and the block in which it stands."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block.get("block_id", ""))

    @property
    def action_id(self) -> str:
        return str(self.element.get("action_id", ""))

    @property
    def is_input(self) -> bool:
        return self.block.get("type") == "input"


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks as Slack stores them: each has a block_id, each element an action_id; what the app left out is made up."""
    return [_block_with_ids(block) for block in blocks]


def _block_with_ids(block: Json) -> Json:
    block = {**block, "block_id": block.get("block_id") or new_id("", 5)}
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict) and block[key].get("type") != "image":
            block[key] = _element_with_id(block[key])
    if block.get("type") == "actions":
        block["elements"] = [_element_with_id(element) for element in block.get("elements", ())]
    return block


def _element_with_id(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or new_id("", 5)}


def with_current_conversation(blocks: list[Json], channel: str | None) -> list[Json]:
    """Selects that ask for it start with the conversation in which the form was opened, as Slack's client fills it in."""
    if channel is None:
        return blocks
    return [_with_current(block, channel) for block in blocks]


def _with_current(block: Json, channel: str) -> Json:
    element = block.get("element")
    if not isinstance(element, dict) or not element.get("default_to_current_conversation"):
        return block
    many = element["type"] == "multi_conversations_select"
    key, value = ("initial_conversations", [channel]) if many else ("initial_conversation", channel)
    return {**block, "element": {key: value, **element}}


def placed(blocks: list[Json]) -> Iterator[Placed]:
    """Everything interactive, in reading order."""
    for block in blocks:
        kind = block.get("type")
        if kind == "actions":
            for element in block.get("elements", ()):
                yield Placed(block, element)
        elif (
            kind == "section" and isinstance(block.get("accessory"), dict) and block["accessory"].get("type") != "image"
        ):
            yield Placed(block, block["accessory"])
        elif kind == "input" and isinstance(block.get("element"), dict):
            yield Placed(block, block["element"])


def find(blocks: list[Json], block_id: str, action_id: str) -> Placed | None:
    for place in placed(blocks):
        if (place.block_id, place.action_id) == (block_id, action_id):
            return place
    return None


def options_of(element: Json) -> list[Json]:
    """All options of a select, option groups laid flat."""
    grouped = [option for group in element.get("option_groups") or () for option in group.get("options", ())]
    return list(element.get("options") or ()) + grouped


def initial_state(element: Json) -> Json:
    """An element's entry in state.values before anybody touched it."""
    kind = str(element["type"])
    if kind in TEXTS:
        return {"type": kind, "value": element.get("initial_value")}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options") or []}
    if kind in PICKERS:
        return {"type": kind, PICKERS[kind]: element.get(PICKERS[kind].replace("selected", "initial"))}
    if kind in SELECTS:
        many = kind.startswith("multi_")
        initial = element.get(SELECTS[kind].replace("selected", "initial"))
        return {"type": kind, SELECTS[kind]: initial if initial is not None or not many else []}
    if kind == "file_input":
        return {"type": kind, "files": []}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": element.get("initial_value")}
    return {"type": kind}


def chosen_state(element: Json, value: Any) -> Json:
    """An element's entry in state.values after `value` was entered; None or "" empties it.

    Raises NotPossible if the client would not offer that value. Files are given as ids, the caller fills in the objects.
    """
    kind = str(element["type"])
    if value is None or value in ("", []):
        return initial_state({"type": kind})
    if kind in TEXTS:
        return {"type": kind, "value": str(value)}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, value)}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one) for one in _list(kind, value)]}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": int(value)}
    if kind in PICKERS:
        return {"type": kind, PICKERS[kind]: str(value)}
    if kind in SELECTS:
        many = kind.startswith("multi_")
        return {"type": kind, SELECTS[kind]: [str(one) for one in _list(kind, value)] if many else str(value)}
    if kind == "file_input":
        return {"type": kind, "files": [{"id": str(one)} for one in _list(kind, value)]}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": value if isinstance(value, dict) else _rich_text(str(value))}
    raise NotPossible(f"A {kind} takes no value.")


def is_empty(state: Json) -> bool:
    return all(value in (None, [], "") for key, value in state.items() if key != "type")


def _list(kind: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotPossible(f"A {kind} takes a list, not {value!r}.")
    return value


def _option(element: Json, value: Any) -> Json:
    if str(element.get("type", "")).endswith("external_select"):
        if isinstance(value, dict):
            return value
        raise NotPossible("An external select takes one of the options that the app gave, as an object.")
    for option in options_of(element):
        if option.get("value") == value:
            return dict(option)
    offered = [option.get("value") for option in options_of(element)]
    raise NotPossible(f"{value!r} is not among the options {offered!r}.", 409)


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def client_objection(place: Placed, state: Json) -> str | None:
    """What Slack's own client says about an input before it asks the app; None if it is content."""
    element = place.element
    if is_empty(state):
        return None if place.block.get("optional") else "Please complete this required field."
    value = state.get("value")
    if not isinstance(value, str):
        return _list_objection(element, state)
    longest, shortest = element.get("max_length"), element.get("min_length")
    if element["type"] == "plain_text_input":
        longest = min(longest or 3000, 3000)
    if longest is not None and len(value) > longest:
        return f"Please shorten this text to {longest} characters or less; it has {len(value)}."
    if shortest is not None and len(value) < shortest:
        return f"Please lengthen this text to at least {shortest} characters."
    if element["type"] == "email_text_input" and ("@" not in value.strip("@") or " " in value):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not value.startswith(("http://", "https://")):
        return "Please enter a valid URL."
    if element["type"] == "number_input":
        return _number_objection(element, value)
    return None


def _list_objection(element: Json, state: Json) -> str | None:
    chosen = next((value for value in state.values() if isinstance(value, list)), [])
    most = element.get("max_selected_items") or (
        element.get("max_files", 10) if element["type"] == "file_input" else None
    )
    if most is not None and len(chosen) > most:
        return f"Please choose {most} at most."
    return None


def _number_objection(element: Json, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a valid number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def state_values(blocks: list[Json], entered: Json) -> Json:
    """state.values for a payload: every stateful element of the blocks, with what was entered or its initial value."""
    values: Json = {}
    for place in placed(blocks):
        if place.element.get("type") in ("button", "overflow", "workflow_button"):
            continue
        state = entered.get(place.block_id, {}).get(place.action_id) or initial_state(place.element)
        values.setdefault(place.block_id, {})[place.action_id] = state
    return values
