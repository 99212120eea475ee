"""Reads Slack's app manifest (app.yaml): what the app may ask for, and what it is told about."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sandbox.events import EVENT_SCOPES
from sandbox.shapes import Json


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    callback_id: str
    name: str
    description: str
    type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    bot_name: str
    scopes: tuple[str, ...]
    optional_scopes: tuple[str, ...]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    home_tab: bool
    messages_tab_read_only: bool
    interactivity: bool
    socket_mode: bool
    request_url: str


BUILT_IN: Json = {
    "display_information": {"name": "Toy"},
    "features": {
        "bot_user": {"display_name": "toy"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/toy", "description": "Play", "should_escape": True}],
        "shortcuts": [
            {
                "name": "Toy with this",
                "type": "message",
                "callback_id": "toy_message",
                "description": "Play with a message",
            },
            {"name": "Toy", "type": "global", "callback_id": "toy_global", "description": "Play"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "app_mentions:read",
                "users:read",
                "channels:read",
                "groups:read",
                "im:read",
                "im:write",
                "files:read",
                "files:write",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": ["app_mention", "app_home_opened", "file_shared", "member_joined_channel"]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


class BadManifest(Exception):
    """The manifest cannot be used; the text says where and why."""


def read_manifest(path: Path) -> Manifest:
    """Raises BadManifest if the file is not a YAML mapping with a bot user."""
    try:
        loaded = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except OSError as error:
        raise BadManifest(f"{path}: cannot be read ({error.strerror}).") from error
    except YAMLError as error:
        raise BadManifest(f"{path}: is no YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise BadManifest(f"{path}: a manifest is a YAML mapping; this is {type(loaded).__name__}.")
    return manifest_from(loaded, str(path))


def manifest_from(body: Json, source: str) -> Manifest:
    """Raises BadManifest for what Slack would not accept either."""
    about = body.get("display_information") or {}
    for key, most in (("description", 140), ("long_description", 4000)):
        if about.get(key):
            _text(about, key, source, limit=most)
    features = body.get("features") or {}
    settings = body.get("settings") or {}
    name = _text(about, "name", source, limit=35)
    bot_user = features.get("bot_user")
    if not bot_user:
        raise BadManifest(f"{source}: features.bot_user is missing; without a bot user there is nobody to post as.")
    commands = tuple(
        Command(
            command=_text(entry, "command", source, limit=32),
            description=_text(entry, "description", source, limit=2000),
            usage_hint=_text(entry, "usage_hint", source, limit=1000) if entry.get("usage_hint") else "",
            should_escape=bool(entry.get("should_escape", False)),
        )
        for entry in features.get("slash_commands") or ()
    )
    for command in commands:
        if not command.command.startswith("/") or " " in command.command:
            raise BadManifest(f"{source}: slash command {command.command!r} must start with / and hold no space.")
    shortcuts = tuple(
        Shortcut(
            callback_id=_text(entry, "callback_id", source, limit=255),
            name=_text(entry, "name", source, limit=24),
            description=_text(entry, "description", source, limit=150),
            type=_text(entry, "type", source, limit=10),
        )
        for entry in features.get("shortcuts") or ()
    )
    if len(shortcuts) > 10:
        raise BadManifest(f"{source}: {len(shortcuts)} shortcuts; Slack allows 10.")
    if len(commands) > 50:
        raise BadManifest(f"{source}: {len(commands)} slash commands; Slack allows 50.")
    scopes = (body.get("oauth_config") or {}).get("scopes") or {}
    events = (settings.get("event_subscriptions") or {}).get("bot_events") or ()
    asked = [str(scope) for kind in ("bot", "bot_optional") for scope in scopes.get(kind) or ()]
    _check_events([str(event) for event in events], asked, source)
    needs_commands = commands or shortcuts
    if needs_commands and "commands" not in (scopes.get("bot") or ()):
        raise BadManifest(f"{source}: slash commands and shortcuts need the scope commands.")
    home = features.get("app_home") or {}
    interactivity = settings.get("interactivity") or {}
    urls = {
        str(url)
        for url in (
            interactivity.get("request_url"),
            (settings.get("event_subscriptions") or {}).get("request_url"),
            *(entry.get("url") for entry in features.get("slash_commands") or ()),
        )
        if url
    }
    if len(urls) > 1:
        raise BadManifest(
            f"{source}: the sandbox knows one request URL for everything, the manifest names {len(urls)}."
        )
    return Manifest(
        name=name,
        bot_name=_text(bot_user, "display_name", source, limit=80),
        scopes=tuple(str(scope) for scope in scopes.get("bot") or ()),
        optional_scopes=tuple(str(scope) for scope in scopes.get("bot_optional") or ()),
        commands=commands,
        shortcuts=shortcuts,
        events=frozenset(str(event) for event in events),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        interactivity=bool(interactivity.get("is_enabled", False)),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        request_url=next(iter(urls), ""),
    )


def _check_events(events: list[str], scopes: list[str], source: str) -> None:
    if len(events) > 100:
        raise BadManifest(f"{source}: {len(events)} bot events; Slack allows 100.")
    if len(scopes) > 255:
        raise BadManifest(f"{source}: {len(scopes)} scopes; Slack allows 255.")
    for event in events:
        if event not in EVENT_SCOPES:
            raise BadManifest(f"{source}: the sandbox never sends {event}; it knows {', '.join(sorted(EVENT_SCOPES))}.")
        needed = EVENT_SCOPES[event]
        if needed and not needed & set(scopes):
            raise BadManifest(f"{source}: the event {event} needs the scope {' or '.join(sorted(needed))}.")


def _text(entry: Any, key: str, source: str, *, limit: int) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value:
        raise BadManifest(f"{source}: {key} is missing in {entry!r}.")
    if len(value) > limit:
        raise BadManifest(f"{source}: {key} {value!r} has {len(value)} characters; Slack allows {limit}.")
    return value
