"""An active market participant in UIT, then its Production run, begun from the last message of the first thread."""

import pytest
from e2e import reading, walk
from e2e.stage import stage

pytestmark = pytest.mark.e2e


async def test_an_active_mp_goes_from_step_0_to_the_end_and_then_through_production(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene)
        await walk.whole(scene)
        await scene.says("all steps are done in UIT")
        uit = await scene.thread()
        await walk.production(scene)
        await scene.says("all steps are done in Production")
        await reading.kept(scene, "active-mp-uit", uit)
        await reading.kept(scene, "active-mp-production")


async def test_the_same_thread_comes_of_it_over_every_transport_and_on_every_database(tmp_path, other_way):
    async with stage(tmp_path, other_way) as scene:
        await walk.start(scene)
        await walk.whole(scene)
        await scene.says("all steps are done in UIT")
        await reading.kept(scene, "active-mp-uit")
