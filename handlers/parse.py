"""Slack's payloads made into small typed values. What is not of the documented shape stops here (`BadPayload`).

Shapes: Slack, "block_actions payload", "view_submission payload", "Implementing slash commands", "app_mention event".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.ids import ACTION_PREFIX, FORM_PREFIX, Verb, typed_in


class BadPayload(Exception):
    """A payload without what it must have. The message names the field, never its content."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was done: `thread` is the parent's ts, `message` the message that carries the button."""

    channel: str | None = None
    thread: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Click:
    team: str
    person: str
    verb: Verb
    onboarding: str
    subject: str
    key: str  # decision 4: action_ts + user + action
    trigger: str
    place: Place
    in_form: bool  # pressed inside a form, which App Home is not
    view_id: str | None = None
    response_url: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent. `values`: input id -> what was entered; absent where it was left empty."""

    team: str
    person: str
    verb: Verb
    onboarding: str
    subject: str
    key: str  # decision 4: the view's id
    values: Mapping[str, "Entered"]
    trigger: str
    place: Place
    view_id: str = ""


Entered = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed after /dip or after the bot's name: the first word, and the rest as words."""

    name: str
    rest: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.rest)


@dataclass(frozen=True, slots=True)
class Typed:
    """A slash command or a mention. A mention has no `trigger`; a slash command no `thread`.

    `chosen`: the onboarding that was pressed where the command could have meant several.
    """

    team: str
    person: str
    channel: str
    words: Words
    key: str
    thread: str | None = None
    trigger: str | None = None
    response_url: str | None = None
    raw: str = field(default="", repr=False)
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class MessageShortcut:
    """`author`: who wrote the message, where it was somebody and not an app; `person` is who chose the shortcut."""

    team: str
    person: str
    channel: str
    message: str
    thread: str | None
    files: tuple[str, ...]
    text: str = field(repr=False, default="")
    trigger: str = ""
    key: str = ""
    response_url: str | None = None
    author: str | None = None


def parse_click(body: Mapping[str, Any]) -> Click:
    action = _first(body.get("actions"), "actions")
    identifier = _text(action, "action_id")
    if not identifier.startswith(ACTION_PREFIX):
        raise BadPayload("actions[0].action_id")
    onboarding, _, subject = str(action.get("value") or "").partition(":")
    container = _mapping(body.get("container"))
    view = _mapping(body.get("view"))
    message = _mapping(body.get("message"))
    person = _text(_mapping(body.get("user")), "id")
    return Click(
        team=team_of(body),
        person=person,
        verb=_verb(identifier.removeprefix(ACTION_PREFIX).split(":", 1)[0]),
        onboarding=onboarding,
        subject=subject,
        key=f"click:{_text(action, 'action_ts')}:{person}:{identifier}",
        trigger=_text(body, "trigger_id"),
        place=Place(
            channel=_optional(_mapping(body.get("channel")), "id") or _optional(container, "channel_id"),
            thread=_optional(message, "thread_ts") or _optional(container, "thread_ts"),
            message=_optional(container, "message_ts"),
        ),
        in_form=view.get("type") == "modal",
        view_id=_optional(view, "id"),
        response_url=_optional(body, "response_url"),
    )


def parse_submission(body: Mapping[str, Any]) -> Submission:
    view = _mapping(body.get("view"))
    callback = _text(view, "callback_id")
    if not callback.startswith(FORM_PREFIX):
        raise BadPayload("view.callback_id")
    meta = parse_meta(str(view.get("private_metadata") or ""))
    return Submission(
        team=team_of(body),
        person=_text(_mapping(body.get("user")), "id"),
        verb=_verb(callback.removeprefix(FORM_PREFIX)),
        onboarding=meta.onboarding,
        subject=meta.subject,
        key=f"view:{_text(view, 'id')}",
        view_id=_text(view, "id"),
        values=_entered(_mapping(_mapping(view.get("state")).get("values"))),
        trigger=str(body.get("trigger_id") or ""),
        place=Place(channel=meta.channel or None, thread=meta.thread or None),
    )


@dataclass(frozen=True, slots=True)
class Meta:
    """What a form carries with it: ids and the place it was opened from, nothing else."""

    onboarding: str = ""
    subject: str = ""
    channel: str = ""
    thread: str = ""

    def text(self) -> str:
        return "|".join((self.onboarding, self.subject, self.channel, self.thread))


def parse_meta(text: str) -> Meta:
    parts = text.split("|")
    return Meta(*parts) if len(parts) == 4 else Meta()


def parse_command(body: Mapping[str, Any]) -> Typed:
    text = str(body.get("text") or "")
    return Typed(
        team=team_of(body),
        person=_text(body, "user_id"),
        channel=_text(body, "channel_id"),
        words=words_of(text),
        key=f"command:{_text(body, 'trigger_id')}",
        trigger=_text(body, "trigger_id"),
        response_url=_optional(body, "response_url"),
        raw=text,
    )


def typed_by_button(click: Click) -> Typed:
    """The command that a button carries, as if its presser had typed it about the onboarding of the button."""
    raw = typed_in(click.subject)
    return Typed(
        team=click.team,
        person=click.person,
        channel=click.place.channel or "",
        words=words_of(raw),
        key=click.key,
        thread=click.place.thread,
        trigger=click.trigger,
        response_url=click.response_url,
        raw=raw,
        chosen=click.onboarding,
    )


_LEADING_MENTIONS = re.compile(r"^\s*(?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>\s*)+")


def parse_mention(body: Mapping[str, Any]) -> Typed:
    event = _mapping(body.get("event"))
    text = str(event.get("text") or "")
    return Typed(
        team=team_of(body),
        person=_text(event, "user"),
        channel=_text(event, "channel"),
        words=words_of(_LEADING_MENTIONS.sub("", text, count=1)),
        key=f"event:{_text(body, 'event_id')}",
        thread=_optional(event, "thread_ts"),
        raw=text,
    )


def parse_message_shortcut(body: Mapping[str, Any]) -> MessageShortcut:
    message = _mapping(body.get("message"))
    files = message.get("files")
    trigger = _text(body, "trigger_id")
    return MessageShortcut(
        team=team_of(body),
        person=_text(_mapping(body.get("user")), "id"),
        channel=_text(_mapping(body.get("channel")), "id"),
        message=_optional(body, "message_ts") or _text(message, "ts"),
        thread=_optional(message, "thread_ts"),
        files=tuple(str(item["id"]) for item in files if isinstance(item, dict) and "id" in item)
        if isinstance(files, list)
        else (),
        text=str(message.get("text") or ""),
        trigger=trigger,
        key=f"shortcut:{trigger}",
        response_url=_optional(body, "response_url"),
        author=_optional(message, "user"),
    )


def words_of(text: str) -> Words:
    """The typed words. Only the command's own name is folded to lower case: a TXT value and a name keep theirs."""
    parts = text.replace(" ", " ").split()
    return Words(parts[0].lower(), tuple(parts[1:])) if parts else Words("")


_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>")


def person_in(word: str) -> str | None:
    """The user id of an escaped mention (`<@U123|name>`), as Slack sends it with `should_escape`."""
    match = _PERSON.fullmatch(word)
    return match[1] if match else None


def channel_in(word: str) -> str | None:
    match = _CHANNEL.fullmatch(word)
    return match[1] if match else None


_LINK = re.compile(r"<(?:https?://|mailto:)([^<|>]+)(?:\|([^<>]*))?>")  # Slack writes a typed `<` as &lt;
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def unescaped(text: str) -> str:
    """What a person typed, from Slack's escaped text: links shown by their label, the three entities turned back."""
    text = _LINK.sub(lambda match: match[2] or match[1], text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def _entered(blocks: Mapping[str, Any]) -> dict[str, Entered]:
    found: dict[str, Entered] = {}
    for block_id, actions in blocks.items():
        for state in _mapping(actions).values():
            value = _value(_mapping(state))
            if value:
                # Groups of boxes share a name and are numbered: `ticks:0`, `ticks:1`.
                name = block_id.split(":", 1)[0]
                before = found.get(name)
                found[name] = before + value if isinstance(before, tuple) and isinstance(value, tuple) else value
    return found


_PLAIN = (
    "value",
    "selected_date",
    "selected_time",
    "selected_user",
    "selected_conversation",
    "selected_channel",
)
_MANY = ("selected_users", "selected_conversations", "selected_channels")


def _value(state: Mapping[str, Any]) -> Entered | None:
    for name in _PLAIN:
        if isinstance(state.get(name), str):
            return str(state[name]).strip() or None
    if isinstance(state.get("selected_date_time"), int):
        return str(state["selected_date_time"])
    option = state.get("selected_option")
    if isinstance(option, dict):
        return str(option.get("value") or "") or None
    options = state.get("selected_options")
    if isinstance(options, list):
        return tuple(str(item["value"]) for item in options if isinstance(item, dict) and "value" in item)
    files = state.get("files")
    if isinstance(files, list):
        return tuple(str(item["id"]) for item in files if isinstance(item, dict) and "id" in item)
    for name in _MANY:
        if isinstance(state.get(name), list):
            return tuple(str(item) for item in state[name])
    return None


def _verb(text: str) -> Verb:
    try:
        return Verb(text)
    except ValueError:
        raise BadPayload(f"verb {text[:40]!r}") from None


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace in which we are installed. In a channel shared with others the payload's own is often theirs: an event
    names it in `authorizations`, a form in `app_installed_team_id`.
    """
    authorized = body.get("authorizations")
    installed = _optional(_mapping(body.get("view")), "app_installed_team_id") or (
        _optional(_first(authorized, "authorizations"), "team_id") if authorized else None
    )
    team = installed or _optional(_mapping(body.get("team")), "id") or _optional(body, "team_id")
    return team or _text(_mapping(body.get("user")), "team_id")


def _first(items: object, name: str) -> Mapping[str, Any]:
    if isinstance(items, list) and items and isinstance(items[0], dict):
        return items[0]
    raise BadPayload(name)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(mapping: Mapping[str, Any], name: str) -> str:
    value = mapping.get(name)
    if isinstance(value, str) and value:
        return value
    raise BadPayload(name)


def _optional(mapping: Mapping[str, Any], name: str) -> str | None:
    value = mapping.get(name)
    return value if isinstance(value, str) and value else None
