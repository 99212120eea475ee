"""The channel is archived: the lead names another, which gets a new card and all that is open, and the work goes on there."""

import pytest
from e2e import walk
from e2e.provider import TOKEN, add_txt
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_an_onboarding_goes_on_in_the_channel_that_the_lead_names_when_the_old_one_is_archived(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await scene.tick("carl", 0, "Be able to convert")
        await walk.claim(scene)
        lena, dora = scene.person("lena"), scene.person("dora")
        await scene.workspace.new_channel("second", "lena", "carl", "dora")
        await scene.workspace.change_channel(CHANNEL, archived=True)
        asked = await lena.direct_message("no longer post")
        assert "it is archived" in asked.text
        await lena.click("Choose another channel", in_=asked)
        await lena.submit({"Channel": "second"})
        await scene.quiet()
        [card] = [one for one in await scene.workspace.messages("second") if "DIP onboarding: " in one.text]
        said = [one.text for one in (await scene.workspace.thread_messages(card.thread))[1:]]
        assert [any(part in text for text in said) for part in ("goes on in", "*Step 5: ", TOKEN)] == [True] * 3
        assert len(said) == 3
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await dora.click("I have added it", in_=card.thread)
        await scene.quiet()
        await scene.workspace.message(card.thread, containing="Everything that can be seen from here is right")
