"""app.yaml is exactly what is registered and called: no scope, command, shortcut or event more, none less."""

import ast
import re

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.manifest import MANIFEST, changed
from handlers.ids import CHECK_SHORTCUT, COMMAND, EVIDENCE_SHORTCUT, START_SHORTCUT

ROOT = MANIFEST.parent

SCOPES_OF_METHODS = {
    # Source: the scopes named on each method's page of Slack's reference.
    "auth.test": set(),
    "apps.connections.open": set(),  # the app-level token's connections:write
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.history": set(),  # channels:history and the like, which are optional: without them nothing is looked for
    "conversations.replies": set(),  # the same
    "conversations.open": {"im:write"},
    "files.info": {"files:read"},
    "files.upload_v2": set(),  # files:write, which is optional: without it a list comes as text
    "users.info": {"users:read"},
    "views.open": set(),
    "views.push": set(),
    "views.update": set(),
    "views.publish": set(),
}
SCOPES_OF_EVENTS = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "channel_archive": {"channels:read"},
    "channel_left": {"channels:read"},
    "channel_shared": {"channels:read", "groups:read"},
    "file_shared": {"files:read"},
    "group_archive": {"groups:read"},
    "group_left": {"groups:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}

GUARDED = {"message"}
"""Heard only with the thread guard, which is off by default and whose manifest is another (`--thread-guard`)."""


@pytest.fixture(scope="module")
def manifest():
    return YAML(typ="safe", pure=True).load(MANIFEST.read_text(encoding="utf-8"))


def sources():
    for room in ("bot", "handlers"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def registered(kind):
    """The first argument of every `@app.KIND(...)` in the handlers."""
    return [
        ast.unparse(node.args[0]).strip("'\"")
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"app.{kind}" and node.args
    ]


def called_methods():
    """Every Web API method that is called on a client: `client.chat_update(...)` is chat.update."""
    families = {method.split(".")[0] for method in SCOPES_OF_METHODS} | {
        "reactions",
        "pins",
        "search",
        "usergroups",
        "bots",
    }
    found = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                family, _, name = node.func.attr.partition("_")
                owner = ast.unparse(node.func.value)
                if family in families and name and owner.endswith("client"):
                    found.add(f"{family}.{name}".replace("connections_", "connections."))
    return found


def test_the_events_subscribed_to_are_those_with_a_handler(manifest):
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(set(registered("event")) - GUARDED)


def test_the_thread_guard_adds_its_scopes_and_events_and_nothing_else(manifest):
    text = changed(MANIFEST.read_text(encoding="utf-8"), "", thread_guard=True)
    guarded = YAML(typ="safe", pure=True).load(text)
    scopes, events = guarded["oauth_config"]["scopes"]["bot"], guarded["settings"]["event_subscriptions"]["bot_events"]
    before = manifest["oauth_config"]["scopes"]["bot"], manifest["settings"]["event_subscriptions"]["bot_events"]
    assert set(scopes) - set(before[0]) == {"channels:history", "groups:history"}
    assert {event.partition(".")[0] for event in set(events) - set(before[1])} == GUARDED
    scopes[:], events[:] = before
    assert guarded == manifest


def test_the_commands_are_those_with_a_handler(manifest):
    commands = [command["command"] for command in manifest["features"]["slash_commands"]]
    assert [name for name in registered("command") if name.isupper()] == ["COMMAND"]
    assert commands == [COMMAND]
    assert all(command["should_escape"] for command in manifest["features"]["slash_commands"])


def test_the_shortcuts_are_those_with_a_handler(manifest):
    constants = {
        "START_SHORTCUT": START_SHORTCUT,
        "CHECK_SHORTCUT": CHECK_SHORTCUT,
        "EVIDENCE_SHORTCUT": EVIDENCE_SHORTCUT,
    }
    shortcuts = [shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]]
    assert sorted(constants[name] for name in registered("shortcut")) == sorted(shortcuts)


def test_every_method_that_is_called_is_known_here():
    assert called_methods() <= set(SCOPES_OF_METHODS), "add the method with its scopes from Slack's reference"


def test_the_scopes_are_those_that_calls_and_events_need_and_no_more(manifest):
    needed = {"commands"}
    for method in called_methods():
        needed |= SCOPES_OF_METHODS[method]
    for event in set(registered("event")) - GUARDED:
        needed |= SCOPES_OF_EVENTS[event]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_every_scope_has_its_reason_in_the_security_page(manifest):
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    for scope in manifest["oauth_config"]["scopes"]["bot"]:
        assert re.search(rf"\|[^|\n]*`{re.escape(scope)}`[^|\n]*\|[^|\n]+\|", page), scope


def test_slack_s_limits_of_a_manifest_are_kept(manifest):
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in manifest["features"]["shortcuts"])
    assert all(len(one["usage_hint"]) <= 1000 for one in manifest["features"]["slash_commands"])


def test_the_http_manifest_sends_everything_to_the_given_address():
    result = CliRunner().invoke(app, ["manifest", "--url", "https://dipper.example/"])
    printed = YAML(typ="safe", pure=True).load(result.stdout)
    url = "https://dipper.example/slack/events"
    assert printed["settings"]["socket_mode_enabled"] is False
    assert printed["settings"]["event_subscriptions"]["request_url"] == url
    assert printed["settings"]["interactivity"]["request_url"] == url
    assert [command["url"] for command in printed["features"]["slash_commands"]] == [url]


def test_an_address_that_slack_would_not_call_is_refused():
    result = CliRunner().invoke(app, ["manifest", "--url", "http://dipper.example"])
    assert result.exit_code == 2
    assert "must begin with https://" in result.output
