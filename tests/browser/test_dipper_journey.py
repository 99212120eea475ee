"""A company goes from `/dip start` to a finished Step 8 in a real browser, with the real bot: what a person sees and presses.

At least one gesture of every step and every kind of form is made in the browser; what is the same again is walked by
the driver in the same workspace. With DIPPER_SCREENSHOTS=docs/screenshots the pictures of the documentation are made anew.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from browser.dipper_page import Album, Window, field_named
from e2e import walk
from e2e.provider import TOKEN, Authority, make_csr
from e2e.stage import CHANNEL as CHANNEL_NAME
from e2e.stage import Stage, stage
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
CHANNEL = "#/lena/c/C0ONBOARDING"


async def test_a_team_takes_a_company_through_all_eight_steps_in_the_browser(tmp_path: Path, look_at: Any) -> None:
    album = Album(tmp_path / "pictures")
    async with stage(tmp_path) as scene:
        await greeting_goes(scene)
        eyes = look_at(scene.workspace.base_url)
        try:
            page = await eyes.open(CHANNEL, **WIDE)
            window = Window(page, scene)
            await starts(window, album)
            await gets_ready(window, album)
            await signs_in_by_keyboard(eyes, scene, album)
            await adds_users(window)
            await is_vetted(window)
            await brings_credentials(window)
            await enters_what_the_portal_shows(window)
            await adds_the_record_on_a_phone(eyes, scene, album)
            await submits_the_domain(window, eyes, album)
            await has_the_certificate_checked(window, album)
            await lists_dip_ids(window)
            await is_reminded_and_finishes(window, album)
        finally:
            await eyes.close()
        assert eyes.complaints == []
    assert len(album.taken) == len(set(album.taken)) == len(list(album.folder.glob("*.png")))


async def greeting_goes(scene: Stage) -> None:
    """The workspace greets at the real time, before the story's clock is set; a picture should show one time only."""
    lena = scene.person("lena")
    for message in await scene.workspace.messages(CHANNEL_NAME):
        await scene.workspace.control(f"as/{lena.id}/delete", {"channel": message.channel, "ts": message.ts})


async def starts(window: Window, album: Album) -> None:
    """Step 0 begins: one command, one form, one card."""
    page = window.page
    await window.say("/dip start")
    form = await window.opens("Start DIP onboarding")
    await form.get_by_label("Registered company name").fill(walk.COMPANY)
    await album.take("start-form", page)
    await form.get_by_label("Environment").get_by_label("UIT").check()
    for label, handles in walk.PEOPLE.items():
        await window.choose_people(label, *handles)
    for label in ("Domain", "Company number", "Short company description"):
        await form.get_by_label(field_named(label)).fill(walk.DETAILS[label])
    await window.send("Start")
    card = page.get_by_role("list", name="Messages in #dip-onboarding")
    await expect(card.get_by_text(f"DIP onboarding: {walk.COMPANY}, UIT")).to_be_visible()
    await card.get_by_role("link", name=re.compile("repl")).click()
    await expect(window.message("Before you start: ")).to_contain_text("3 of 11 ready")
    await album.take("before-you-start", page)
    there = page.url
    await page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Dipper").click()
    await expect(page.get_by_text("Onboardings that you lead")).to_be_visible()
    await expect(page.get_by_text("What waits for you")).to_be_visible()
    await album.take("home", page)
    await page.goto(there)


async def gets_ready(window: Window, album: Album) -> None:
    """The lead ticks in the form, and records what came by e-mail in another; everybody else is played by the driver."""
    await window.press("More", on="Before you start: ")
    more = await window.opens("More")
    await window.click(more.get_by_role("button", name="They answered elsewhere…"))
    form = await window.opens("They answered elsewhere")
    await form.get_by_label("What was answered?").select_option(
        "Send the DIP Onboarding Preparation Pro-Forma to Elexon"
    )
    await form.get_by_label("When").fill("2027-01-04")
    await form.get_by_label("What they said, and where").fill(
        "Elexon confirmed by e-mail that the pro-forma has arrived."
    )
    await album.take("answered-elsewhere", window.page)
    await window.send("Record")
    await window.tick(
        "Before you start: ", "Install Microsoft", "Add the DIP site", "Read the onboarding", "Name the DNS contact"
    )
    await expect(window.message("Before you start: ")).to_contain_text("8 of 11 ready")
    await window.scene.tick("carl", 0, "Be able to convert")
    await window.scene.tick("priya", 0, "Tell reception")
    await window.scene.tick("uma", 0, "Receive the invitation")
    await expect(window.message("Before you start: ")).to_contain_text("all 11 ready")


async def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    for _ in range(80):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        focused = page.locator(":focus")
        if await focused.count() and (await focused.inner_text()).strip() == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


async def signs_in_by_keyboard(eyes: Any, scene: Stage, album: Album) -> None:
    """Step 1 without a mouse."""
    thread = await scene.thread()
    page = await eyes.open(f"#/uma/c/{thread.channel}/t/{thread.ts}", **WIDE)
    await expect(page.get_by_label("Reply in the thread")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Reply in the thread")).to_be_focused()
    await tab_to(page, "Tick off", back=True)
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Tick off")
    await expect(form.get_by_label("1. Open the DIP")).to_be_focused()
    for _ in range(6):
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
    await expect(form.get_by_label(re.compile("^Company name as entered"))).to_be_focused()
    await page.keyboard.type(walk.COMPANY)
    await album.take("tick-form", page)
    await tab_to(page, "Record")
    await page.keyboard.press("Enter")
    await expect(form).to_be_hidden()
    await scene.quiet()
    await expect(page.get_by_role("complementary", name="Thread").get_by_text("Step 2: Manage").first).to_be_visible()


async def adds_users(window: Window) -> None:
    await window.act_as("uma")
    await window.tick("Step 2: Manage", "Add the Certificate", "Add the Message", "Add the other", "See that everybody")
    await window.tick("Step 2: Manage", "Plan a second holder")


async def is_vetted(window: Window) -> None:
    """Priya waits for GlobalSign, which is said at the card, and presses what they answered."""
    await window.act_as("priya")
    await window.tick("Step 3: GlobalSign", "Open GlobalSign's", "Fill in the form")
    await expect(window.page.get_by_text("Waiting for GlobalSign").first).to_be_visible()
    await window.press("Approved", on="Approved")
    await window.scene.tick("carl", 3, "Work through", "See the registration")


async def brings_credentials(window: Window) -> None:
    """Carl is held up for a day, says so, and goes on."""
    await window.act_as("carl")
    await window.press("Waiting on…", on="Step 4: API")
    form = await window.opens("Waiting on…")
    await form.get_by_label("Whom does the step wait for?").select_option("GlobalSign")
    await form.get_by_label("Until").fill("2027-01-06")
    await form.get_by_label("What for?").fill("Atlas is down for maintenance")
    await window.send("Record")
    await expect(window.message("Step 4: API")).to_contain_text("Atlas is down for maintenance")
    await window.press("It is over", on="Step 4: API")
    await window.tick("Step 4: API", "Generate API", "Make a new key", "Generate the Atlas", "Pack key and")
    await window.tick("Step 4: API", "Enter the credentials", "Save and go on")


async def enters_what_the_portal_shows(window: Window) -> None:
    await window.press("Enter what the portal shows", on="Step 5: Domain")
    form = await window.opens("What the portal shows")
    await form.get_by_label("Domain").fill(f"{walk.DOMAIN}.")
    await form.get_by_label("Value").fill(TOKEN)
    await form.get_by_label("Shown since").fill("2027-01-04")
    await window.send("Record")
    await expect(window.message("please add one DNS record")).to_contain_text(TOKEN)


async def adds_the_record_on_a_phone(eyes: Any, scene: Stage, album: Album) -> None:
    """Dora, from another company: reads the request, adds the record wrongly, is told what is wrong, and corrects it."""
    page = await eyes.open("#/dora", **PHONE)
    window = Window(page, scene)
    await page.get_by_role("link", name=re.compile("dip-onboarding")).click()
    await page.get_by_role("link", name=re.compile("replies")).click()
    request = window.message("please add one DNS record")
    await expect(request.get_by_text(TOKEN)).to_be_visible()
    await album.take("dns-request-phone", page)
    await request.get_by_role("button", name="Copy", exact=True).click()
    there = page.url

    await page.get_by_role("link", name="Back to #dip-onboarding").click()
    await page.get_by_role("link", name="Back to the list").click()
    await page.get_by_role("link", name="DNS provider").click()
    await page.get_by_role("link", name=re.compile(f"^{walk.DOMAIN}")).click()
    await adds_record(page, name=walk.DOMAIN, picture=album)
    await page.goto(there)
    await window.press("I have added it", on="please add one DNS record")
    await expect(window.message("Wrong")).to_contain_text(f"{walk.DOMAIN}.{walk.DOMAIN}")
    await album.take("dns-wrong-phone", page)

    await page.goto(f"{scene.workspace.base_url}/dns/zones/{walk.DOMAIN}")
    await page.get_by_role("button", name=f"Delete TXT record {walk.DOMAIN}.{walk.DOMAIN}").click()
    await adds_record(page, name="@")
    await page.goto(there)
    await window.press("I have changed it", on="Wrong")
    await expect(window.message("Everything that can be seen from here is right")).to_be_visible()


async def adds_record(page: Page, *, name: str, picture: Album | None = None) -> None:
    """In the provider's panel; the value is pasted from the clipboard, where the request's Copy put it."""
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Value", exact=True).focus()
    await page.keyboard.press("Control+V")
    await expect(page.get_by_label("Value", exact=True)).to_have_value(TOKEN)
    if picture:
        await picture.take("dns-provider-phone", page)
    await page.get_by_role("button", name="Add record").click()
    await expect(page.get_by_role("table")).to_contain_text(TOKEN)


async def submits_the_domain(window: Window, eyes: Any, album: Album) -> None:
    ready = "Everything that can be seen from here is right"
    pressed = window.message(ready).get_by_role("button", name="I have pressed SUBMIT")
    await expect(pressed).to_be_in_viewport()  # the thread stayed at its end while an earlier message shrank
    await album.take("thread", window.page, height=940)  # both answers at once
    dark = await eyes.open("#" + window.page.url.partition("#")[2], dark=True, **WIDE)
    await expect(Window(dark, window.scene).message(ready)).to_be_visible()
    await album.take("dark", dark)
    panel = await eyes.open(f"dns/zones/{walk.DOMAIN}", **WIDE)
    await album.take("dns-provider", panel, height=1080)
    await window.press("Show everything that was seen", on=ready)
    await expect(window.form.get_by_text("ns2.dns.example").first).to_be_visible()
    await album.take("everything-seen", window.page)
    await window.form.get_by_role("button", name="Close", exact=True).last.click()
    await window.press("I have pressed SUBMIT", on=ready)
    await window.press("It worked", on="It worked")
    await expect(window.message("Step 5: Domain")).to_contain_text("done")


async def has_the_certificate_checked(window: Window, album: Album) -> None:
    """Step 6: files dropped into the thread are checked without being asked."""
    scene = window.scene
    await window.tick("Step 6: Create", "Note which certificate")
    csr, text = make_csr(walk.HOST, walk.COMPANY)
    await window.attach("dip.csr", text.encode())
    await scene.says("The CSR is good")
    await expect(window.message("The CSR is good")).to_be_visible()
    await album.take("csr-checked", window.page)
    await window.tick("Step 6: Create", "Submit the CSR")
    await window.press("Issued", on="Issued")
    authority = Authority(await scene.workspace.now(), scene.folder)
    await window.attach("dip.pem", authority.issue(csr, walk.HOST).encode())
    await scene.says("The certificate is good")
    await expect(window.message("The certificate is good")).to_be_visible()
    await window.tick("Step 6: Create", "Install it", "Mark it as active")


async def closes_row(window: Window, step: str, number: int) -> None:
    await window.press("More", on=step)
    await window.click((await window.opens("More")).get_by_role("button", name=re.compile("^Row: ")).nth(number))
    row = await window.opens("One row")
    await row.get_by_label("Done", exact=True).check()
    await window.send("Record")


async def lists_dip_ids(window: Window) -> None:
    await window.act_as("uma")
    await window.press("Add rows", on="Step 7: DIP IDs")
    rows = "MPID, role, DIP ID\nNWND, SUP, 2200000001\nNWND; SDS; 2200000002"
    await (await window.opens("Add rows")).get_by_label("One row a line").fill(rows)
    await window.send("Add")
    await closes_row(window, "Step 7: DIP IDs", 0)
    scene = window.scene
    compared = {"In the portal (Compare your list with the portal's)": "All are listed"}
    await scene.tick("uma", 7, "List your MPIDs", "Compare your list", fields=compared)
    await scene.tick("uma", 7, "Create a DIP ID", "Issue the API keys")
    await scene.tick("mo", 7, "Add members")
    await closes_row(window, "Step 7: DIP IDs", 1)


async def is_reminded_and_finishes(window: Window, album: Album) -> None:
    """Three days later Mo is reminded; the channels are entered, and the thread says that all is done."""
    page, scene = window.page, window.scene
    await window.act_as("mo")
    await page.get_by_role("button", name="+3 days").click()
    await scene.says("still open: ")
    await expect(window.message("still open: Message channels")).to_be_visible()
    await album.take("reminder", page)
    await window.press("Add rows", on="Step 8: Message channels")
    rows = "2200000001, all, https://dip.northwind.example/hook"
    await (await window.opens("Add rows")).get_by_label("One row a line").fill(rows)
    await window.send("Add")
    await scene.tick("mo", 8, "Have the webhook ready", "List the DIP IDs", "Enter the URL")
    await scene.tick("mo", 8, "Receive a test message", "Pass the smoke test")
    await closes_row(window, "Step 8: Message channels", 0)
    await window.act_as("lena")
    await window.tick("Step 8: Message channels", "Note when the CoCo", "Note when qualification")
    await expect(window.message("all steps are done in UIT")).to_be_visible()
    await expect(page.get_by_text("All 8 steps are done").first).to_be_visible()
    await album.take("finished", page)
