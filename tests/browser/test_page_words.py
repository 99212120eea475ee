"""Text on the page: mrkdwn, dates in the reader's zone, and nothing that anybody wrote becomes markup."""

from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CHANNEL = "#/lena/c/C0ONBOARDING"
DRAW = """async ([text]) => {
  const { mrkdwn } = await import('/page/mrkdwn.js');
  const user = (id) => id === 'U0DORA' ? { display_name: 'dora' } : null;
  const channel = (id) => id === 'C0GENERAL' ? { name: 'general' } : null;
  const hrefOf = (c, t) => `#${c}/${t ?? ''}`;
  const context = { me: { id: 'U0LENA', tz: 'Europe/London' }, user, channel, now: () => 1700000000, hrefOf };
  const box = document.createElement('div');
  box.append(...mrkdwn(text, context));
  return box.innerHTML;
}"""


DRAWN = {
    "*bold* _it_ ~gone~": "<strong>bold</strong> <em>it</em> <s>gone</s>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "2*3*4 snake_case_name": "2*3*4 snake_case_name",
    "* not bold *": "* not bold *",
    "`*as it is*`": "<code>*as it is*</code>",
    "```\na\n*b*\n```": '<pre class="pre">a\n*b*</pre>',
    "*<@U0DORA>*": '<strong><span class="mention">@dora</span></strong>',
    "<#C0GENERAL>": '<a class="mention" href="#C0GENERAL/">#general</a>',
    "<!here> <!channel|x>": '<span class="mention mine">@here</span> <span class="mention mine">@x</span>',
    "a\n&gt; said\n&gt; twice\nb": "a<blockquote>said\ntwice</blockquote>b",
    "&lt;b&gt; &amp;lt;": "&lt;b&gt; &amp;lt;",
    "<b onclick=x>": "<span>b onclick=x</span>",
    "<javascript:alert(1)|press>": "<span>press</span>",
    "<https://a.example/?x&amp;y|*A*>": '<a href="https://a.example/?x&amp;y" target="_blank" rel="noopener noreferrer">*A*</a>',
    "<https://w.example/archives/C1/p1700000000000100?thread_ts=1.2|t>": '<a href="#C1/1.2">t</a>',
    "<!date^1700000000^{date_short} {time}|x>": '<time datetime="2023-11-14T22:13:20.000Z">14 Nov 2023 22:13</time>',
    "<!date^soon^{date}|later>": "later",
    ":x: :nobody_knows:": '<span class="emoji" role="img" aria-label="x">❌</span> :nobody_knows:',
    "10:30:45 and a::b": "10:30:45 and a::b",
}


async def test_mrkdwn_is_drawn_as_slack_draws_it(page_for_words: Any) -> None:
    assert {text: await page_for_words.evaluate(DRAW, [text]) for text in DRAWN} == DRAWN


async def test_dates_are_in_the_zone_of_the_reader_and_clocks_that_change_are_met(page_for_words: Any) -> None:
    seen = await page_for_words.evaluate(
        """async () => {
          const d = await import('/page/dates.js');
          const iso = (epoch) => new Date(epoch * 1000).toISOString();
          return {
            tokyo: d.fill('{date_long} {time}', 1700000000, 0, 'Asia/Tokyo'),
            pretty: d.fill('{date_short_pretty} at {time}', 1700000000, 1700090000, 'Europe/London'),
            back: iso(d.fromWallClock('2026-03-30T09:00', 'Europe/London')),
            friday: iso(d.nextWorkingMorning(Date.UTC(2026, 10, 27, 9, 0) / 1000, 'Europe/London')),
            early: iso(d.nextWorkingMorning(Date.UTC(2026, 10, 27, 8, 59) / 1000, 'Europe/London')),
            unknown: d.fill('{nonsense} {time}', 1700000000, 0, 'UTC'),
          };
        }"""
    )
    assert seen == {
        "tokyo": "Wednesday, 15 November 2023 07:13",
        "pretty": "yesterday at 22:13",
        "back": "2026-03-30T08:00:00.000Z",
        "friday": "2026-11-30T09:00:00.000Z",
        "early": "2026-11-27T09:00:00.000Z",
        "unknown": "{nonsense} 22:13",
    }


async def test_what_people_write_stays_text_everywhere(eyes: Any, guide: Any, workspace: Any) -> None:
    page = await eyes.open(CHANNEL)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    evil = "<img src=x onerror=document.title='owned'> &amp; <script>1</script>"
    await field.fill(evil)
    await field.press("Enter")
    await expect(page.get_by_role("list", name="Messages in #dip-onboarding")).to_contain_text(evil)
    assert await page.locator(".messages img, .messages script").count() == 0
    assert await page.title() != "owned"


async def test_the_page_runs_no_foreign_script_and_loads_nothing_from_elsewhere(eyes: Any, workspace: Any) -> None:
    page = await eyes.open(CHANNEL)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await expect(page.get_by_role("combobox", name="Message #dip-onboarding")).to_be_visible()
    assert asked
    assert all(url.startswith(workspace.base_url) for url in asked)
    ran = await page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.ran = true';
          document.head.append(script);
          return window.ran ?? false;
        }"""
    )
    assert ran is False
    assert [one for one in eyes.complaints if "Content Security Policy" in one or "script-src" in one]
    eyes.complaints.clear()


async def test_every_part_of_a_card_is_drawn_and_named(eyes: Any, guide: Any) -> None:
    page = await eyes.open(CHANNEL)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide card")
    await field.press("Enter")
    card = page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name="DIP onboarding: Northwind Energy Ltd, UIT")
    )
    await expect(card).to_be_visible()
    await expect(card).to_contain_text("4 done & NW-7F3K")
    await expect(card.get_by_text("14 Nov 2023 at 22:13")).to_be_visible()
    await expect(card.get_by_text("Tuesday, 14 November 2023 22:13")).to_be_visible()
    await expect(card.get_by_role("link", name="Elexon, Step 5")).to_have_attribute(
        "href", "https://elexon.example/step-5"
    )
    await expect(card.get_by_role("img", name="white check mark")).to_be_visible()
    await expect(card.get_by_role("columnheader", name="Serial")).to_be_visible()
    await expect(card.get_by_role("cell", name="ns1.dns.example")).to_be_visible()
    await expect(card.get_by_role("listitem").filter(has_text="some panels want it empty")).to_be_visible()
    await card.get_by_role("button", name="Copy").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == "_globalsign-domain-verification=8gqZ0aBcDeFgHiJkLmNoPqRsTuVwXyZ4HYT"
    await expect(page.locator("#announcer")).to_have_text("Copied")
    await card.get_by_role("button", name="More options").click()
    await page.get_by_role("menuitem", name="Status for me").click()
    only_me = page.get_by_role("listitem").filter(has_text="Only visible to you")
    await expect(only_me).to_contain_text("You chose status")
    await only_me.hover()
    await only_me.get_by_role("button", name="Dismiss this message").click()
    await expect(only_me).to_have_count(0)


async def test_choices_in_a_message_tell_the_app_once_each_what_was_chosen(eyes: Any, guide: Any) -> None:
    page = await eyes.open(CHANNEL)
    field = page.get_by_role("combobox", name="Message #dip-onboarding")
    await field.fill("/guide kit")
    await field.press("Enter")
    date = page.get_by_label("Date", exact=True)
    await expect(date).to_have_value("2026-11-24")
    await date.fill("2026-11-25")
    await date.fill("2026-11-26")
    await page.get_by_role("radio", name="Two").check()
    await page.get_by_role("checkbox", name="One").check()
    await page.get_by_role("button", name="Someone else").click()
    await page.get_by_role("listbox", name="Someone else").get_by_role("option", name="Mo Ashdown").click()
    await expect(page.get_by_role("button", name="Mo Ashdown")).to_be_visible()
    await expect(page.get_by_role("img", name="The eight steps as a map")).to_be_visible()
    told = [body["actions"][0] for body in guide.heard if body.get("type") == "block_actions"]
    assert [action["action_id"] for action in told] == ["pick_date", "pick_radio", "pick_boxes", "pick_user"]
    assert told[0]["selected_date"] == "2026-11-26"
    assert told[1]["selected_option"]["value"] == "2"
    assert [one["value"] for one in told[2]["selected_options"]] == ["1"]
    assert told[3]["selected_user"] == "U0MO"
