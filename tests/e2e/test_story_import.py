"""Forty running companies are brought in at once: first with half of them wrong, then as corrected."""

import pytest
from e2e import reading
from e2e.stage import CHANNEL, Stage, stage

from sandbox.driver_seen import SeenView

pytestmark = pytest.mark.e2e


def _sheet(count: int, *, wrong: bool) -> bytes:
    lines = ["company,number,environment,participant,step,domain,dns_contact"]
    for number in range(1, count + 1):
        step, domain = str(number % 9), f"company{number}.example"
        if wrong and number % 4 == 0:
            step = "nine"
        elif wrong and number % 2 == 0:
            domain = "no domain"
        lines.append(f"Company {number} Ltd,{number:08},uit,active_mp,{step},{domain},dns@company{number}.example")
    return "\n".join(lines).encode()


async def _look(scene: Stage, sheet: bytes, *, title: str = "Start them") -> SeenView:
    """Sends the sheet and waits until the form shows what was understood."""
    lena = scene.person("lena")
    await lena.command("/dip import", channel=CHANNEL)
    await lena.modal("Import companies")
    await lena.submit({"Sheet (CSV)": ("companies.csv", sheet), "Certificate Admin": ["carl"], "Message Admin": ["mo"]})

    async def found() -> SeenView | None:
        view = await lena.view()
        return view if view is not None and "can start" in view.text else None

    return await scene.workspace.wait_until(found, "what was understood of the sheet")


async def test_a_lead_brings_in_forty_running_companies_and_sees_every_error_before_anything_starts(tmp_path):
    async with stage(tmp_path) as scene:
        lena = scene.person("lena")
        await lena.command("/dip import", channel=CHANNEL)
        form = await lena.modal("Import companies")
        await lena.close_modal()
        seen = await _look(scene, _sheet(40, wrong=True))
        await reading.kept_text(scene, "import", f"{form.text}\n\n=====\n\n{seen.text}")
        assert "20 companies can start, and 20 problems" in seen.text
        assert "Line 5: step is nine" in seen.text
        await lena.close_modal()
        assert not [one for one in await scene.workspace.messages(CHANNEL) if "Company" in one.text]

        seen = await _look(scene, _sheet(40, wrong=False))
        assert "40 companies can start" in seen.text
        assert "problem" not in seen.text
        await lena.submit()
        await scene.quiet()
        cards = [one for one in await scene.workspace.messages(CHANNEL) if "DIP onboarding: Company" in one.text]
        assert len(cards) == 40
        told = await lena.direct_message("40 companies started")
        assert "Company 40 Ltd" in told.text
        listed = await lena.command("/dip list all", channel=CHANNEL)
        assert "40 onboardings" in str(listed["response"]["text"])
        await scene.later(hours=5)
        said = [one.text for one in await scene.workspace.thread_messages(await scene.thread_of("Company 4 Ltd"))]
        assert not [text for text in said if "still open" in text], "nobody is reminded of the past"

        again = await _look(scene, _sheet(2, wrong=False))
        assert "No company of this sheet can start yet" in again.text
        assert "already has an open onboarding" in again.text
        assert again.body.get("submit") is None


async def test_what_was_asked_for_is_started_by_the_bot_that_comes_after_a_crash(tmp_path):
    async with stage(tmp_path) as scene:
        lena = scene.person("lena")
        await _look(scene, _sheet(3, wrong=False))
        await scene.house.alarm.stop()  # nothing that is due is done before the crash
        await lena.submit()
        await scene.restart()
        await scene.quiet()
        assert await lena.direct_message("3 companies started")
        cards = [one for one in await scene.workspace.messages(CHANNEL) if "DIP onboarding: Company" in one.text]
        assert len(cards) == 3


async def test_a_sheet_with_a_secret_is_not_read(tmp_path):
    async with stage(tmp_path) as scene:
        lena = scene.person("lena")
        await lena.command("/dip import", channel=CHANNEL)
        await lena.modal("Import companies")
        key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
        await lena.submit({"Sheet (CSV)": ("companies.csv", f"company\n{key}\n".encode())})

        async def found() -> SeenView | None:
            view = await lena.view()
            return view if view is not None and "did not read it" in view.text else None

        assert "MIIE" not in (await scene.workspace.wait_until(found, "the refusal")).text
