"""What is kept: the world survives a restart of the sandbox alone, and bad files are refused with a reason."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import Workspace
from sandbox.manifest import BUILT_IN, BadManifest, manifest_from, read_manifest


async def test_messages_threads_home_and_clock_survive_a_restart(tmp_path: Path, run_toy: Any) -> None:
    async with await Workspace.start(tmp_path) as first:
        async with run_toy(first):
            lena = first.user("lena")
            await lena.home("Your work")
            said = await lena.post("dip-onboarding", "Let us begin")
            await lena.mention("hello", thread=said)
            await first.message(said.thread, "You called?")
        before = await first.transcript(said.thread)
        await first.advance(days=3)
        then = await first.now()
    async with await Workspace.start(tmp_path) as second:
        assert await second.transcript(said.thread) == before
        assert timedelta(0) <= await second.now() - then < timedelta(minutes=1)
        home = (await second.read("as/lena/home"))["view"]
        assert home["type"] == "home"
        later = await second.user("lena").post("dip-onboarding", "Later")
        assert float(later.ts) > float(said.ts) + 250_000


async def test_the_app_comes_back_by_itself_when_the_sandbox_was_restarted(tmp_path: Path, run_toy: Any) -> None:
    async with await Workspace.start(tmp_path) as first:
        port = int(first.base_url.rsplit(":", 1)[1])
        stay = run_toy(first)
        toy = await stay.__aenter__()
        toy.handler.client.ping_interval = 0.05
        await first.disconnect()
        await first.connected()
    async with await Workspace.start(tmp_path, port=port) as second:
        await second.connected()
        await second.user("lena").command("/toy go")
        await second.message("dip-onboarding", "A *card*")
        await stay.__aexit__(None, None, None)


async def test_as_a_process_it_says_where_it_is_and_ends_politely(tmp_path: Path) -> None:
    async with await Workspace.start(tmp_path, process=True) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/")
        assert (await client.auth_test())["ok"]
        await workspace.user("lena").post("dip-onboarding", "Kept")
    async with await Workspace.start(tmp_path) as again:
        await again.message("dip-onboarding", "Kept")


async def test_the_dns_runs_beside_it_on_the_sandboxs_clock_with_its_files(tmp_path: Path) -> None:
    async with await Workspace.start(tmp_path, dns_port=0) as workspace:
        async with workspace.session.get("/dns/") as answer:
            assert answer.status == 200
        dns = (await workspace.read("app"))["dns"]
        assert (dns["port"] > 0, dns["root_hints"]) == (True, str(tmp_path / "sandbox.root"))
        assert "127.0.53.1" in await asyncio.to_thread((tmp_path / "sandbox.root").read_text)
        assert await asyncio.to_thread((tmp_path / "sandbox.root.key").exists)


BARE = "display_information: {name: X}\nfeatures: {bot_user: {display_name: x}}\n"


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], capture_output=True, text=True, check=False, timeout=30
    )


def test_a_damaged_state_file_is_refused_with_its_reason(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    state.write_bytes(b"this is no database, and long enough to look like one " * 50)
    ended = started("--port", "0", "--state", str(state))
    assert (ended.returncode, "--state" in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)


async def test_two_sandboxes_do_not_share_a_state_file(tmp_path: Path) -> None:
    async with await Workspace.start(tmp_path):
        ended = await asyncio.to_thread(started, "--port", "0", "--state", str(tmp_path / "sandbox.sqlite"))
    assert (ended.returncode, "another sandbox" in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)


def test_a_manifest_that_is_not_there_is_refused_with_its_reason(tmp_path: Path) -> None:
    ended = started("--port", "0", "--state", str(tmp_path / "state"), "--manifest", str(tmp_path / "app.yaml"))
    assert (ended.returncode, "cannot be read" in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a list", "a YAML mapping"),
        ("a: [", "no YAML"),
        ("display_information: {name: X}", "bot_user is missing"),
        ("features: {bot_user: {display_name: x}}", "name is missing"),
        (f"display_information: {{name: {'x' * 36}}}\nfeatures: {{bot_user: {{display_name: x}}}}", "Slack allows 35"),
        (
            "display_information: {name: X}\n"
            "features: {bot_user: {display_name: x}, slash_commands: [{command: dip, description: d}]}",
            "must start with /",
        ),
        (f"{BARE}settings: {{event_subscriptions: {{bot_events: [star_added]}}}}", "never sends star_added"),
        (
            f"{BARE}settings: {{event_subscriptions: {{bot_events: [app_mention]}}}}",
            "needs the scope app_mentions:read",
        ),
        (
            """display_information: {name: X}
features: {bot_user: {display_name: x}, slash_commands: [{command: /x, description: d}]}""",
            "need the scope commands",
        ),
    ],
)
def test_a_manifest_that_slack_would_refuse_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "app.yaml"
    path.write_text(text)
    with pytest.raises(BadManifest, match=reason):
        read_manifest(path)


def test_eleven_shortcuts_are_too_many_and_ten_are_not() -> None:
    shortcut = {"name": "S", "type": "global", "callback_id": "s", "description": "d"}
    ten = BUILT_IN | {"features": BUILT_IN["features"] | {"shortcuts": [shortcut] * 10}}
    assert len(manifest_from(ten, "test").shortcuts) == 10
    ten["features"]["shortcuts"] = [shortcut] * 11
    with pytest.raises(BadManifest, match="Slack allows 10"):
        manifest_from(ten, "test")
