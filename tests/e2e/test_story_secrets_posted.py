"""A key that somebody posts where the bot is mentioned: the thread is warned, the poster told, and nothing of it is kept."""

import sqlite3

import pytest
from e2e import walk
from e2e.stage import stage

pytestmark = pytest.mark.e2e

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----"


async def test_a_key_posted_in_the_thread_is_said_there_and_its_poster_is_told_alone(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        carl, thread = scene.person("carl"), await scene.thread()
        await carl.mention(f"status {KEY}", thread=thread)
        await scene.says("A private key was posted here")
        told = await carl.direct_message("You posted a private key")
        assert "MIIE" not in told.text
        posted = (await scene.workspace.thread_messages(thread))[-2]
        assert "MIIE" in posted.text
        await scene.person("lena").shortcut("check_material", posted)
        await scene.quiet()
        warnings = [one for one in await scene.workspace.thread_messages(thread) if "was posted here" in one.text]
        assert len(warnings) == 2
        assert [
            one for one in await scene.person("lena").sees(await scene.person("lena").dm()) if "You posted" in one.text
        ] == []
        with sqlite3.connect(tmp_path / "dipper.db") as database:
            assert "MIIE" not in "\n".join(database.iterdump())
