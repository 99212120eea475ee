"""A guest has a part in it: no form ever opens for them, and each task of theirs comes with a button instead."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_a_guest_finishes_tasks_by_plain_buttons_and_is_never_given_a_form(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.change_user("uma", is_restricted=True)
        await walk.start(scene)
        uma = scene.person("uma")
        await uma.click("Tick off", in_=await scene.step_message(0))
        assert "Receive the invitation" in (await scene.step_message(0)).text
        offered = await uma.message(await scene.thread(), "Forms open only for members")
        assert offered.ephemeral
        assert "Receive the invitation" in offered.text
        await uma.no_modal()
        await uma.click("Done", in_=offered)
        await scene.quiet()
        assert "Receive the invitation" not in (await scene.step_message(0)).text
        await uma.command("/dip start", channel=CHANNEL)
        await uma.message(CHANNEL, "A member of this workspace can do it for you")
        await uma.shortcut("start_onboarding")
        await uma.direct_message("Forms open only for members")
        await uma.no_modal()
