"""A meter data retriever: an access agreement first, a guide of its own, and a certificate whose kind nobody judges."""

import pytest
from e2e import reading, walk
from e2e.stage import STARTS, stage

pytestmark = pytest.mark.e2e


async def test_an_mdr_goes_from_its_access_agreement_to_the_end(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, {"Participant type": "Meter Data Retriever (MDR)"})
        signed = {"Signed on (Sign the DIP access agreement)": STARTS.date()}
        await scene.tick("lena", 0, "Sign the DIP access", fields=signed)
        await scene.tick("lena", 0, "Read the guide for MDRs")
        await walk.prerequisites(scene)
        await walk.access(scene)
        await walk.users(scene)
        await walk.vetting(scene)
        await walk.credentials(scene)
        await walk.domain(scene)
        await walk.certificate(scene, "Say which certificate it is", compared=False)
        await walk.ids(scene)
        await walk.channels(scene, qualification=False)
        await scene.says("all steps are done in UIT")
        await reading.kept(scene, "mdr")
