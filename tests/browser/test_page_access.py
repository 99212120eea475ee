"""What a screen reader finds and what an eye can read: landmarks, names, contrast, sizes."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Every visible text with the colour behind it; ratio by WCAG 2.2, 1.4.3.
CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const mix = (top, under, share) => top * share + under * (1 - share);
  const over = (top, under) => [0, 1, 2].map((i) => mix(top[i], under[i], top[3] / 255)).concat(255);
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      layers.push(rgba(getComputedStyle(at).backgroundColor));
      if (layers.at(-1)[3] === 255) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 255]);
  };
  const linear = (v) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const poor = [];
  const walker = document.createTreeWalker(document.querySelector('dialog[open]') ?? document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || node.closest('.unseen, .emoji, .skip, noscript, script')) continue;
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const under = behind(node);
    const [a, b] = [light(over(rgba(getComputedStyle(node).color), under)), light(under)].sort((x, y) => y - x);
    seen += 1;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return { seen, poor };
}"""
NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select, textarea, [role=option], dialog[open]')]
  .filter((node) => node.checkVisibility() && !node.closest('[aria-hidden=true]'))
  .filter((node) => !(node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.length
    || (node.getAttribute('aria-labelledby') ?? '').split(' ').some((id) => document.getElementById(id)?.textContent.trim())))
  .map((node) => node.outerHTML.slice(0, 200))"""


async def full_page(eyes: Any, **more: Any) -> Page:
    """A channel with a card, a reply in an open thread, and a message that only this person sees."""
    page: Page = await eyes.open("#/lena/c/C0ONBOARDING", **more)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    for words, shown in (
        ("@guide hello", "1 reply"),
        ("/guide nonsense", "Only visible to you"),
        ("/guide card", "Check now"),
    ):
        await field.fill(words)
        await page.get_by_role("button", name="Send").first.click()
        await expect(page.get_by_text(shown, exact=True)).to_be_visible()
    await page.get_by_role("link", name="1 reply").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    return page


@pytest.mark.parametrize("dark", [False, True])
async def test_every_text_stands_out_from_what_is_behind_it_by_light_and_by_dark(
    eyes: Any, guide: Any, dark: bool
) -> None:
    page = await full_page(eyes, dark=dark)
    found = await page.evaluate(CONTRAST)
    assert found["poor"] == []
    assert found["seen"] > 60
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide start")
    await field.press("Enter")
    form = page.get_by_role("dialog", name="Start an onboarding")
    await form.get_by_role("button", name="Start", exact=True).click()
    await expect(form.get_by_text("Please complete this required field.").first).to_be_visible()
    found = await page.evaluate(CONTRAST)
    assert found["poor"] == []
    assert found["seen"] > 15


async def test_everything_that_can_be_used_has_a_name(eyes: Any, guide: Any) -> None:
    page = await full_page(eyes)
    assert await page.evaluate(NAMELESS) == []
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide start")
    await field.press("Enter")
    await expect(
        page.get_by_role("dialog", name="Start an onboarding").get_by_role("button", name="Add… Helpers")
    ).to_be_visible()
    assert await page.evaluate(NAMELESS) == []


async def test_the_page_has_its_landmarks_and_one_first_heading_in_each(eyes: Any, guide: Any) -> None:
    page = await full_page(eyes)
    for role, name in (("navigation", "Act as"), ("navigation", "Workspace"), ("complementary", "Thread")):
        await expect(page.get_by_role(role, name=name, exact=True)).to_be_visible()
    await expect(page.get_by_role("main")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("heading", level=1, name="dip-onboarding")).to_be_visible()
    await expect(page.get_by_role("complementary").get_by_role("heading", level=2, name="Thread")).to_be_visible()
    await expect(page.get_by_role("list", name="Messages in #dip-onboarding")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "en-GB"
    assert await page.title() == "#dip-onboarding, as Lena Whitcombe"


async def test_the_focus_is_always_to_be_seen(eyes: Any, guide: Any) -> None:
    page = await full_page(eyes)
    for _ in range(60):
        await page.keyboard.press("Tab")
        visible = await page.evaluate(
            """() => {
              const at = document.activeElement;
              if (at === document.body) return true;
              const style = [at, at.closest('.composer')].filter(Boolean).map((node) => getComputedStyle(node));
              return style.some((one) => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2);
            }"""
        )
        assert visible, await page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


async def test_buttons_on_a_phone_are_big_enough_for_a_thumb(eyes: Any, guide: Any) -> None:
    page = await eyes.open("#/lena/c/C0ONBOARDING", width=390, height=844)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide card")
    await page.get_by_role("button", name="Send").click()
    for name in ("I have added it", "Check now", "Close onboarding", "Waiting on…"):
        box = await page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["height"] >= 40
