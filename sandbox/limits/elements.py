"""Interactive elements: which fields each has, how long they may be, and in which blocks it may stand."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.limits import parts
from sandbox.limits.problem import Flaw, count, items, keys, length, one_of
from sandbox.limits.rich_text import rich_text
from sandbox.shapes import Json

SECTION, ACTIONS, INPUT = "section", "actions", "input"
Check = Callable[[Json, str], Iterator[Flaw]]


@dataclass(frozen=True, slots=True)
class Element:
    """`stands_in` are the block types; common fields (action_id, placeholder, confirm, focus_on_load) are checked for all."""

    stands_in: frozenset[str]
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    check: Check | None = None


def _button(element: Json, at: str) -> Iterator[Flaw]:
    yield from parts.text_object(element.get("text"), f"{at}/text", 75)
    for key, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if key in element:
            yield from length(element[key], f"{at}/{key}", most)
    if "style" in element:
        yield from one_of(element["style"], f"{at}/style", ("primary", "danger"))


def _static_select(element: Json, at: str) -> Iterator[Flaw]:
    yield from parts.options_or_groups(element, at)
    yield from parts.initial_options(element, at)


def _overflow(element: Json, at: str) -> Iterator[Flaw]:
    yield from parts.options(element, at, 5, rich=False, with_url=True)


def _ten_options(element: Json, at: str) -> Iterator[Flaw]:
    yield from parts.options(element, at, 10, rich=True)
    yield from parts.initial_options(element, at)


def _pattern(key: str, pattern: str) -> Check:
    def check(element: Json, at: str) -> Iterator[Flaw]:
        value = element.get(key)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            yield Flaw(f"must match {pattern}", f"{at}/{key}")

    return check


def _date_time(element: Json, at: str) -> Iterator[Flaw]:
    value = element.get("initial_date_time")
    if value is not None and not (isinstance(value, int) and len(str(value)) == 10):
        yield Flaw("must be a Unix time of 10 digits", f"{at}/initial_date_time")


def _plain_text(element: Json, at: str) -> Iterator[Flaw]:
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    for key, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(key)
        if value is not None and not (isinstance(value, int) and least <= value <= 3000):
            yield Flaw(f"must be a number from {least} to 3000", f"{at}/{key}")
    if isinstance(shortest, int) and isinstance(longest, int) and shortest > longest:
        yield Flaw("min_length must not be more than max_length", at)
    if "initial_value" in element:
        yield from length(element["initial_value"], f"{at}/initial_value", 3000, least=0)


def _initial_text(element: Json, at: str) -> Iterator[Flaw]:
    if "initial_value" in element:
        yield from length(element["initial_value"], f"{at}/initial_value", 3000, least=0)


def _number(element: Json, at: str) -> Iterator[Flaw]:
    for key in ("initial_value", "min_value", "max_value"):
        if key in element:
            yield from length(element[key], f"{at}/{key}", 100)
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield Flaw("must be a boolean", f"{at}/is_decimal_allowed")


def _rich_input(element: Json, at: str) -> Iterator[Flaw]:
    if "initial_value" in element:
        yield from rich_text(element["initial_value"], f"{at}/initial_value")


def _file_input(element: Json, at: str) -> Iterator[Flaw]:
    most = element.get("max_files", 10)
    if not (isinstance(most, int) and 1 <= most <= 10):
        yield Flaw("must be a number from 1 to 10", f"{at}/max_files")
    if "filetypes" in element:
        yield from count(element["filetypes"], f"{at}/filetypes", 100)


def _external(element: Json, at: str) -> Iterator[Flaw]:
    if "initial_option" in element:
        yield from parts.option(element["initial_option"], f"{at}/initial_option", rich=False)


_SELECT_IN = frozenset({SECTION, ACTIONS, INPUT})
_MULTI_IN = frozenset({SECTION, INPUT})
_TEXT_IN = frozenset({INPUT})
_CONVERSATION = ("initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter")
_CONVERSATIONS = ("initial_conversations", "default_to_current_conversation", "filter", "max_selected_items")

ELEMENTS: dict[str, Element] = {
    "button": Element(
        frozenset({SECTION, ACTIONS}), ("text",), ("value", "url", "style", "accessibility_label"), _button
    ),
    "overflow": Element(frozenset({SECTION, ACTIONS}), ("options",), (), _overflow),
    "static_select": Element(_SELECT_IN, (), ("options", "option_groups", "initial_option"), _static_select),
    "external_select": Element(_SELECT_IN, (), ("initial_option", "min_query_length"), _external),
    "users_select": Element(_SELECT_IN, (), ("initial_user",)),
    "conversations_select": Element(_SELECT_IN, (), _CONVERSATION),
    "channels_select": Element(_SELECT_IN, (), ("initial_channel", "response_url_enabled")),
    "multi_static_select": Element(
        _MULTI_IN, (), ("options", "option_groups", "initial_options", "max_selected_items"), _static_select
    ),
    "multi_external_select": Element(_MULTI_IN, (), ("initial_options", "min_query_length", "max_selected_items")),
    "multi_users_select": Element(_MULTI_IN, (), ("initial_users", "max_selected_items")),
    "multi_conversations_select": Element(_MULTI_IN, (), _CONVERSATIONS),
    "multi_channels_select": Element(_MULTI_IN, (), ("initial_channels", "max_selected_items")),
    "checkboxes": Element(_SELECT_IN, ("options",), ("initial_options",), _ten_options),
    "radio_buttons": Element(_SELECT_IN, ("options",), ("initial_option",), _ten_options),
    "datepicker": Element(_SELECT_IN, (), ("initial_date",), _pattern("initial_date", r"\d{4}-\d{2}-\d{2}")),
    "timepicker": Element(
        _SELECT_IN, (), ("initial_time", "timezone"), _pattern("initial_time", r"([01]\d|2[0-3]):[0-5]\d")
    ),
    "datetimepicker": Element(frozenset({ACTIONS, INPUT}), (), ("initial_date_time",), _date_time),
    "plain_text_input": Element(
        _TEXT_IN,
        (),
        ("initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"),
        _plain_text,
    ),
    "email_text_input": Element(_TEXT_IN, (), ("initial_value", "dispatch_action_config"), _initial_text),
    "url_text_input": Element(_TEXT_IN, (), ("initial_value", "dispatch_action_config"), _initial_text),
    "number_input": Element(
        _TEXT_IN,
        ("is_decimal_allowed",),
        ("initial_value", "min_value", "max_value", "dispatch_action_config"),
        _number,
    ),
    "rich_text_input": Element(_TEXT_IN, (), ("initial_value", "dispatch_action_config"), _rich_input),
    "file_input": Element(_TEXT_IN, (), ("filetypes", "max_files"), _file_input),
}
HAS_PLACEHOLDER = frozenset(
    name
    for name in ELEMENTS
    if name.endswith(("select", "picker", "_input")) and name not in ("file_input", "datetimepicker")
)
HAS_CONFIRM = frozenset(name for name in ELEMENTS if not name.endswith("_input"))
HAS_FOCUS = frozenset(name for name in ELEMENTS if name not in ("button", "overflow", "file_input"))


def element_flaws(element: object, at: str, block_type: str) -> Iterator[Flaw]:
    """Everything that Slack would say about one element that stands in a block of that type."""
    if not isinstance(element, dict):
        yield Flaw("must be an object", at)
        return
    kind = element.get("type")
    known = ELEMENTS.get(str(kind))
    if known is None:
        yield Flaw(f"unsupported type: {kind}", f"{at}/type")
        return
    if block_type not in known.stands_in:
        yield Flaw(f"unsupported type: {kind} cannot stand in a block of type {block_type}", f"{at}/type")
    common = ["action_id"]
    common += ["placeholder"] if kind in HAS_PLACEHOLDER else []
    common += ["confirm"] if kind in HAS_CONFIRM else []
    common += ["focus_on_load"] if kind in HAS_FOCUS else []
    yield from keys(element, at, known.needed, (*known.optional, *common))
    if "action_id" in element:
        yield from length(element["action_id"], f"{at}/action_id", 255)
    if "placeholder" in element:
        yield from parts.text_object(element["placeholder"], f"{at}/placeholder", 150)
    if "confirm" in element:
        yield from parts.confirm(element["confirm"], f"{at}/confirm")
    most = element.get("max_selected_items", 1)
    if not isinstance(most, int) or most < 1:
        yield Flaw("must be a number of at least 1", f"{at}/max_selected_items")
    if known.check is not None:
        yield from known.check(element, at)


def duplicate_action_ids(elements: object, at: str) -> Iterator[Flaw]:
    """Within one block every action_id stands once."""
    seen: set[str] = set()
    for index, element in enumerate(items(elements)):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id is None:
            continue
        if str(action_id) in seen:
            yield Flaw(f"`action_id` {action_id!r} already exists", f"{at}/{index}/action_id")
        seen.add(str(action_id))
