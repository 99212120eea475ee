"""A DCP is approved: said once, it moves the clients that wait for it and no other, each recorded in its own thread."""

import pytest
from e2e import reading
from e2e.stage import CHANNEL, Stage, stage

from sandbox.driver_seen import SeenView, SubmissionRefused

pytestmark = pytest.mark.e2e

SHEET = b"""company,number,participant,environment,step
Fabrikam Connect Ltd,01,dcp,uit,7
Northwind Energy Ltd,02,non_active_mp,uit,7
Eastwind Power Ltd,03,non_active_mp,uit,7
Southwind Gas Ltd,04,non_active_mp,uit,7
Westwind Live Ltd,05,non_active_mp,production,7
"""


async def _started(scene: Stage) -> None:
    lena = scene.person("lena")
    await lena.command("/dip import", channel=CHANNEL)
    await lena.modal("Import companies")
    await lena.submit({"Sheet (CSV)": ("clients.csv", SHEET)})

    async def found() -> SeenView | None:
        view = await lena.view()
        return view if view is not None and "can start" in view.text else None

    await scene.workspace.wait_until(found, "what was understood of the sheet")
    await lena.submit()
    await lena.close_modal()
    await scene.quiet()
    await lena.direct_message("5 companies started")


async def _rows(scene: Stage, company: str, dcp: str) -> None:
    lena, thread = scene.person("lena"), await scene.thread_of(company)
    await lena.click("Add rows", in_=thread)
    await lena.submit({"One row a line": f"NWND, SUP, 2200000001, {dcp}"})
    await scene.quiet()


async def _step(scene: Stage, company: str) -> str:
    messages = await scene.workspace.thread_messages(await scene.thread_of(company))
    return next(one.text for one in messages if "*Step 7: " in one.text)


async def test_the_approval_of_a_dcp_is_said_once_and_moves_its_clients(tmp_path):
    async with stage(tmp_path) as scene:
        await _started(scene)
        lena = scene.person("lena")
        await _rows(scene, "Northwind", "Fabrikam Connect Limited")
        await _rows(scene, "Eastwind", "fabrikam connect ltd")
        await _rows(scene, "Southwind", "Another Provider Ltd")
        thread = await scene.thread_of("Fabrikam")
        messages = await scene.workspace.thread_messages(thread)
        await lena.click("More", in_=next(one for one in messages if "*Step 7: " in one.text))
        await lena.modal("More")
        await lena.click("Approved on…")
        form = await lena.modal("Approved")
        assert "Westwind" not in form.text, "its approval in UIT says nothing of Production"
        await lena.submit({"Approved on": (await scene.workspace.now()).date()})
        await scene.quiet()
        done = await lena.modal("Approved")
        assert "Recorded in 3 onboardings" in done.text
        await lena.close_modal(all_=True)
        northwind = await _step(scene, "Northwind")
        for client, moved in (("Northwind", True), ("Eastwind", True), ("Southwind", False), ("Westwind", False)):
            assert ("See that your DCP is ready: done" in await _step(scene, client)) is moved, client
        await reading.kept_text(scene, "dcp", f"{form.text}\n\n=====\n\n{done.text}\n\n=====\n\n{northwind}")


async def test_a_client_says_it_too_and_only_for_onboardings_that_the_asker_may_act_for(tmp_path):
    async with stage(tmp_path) as scene:
        await _started(scene)
        lena = scene.person("lena")
        for client in ("Northwind", "Eastwind"):
            await _rows(scene, client, "Fabrikam Connect Ltd")
        thread = await scene.thread_of("Northwind")
        await lena.click("Waiting on…", in_=thread)
        await lena.submit({"Whom does the step wait for?": "another company"})
        await scene.quiet()
        uma = scene.person("uma")
        await uma.click("DCP approved on…", in_=thread)
        form = await uma.modal("Approved")
        assert "Eastwind" not in form.text
        with pytest.raises(SubmissionRefused):
            await uma.submit()
        await uma.close_modal(all_=True)
        await lena.click("DCP approved on…", in_=thread)
        assert "Eastwind" in (await lena.modal("Approved")).text
        await lena.submit()
        await scene.quiet()
        for client in ("Northwind", "Eastwind"):
            assert "See that your DCP is ready: done" in await _step(scene, client)
