"""A non-active market participant whose DCP makes the certificate, and whose DNS contact is not in Slack."""

from datetime import UTC, datetime

import pytest
from e2e import reading, walk
from e2e.provider import TOKEN, Authority, add_txt, make_csr
from e2e.stage import Stage, stage

pytestmark = pytest.mark.e2e

OUTSIDE = "Dave Rowe at Example DNS, ticket 4711"
CHANGES = {
    "Participant type": "Non-active market participant",
    "DNS contact in Slack": None,
    "DNS contact outside Slack": OUTSIDE,
}


async def test_a_non_active_mp_comes_to_the_end_with_a_dns_contact_outside_slack_and_a_dcp(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, CHANGES, at=5)
        await scene.tick("carl", 0, "Be able to convert")
        await walk.claim(scene)
        await _passed_on_by_mail(scene)
        await _chased_after_a_working_day(scene)
        await add_txt(scene.workspace, walk.DOMAIN, TOKEN)
        await scene.later(hours=1)
        await scene.says("Everything that can be seen from here is right")
        await walk.submit_in_portal(scene)
        await _certificate_by_the_dcp(scene)
        await _ids_with_the_dcp(scene)
        await _channels_by_the_dcp(scene)
        await scene.says("all steps are done in UIT")
        await reading.kept(scene, "non-active-mp")


async def _passed_on_by_mail(scene: Stage) -> None:
    """The plain text stands alone: whoever reads it needs neither Slack nor any knowledge of the DIP."""
    await scene.person("carl").click("Copy for e-mail or ticket", in_=await scene.thread())
    view = await scene.person("carl").modal("Copy this")
    await reading.kept_text(scene, "non-active-mp-mail", view.text)
    await scene.person("carl").close_modal()


async def _chased_after_a_working_day(scene: Stage) -> None:
    await scene.at(datetime(2027, 1, 5, 10, 20, tzinfo=UTC))
    chased = await scene.says("has Dave Rowe at Example DNS, ticket 4711 answered?")
    assert "@carl" in chased.text


async def _certificate_by_the_dcp(scene: Stage) -> None:
    made_by = {"Made by (Say which certificate it is, and who makes it)": "Our DCP makes it"}
    await scene.tick("carl", 6, "Say which certificate", fields=made_by)
    csr, _ = make_csr(walk.HOST, walk.COMPANY)
    pem = Authority(await scene.workspace.now(), scene.folder).issue(csr, walk.HOST)
    await scene.person("carl").upload("dip.pem", pem.encode(), to=await scene.thread())
    looked = await scene.says("not everything could be compared")
    assert "The CSR of this track was not seen here" in looked.text
    await scene.person("carl").click("It is the right one", in_=looked)
    await scene.quiet()
    await scene.tick("carl", 6, "Have it installed", "Mark it as active")


async def _ids_with_the_dcp(scene: Stage) -> None:
    uma = scene.person("uma")
    await uma.click("Add rows", in_=await scene.step_message(7))
    await uma.submit({"One row a line": "NWND, SUP, 2200000001, Example Connect, DCP-9"})
    await scene.quiet()
    compared = {"In the portal (Compare your list with the portal's)": "All are listed"}
    await scene.tick("uma", 7, "List your MPIDs", "Compare your list", fields=compared)
    await scene.tick("uma", 7, "Create a DIP ID", "See that your DCP", "Nominate the DCP", "Issue the API keys")
    await scene.tick("mo", 7, "Add members")
    await walk.close_rows(scene, "uma", 7, 1)


async def _channels_by_the_dcp(scene: Stage) -> None:
    mo = scene.person("mo")
    await mo.click("Add rows", in_=await scene.step_message(8))
    await mo.submit({"One row a line": "2200000001, all, https://dcp.example/hook"})
    await scene.quiet()
    await scene.tick("mo", 8, "Agree who sets", fields={"The URLs are set by (Agree who sets the URLs)": "Our DCP"})
    await scene.tick("mo", 8, "List the DIP IDs", "Enter the URL", "Receive a test message", "Pass the smoke test")
    await walk.close_rows(scene, "mo", 8, 1)
    await scene.tick("lena", 8, "Note when the CoCo", "Note when qualification")
