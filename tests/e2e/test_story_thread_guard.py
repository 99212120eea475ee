"""With the thread guard a key in any message of an onboarding's thread is noticed; what is said elsewhere is not looked at."""

import sqlite3

import pytest
from e2e import stage as stages
from e2e import walk
from e2e.stage import CHANNEL, Stage, stage

from bot.cli.manifest import MANIFEST, changed

pytestmark = pytest.mark.e2e

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----"


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """The manifest with what the guard needs, and the setting that switches it on."""
    manifest = tmp_path / "app.yaml"
    manifest.write_text(changed(MANIFEST.read_text(encoding="utf-8"), "", thread_guard=True), encoding="utf-8")
    monkeypatch.setattr(stages, "MANIFEST", manifest)
    plain = Stage.settings

    async def with_guard(self):
        settings = await plain(self)
        return settings.model_copy(update={"people": settings.people.model_copy(update={"thread_guard": True})})

    monkeypatch.setattr(Stage, "settings", with_guard)


async def test_the_guard_warns_in_the_thread_once_a_message_and_looks_nowhere_else(tmp_path, guarded):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        carl, thread = scene.person("carl"), await scene.thread()
        await carl.post(CHANNEL, f"outside any thread {KEY}")
        said = await carl.reply(thread, f"here it is {KEY}")
        await scene.says("A private key was posted here")
        await carl.direct_message("You posted a private key")
        await carl.mention(f"status {KEY}", thread=thread)
        await carl.edit(said, f"still here {KEY}")
        await scene.workspace.idle()
        await scene.quiet()
        warnings = [one for one in await scene.workspace.thread_messages(thread) if "was posted here" in one.text]
        assert len(warnings) == 2
        with sqlite3.connect(tmp_path / "dipper.db") as database:
            assert "MIIE" not in "\n".join(database.iterdump())
