"""Nonsense from outside is answered, never crashed on: arbitrary blocks, control bodies and API arguments."""

from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import limits
from sandbox.control_admin import AdminControl
from sandbox.control_people import PeopleControl
from sandbox.driver import Workspace
from sandbox.server import Settings, serving
from sandbox.signed_http import SignedHttp
from sandbox.sockets import SocketHub

SCALARS = st.none() | st.booleans() | st.integers(-10, 10) | st.text(max_size=5)
FIELDS = """type text elements element label options fields rows accessory style confirm initial_option option_groups
            placeholder url timestamp format blocks title block_id action_id value"""
KINDS = """section actions input context rich_text rich_text_section rich_text_list table header image button
           static_select checkboxes plain_text_input text date user mrkdwn plain_text modal"""
KEYS = st.sampled_from(FIELDS.split())
TYPES = st.sampled_from(KINDS.split())
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(lambda kind, rest: {**rest, "type": kind}, TYPES, st.dictionaries(KEYS, inner, max_size=4))
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_as_blocks_gives_a_list_of_problems(value: Any) -> None:
    for payload in (
        {"text": "t", "blocks": value},
        {"text": "t", "blocks": [value]},
        {"text": value, "metadata": value},
    ):
        assert all(str(problem) for problem in limits.problems_of_message(payload))
        assert all(limits.warnings_of_message(payload))


@settings(max_examples=75, deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "title", "submit", "close", "blocks", "private_metadata"]), JSON))
def test_any_json_as_view_gives_a_list_of_problems(view: dict[str, Any]) -> None:
    for surface in ("modal", "home"):
        assert all(str(problem) for problem in limits.problems_of_view(view, surface))
    assert all(limits.warnings_of_view(view))


BODIES: list[Any] = [
    {},
    {"channel": 1, "text": [], "ts": {}, "user": 3, "files": 5, "values": [1], "view_id": 7, "name": 1},
    {
        "channel": "C0ONBOARDING",
        "text": "x",
        "ts": "nonsense",
        "files": ["F"],
        "blocks": "no",
        "values": {"a": 1},
        "thread": 5,
    },
    {"channel": "C0ONBOARDING", "block_id": "b", "action_id": "a", "ts": "1", "view_id": "V", "callback_id": "c"},
    {"kind": "reset", "times": "x", "seconds": "y", "status": None, "n": "z", "id": "q", "mode": 1, "reason": 4},
    {"advance_seconds": "x", "to": "y", "transport": 1, "request_url": 5, "remove": 3, "add": [1], "path": "/nowhere"},
    {"filename": "a/b", "content_base64": "!!", "name": "x", "real_name": "y", "members": 3, "tz": 1, "archived": "?"},
    {"name": "x", "real_name": "y", "members": ["nobody"], "private": 1, "user": "lena", "member": "no"},
    {"advance_seconds": 1e300},
    {"to": "9999-12-31T23:59:59+00:00"},
    {"request_url": "ftp://x"},
]


async def test_the_control_api_answers_every_nonsense_with_a_reason(tmp_path: Path) -> None:
    async with serving(Settings(tmp_path / "state")) as running, aiohttp.ClientSession(running.base_url) as session:
        hub, http = running.sandbox.courier.carriers["socket"], running.sandbox.courier.carriers["http"]
        assert isinstance(hub, SocketHub) and isinstance(http, SignedHttp)
        routes = PeopleControl(running.sandbox).routes() + AdminControl(running.sandbox, hub, http).routes()
        paths = [(verb, path) for verb, path, _ in routes] + [("POST", "/clock"), ("GET", "/world")]
        for verb, path in paths:
            where = "/control" + path.replace("{user}", "lena").replace("{id}", "lena")
            for body in BODIES:
                async with session.request(verb, where, json=body, params={"since": "x", "channel": "?"}) as answer:
                    assert answer.status < 500 or answer.status == 502, (verb, where, body, await answer.text())
                    assert (await answer.json())["ok"] in (True, False)
        for raw in ("{", "[]", "null", "3"):
            async with session.post("/control/clock", data=raw, headers={"Content-Type": "application/json"}) as answer:
                assert answer.status == 400


async def test_the_web_api_answers_every_nonsense_with_an_error(workspace: Workspace) -> None:
    from sandbox.api.dispatch import METHODS

    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    bodies: list[Any] = [
        {},
        {"channel": 5, "user": [], "ts": {}, "view": 3, "blocks": 7, "metadata": [], "limit": "x", "cursor": "y"},
        {"channel": "C0ONBOARDING", "text": {"a": 1}, "blocks": [[]], "attachments": 3, "thread_ts": 5, "user": 4},
        {"channel": "C0ONBOARDING", "ts": "1", "oldest": "x", "latest": "y", "message_ts": "q", "text": "t"},
        {"view": {"type": "modal"}, "trigger_id": 5, "view_id": 3, "user_id": 6, "hash": 2, "external_id": 8},
        {"view": "{", "files": "[1]", "file": 5, "filename": 3, "length": "x", "users": 7},
        {"files": [3], "channels": 5, "users": ",,"},
        {"view": {"type": "home", "blocks": [{"type": "divider"}]}, "user_id": "nobody"},
    ]
    async with aiohttp.ClientSession(workspace.base_url, headers=headers) as session:
        await workspace.control("app/scopes", {"add": ["channels:history"]})
        for method in METHODS:
            for body in bodies:
                async with session.post(f"/api/{method}", json=body) as answer:
                    assert answer.status == 200, (method, body, await answer.text())
                    assert isinstance((await answer.json())["ok"], bool)
        async with session.post(
            "/api/chat.postMessage", data="{broken", headers={"Content-Type": "application/json"}
        ) as answer:
            assert not (await answer.json())["ok"]
