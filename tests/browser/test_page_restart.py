"""The page outlives the sandbox: what was typed stays, and it goes on where the workspace does."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from sandbox.driver import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_page_goes_on_when_the_sandbox_was_restarted(look_at: Any, tmp_path: Path) -> None:
    async with await Workspace.start(tmp_path) as first:
        port = int(first.base_url.rsplit(":", 1)[1])
        eyes = look_at(first.base_url)
        page = await eyes.open("#/lena/c/C0GENERAL")
        field = page.get_by_role("combobox", name="Message #general")
        await field.fill("before")
        await field.press("Enter")
        await expect(page.get_by_role("listitem").filter(has_text="before")).to_be_visible()
        await field.fill("half a sentence")
    await expect(page.locator("#announcer")).to_contain_text("connection to the sandbox is lost")
    async with await Workspace.start(tmp_path, port=port) as again:
        await again.user("carl").post("general", "after")
        await expect(page.get_by_role("listitem").filter(has_text="after")).to_be_visible()
        await expect(page.get_by_role("listitem").filter(has_text="before")).to_be_visible()
        await expect(field).to_have_value("half a sentence")
        eyes.complaints.clear()
        await eyes.close()
