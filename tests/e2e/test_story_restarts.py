"""The bot is restarted in the middle of every step, and once killed: nothing is lost, nothing is said twice."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from e2e import reading, walk
from e2e.provider import TOKEN, add_txt
from e2e.stage import Stage, stage

pytestmark = pytest.mark.e2e


async def test_a_restart_in_the_middle_of_every_step_changes_nothing_in_the_thread(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        scene.restarts = True
        await walk.whole(scene)
        await scene.says("all steps are done in UIT")
        assert scene.restarted == set(range(9))
        await reading.kept(scene, "active-mp-uit")


async def test_what_was_acknowledged_before_a_restart_is_said_after_it(tmp_path):
    """The bot stops before it could say anything; the next one says it once."""
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await scene.workspace.fault("error", method="chat.postMessage", error="service_unavailable", times=50)
        await scene.workspace.fault("error", method="chat.update", error="service_unavailable", times=50)
        carl = scene.person("carl")
        await carl.click("Enter what the portal shows", in_=await scene.thread())
        await carl.submit({"Domain": walk.DOMAIN, "Value": TOKEN})
        await scene.stop_bot()
        await scene.workspace.clear_faults()
        await scene.start_bot()
        await scene.says("please add one DNS record to northwind.example")
        await scene.quiet()
        thread = await scene.workspace.thread_messages(await scene.thread())
        assert sum("please add one DNS record" in message.text for message in thread) == 1


async def test_a_record_that_appears_while_the_bot_is_away_is_found_when_it_is_back(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await walk.claim(scene)
        await scene.stop_bot()
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await scene.workspace.advance(hours=20)
        await scene.start_bot()
        await scene.says("Everything that can be seen from here is right")


async def test_a_killed_bot_loses_nothing_that_slack_was_told_is_done(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.stop_bot()
        process = await _own_process(scene)
        lena = scene.person("lena")
        await lena.command("/dip start")
        await lena.modal("Start DIP onboarding")
        await lena.submit({**walk.DETAILS, **walk.PEOPLE})  # acknowledged, so it is on disk
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await scene.start_bot()
        card = await scene.workspace.message("dip-onboarding", "DIP onboarding: Northwind Energy Ltd, UIT")
        await scene.says("Before you start: ")
        await scene.quiet()
        cards = [one for one in await scene.workspace.messages("dip-onboarding") if "DIP onboarding: " in one.text]
        assert [one.ts for one in cards] == [card.ts]


async def _own_process(scene: Stage) -> asyncio.subprocess.Process:
    """The bot as `dipper run` starts it, on the same database."""
    settings = await scene.settings()
    secrets = {
        "DIPPER_SLACK_BOT_TOKEN": settings.slack.bot_token,
        "DIPPER_SLACK_APP_TOKEN": settings.slack.app_token,
        "DIPPER_DATABASE_URL": settings.database.url,
    }
    environment = {
        **os.environ,
        **{name: value.get_secret_value() for name, value in secrets.items() if value is not None},
        "DIPPER_SLACK_BASE_URL": settings.slack.base_url,
        "DIPPER_HTTP_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("dipper"),
        "run",
        cwd=scene.folder,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    await scene.workspace.connected(patience=30)
    return process
