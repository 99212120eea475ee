"""Transcripts and the driver's eyes: what people see, as plain text."""

from datetime import date, time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import DriverError, Workspace
from sandbox.transcript import Words, lines_of_blocks, lines_of_message, lines_of_view, plain_when, unstable_when

CHANNEL = "C0ONBOARDING"
WORDS = Words({"U1": "lena"}, {"C1": "general"})


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def options(*texts: str) -> list[dict[str, Any]]:
    return [{"text": plain(text), "value": text} for text in texts]


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": label, "label": plain(label), "element": element, **more}


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ({"type": "section", "text": mrkdwn("*Hi* <@U1>\nin <#C1>")}, ["*Hi* @lena", "in #general"]),
        ({"type": "section", "text": mrkdwn("<!here> <!date^0^{date}|then>")}, ["@here 1970-01-01 00:00"]),
        (
            {"type": "section", "text": mrkdwn("<http://a.example|a.example> <https://b.example>")},
            ["a.example <https://b.example>"],
        ),
        ({"type": "section", "text": plain("<@U1> stays")}, ["<@U1> stays"]),
        ({"type": "section", "fields": [plain("one"), plain("two")]}, ["| one", "| two"]),
        (
            {"type": "section", "text": plain("x"), "accessory": {"type": "button", "text": plain("Go")}},
            ["x", "[Go]"],
        ),
        ({"type": "divider"}, ["---"]),
        ({"type": "image", "image_url": "x", "alt_text": "A chart"}, ["(image: A chart)"]),
        ({"type": "markdown", "text": "# T\ntext"}, ["# T", "text"]),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
            ["| a | b |"],
        ),
        (
            {"type": "context", "elements": [{"type": "image", "image_url": "x", "alt_text": "Tick"}, plain("done")]},
            ["~ (Tick) done"],
        ),
        (
            {
                "type": "actions",
                "elements": [{"type": "static_select", "placeholder": plain("Choose"), "options": options("A")}],
            },
            ["[Choose v]"],
        ),
        (
            {
                "type": "actions",
                "elements": [{"type": "checkboxes", "options": options("A", "B"), "initial_options": options("B")}],
            },
            ["[ ] A [x] B"],
        ),
        (
            {
                "type": "actions",
                "elements": [
                    {"type": "radio_buttons", "options": options("A", "B"), "initial_option": options("A")[0]}
                ],
            },
            ["(x) A ( ) B"],
        ),
        (
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_quote", "elements": [{"type": "broadcast", "range": "here"}]}],
            },
            ["> @here"],
        ),
        (
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "link", "url": "https://a.example", "text": "A"},
                            {"type": "text", "text": " "},
                            {"type": "channel", "channel_id": "C1"},
                            {"type": "text", "text": " "},
                            {"type": "emoji", "name": "tada"},
                            {"type": "text", "text": " code ", "style": {"code": True}},
                        ],
                    },
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "indent": 1,
                        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x\ny"}]}],
                    },
                ],
            },
            ["A <https://a.example> #general :tada: `code`", "  • x", "    y"],
        ),
    ],
)
def test_a_block_reads_like_this(block: dict[str, Any], lines: list[str]) -> None:
    assert [line.rstrip() for line in lines_of_blocks([block], WORDS)] == lines


def test_a_form_reads_with_its_fields_hints_errors_and_buttons() -> None:
    view = {
        "title": plain("Start"),
        "blocks": [
            field("Company", {"type": "plain_text_input", "initial_value": "Northwind"}, hint=plain("As registered")),
            field("Who", {"type": "users_select", "initial_user": "U1"}, optional=True),
            field("Where", {"type": "channels_select", "initial_channel": "C1"}),
            field("When", {"type": "datepicker", "initial_date": "2026-11-24"}),
            field("Kind", {"type": "static_select", "options": options("A", "B"), "initial_option": options("B")[0]}),
        ],
        "errors": {"Company": "Taken."},
        "submit": plain("Send"),
        "close": plain("Not now"),
    }
    assert list(lines_of_view(view, WORDS)) == [
        "=== Start ===",
        "Company: [Northwind]",
        "    As registered",
        "    ! Taken.",
        "Who (optional): [@lena v]",
        "Where: [#general v]",
        "When: [2026-11-24 v]",
        "Kind: [B v]",
        "[Not now] [Send]",
    ]


def test_a_message_says_whether_it_is_private_or_edited_and_can_show_what_it_was() -> None:
    message = {
        "user": "U1",
        "text": "Now",
        "edited": {"ts": "1"},
        "ephemeral": True,
        "history": [{"text": "Before", "blocks": []}],
    }
    assert list(lines_of_message(message, WORDS)) == ["@lena (only you can see this, edited)", "  Now"]
    assert "    Before" in list(lines_of_message(message, WORDS, with_history=True))


def test_golden_files_can_leave_the_times_out() -> None:
    block = {"type": "section", "text": mrkdwn("since <!date^1795517944^{date_short} {time}|x>")}
    stable = Words({}, {}, unstable_when)
    assert list(lines_of_blocks([block], stable)) == ["since {date_short} {time}"]
    assert plain_when(0, "{date}") == "1970-01-01 00:00"


async def test_a_transcript_of_a_channel_shows_the_final_state_and_on_wish_the_history(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="Step 1")
    await client.chat_update(channel=CHANNEL, ts=sent["ts"], text="Step 2")
    await client.chat_postEphemeral(channel=CHANNEL, user="U0LENA", text="Psst")
    plainly = await workspace.transcript("dip-onboarding", replace={"Step": "STEP"})
    assert plainly.endswith("@toy\n  STEP 2\n")
    assert "  state 1:\n    Step 1\n" in await workspace.transcript("dip-onboarding", history=True)
    assert "@toy (only you can see this)\n  Psst" in await workspace.transcript("dip-onboarding", as_="lena")


async def test_waiting_in_vain_says_what_is_there_instead(workspace: Workspace) -> None:
    with pytest.raises(
        DriverError, match=r"(?s)Waited in vain for a message .*'Northwind'.*#dip-onboarding: @lena.*Hello all"
    ):
        await workspace.message("dip-onboarding", "Northwind", patience=0.05)
    with pytest.raises(DriverError, match="There is no zoe"):
        workspace.user("zoe")


async def test_fields_take_python_values(workspace: Workspace, toy: Any) -> None:
    elements = {
        "Day": {"type": "datepicker"},
        "Time": {"type": "timepicker"},
        "Channel": {"type": "conversations_select"},
        "People": {"type": "multi_users_select"},
        "Boxes": {"type": "checkboxes", "options": options("A", "B")},
    }
    blocks = [field(label, {**element, "action_id": "value"}) for label, element in elements.items()]
    toy.form = lambda: toy.make_form(callback_id="typed", blocks=blocks)
    toy.app.view("typed")(toy.acknowledge)
    lena = workspace.user("lena")
    await lena.command("/toy form")
    people = [workspace.user("carl"), "mo"]
    await lena.submit(
        {
            "Day": date(2026, 12, 1),
            "Time": time(9, 5),
            "Channel": "#dip-onboarding",
            "People": people,
            "Boxes": ["A", "B"],
        }
    )
    [submission] = await workspace.deliveries("view_submission")
    values = {label: by["value"] for label, by in submission["payload"]["view"]["state"]["values"].items()}
    assert values["Day"]["selected_date"] == "2026-12-01"
    assert values["Time"]["selected_time"] == "09:05"
    assert values["Channel"]["selected_conversation"] == CHANNEL
    assert values["People"]["selected_users"] == ["U0CARL", "U0MO"]
    assert [option["value"] for option in values["Boxes"]["selected_options"]] == ["A", "B"]


async def test_newcomers_and_new_channels_can_be_made(workspace: Workspace) -> None:
    zoe = await workspace.new_user("zoe", "Zoe Ashby", tz="Asia/Tokyo", title="Deputy")
    channel = await workspace.new_channel("second", "zoe", "lena")
    await zoe.post("second", "Hello")
    assert (await workspace.message("second", "Hello")).channel == channel
    with pytest.raises(DriverError, match="already"):
        await workspace.new_user("zoe", "Another Zoe")
    with pytest.raises(DriverError, match="already"):
        await workspace.new_channel("second")
