"""Buttons that stand in App Home or inside a form: they open, answer and refuse where they are pressed."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_an_onboarding_is_begun_from_app_home(tmp_path):
    async with stage(tmp_path) as scene:
        lena = scene.person("lena")
        await lena.home("Nothing waits for you")
        await lena.click("Start DIP onboarding", in_="home")
        await lena.modal("Start DIP onboarding")
        await lena.submit({"Registered company name": walk.COMPANY, "Channel": CHANNEL})
        await scene.quiet()
        await scene.card(walk.COMPANY)


async def test_a_button_inside_a_form_that_is_refused_says_so_in_the_form(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        mo = scene.person("mo")
        for said in ("Recorded", "Nobody was asked again"):
            await mo.click("More", in_=await scene.step_message(0))
            await mo.modal("More")
            await mo.click("Ask its owner")
            await scene.quiet()
            view = await mo.view()
            assert view is not None
            assert said in view.text
            await mo.close_modal(all_=True)
