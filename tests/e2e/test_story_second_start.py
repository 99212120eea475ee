"""A second start for the same company and environment is an error in the form that says where to go on."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_a_second_start_links_the_open_onboarding_to_whoever_may_see_it_and_names_it_to_nobody_else(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        card = await scene.card(walk.COMPANY)
        short_id = next(word for word in card.text.split() if word.startswith("NE-"))
        await scene.workspace.new_channel("second", "lena", "nia")
        for handle, may_see in (("lena", True), ("nia", False)):
            person = scene.person(handle)
            if not may_see:
                await scene.workspace.set_member(CHANNEL, handle, member=False)
            await person.command("/dip start", channel="second")
            errors = await person.try_submit({"Registered company name": walk.COMPANY, "Company number": "01234567"})
            [error] = errors.values()
            assert (short_id in error, "/archives/" in error) == (may_see, may_see)
            await person.close_modal(all_=True)
