"""Whatever is rejected has its ways on; the attempt is counted, the earlier one kept, and what is outdated says so."""

import pytest
from e2e import walk
from e2e.provider import TOKEN, add_txt, make_csr
from e2e.stage import Stage, stage

pytestmark = pytest.mark.e2e

WAYS = {
    "Step 4": ["Find the fault and enter them again", "Make new credentials", "Contact the DIP Manager"],
    "Step 5": [
        "Submit again",
        "Correct the record",
        "Take a new value from the portal",
        "Use another domain of the company",
        "Contact the DIP Manager",
    ],
    "Step 6": [
        "Make a new CSR",
        "Verify the domain first",
        "Allow GlobalSign in CAA",
        "Renew the API credentials",
        "Ask about the limit",
    ],
}


async def _refused(scene: Stage, step: int, way: str, said: str) -> None:
    """By the step's "More": the form offers every way on, and one is chosen."""
    carl = scene.person("carl")
    await carl.click("More", in_=await scene.step_message(step))
    await carl.modal("More")
    await carl.click("It was refused…")
    view = await carl.modal("Refused")
    offered = [
        one["text"]["text"] for block in view.body["blocks"] for one in block.get("element", {}).get("options", [])
    ]
    assert offered == WAYS[f"Step {step}"]
    await carl.submit({"What do you do about it?": way, "What was said": said})
    await scene.quiet()
    message = await scene.says("was rejected; attempt 2 begins")
    assert said in message.text
    assert way in message.text


async def test_refused_credentials_are_found_again_in_the_next_attempt(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=4)
        await scene.tick("carl", 0, "Be able to convert")
        await scene.tick("carl", 4, "Generate API", "Make a new key", "Generate the Atlas", "Pack key and")
        await scene.tick("carl", 4, "Enter the credentials")
        await _refused(scene, 4, "Find the fault and enter them again", "Validation failed")
        step = await scene.step_message(4)
        assert "Attempt 2" in step.text
        assert "☐ 5. *Enter the credentials" in step.text
        carl = scene.person("carl")
        await carl.click("More", in_=step)
        await carl.click("Sources and evidence")
        kept = await carl.modal()
        assert "Attempt 1 was rejected" in kept.text
        assert "Validation failed" in kept.text
        assert "Enter the credentials" in kept.text.split("Attempt 1 was rejected")[1]


async def test_a_refused_domain_with_a_new_value_marks_the_old_request_as_replaced(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=5)
        await scene.tick("carl", 0, "Be able to convert")
        await walk.claim(scene)
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        carl, dora, thread = scene.person("carl"), scene.person("dora"), await scene.thread()
        await dora.click("I have added it", in_=thread)
        await scene.quiet()
        await scene.tick("carl", 5, 'Tick "DNS record added"')
        await carl.click("The portal shows an error", in_=thread)
        await carl.modal("Refused")
        await carl.submit(
            {"What do you do about it?": "Take a new value from the portal", "What was said": "Token expired"}
        )
        await scene.quiet()
        await scene.says("Not to be used any more")
        card = await scene.card(walk.COMPANY)
        assert "I look for the TXT record" not in card.text
        assert "Check now" not in card.buttons
        requests = [one for one in await scene.workspace.thread_messages(thread) if TOKEN in one.text and one.buttons]
        assert not requests, "nobody is asked to add the old value any more"
        new = TOKEN[:-4] + "NEW2"
        await carl.click("Enter what the portal shows", in_=thread)
        await carl.submit({"Domain": walk.DOMAIN, "Value": new})
        await scene.quiet()
        await scene.says("Replaced on")


async def test_a_refused_request_needs_a_new_csr_and_the_old_check_closes_nothing(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        carl, thread = scene.person("carl"), await scene.thread()
        await scene.tick("carl", 6, "Note which certificate")
        _, text = make_csr(walk.HOST, walk.COMPANY)
        await carl.upload("dip.csr", text.encode(), to=thread)
        await scene.says("The CSR is good")
        await scene.tick("carl", 6, "Submit the CSR")
        await _refused(scene, 6, "Make a new CSR", "Wrong organisation")
        step = await scene.step_message(6)
        assert "☐ 2. *Make key and CSR" in step.text
        await carl.click("Tick off", in_=step)
        view = await carl.modal("Tick off")
        label = next(one for one in _options(view.body) if "Make key and CSR" in one)
        errors = await carl.try_submit({"Done": [label]})
        assert errors, "the CSR that was refused does not count again"
        await carl.close_modal()
        _, again = make_csr(walk.HOST, walk.COMPANY)
        await carl.upload("dip2.csr", again.encode(), to=thread)

        async def counted() -> bool:
            return "✓ 2. Make key and CSR" in (await scene.step_message(6)).text

        await scene.workspace.wait_until(counted, "the new CSR to count")


def _options(body) -> list[str]:
    return [
        one["text"]["text"]
        for block in body["blocks"]
        if block["type"] == "input" and block["element"]["type"] == "checkboxes"
        for one in block["element"]["options"]
    ]
