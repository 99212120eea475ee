"""/dip check webhook: a lead has an address probed; somebody without a part in it has not."""

import pytest
from e2e import walk
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_a_lead_is_told_what_stands_between_the_dip_and_a_webhook(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        lena = scene.person("lena")
        await lena.command("/dip check webhook https://127.0.0.1:9/hook", channel=CHANNEL)
        answer = await lena.message(CHANNEL, containing="would not take the DIP's messages")
        assert answer.ephemeral
        nia = scene.person("nia")
        await nia.command("/dip check webhook https://dip.fabrikam.example/hook", channel="general")
        await nia.message("general", containing="belongs to none of your onboardings")
