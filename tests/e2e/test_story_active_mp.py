import pytest
from e2e import walk
from e2e.stage import stage

pytestmark = pytest.mark.e2e


async def test_an_active_mp_goes_from_step_0_to_the_end_in_one_thread(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        await walk.whole(scene)
        thread = await scene.thread()
        await scene.workspace.message(thread, containing="all steps are done in UIT")
