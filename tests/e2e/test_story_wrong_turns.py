"""Wrong turns: each is refused or recorded, with a way on, and nobody is left standing."""

import pytest
from e2e import reading, walk
from e2e.provider import TOKEN, add_txt
from e2e.stage import Stage, Way, stage

pytestmark = pytest.mark.e2e

CHANGES = {"Certificate Admin": ["carl", "alex"]}


async def test_wrong_turns_are_refused_or_recorded_and_each_has_a_way_on(tmp_path):
    await _story(tmp_path, Way())


async def test_the_same_wrong_turns_over_every_transport_and_on_every_database(tmp_path, other_way):
    await _story(tmp_path, other_way)


async def _story(folder, way: Way) -> None:
    async with stage(folder, way) as scene:
        await walk.start(scene, CHANGES, at=3)
        await scene.tick("carl", 0, "Be able to convert")
        await scene.tick("priya", 0, "Tell reception")
        await scene.tick("lena", 0, "Name the DNS contact")
        await _vetting_is_rejected_and_done_again(scene)
        await _the_wrong_person_clicks(scene)
        await _a_form_is_sent_for_a_step_that_is_over(scene)
        await _the_lead_reopens(scene)
        await _the_certificate_admin_leaves(scene)
        await _the_lead_overrides_the_check(scene)
        await reading.kept(scene, "wrong-turns", direct=("lena",))


async def _vetting_is_rejected_and_done_again(scene: Stage) -> None:
    await scene.tick("priya", 3, "Open GlobalSign's", "Fill in the form")
    priya, thread = scene.person("priya"), await scene.thread()
    await priya.click("Rejected…", in_=thread)
    await priya.submit({"What do you do about it?": "Ask for a new identity", "What was said": "Job title not found"})
    await scene.quiet()
    await scene.says("was rejected; attempt 2 begins")
    await scene.tick("priya", 3, "Open GlobalSign's", "Fill in the form")
    await priya.click("Approved", in_=thread)
    await scene.quiet()


async def _the_wrong_person_clicks(scene: Stage) -> None:
    """Mo presses Done on what Carl is asked; the refusal says who has it, and offers to record it for him."""
    mo, thread = scene.person("mo"), await scene.thread()
    ask = await scene.says("@carl, *Work through the steps")
    await mo.click("Done", in_=ask)
    refused = await mo.message(thread, "has this task")
    assert refused.ephemeral
    await mo.click("Record that I did it", in_=refused)
    view = await mo.modal("Record that I did it")
    ticked = [option for option in _offered(view.body) if "Work through" in option]
    await mo.submit({"Done": [*_ticked(view.body), *ticked]})
    await scene.quiet()
    await scene.says("attested by Mo Ashdown for Carl Penrose")


async def _a_form_is_sent_for_a_step_that_is_over(scene: Stage) -> None:
    """Carl has the form open while Alex, his deputy, finishes the step."""
    carl = scene.person("carl")
    await carl.click("Tick off", in_=await scene.step_message(3))
    await scene.tick("alex", 3, "See the registration")
    view = await carl.modal("Tick off")
    errors = await carl.try_submit({"Done": _offered(view.body)})
    [error] = errors.values()
    assert error.startswith("That did not go in: Step 3 (GlobalSign account and vetting) is closed already")
    assert "[" not in error
    await carl.close_modal()


async def _the_lead_reopens(scene: Stage) -> None:
    """Only a lead may; later steps stay as they are, marked as resting on it."""
    carl, lena = scene.person("carl"), scene.person("lena")
    for person in (carl, lena):
        await person.click("More", in_=await scene.step_message(4))
        await person.click("Reopen…")
        view = await person.modal("Reopen")
        what = next(one for one in _selectable(view.body) if "See the registration" in one)
        errors = await person.try_submit({"What": what, "Why?": "The portal shows the stage as open again"})
        if person is carl:
            assert any("lead" in text for text in errors.values()), errors
            await person.close_modal(all_=True)
    await scene.quiet()
    await scene.says("is open again")
    await scene.tick("carl", 3, "See the registration")


async def _the_certificate_admin_leaves(scene: Stage) -> None:
    await scene.workspace.change_user("carl", deleted=True)
    await scene.person("lena").direct_message("Carl Penrose has left")
    await scene.quiet()
    step = await scene.step_message(4)
    assert "your turn, @alex" in step.text
    scene.plays["carl"] = "alex"
    await walk.credentials(scene)


async def _the_lead_overrides_the_check(scene: Stage) -> None:
    """The record is at one name server only, which the lead knows to be enough for now."""
    await walk.claim(scene)
    lena = scene.person("lena")
    await lena.click("More", in_=await scene.step_message(5))
    await lena.click("Close against the check…")
    await lena.submit({"Task": "Publish the TXT record", "Why?": "The zone moves tonight; the new servers have it"})
    await scene.quiet()
    await scene.says("Closed against the check")
    await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
    await walk.submit_in_portal(scene)
    step = await scene.step_message(5)
    assert "against the check" in step.text


def _inputs(body, kinds):
    return [
        block["element"] for block in body["blocks"] if block["type"] == "input" and block["element"]["type"] in kinds
    ]


def _offered(body) -> list[str]:
    return [option["text"]["text"] for element in _inputs(body, {"checkboxes"}) for option in element["options"]]


def _ticked(body) -> list[str]:
    elements = _inputs(body, {"checkboxes"})
    return [option["text"]["text"] for element in elements for option in element.get("initial_options", [])]


def _selectable(body) -> list[str]:
    return [option["text"]["text"] for element in _inputs(body, {"static_select"}) for option in element["options"]]
