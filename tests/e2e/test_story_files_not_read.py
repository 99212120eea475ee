"""Files that cannot be read are said so once, and nobody looks at them for ever."""

from datetime import timedelta

import pytest
from e2e import walk
from e2e.provider import make_csr
from e2e.stage import STARTS, Stage, stage

from engine.store import duework

pytestmark = pytest.mark.e2e


async def _is_due(scene: Stage) -> bool:
    """Whether a file is still to be looked at."""
    now = await scene.workspace.now()
    earliest = await scene.house.desk.read(duework.next_at)
    return earliest is not None and earliest <= now


async def test_a_file_that_is_too_large_is_said_so_in_the_thread_and_not_tried_again(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        await scene.person("carl").upload("big.pem", b"-" * (1024 * 1024 + 1), to=await scene.thread())
        await scene.says("it is larger than 1 MB")
        assert not await _is_due(scene)


async def test_a_file_in_the_thread_of_a_paused_onboarding_is_left_alone(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        lena, thread = scene.person("lena"), await scene.thread()
        await lena.click("More", in_=await scene.step_message(6))
        await lena.click("Close onboarding…")
        await lena.submit({"Why?": "Paused until a date", "Paused until": STARTS.date() + timedelta(days=30)})
        await scene.quiet()
        _, text = make_csr(walk.HOST, walk.COMPANY)
        await scene.person("carl").upload("dip.csr", text.encode(), to=thread)
        await scene.workspace.idle()
        await scene.quiet()
        assert not await _is_due(scene)


async def test_a_key_in_a_file_is_said_once(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        key = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----"
        thread = await scene.thread()
        await scene.person("carl").upload("dip.pem", key, to=thread)
        await scene.says("A private key was posted here")
        said = [one.text for one in await scene.workspace.thread_messages(thread)]
        assert not [text for text in said if "cannot tell what this file is" in text]
