"""A channel with several onboardings: whoever does not say which is asked, and the button does what was typed."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, Stage, stage

from sandbox.driver_seen import SeenMessage

pytestmark = pytest.mark.e2e


async def _asked(scene: Stage, handle: str, line: str) -> SeenMessage:
    person = scene.person(handle)
    before = {one.ts for one in await person.sees(CHANNEL)}
    await person.command(line, channel=CHANNEL)

    async def asked() -> SeenMessage | None:
        news = [one for one in await person.sees(CHANNEL) if one.ts not in before and one.ephemeral]
        return next((one for one in news if one.buttons), None)

    return await scene.workspace.wait_until(asked, f"a question after {line}")


async def test_the_button_carries_out_what_was_typed_for_the_onboarding_that_was_pressed(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Registered company name": "Eastwind Power Ltd", "Company number": "09"}, at=6)
        await walk.start(scene, at=4)
        lena, alex = scene.person("lena"), scene.person("alex")
        question = await _asked(scene, "carl", "/dip snooze tomorrow")
        assert "/dip snooze tomorrow" in question.text
        carl = scene.person("carl")
        await carl.click(next(one for one in question.buttons if "Eastwind" in one), in_=question)
        assert "Eastwind Power Ltd" in (await carl.message(CHANNEL, "are quiet until")).text

        question = await _asked(scene, "lena", f"/dip assign message admin <@{alex.id}>")
        await lena.click(next(one for one in question.buttons if "Northwind" in one), in_=question)
        await scene.workspace.message((await scene.card("Northwind")).thread, containing="you are Message Admin")

        question = await _asked(scene, "carl", "/dip snooze")
        await carl.click(next(one for one in question.buttons if "Northwind" in one), in_=question)
        assert "Northwind" in (await carl.modal("Snooze")).text
        await carl.close_modal()

        question = await _asked(scene, "lena", "/dip")
        assert "Several onboardings are open here" in question.text
        await lena.click(next(one for one in question.buttons if "Northwind" in one), in_=question)
        assert "Northwind Energy Ltd" in (await lena.message(CHANNEL, "Started")).text


async def test_a_short_id_says_which_one_a_command_is_about(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Registered company name": "Eastwind Power Ltd", "Company number": "09"}, at=6)
        await walk.start(scene, at=4)
        card = await scene.card("Eastwind")
        short_id = next(word for word in card.text.split() if word.startswith("EP-"))
        answer = await scene.person("carl").command(f"/dip snooze {short_id.lower()} tomorrow", channel=CHANNEL)
        assert "Your reminders for Eastwind Power Ltd, UIT are quiet until" in str(answer["response"]["text"])
