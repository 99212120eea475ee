"""DNS troubles as the thread tells them to somebody who has never heard of the DIP."""

import pytest
from e2e import reading, walk
from e2e.provider import TOKEN, add_txt, delete_records, panel
from e2e.stage import Stage, stage

pytestmark = pytest.mark.e2e

RIGHT = "Everything that can be seen from here is right"


async def _asked(scene: Stage) -> None:
    await walk.start(scene, at=5)
    await scene.tick("carl", 0, "Be able to convert")
    await walk.claim(scene)


async def _look(scene: Stage) -> None:
    """Dora presses the newest button that says that she did something."""
    thread = await scene.thread()
    buttons = [one.buttons for one in await scene.workspace.thread_messages(thread)]
    label = "I have changed it" if any("I have changed it" in one for one in buttons) else "I have added it"
    await scene.person("dora").click(label, in_=thread)
    await scene.quiet()


async def test_a_record_one_level_too_deep_is_named_with_its_repair(tmp_path):
    async with stage(tmp_path) as scene:
        await _asked(scene)
        await panel(scene.workspace, "settings", {"appends_zone": "on", "delay": "0"})
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN, name=walk.DOMAIN)
        await _look(scene)
        wrong = await scene.says("please change it")
        assert f"{walk.DOMAIN}.{walk.DOMAIN}" in wrong.text
        await delete_records(scene.workspace, walk.DOMAIN)
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await _look(scene)
        await scene.says(RIGHT)
        await reading.kept(scene, "dns-doubled")


async def test_quotes_that_were_typed_along_are_named(tmp_path):
    async with stage(tmp_path) as scene:
        await _asked(scene)
        await panel(scene.workspace, "settings", {"adds_quotes": "on", "delay": "0"})
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await _look(scene)
        wrong = await scene.says("please change it")
        assert "quot" in wrong.text
        await reading.kept(scene, "dns-quotes")


async def test_a_name_server_that_lags_is_nobodys_fault_and_is_waited_for(tmp_path):
    async with stage(tmp_path) as scene:
        await _asked(scene)
        await panel(scene.workspace, "settings", {"delay": "900"})
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await _look(scene)
        waits = await scene.says("Not yet: 1 of 2 name servers has the record")
        assert "Nothing to do" in waits.text
        await scene.later(minutes=45)
        await scene.says(RIGHT)
        await reading.kept(scene, "dns-lag")


async def test_a_record_that_is_removed_after_success_is_an_alert(tmp_path):
    async with stage(tmp_path) as scene:
        await _asked(scene)
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await _look(scene)
        await walk.submit_in_portal(scene)
        await delete_records(scene.workspace, walk.DOMAIN)
        await scene.later(days=2)
        await scene.person("lena").direct_message("is no longer as it was")
        await reading.kept(scene, "dns-removed", direct=("lena",))
