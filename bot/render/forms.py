"""Forms: a YAML file below `templates/forms/` becomes Slack's modal view.

    title: Waiting on…            # at most 24 characters, as Slack's limit
    submit: Record                # absent: a form that only shows something
    inputs:
      - id: on                    # what the handler reads it by; block_id and action_id
        label: Whom does it wait for?
        kind: select              # text, lines, date, select, radio, boxes, person, people, channel, file
        options: parties          # a list that the code hands in by this name, or [{value: …, label: …}]
        initial: value            # optional; what the code hands in by the input's id comes first
        optional: true
        hint: …                   # below the field
        placeholder: …
        max_length: 3000
        most: 2                   # people: how many may be chosen
        types: [csv]              # file: its endings; absent, those of CSRs and certificates

The words above the fields are a Markdown template of the same name (`templates/forms/NAME.md`), if there is one.
Boxes come in groups of ten (Slack's limit), numbered `ID:0`, `ID:1`; the handlers read them as one. Sources: Slack,
"Modals", "Block elements".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Json = dict[str, Any]

TITLE_LIMIT = 24
LABEL_LIMIT = 2000
OPTION_LIMIT = 75
TEXT_LIMIT = 3000
_BOXES_A_GROUP = 10
_OPTIONS_A_SELECT = 100
_FILE_TYPES = ("csr", "pem", "cer", "crt", "p7b")
KINDS = frozenset({"text", "lines", "date", "select", "radio", "boxes", "person", "people", "channel", "file"})


class BadForm(Exception):
    """A form's file cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    id: str
    label: str
    kind: str
    options: str | tuple[Option, ...] = ()
    initial: str | tuple[str, ...] | None = None
    optional: bool = False
    hint: str = ""
    placeholder: str = ""
    max_length: int = TEXT_LIMIT
    most: int = 0
    types: tuple[str, ...] = _FILE_TYPES


@dataclass(frozen=True, slots=True)
class Form:
    title: str
    submit: str = ""
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """What the code hands to a form: option lists by name, initial values by input, inputs of its own behind the
    file's.
    """

    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    initial: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    before: Sequence[Input] = ()
    after: Sequence[Input] = ()


def view_of(form: Form, *, callback_id: str, private_metadata: str, intro: Sequence[Json], filled: Filled) -> Json:
    """The modal. An input whose options are empty is left out, since Slack takes no empty list."""
    blocks = list(intro)
    for item in (*filled.before, *form.inputs, *filled.after):
        blocks.extend(_input(item, filled))
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": private_metadata,
        "title": _plain(_cut(form.title, TITLE_LIMIT)),
        "close": _plain("Cancel" if form.submit else "Close"),
        "blocks": blocks[:100],
    }
    if form.submit:
        view["submit"] = _plain(_cut(form.submit, TITLE_LIMIT))
    return view


def _input(item: Input, filled: Filled) -> list[Json]:
    options = filled.options.get(item.options, ()) if isinstance(item.options, str) else item.options
    initial = filled.initial.get(item.id, item.initial)
    if item.kind == "boxes":
        return [
            _block(item, f"{item.id}:{number}", _boxes(item, group, initial), first=number == 0)
            for number, group in enumerate(_groups(options))
        ]
    element = _element(item, options, initial)
    return [_block(item, item.id, element, first=True)] if element else []


def _block(item: Input, block_id: str, element: Json, *, first: bool) -> Json:
    label = item.label if first else f"{item.label} (continued)"
    block: Json = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(_cut(label, LABEL_LIMIT)),
        "optional": item.optional,
        "element": element,
    }
    if item.hint and first:
        block["hint"] = _plain(_cut(item.hint, LABEL_LIMIT))
    return block


def _element(item: Input, options: Sequence[Option], initial: str | tuple[str, ...] | None) -> Json | None:
    one = initial if isinstance(initial, str) else (initial[0] if initial else None)
    many = list(initial) if isinstance(initial, tuple) else ([initial] if initial else [])
    element: Json = {"action_id": item.id}
    match item.kind:
        case "text" | "lines":
            element |= {"type": "plain_text_input", "multiline": item.kind == "lines", "max_length": item.max_length}
            if one:
                element["initial_value"] = one[: item.max_length]
        case "date":
            element |= {"type": "datepicker"}
            if one:
                element["initial_date"] = one
        case "select" | "radio":
            return _choice(item, options, one)
        case "person":
            element |= {"type": "users_select"} | ({"initial_user": one} if one else {})
        case "people":
            element |= {"type": "multi_users_select"} | ({"initial_users": many} if many else {})
            if item.most:
                element["max_selected_items"] = item.most
        case "channel":
            element |= {
                "type": "conversations_select",
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
            }
            if one:
                element["initial_conversation"] = one
        case "file":
            element |= {"type": "file_input", "filetypes": list(item.types), "max_files": 1}
    if item.placeholder and item.kind not in {"radio", "file"}:
        element["placeholder"] = _plain(_cut(item.placeholder, 150))
    return element


def _choice(item: Input, options: Sequence[Option], initial: str | None) -> Json | None:
    listed = [_option(option) for option in options[: 10 if item.kind == "radio" else _OPTIONS_A_SELECT]]
    if not listed:
        return None
    element: Json = {
        "action_id": item.id,
        "type": "radio_buttons" if item.kind == "radio" else "static_select",
        "options": listed,
    }
    chosen = next((option for option in listed if option["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    if item.placeholder and item.kind == "select":
        element["placeholder"] = _plain(_cut(item.placeholder, 150))
    return element


def _boxes(item: Input, options: Sequence[Option], initial: str | tuple[str, ...] | None) -> Json:
    ticked = set(initial if isinstance(initial, tuple) else [initial] if initial else [])
    listed = [_option(option) for option in options]
    element: Json = {"action_id": item.id, "type": "checkboxes", "options": listed}
    chosen = [option for option in listed if option["value"] in ticked]
    if chosen:
        element["initial_options"] = chosen
    return element


def _groups(options: Sequence[Option]) -> list[Sequence[Option]]:
    return [options[start : start + _BOXES_A_GROUP] for start in range(0, len(options), _BOXES_A_GROUP)]


def _option(option: Option) -> Json:
    listed: Json = {"text": _plain(_cut(option.label, OPTION_LIMIT)), "value": option.value[:150]}
    if option.description:
        listed["description"] = _plain(_cut(option.description, OPTION_LIMIT))
    return listed


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _cut(text: str, limit: int) -> str:
    """At a word, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:.") + "…"


@cache
def read_form(path: Path) -> Form:
    """Raises BadForm naming the file and what is wrong."""
    try:
        data = YAML(typ="safe", pure=True).load(StringIO(path.read_text(encoding="utf-8")))
        inputs = tuple(_read_input(path, item) for item in data.get("inputs", []))
        form = Form(str(data["title"]), str(data.get("submit", "")), inputs)
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise BadForm(f"{path}: {type(error).__name__}: {error}") from None
    if len(form.title) > TITLE_LIMIT or len(form.submit) > TITLE_LIMIT:
        raise BadForm(f"{path}: title and submit have at most {TITLE_LIMIT} characters")
    return form


def _read_input(path: Path, item: Mapping[str, Any]) -> Input:
    values = dict(item)
    if values.get("kind") not in KINDS:
        raise BadForm(f"{path}: input {values.get('id')!r} has no kind of {', '.join(sorted(KINDS))}")
    options = values.get("options", ())
    values["options"] = options if isinstance(options, str) else tuple(Option(**option) for option in options)
    values["types"] = tuple(values.get("types", _FILE_TYPES))
    return Input(**values)
