"""What was recorded is called recorded, also where the answer to it cannot be made."""

import pytest
from e2e import walk
from e2e.stage import stage

pytestmark = pytest.mark.e2e


async def test_a_command_whose_answer_fails_after_it_was_recorded_is_acknowledged_and_called_recorded(
    tmp_path, monkeypatch
):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        answer = scene.house.wording.answer

        async def broken(name, facts):
            if name == "assigned":
                raise ZeroDivisionError
            return await answer(name, facts)

        monkeypatch.setattr(scene.house.wording, "answer", broken)
        lena, alex = scene.person("lena"), scene.person("alex")
        await lena.command(f"/dip assign certificate admin <@{alex.id}>")
        told = await lena.message("dip-onboarding", "It was recorded")
        assert told.ephemeral
        assert "no need to do it again" in told.text
        await scene.says("you are Certificate Admin")
