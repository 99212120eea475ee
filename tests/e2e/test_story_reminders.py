"""Time passes: who is reminded, when, how often, and who is told in the end."""

from datetime import UTC, datetime

import pytest
from e2e import reading, walk
from e2e.stage import CHANNEL, Stage, stage

pytestmark = pytest.mark.e2e


def day(number: int, hour: int = 10, minute: int = 20) -> datetime:
    return datetime(2027, 1, number, hour, minute, tzinfo=UTC)


async def _at_step_4(scene: Stage, **changes: object) -> None:
    await walk.start(scene, {"Certificate Admin": ["carl", "alex"], **changes}, at=4)
    await scene.tick("carl", 0, "Be able to convert")
    await scene.tick("lena", 0, "Name the DNS contact")


async def test_the_owner_is_reminded_three_times_then_the_deputy_once_then_the_lead_by_direct_message(tmp_path):
    """Started on Monday 4 January: after 1, 2 and 4 working days, the deputy after 5, the lead after 6, then weekly."""
    async with stage(tmp_path) as scene:
        await _at_step_4(scene)
        for number in (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 19, 20, 26, 27):
            await scene.at(day(number, 10, 15 + number))
        thread = await scene.thread()
        texts = [message.text for message in await scene.workspace.thread_messages(thread)]
        assert sum("@carl, still open" in text for text in texts) == 3
        assert sum("@alex, as deputy" in text for text in texts) == 1
        alone = [one.text for one in await scene.person("lena").sees(await scene.person("lena").dm())]
        assert sum("no answer since" in text for text in alone) == 3
        assert "@lena" not in "".join(text for text in texts if "still open" in text)
        await reading.kept(scene, "reminders", direct=("lena",))


async def test_nobody_is_reminded_at_night_or_on_a_weekend_in_their_own_zone(tmp_path):
    async with stage(tmp_path) as scene:
        await scene.workspace.change_user("carl", tz="America/New_York")
        await _at_step_4(scene)
        await scene.at(day(5, 13, 30))  # half past eight in New York
        assert not await _reminders(scene)
        await scene.at(day(5, 15, 10))
        assert len(await _reminders(scene)) == 1


async def test_a_snoozed_step_is_silent_until_its_morning(tmp_path):
    async with stage(tmp_path) as scene:
        await _at_step_4(scene)
        carl = scene.person("carl")
        await carl.click("More", in_=await scene.step_message(4))
        await carl.click("Snooze…")
        until = {"For whom?": "The whole step", "Until": "A date", "Date": day(12).date()}
        await carl.submit(until)
        for number in (5, 6, 8, 11):
            await scene.at(day(number))
        assert not await _reminders(scene)
        await scene.at(day(12, 9, 20))
        await scene.says("the snooze is over")


async def test_a_step_that_waits_is_not_reminded_of_and_is_asked_about_when_its_date_comes(tmp_path):
    async with stage(tmp_path) as scene:
        await _at_step_4(scene)
        carl = scene.person("carl")
        await carl.click("Waiting on…", in_=await scene.step_message(4))
        await carl.submit(
            {"Whom does the step wait for?": "Elexon", "Until": day(11).date(), "What for?": "Portal down"}
        )
        for number in (5, 6, 8):
            await scene.at(day(number))
        assert not await _reminders(scene)
        assert "*waiting* for Elexon" in (await scene.step_message(4)).text
        await scene.at(day(11, 9, 20))
        over = await scene.says("was to be over by now")
        assert "@carl" in over.text


async def test_several_onboardings_that_ask_one_person_become_one_direct_message(tmp_path):
    async with stage(tmp_path) as scene:
        await _at_step_4(scene)
        fabrikam = {"Registered company name": "Fabrikam Power Ltd", "Company number": "07654321", "Domain": None}
        await _at_step_4(scene, **fabrikam)
        await scene.at(day(5))
        digest = await scene.person("carl").direct_message("things wait for you")
        assert "Northwind Energy Ltd" in digest.text
        assert "Fabrikam Power Ltd" in digest.text
        for card in [one for one in await scene.workspace.messages(CHANNEL) if "DIP onboarding: " in one.text]:
            texts = [one.text for one in await scene.workspace.thread_messages(card.thread)]
            assert not any("@carl, still open" in text for text in texts)
        await reading.kept(scene, "reminders-digest", direct=("carl",))


async def test_a_reminder_that_an_outage_swallowed_is_sent_once_and_marked_late(tmp_path):
    async with stage(tmp_path) as scene:
        await _at_step_4(scene)
        await scene.stop_bot()
        await scene.workspace.set_clock(day(8))
        await scene.start_bot()
        await scene.quiet()
        [late] = await _reminders(scene)
        assert "(sent late)" in late


async def test_a_lead_has_whoevers_turn_it_is_asked_at_a_time_of_his_own(tmp_path):
    async with stage(tmp_path) as scene:
        await _at_step_4(scene)
        lena = scene.person("lena")

        async def answer(line: str) -> str:
            return str((await lena.command(line, channel=CHANNEL))["response"]["text"])

        assert "I cannot read “soonish” as a time" in await answer("/dip remind soonish")
        assert "I ask again" in await answer("/dip remind in 2 hours")
        await scene.later(hours=1, minutes=50)
        assert not await _reminders(scene)
        await scene.later(minutes=20)
        [asked] = await _reminders(scene)
        assert "@carl" in asked
        assert "asked by @Lena" in asked or "asked by Lena" in asked

        carl = scene.person("carl")
        await answer("/dip remind in 1 hour")
        await carl.click("Waiting on…", in_=await scene.step_message(4))
        await carl.submit({"Whom does the step wait for?": "Elexon", "Until": day(11).date()})
        await scene.later(hours=1, minutes=10)
        told = await scene.says("you asked to be reminded")
        assert "waits for Elexon" in told.text


async def _reminders(scene: Stage) -> list[str]:
    texts = [message.text for message in await scene.workspace.thread_messages(await scene.thread())]
    return [text for text in texts if "still open" in text]
