"""A lead goes on holiday: all her work goes to a colleague until a day, and comes back by itself."""

from datetime import timedelta

import pytest
from e2e import reading, walk
from e2e.stage import CHANNEL, Stage, stage

from sandbox.driver_seen import SeenView

pytestmark = pytest.mark.e2e


async def _preview(scene: Stage, handle: str, values: dict[str, object]) -> SeenView:
    person = scene.person(handle)
    await person.command("/dip handover", channel=CHANNEL)
    await person.modal("Hand over all my work")
    await person.submit(values)

    async def found() -> SeenView | None:
        view = await person.view()
        return view if view is not None and " go to " in view.text else None

    return await scene.workspace.wait_until(found, "what the hand-over would do")


async def test_a_lead_hands_everything_to_a_colleague_for_a_week_and_has_it_back_on_the_day(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.set_member(CHANNEL, "nia")
        await scene.workspace.new_channel("eastwind", "lena")
        await walk.start(scene, at=4)
        await walk.start(
            scene,
            {"Registered company name": "Eastwind Power Ltd", "Company number": "09", "Channel": "eastwind"},
            at=4,
        )
        lena, nia, thread = scene.person("lena"), scene.person("nia"), await scene.thread_of("Northwind")
        now = await scene.workspace.now()
        until = (now + timedelta(days=7)).date()
        form = await _preview(scene, "lena", {"To whom": nia, "Until": until})
        assert "Eastwind Power Ltd, UIT: not possible" in form.text.replace("*", "")
        await lena.submit()
        await scene.quiet()
        done = await lena.view()
        assert done is not None
        assert "Handed over: 1 onboarding" in done.text
        await lena.close_modal()
        assert await nia.message(thread, "is yours now")
        await scene.at(now + timedelta(days=7))
        back = await lena.message(thread, "your work is with you again")
        assert "Nia" in back.text or "@nia" in back.text
        await reading.kept_text(
            scene, "hand-over", f"{form.text}\n\n=====\n\n{done.text}\n\n=====\n\n{await _said(scene, thread)}"
        )
        listed = await lena.command("/dip list all", channel=CHANNEL)
        assert "2 onboardings" in str(listed["response"]["text"])


async def _said(scene: Stage, thread: object) -> str:
    messages = await scene.workspace.thread_messages(thread)
    return "\n\n".join(one.text for one in messages if "is yours now" in one.text or "with you again" in one.text)


async def test_a_guest_does_not_become_primary_certificate_admin_and_a_plan_begins_on_its_day(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.set_member(CHANNEL, "nia")
        await scene.workspace.change_user("nia", is_restricted=True)
        await walk.start(scene, at=4)
        await walk.start(scene, {"Registered company name": "Eastwind Power Ltd", "Company number": "09"}, at=4)
        priya, now = scene.person("priya"), await scene.workspace.now()
        form = await _preview(
            scene, "priya", {"To whom": scene.person("nia"), "From": (now + timedelta(days=1)).date()}
        )
        assert form.text.count("Primary Certificate Admin, which must be an employee") == 2
        assert "nothing of yours can go over" in form.text
        await priya.close_modal()
        carl = scene.person("carl")
        await _preview(scene, "carl", {"To whom": scene.person("nia"), "From": (now + timedelta(days=1)).date()})
        await carl.submit()
        await scene.quiet()
        thread = await scene.thread()
        said = [one.text for one in await scene.workspace.thread_messages(thread)]
        assert not [text for text in said if "is yours now" in text]
        await scene.at(now + timedelta(days=1))
        assert await carl.message(thread, "is yours now")
