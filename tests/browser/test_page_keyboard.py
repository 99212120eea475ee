"""The whole page by keyboard alone: nothing here uses the mouse."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CHANNEL = "#/lena/c/C0ONBOARDING"


async def tab_to(page: Page, role: str, name: str, *, back: bool = False) -> None:
    """Press Tab until the focus is on the control of that role and name."""
    wanted = page.get_by_role(role, name=name, exact=True)
    for _ in range(80):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        if await wanted.count() and await wanted.first.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {role} “{name}”")


async def say(page: Page, text: str) -> None:
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def test_from_a_command_through_a_form_to_a_message_without_a_mouse(eyes: Any, guide: Any) -> None:
    page = await eyes.open(CHANNEL)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await expect(field).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the message field")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(field).to_be_focused()
    await say(page, "/guide start")

    form = page.get_by_role("dialog", name="Start an onboarding")
    await expect(form.get_by_label("Company name")).to_be_focused()
    await page.keyboard.type("Northwind & Sons")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await expect(form.get_by_label("Production")).to_be_checked()
    await page.keyboard.press("Tab")
    await page.keyboard.press("d")
    await expect(form.get_by_label("Participant type")).to_have_value("2")
    await tab_to(page, "button", "Start")
    await page.keyboard.press("Enter")

    await expect(form).to_be_hidden()
    await expect(page.get_by_text("Started Northwind & Sons")).to_be_visible()
    await expect(field).to_be_focused()
    state = next(body for body in guide.heard if body.get("type") == "view_submission")["view"]["state"]["values"]
    assert state["company"]["v"]["value"] == "Northwind & Sons"
    assert state["environment"]["v"]["selected_option"]["value"] == "production"
    assert state["kind"]["v"]["selected_option"]["value"] == "dcp"
    assert state["lead"]["v"]["selected_user"] == "U0LENA"


async def test_an_open_form_keeps_the_focus_in_and_escape_closes_it_and_gives_the_focus_back(
    eyes: Any, guide: Any
) -> None:
    page = await eyes.open(CHANNEL)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.focus()
    await say(page, "/guide start")
    form = page.get_by_role("dialog", name="Start an onboarding")
    await expect(form.get_by_label("Company name")).to_be_focused()
    for _ in range(45):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || document.getElementById('modal').contains(document.activeElement)"
        )
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    await expect(field).to_be_focused()
    assert [body["type"] for body in guide.heard if body.get("type") == "view_closed"] == ["view_closed"]


async def test_a_message_menu_and_a_select_work_by_arrow_keys_and_give_the_focus_back(eyes: Any, guide: Any) -> None:
    page = await eyes.open(CHANNEL)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.focus()
    await say(page, "/guide card")
    await expect(page.get_by_role("button", name="Check now")).to_be_visible()
    await tab_to(page, "button", "Waiting on…", back=True)
    await page.keyboard.press("Enter")
    choices = page.get_by_role("listbox", name="Waiting on…")
    await expect(choices.get_by_role("option", name="DNS contact")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(choices.get_by_role("option", name="GlobalSign")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You chose globalsign")).to_be_visible()
    assert [body["actions"][0]["action_id"] for body in guide.heard if body.get("type") == "block_actions"] == ["wait"]

    await tab_to(page, "button", "Close onboarding", back=True)
    await page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Close it?")
    await expect(question).to_contain_text("Reminders stop.")
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(page.get_by_role("button", name="Close onboarding")).to_be_focused()
    assert len([body for body in guide.heard if body.get("type") == "block_actions"]) == 1

    await tab_to(page, "button", "More actions for the message of guide")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Check this")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Start an onboarding")).to_be_visible()


async def test_a_button_that_the_app_takes_away_leaves_the_focus_at_its_message(eyes: Any, guide: Any) -> None:
    page = await eyes.open(CHANNEL)
    await page.get_by_role("combobox", name="Message #dip-onboarding").focus()
    await say(page, "/guide card")
    await page.get_by_role("button", name="I have added it").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Domain verification: done by @lena")).to_be_visible()
    await expect(page.get_by_role("button", name="I have added it")).to_have_count(0)
    assert await page.evaluate("document.activeElement.closest('.message') !== null")


async def test_people_are_switched_and_a_thread_is_read_and_answered(eyes: Any, guide: Any) -> None:
    page = await eyes.open(CHANNEL)
    await page.get_by_role("combobox", name="Message #dip-onboarding").focus()
    await say(page, "/guide card")
    await page.get_by_role("button", name="I have added it").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()
    carl = page.get_by_role("navigation", name="Act as").get_by_role(
        "link", name="Carl Penrose, Certificate Admin 1 new for them"
    )
    await carl.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("navigation", name="Workspace")).to_contain_text("Carl Penrose")
    await page.get_by_role("link", name="1 reply").focus()
    await page.keyboard.press("Enter")
    answer = page.get_by_role("complementary", name="Thread").get_by_role("combobox", name="Reply in the thread")
    await expect(answer).to_be_focused()
    await say(page, "On it, @le")
    await expect(answer).to_have_value("On it, @lena ")
    await page.keyboard.press("Enter")
    thread = page.get_by_role("list", name="Messages of the thread")
    await expect(thread).to_contain_text("On it, @lena")
    await page.keyboard.type("/guide")
    await expect(page.get_by_text("Slash commands do not work in threads.")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="thread")).to_be_visible()
    [refused] = eyes.complaints
    assert "400" in refused
    eyes.complaints.clear()


async def test_the_clock_moves_by_its_buttons(eyes: Any, workspace: Any) -> None:
    page = await eyes.open(CHANNEL)
    clock = page.get_by_role("region", name="Workspace clock")
    hour = clock.get_by_role("button", name="+1 hour")
    await expect(hour).to_be_visible()
    before = await page.evaluate("fetch('/control/clock').then((r) => r.json()).then((c) => c.offset_seconds)")
    await hour.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#announcer")).to_have_text("Clock moved: +1 hour")
    after = await page.evaluate("fetch('/control/clock').then((r) => r.json()).then((c) => c.offset_seconds)")
    assert after - before == pytest.approx(3600, abs=1)
    await clock.get_by_role("button", name="Next working morning").focus()
    await page.keyboard.press("Enter")
    await expect(clock).to_contain_text("09:00")
