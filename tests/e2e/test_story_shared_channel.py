"""A channel that is shared with another organisation: whoever starts there is asked first, and reasons stay out of it."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_before_the_first_post_in_a_shared_channel_the_lead_is_asked_and_reasons_are_never_shown_there(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.change_channel(CHANNEL, shared=True)
        lena = scene.person("lena")
        await lena.command("/dip start", channel=CHANNEL)
        values = {**walk.DETAILS, **walk.PEOPLE, "Leads": ["lena", "alex"]}
        errors = await lena.try_submit(values)
        assert "its people would read steps, names, domain names and check results" in errors["Channel"]
        assert not [one for one in await scene.workspace.messages(CHANNEL) if walk.COMPANY in one.text]
        await lena.submit(
            {**values, "If that channel is shared with another organisation": ["Their people may read along"]}
        )
        await scene.quiet()
        await scene.person("alex").direct_message("is now shared with another organisation")
        case_step = await scene.step_message(0)
        await lena.click("Waiting on…", in_=case_step)
        await lena.submit({"Whom does the step wait for?": "Elexon", "What for?": "A dispute about the invoice"})
        await scene.quiet()
        said = [one.text for one in await scene.workspace.thread_messages(await scene.thread())]
        assert any("not shown in a shared channel" in text for text in said)
        assert not any("dispute about the invoice" in text for text in said)
