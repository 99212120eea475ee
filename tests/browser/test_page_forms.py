"""Modals and App Home: values, errors at their fields, stacks, files."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def start(eyes: Any, **more: Any) -> tuple[Page, Locator]:
    page = await eyes.open("#/lena/c/C0ONBOARDING", **more)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide start")
    await field.press("Enter")
    return page, page.get_by_role("dialog", name="Start an onboarding")


def submitted(guide: Any) -> Any:
    return [body for body in guide.heard if body.get("type") == "view_submission"][-1]["view"]["state"]["values"]


async def test_what_is_missing_is_said_at_its_field_and_the_first_such_field_has_the_focus(
    eyes: Any, guide: Any
) -> None:
    page, form = await start(eyes)
    await form.get_by_role("button", name="Start", exact=True).click()
    company = form.get_by_label("Company name")
    await expect(company).to_be_focused()
    await expect(company).to_have_attribute("aria-invalid", "true")
    await expect(company).to_have_accessible_description("Please complete this required field.")
    await expect(form.get_by_label("Participant type")).to_have_accessible_description(
        "Please complete this required field. As in the access agreement"
    )
    await expect(page.locator("#announcer")).to_have_text("3 answers need a change")
    assert not [body for body in guide.heard if body.get("type") == "view_submission"]


async def test_what_the_app_objects_to_is_said_at_its_field_and_what_was_typed_stays(eyes: Any, guide: Any) -> None:
    _, form = await start(eyes)
    await form.get_by_label("Company name").fill("Taken")
    await form.get_by_label("UIT").check()
    await form.get_by_label("Participant type").select_option("Active MP")
    await form.get_by_role("button", name="Start", exact=True).click()
    company = form.get_by_label("Company name")
    await expect(company).to_have_accessible_description("Taken has an onboarding here already.")
    await expect(company).to_have_value("Taken")
    await expect(form.get_by_label("UIT")).to_be_checked()
    await company.fill("Brightwater")
    await form.get_by_role("button", name="Start", exact=True).click()
    await expect(form).to_be_hidden()


async def test_every_kind_of_input_reaches_the_app_as_it_was_filled_in(eyes: Any, guide: Any) -> None:
    _, form = await start(eyes)
    await form.get_by_label("Company name").fill("Brightwater")
    await form.get_by_label("Production").check()
    await form.get_by_label("Participant type").select_option("DCP")
    await form.get_by_label("Lead").select_option("Carl Penrose, @carl")
    helpers = form.get_by_role("group", name="Helpers")
    for name in ("Uma Hartley", "Alex Fairburn", "Mo Ashdown", "Carl Penrose"):
        await helpers.get_by_role("button", name="Add… Helpers").click()
        await form.get_by_role("listbox", name="Add").get_by_role("option", name=name).click()
    await helpers.get_by_role("button", name="Remove Alex Fairburn").click()
    await form.get_by_role("group", name="Done already").get_by_label("Users").check()
    await form.get_by_label("Since").fill("2026-11-23")
    await form.get_by_label("Call at").fill("2026-07-01T10:05")
    await form.get_by_label("Notes").fill("one\ntwo")
    await form.get_by_label("E-mail").fill("dora@dns.example")
    await form.get_by_label("CSR").set_input_files(
        {"name": "site.csr", "mimeType": "text/plain", "buffer": b"-----BEGIN CERTIFICATE REQUEST-----"}
    )
    await expect(form.get_by_role("button", name="Remove site.csr")).to_be_visible()
    await form.get_by_role("button", name="Start", exact=True).click()
    await expect(form).to_be_hidden()
    values = submitted(guide)
    assert values["environment"]["v"]["selected_option"]["value"] == "production"
    assert values["lead"]["v"]["selected_user"] == "U0CARL"
    assert values["helpers"]["v"]["selected_users"] == ["U0UMA", "U0MO", "U0CARL"]  # in the order of choosing
    assert [chosen["value"] for chosen in values["done"]["v"]["selected_options"]] == ["2"]
    assert values["date"]["v"]["selected_date"] == "2026-11-23"
    assert values["at"]["v"]["selected_date_time"] == 1782896700  # 10:05 in London is 09:05 UTC in July
    assert values["notes"]["v"]["value"] == "one\ntwo"
    assert values["mail"]["v"]["value"] == "dora@dns.example"
    assert values["file"]["v"]["files"][0]["name"] == "site.csr"


async def test_an_optional_field_that_was_emptied_arrives_empty(eyes: Any, guide: Any) -> None:
    _, form = await start(eyes)
    await form.get_by_label("Company name").fill("Brightwater")
    await form.get_by_label("UIT").check()
    await form.get_by_label("Participant type").select_option("DCP")
    await form.get_by_label("Notes").fill("gone soon")
    await form.get_by_label("Notes").fill("")
    await form.get_by_role("button", name="Start", exact=True).click()
    await expect(form).to_be_hidden()
    assert submitted(guide)["notes"]["v"]["value"] is None


async def test_a_second_page_lies_on_the_first_and_back_finds_what_was_typed(eyes: Any, guide: Any) -> None:
    page, form = await start(eyes)
    await form.get_by_label("Company name").fill("Half typed")
    await form.get_by_role("button", name="Another page").click()
    second = page.get_by_role("dialog", name="Another page")
    await expect(second.get_by_label("Company name")).to_have_value("")
    await second.get_by_role("button", name="Back").click()
    await expect(form.get_by_label("Company name")).to_have_value("Half typed")
    await form.get_by_role("button", name="Another page").click()
    await expect(second).to_be_visible()
    await second.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_form_is_seen_only_by_the_person_who_opened_it_and_waits_for_them(eyes: Any, guide: Any) -> None:
    page, form = await start(eyes)
    await expect(form).to_be_visible()
    other = await eyes.open("#/carl/c/C0ONBOARDING")
    await expect(other.get_by_role("combobox", name="Message #dip-onboarding")).to_be_visible()
    await expect(other.get_by_role("dialog")).to_have_count(0)
    await page.reload()
    await expect(form).to_be_visible()


async def test_app_home_is_opened_drawn_and_pressed(eyes: Any, guide: Any) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING")
    await page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Guide").click()
    await expect(page.get_by_role("heading", name="Your work")).to_be_visible()
    assert [body["event"]["tab"] for body in guide.heard if body.get("event", {}).get("type") == "app_home_opened"] == [
        "home"
    ]
    await page.get_by_role("button", name="Open").click()
    await expect(page.get_by_role("dialog", name="Start an onboarding")).to_be_visible()


async def test_a_global_shortcut_opens_its_form(eyes: Any, guide: Any) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING")
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Start a guide").click()
    await expect(page.get_by_role("dialog", name="Start an onboarding")).to_be_visible()


async def test_an_app_that_is_away_is_said_and_a_command_to_it_says_why_it_failed(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING")
    await expect(page.get_by_text("not connected")).to_be_visible()
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide start")
    await field.press("Enter")
    await expect(page.get_by_role("alert").locator(".toast")).to_be_visible()


async def test_a_select_whose_choices_the_app_gives_asks_it_when_it_is_opened(eyes: Any, guide: Any) -> None:
    _, form = await start(eyes)
    await form.get_by_role("button", name="Ask the app").click()
    await form.get_by_role("option", name="From the app").click()
    await expect(form.get_by_role("button", name="From the app")).to_be_visible()
    told = [body["actions"][0] for body in guide.heard if body.get("type") == "block_actions"]
    assert told[0]["selected_option"]["value"] == "app"
