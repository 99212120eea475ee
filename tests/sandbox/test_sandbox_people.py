"""What people type, and what the app is told of their comings and goings."""

import html
import re
import time as clock_time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock
from sandbox.defaults import first_world
from sandbox.driver import DriverError, Workspace
from sandbox.people.typed import escaped_command, with_mentions
from sandbox.transcript import Words, lines_of_blocks

CHANNEL = "dip-onboarding"
MANIFEST = """
display_information: {name: Watcher}
features:
  bot_user: {display_name: watcher}
  app_home: {messages_tab_enabled: true, messages_tab_read_only_enabled: true}
  slash_commands: [{command: /watch, description: Watch, should_escape: true}, {command: /raw, description: Watch}]
oauth_config:
  scopes:
    bot: [commands, chat:write, app_mentions:read, users:read, channels:read, groups:read, channels:history, groups:history]
settings:
  event_subscriptions:
    bot_events: [app_mention, message.channels, message.groups, member_joined_channel, member_left_channel,
                 channel_archive, group_archive, channel_left, user_change, tokens_revoked, app_uninstalled, channel_shared]
  interactivity: {is_enabled: true}
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "app.yaml"
    path.write_text(MANIFEST)
    return path


async def told(workspace: Workspace, type_: str) -> list[dict[str, Any]]:
    return [delivery["payload"]["event"] for delivery in await workspace.deliveries(type_)]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Hello @carl in #general", "Hello <@U0CARL> in <#C0GENERAL>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<!channel> <@U0CARL>", "&lt;!channel&gt; <@U0CARL>"),
        ("see https://docs.example/a?b=1.", "see <https://docs.example/a?b=1>."),
        ("northwind.example now", "<http://northwind.example|northwind.example> now"),
        ("write to carl@dns.example", "write to <mailto:carl@dns.example|carl@dns.example>"),
        ("`northwind.example @carl`", "`northwind.example @carl`"),
        ("version 1.2.3, a.b", "version 1.2.3, a.b"),
        ("_globalsign-domain-verification=8gqZ", "_globalsign-domain-verification=8gqZ"),
    ],
)
async def test_typed_text_is_sent_as_slacks_client_sends_it(workspace: Workspace, typed: str, sent: str) -> None:
    assert (await workspace.user("lena").post(CHANNEL, typed)).body["text"] == sent


async def test_a_commands_text_is_escaped_only_where_the_manifest_says_so(tmp_path: Path, manifest: Path) -> None:
    async with await Workspace.start(tmp_path, manifest=manifest) as workspace:
        for line in ("/watch @carl #general northwind.example", "/raw @carl #general northwind.example"):
            with pytest.raises(DriverError, match="dispatch_failed"):
                await workspace.user("lena").command(line)
        escaped, raw = [delivery["payload"]["text"] for delivery in await workspace.deliveries("slash_commands")]
        assert escaped == "<@U0CARL|carl> <#C0GENERAL|general> <http://northwind.example|northwind.example>"
        assert raw == "@carl #general northwind.example"


async def test_events_are_told_where_the_app_subscribed_is_allowed_and_present(tmp_path: Path, manifest: Path) -> None:
    async with await Workspace.start(tmp_path, manifest=manifest) as workspace:
        lena = workspace.user("lena")
        await lena.post(CHANNEL, "In the app's channel")
        await lena.post("general", "Elsewhere")
        await lena.post("certificates", "Private, and without the app")
        assert [event["text"] for event in await told(workspace, "message")] == ["In the app's channel"]
        await workspace.set_member(CHANNEL, "nia")
        await workspace.set_member(CHANNEL, "nia", member=False)
        await workspace.set_member("general", "nia", member=False)
        assert [event["user"] for event in await told(workspace, "member_joined_channel")] == ["U0NIA"]
        assert [event["user"] for event in await told(workspace, "member_left_channel")] == ["U0NIA"]
        await workspace.change_user("nia", deleted=True)
        assert [event["user"]["deleted"] for event in await told(workspace, "user_change")] == [True]
        await workspace.change_channel("general", archived=True)
        assert [event["channel"] for event in await told(workspace, "channel_archive")] == ["C0GENERAL"]
        await workspace.change_channel(CHANNEL, shared=True)
        assert len(await told(workspace, "channel_shared")) == 1
        await workspace.set_member(CHANNEL, "watcher", member=False)
        assert [event["channel"] for event in await told(workspace, "channel_left")] == ["C0ONBOARDING"]
        await workspace.control("app/uninstall", {})
        assert len(await told(workspace, "app_uninstalled")) == 1


async def test_edits_and_deletions_are_told_with_what_was_there(tmp_path: Path, manifest: Path) -> None:
    async with await Workspace.start(tmp_path, manifest=manifest) as workspace:
        lena = workspace.user("lena")
        said = await lena.post(CHANNEL, "Frist")
        await lena.edit(said, "First")
        await lena.delete(said)
        _, changed, deleted = await told(workspace, "message")
        assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
            "message_changed",
            "First",
            "Frist",
        )
        assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said.ts)
        with pytest.raises(DriverError, match="own messages"):
            await workspace.user("carl").delete(await lena.post(CHANNEL, "Mine"))


async def test_without_the_history_scope_no_message_but_a_mention_is_told(workspace: Workspace, toy: Any) -> None:
    await workspace.user("lena").post(CHANNEL, "Secret talk")
    await workspace.user("lena").mention("hello")
    await workspace.message(CHANNEL, "@toy hello")
    types = {delivery["type"] for delivery in await workspace.deliveries()}
    assert types == {"app_mention"}


async def test_a_mention_where_the_app_is_not_a_member_is_not_told(workspace: Workspace, toy: Any) -> None:
    await workspace.user("lena").mention("hello", channel="general")
    assert await workspace.deliveries("app_mention") == []


async def test_guests_and_strangers_see_their_channels_only(workspace: Workspace) -> None:
    seen = {channel["name"] for channel in await workspace.user("dora").channels()}
    assert seen == {"dip-onboarding"}
    with pytest.raises(DriverError, match="cannot see"):
        await workspace.user("dora").sees("general")
    assert {"dip-onboarding", "general"} <= {channel["name"] for channel in await workspace.user("nia").channels()}


async def test_people_of_other_workspaces_press_buttons_but_have_no_commands_or_shortcuts(
    workspace: Workspace, toy: Any
) -> None:
    await workspace.user("lena").command("/toy go")
    dora = workspace.user("dora")
    with pytest.raises(DriverError, match="another workspace"):
        await dora.command("/toy go")
    with pytest.raises(DriverError, match="another workspace"):
        await dora.shortcut("toy_global")
    await dora.click("Press")
    await workspace.message(CHANNEL, "Pressed by @dora")


async def test_the_request_url_must_be_on_this_machine(workspace: Workspace) -> None:
    for url in ("http://example.com/", "https://127.0.0.1/", "ftp://127.0.0.1/"):
        with pytest.raises(DriverError, match="this machine only"):
            await workspace.control("app", {"request_url": url})


async def test_a_read_only_messages_tab_takes_no_messages(tmp_path: Path, manifest: Path) -> None:
    async with await Workspace.start(tmp_path, manifest=manifest) as workspace:
        lena = workspace.user("lena")
        with pytest.raises(DriverError, match="turned off"):
            await lena.post(await lena.dm(), "Hello")


async def test_time_zones_follow_the_sandboxs_date(workspace: Workspace, client: AsyncWebClient) -> None:
    from datetime import UTC, datetime

    await workspace.set_clock(datetime(2027, 7, 1, tzinfo=UTC))
    assert (await client.users_info(user="U0LENA"))["user"]["tz_offset"] == 3600
    await workspace.set_clock(datetime(2027, 12, 1, tzinfo=UTC))
    assert (await client.users_info(user="U0LENA"))["user"]["tz_offset"] == 0
    with pytest.raises(DriverError, match="forwards only"):
        await workspace.set_clock(datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(DriverError, match="no time zone"):
        await workspace.change_user("lena", tz="Mars/Olympus")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
    ],
)
async def test_other_sites_cannot_use_the_control_api(
    workspace: Workspace, headers: dict[str, str], status: int
) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("clock", "app", "files/F0"):
            async with session.get(f"{workspace.base_url}/control/{path}", headers=headers) as answer:
                assert answer.status in (status, 404 if status == 200 else status)
        form = {"Content-Type": "text/plain", **headers}
        async with session.post(f"{workspace.base_url}/control/clock", data="{}", headers=form) as answer:
            assert answer.status == (415 if status == 200 else 403)


def test_blocks_read_like_what_people_see() -> None:
    words = Words({"U1": "lena"}, {"C1": "general"})
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Ask ", "style": {"bold": True}},
                        {"type": "user", "user_id": "U1"},
                        {"type": "text", "text": " by "},
                        {"type": "date", "timestamp": 0, "format": "{date_short}"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "One"}]}],
                },
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
            ],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<https://x.example|Source> &amp; more"}]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": {"type": "plain_text", "text": "Go"}},
                {"type": "overflow", "options": [{"text": {"type": "plain_text", "text": "More"}, "value": "m"}]},
            ],
        },
    ]
    assert list(lines_of_blocks(blocks, words)) == [
        "# Title",
        "*Ask* @lena by 1970-01-01 00:00",
        "1. One",
        "```",
        "code",
        "```",
        "~ Source <https://x.example> & more",
        "[Go] [… More]",
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>&@#`|! .:/\\\nabcarlgeneralU0C1=_-+xé", max_size=40))
def test_whatever_is_typed_nothing_but_known_marks_reaches_the_app(typed: str) -> None:
    clock = Clock()
    world = first_world(clock, lambda kind, key, record: None, bot_name="toy", tokens={})
    for sent in (with_mentions(world, typed), escaped_command(world, typed)):
        for mark in re.findall(r"<[^>]*>?", sent):
            assert re.fullmatch(r"<(?:[@#][A-Z0-9]+(?:\|[^<>]*)?|https?://[^<>]+|mailto:[^<>]+)>", mark)
    assert html.unescape(with_mentions(world, "a < b & `c > d`")) == "a < b & `c > d`"


def test_long_text_without_spaces_is_typed_in_no_time() -> None:
    world = first_world(Clock(), lambda kind, key, record: None, bot_name="toy", tokens={})
    started = clock_time.perf_counter()
    for text in ("a" * 40_000, "a." * 20_000, "a@" * 20_000, "a-" * 20_000, "<@" * 20_000, "`" * 40_000):
        with_mentions(world, text)
    assert clock_time.perf_counter() - started < 5
