"""Acting as one person after another, what is new for whom, messages of one's own, files, and the phone."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PHONE = {"width": 390, "height": 844}


async def say(page: Page, text: str, label: str = "Message #dip-onboarding") -> None:
    field = page.get_by_role("combobox", name=label)
    await field.fill(text)
    await page.get_by_role("button", name="Send").first.click()


async def test_whoever_is_named_has_a_mark_until_they_have_looked(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0GENERAL")
    people = page.get_by_role("navigation", name="Act as")
    await say(page, "@carl and @uma, have a look", "Message #general")
    carl = people.get_by_role("link", name="Carl Penrose, Certificate Admin 1 new for them")
    await expect(carl).to_be_visible()
    await expect(people.get_by_role("link", name="Mo Ashdown, Message Admin", exact=True)).to_be_visible()
    await page.reload()
    await carl.click()
    await expect(people.get_by_role("link", name="Carl Penrose, Certificate Admin", exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    await expect(people.get_by_role("link", name="Uma Hartley, Primary User Admin 1 new for them")).to_be_visible()


async def test_a_channel_with_something_new_is_marked_and_a_direct_message_finds_its_reader(
    eyes: Any, workspace: Any
) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING")
    places = page.get_by_role("navigation", name="Workspace")
    await places.get_by_role("button", name="Write to somebody").click()
    await page.get_by_role("menuitem", name="Mo Ashdown").click()
    await say(page, "psst", "Message Mo Ashdown")
    people = page.get_by_role("navigation", name="Act as")
    await people.get_by_role("link", name="Mo Ashdown, Message Admin 1 new for them").click()
    await expect(page.get_by_role("listitem").filter(has_text="psst")).to_be_visible()
    await places.get_by_role("link", name="general").click()
    await say(page, "hello", "Message #general")
    await people.get_by_role("link", name="Lena Whitcombe").click()
    await places.get_by_role("link", name="dip-onboarding").click()
    await people.get_by_role("link", name="Uma Hartley").click()
    await expect(places.get_by_role("link", name="general new")).to_be_visible()


async def test_people_see_only_what_is_theirs(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING")
    places = page.get_by_role("navigation", name="Workspace")
    await expect(places.get_by_role("link", name="certificates")).to_be_visible()
    await page.get_by_role("navigation", name="Act as").get_by_role("link", name="Dora Milburn").click()
    await expect(places).to_contain_text("Dora Milburn")
    await expect(places.get_by_role("link", name="certificates")).to_have_count(0)
    await expect(page.get_by_role("heading", name="dip-onboarding")).to_be_visible()


async def test_own_messages_can_be_edited_and_deleted_and_those_of_others_cannot(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0GENERAL")
    await say(page, "teh record", "Message #general")
    mine = page.get_by_role("listitem").filter(has_text="record")
    await mine.hover()
    await mine.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Edit message").click()
    await page.get_by_role("dialog", name="Edit message").get_by_label("Text").fill("the record & <more>")
    await page.get_by_role("button", name="Save").click()
    await expect(mine).to_contain_text("the record & <more>")
    await expect(mine).to_contain_text("(edited)")
    other = await eyes.open("#/carl/c/C0GENERAL")
    seen = other.get_by_role("listitem").filter(has_text="record")
    await seen.hover()
    await seen.get_by_role("button", name="More actions").click()
    await expect(other.get_by_role("menuitem", name="Copy link")).to_be_visible()
    await expect(other.get_by_role("menuitem", name="Delete message")).to_have_count(0)
    await mine.hover()
    await mine.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await page.get_by_role("dialog", name="Delete message").get_by_role("button", name="Delete").click()
    await expect(mine).to_have_count(0)
    await expect(seen).to_have_count(0)


async def test_a_file_is_sent_with_words_and_can_be_read_by_others(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0GENERAL")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Attach a file").click()
    await (await chooser.value).set_files({"name": "site.csr", "mimeType": "text/plain", "buffer": b"a request"})
    await expect(page.get_by_role("button", name="Remove site.csr")).to_be_visible()
    await say(page, "our CSR", "Message #general")
    other = await eyes.open("#/carl/c/C0GENERAL")
    sent = other.get_by_role("listitem").filter(has_text="our CSR")
    link = sent.get_by_role("link", name="site.csr 9 bytes")
    body = await other.evaluate("(path) => fetch(path).then((r) => r.text())", await link.get_attribute("href"))
    assert body == "a request"


async def test_a_channel_one_is_not_in_offers_to_join_and_an_archived_one_says_so(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/nia/c/C0ONBOARDING")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("combobox", name="Message #dip-onboarding")).to_be_visible()
    await page.evaluate(
        """fetch('/control/channels/C0ONBOARDING', {method: 'POST', body: '{"archived": true}',
           headers: {'Content-Type': 'application/json'}})"""
    )
    await expect(page.get_by_text("This channel is archived.")).to_be_visible()
    await expect(page.get_by_role("combobox", name="Message #dip-onboarding")).to_have_count(0)


async def test_a_draft_and_the_focus_survive_messages_of_others(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0GENERAL")
    field = page.get_by_role("combobox", name="Message #general")
    await field.fill("half a sent")
    other = await eyes.open("#/carl/c/C0GENERAL")
    await say(other, "in between", "Message #general")
    await expect(page.get_by_role("listitem").filter(has_text="in between")).to_be_visible()
    await expect(page.locator("#announcer")).to_have_text("Carl Penrose: in between")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("half a sent")


async def test_a_phone_shows_one_pane_at_a_time_and_leads_back(eyes: Any, guide: Any) -> None:
    page = await eyes.open("#/lena", **PHONE)
    places, main = page.get_by_role("navigation", name="Workspace"), page.get_by_role("main")
    thread = page.get_by_role("complementary", name="Thread")
    await places.get_by_role("link", name="dip-onboarding").click()
    await expect(main).to_be_visible()
    await expect(places).to_be_hidden()
    await say(page, "/guide card")
    await page.get_by_role("button", name="I have added it").click()
    await page.get_by_role("link", name="1 reply").click()
    await expect(thread).to_be_visible()
    await expect(main).to_be_hidden()
    await thread.get_by_role("link", name="Back to #dip-onboarding").click()
    await expect(main).to_be_visible()
    await main.get_by_role("link", name="Back to the list").click()
    await expect(places).to_be_visible()
    await expect(page.get_by_role("navigation", name="Act as")).to_be_visible()
    await expect(main).to_be_hidden()


async def test_nothing_is_wider_than_a_phone(eyes: Any, guide: Any) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING", **PHONE)
    await say(page, "/guide card")
    await expect(page.get_by_role("button", name="Check now")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await say(page, "/guide start")
    form = page.get_by_role("dialog", name="Start an onboarding")
    await expect(form).to_be_visible()
    assert await form.evaluate("node => node.scrollWidth <= innerWidth && node.clientHeight === innerHeight")


async def test_a_copied_link_leads_to_its_message_in_its_thread(eyes: Any, workspace: Any) -> None:
    page = await eyes.open("#/lena/c/C0GENERAL")
    await say(page, "look here", "Message #general")
    message = page.get_by_role("listitem").filter(has_text="look here")
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Copy link").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    other = await eyes.open(copied.removeprefix(f"{workspace.base_url}/"))
    await expect(other.get_by_role("list", name="Messages of the thread")).to_contain_text("look here")
