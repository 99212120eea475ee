"""One person who holds every role: nothing is handed from somebody to themselves, and the end says what Elexon advises."""

import pytest
from e2e import reading, walk
from e2e.stage import stage

pytestmark = pytest.mark.e2e

ALL_LENA = dict.fromkeys(("uma", "priya", "carl", "mo", "dora"), "lena")


async def test_one_person_holds_every_role_and_is_never_asked_to_find_themselves(tmp_path):
    async with stage(tmp_path) as scene:
        scene.plays = ALL_LENA
        await walk.start(scene, {role: ["lena"] for role in walk.PEOPLE})
        await walk.whole(scene)
        end = await scene.says("all steps are done in UIT")
        assert "a second holder for" in end.text
        said = await reading.ever_said(scene, await scene.thread())
        assert "[Ask " not in said
        assert "your turn, @lena" in said
        assert "For lena" not in said
        assert "Questions? Write them here, to" not in said
        await reading.kept(scene, "one-person", direct=("lena",))
