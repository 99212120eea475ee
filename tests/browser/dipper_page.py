"""The workspace's page as a team uses it with Dipper: one window, in which whoever acts is switched, and pictures of it."""

import os
import re
from pathlib import Path
from typing import Any

from e2e.stage import Stage
from playwright.async_api import Locator, Page, expect

from sandbox.defaults import DNS_CONTACT, PEOPLE

PICTURES = "DIPPER_SCREENSHOTS"
WIDEST_PICTURE = 1280
LARGEST_PICTURE = 250_000  # bytes; what a reader of the documentation is asked to load
NAMES = {handle: name for _, handle, name, *_ in PEOPLE} | {DNS_CONTACT.name: DNS_CONTACT.real_name}


# A person presses what is there; a test is quick enough to press what is about to be drawn anew.
SHOWS_WHAT_IS_THERE = """async () => {
  const [{ state, context }, { get }] = await Promise.all([import("/page/store.js"), import("/page/api.js")]);
  const { channel, thread } = state.route;
  const { messages } = await get(`as/${context.me.id}/messages`, { channel, thread });
  return JSON.stringify(messages) === JSON.stringify(state.replies);
}"""


def beginning(words: str) -> re.Pattern[str]:
    """An accessible name that begins with what the button shows: behind it stands what the button is about."""
    return re.compile(rf"^{re.escape(words)}(?=$|:)")


def field_named(label: str) -> re.Pattern[str]:
    """A field of exactly this label; the page says behind it that it is optional."""
    return re.compile(rf"^{re.escape(label)}( \(optional\))?$")


class Window:
    """A browser's window on the workspace. Each gesture ends when the bot has said all that follows from it."""

    def __init__(self, page: Page, scene: Stage) -> None:
        self.page = page
        self.scene = scene
        self.form = page.get_by_role("dialog")
        self.thread = page.get_by_role("complementary", name="Thread")

    async def act_as(self, handle: str) -> None:
        rail = self.page.get_by_role("navigation", name="Act as")
        await rail.get_by_role("link", name=re.compile(f"^{NAMES[handle]}")).click()
        await expect(self.page.locator("#sidebar .me")).to_contain_text(NAMES[handle])

    async def say(self, text: str) -> None:
        field = self.page.get_by_role("combobox", name="Message #dip-onboarding")
        await field.fill(text)
        await field.press("Enter")

    def message(self, containing: str) -> Locator:
        """The newest message of the thread with these words."""
        return self.thread.locator("li.message").filter(has_text=containing).last

    async def press(self, words: str, *, on: str) -> None:
        """A button of the thread's newest message that contains `on`."""
        await self.page.wait_for_function(SHOWS_WHAT_IS_THERE, polling=50)
        await self.click(self.message(on).get_by_role("button", name=beginning(words)).first)

    async def click(self, button: Locator) -> None:
        """Presses what the bot hears of, until it has acknowledged and said what follows."""
        async with self.page.expect_response(re.compile("/click$")):
            await button.click()
        await self.scene.quiet()

    async def opens(self, title: str) -> Locator:
        form = self.page.get_by_role("dialog", name=title, exact=True)
        await expect(form).to_be_visible()
        return form

    async def send(self, button: str) -> None:
        await self.form.get_by_role("button", name=button, exact=True).click()
        await expect(self.form).to_be_hidden()
        await self.scene.quiet()

    async def tick(self, step: str, *titles: str, **fields: str) -> None:
        """The step's "Tick off" form: these boxes beside what is ticked, and these fields; an underscore is a space."""
        await self.press("Tick off", on=step)
        form = await self.opens("Tick off")
        for title in titles:
            await form.get_by_label(re.compile(rf"^\d+\. {re.escape(title)}")).check()
        for label, value in fields.items():
            await form.get_by_label(re.compile(f"^{label.replace('_', ' ')}")).fill(value)
        await self.send("Record")

    async def choose_people(self, label: str, *handles: str) -> None:
        group = self.form.get_by_role("group", name=field_named(label))
        for handle in handles:
            await group.get_by_role("button", name=re.compile("^Add…")).click()
            people = self.form.get_by_role("listbox", name="Add")
            await people.get_by_role("option", name=NAMES[handle]).click()

    async def attach(self, name: str, body: bytes) -> None:
        """A file into the thread, by the clip beside the field."""
        file: Any = {"name": name, "mimeType": "application/x-pem-file", "buffer": body}
        await self.thread.locator("input[type=file]").set_input_files(file)
        await self.thread.get_by_role("button", name="Send", exact=True).click()
        await expect(self.thread.get_by_role("button", name=f"Remove {name}")).to_have_count(0)


class Album:
    """Pictures for the documentation, kept where DIPPER_SCREENSHOTS says, or in the test's own folder."""

    def __init__(self, otherwise: Path) -> None:
        self.folder = Path(os.environ.get(PICTURES) or otherwise)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.taken: list[str] = []

    async def take(self, name: str, page: Page, *, height: int = 760) -> None:
        """A picture of the window as it is, a wide one made a little smaller; a phone's keeps its size."""
        before = page.viewport_size
        assert before is not None
        if before["width"] > WIDEST_PICTURE:
            await page.set_viewport_size({"width": WIDEST_PICTURE, "height": height})
        await page.mouse.move(0, 0)
        await page.wait_for_load_state("networkidle")
        body = await page.screenshot(path=self.folder / f"{name}.png", animations="disabled", caret="hide")
        await page.set_viewport_size(before)
        assert len(body) < LARGEST_PICTURE, f"{name} has {len(body)} bytes"
        self.taken.append(name)
