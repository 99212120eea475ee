"""What a mention changes is on disk before Slack is answered: if it cannot be written, Slack is not, and delivers it again."""

import pytest
from e2e import walk
from e2e.stage import stage

from engine.store.errors import Trouble, Unavailable

pytestmark = pytest.mark.e2e


async def test_a_mention_that_could_not_be_written_is_not_acknowledged_and_has_its_effect_when_it_comes_again(
    tmp_path, monkeypatch
):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        desk, tell, refused = scene.house.desk, scene.house.desk.tell, []

        async def busy_once(command, **more):
            if not refused:
                refused.append(command)
                raise Unavailable(Trouble.BUSY)
            return await tell(command, **more)

        monkeypatch.setattr(desk, "tell", busy_once)
        lena, alex = scene.person("lena"), scene.person("alex")
        await lena.mention(f"assign certificate admin <@{alex.id}>", thread=await scene.thread())

        async def tried():
            found = [one for one in await scene.workspace.deliveries() if "app_mention" in str(one["payload"])]
            return found[-1] if found and found[-1]["tries"] else None

        delivery = await scene.workspace.wait_until(tried, "the mention to be tried")
        assert not delivery["tries"][0]["acked"]
        assert len(refused) == 1
        await scene.workspace.redeliver(delivery["n"])
        await scene.says("you are Certificate Admin")
