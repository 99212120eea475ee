"""What each kind of element reports when it is used, and what the client would not let through."""

from typing import Any

import pytest

from sandbox.driver import DriverError, Workspace
from sandbox.rendered import Placed, chosen_state, client_objection, initial_state, with_ids
from sandbox.shapes import NotPossible

OPTIONS = [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("One", "Two", "Three")]
CHANNEL = "dip-onboarding"


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "value", **more}


@pytest.mark.parametrize(
    ("kind", "more", "value", "state"),
    [
        ("plain_text_input", {}, "x", {"value": "x"}),
        ("email_text_input", {}, "a@b.example", {"value": "a@b.example"}),
        ("url_text_input", {}, "https://b.example", {"value": "https://b.example"}),
        ("number_input", {}, 5, {"value": "5"}),
        ("static_select", {"options": OPTIONS}, "two", {"selected_option": OPTIONS[1]}),
        ("radio_buttons", {"options": OPTIONS}, "one", {"selected_option": OPTIONS[0]}),
        ("overflow", {"options": OPTIONS}, "one", {"selected_option": OPTIONS[0]}),
        ("checkboxes", {"options": OPTIONS}, ["one", "three"], {"selected_options": [OPTIONS[0], OPTIONS[2]]}),
        ("multi_static_select", {"options": OPTIONS}, ["two"], {"selected_options": [OPTIONS[1]]}),
        ("users_select", {}, "U1", {"selected_user": "U1"}),
        ("multi_users_select", {}, ["U1", "U2"], {"selected_users": ["U1", "U2"]}),
        ("conversations_select", {}, "C1", {"selected_conversation": "C1"}),
        ("channels_select", {}, "C1", {"selected_channel": "C1"}),
        ("multi_conversations_select", {}, ["C1"], {"selected_conversations": ["C1"]}),
        ("datepicker", {}, "2026-11-24", {"selected_date": "2026-11-24"}),
        ("timepicker", {}, "10:05", {"selected_time": "10:05"}),
        ("datetimepicker", {}, 1795517944, {"selected_date_time": 1795517944}),
        ("file_input", {}, ["F1"], {"files": [{"id": "F1"}]}),
    ],
)
def test_an_element_reports_its_content_in_slacks_shape(kind: str, more: Any, value: Any, state: Any) -> None:
    assert chosen_state(element(kind, **more), value) == {"type": kind, **state}
    untouched = initial_state(element(kind, **more))
    assert set(untouched) == {"type", *state}
    assert chosen_state(element(kind, **more), None) == untouched


def test_an_option_that_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(NotPossible, match="not among the options"):
        chosen_state(element("static_select", options=OPTIONS), "four")
    with pytest.raises(NotPossible, match="takes a list"):
        chosen_state(element("checkboxes", options=OPTIONS), "one")


def test_what_was_preset_is_reported_until_it_is_changed() -> None:
    assert (
        initial_state(element("static_select", options=OPTIONS, initial_option=OPTIONS[0]))["selected_option"]
        == OPTIONS[0]
    )
    assert initial_state(element("datepicker", initial_date="2026-11-24"))["selected_date"] == "2026-11-24"
    assert initial_state(element("multi_users_select", initial_users=["U1"]))["selected_users"] == ["U1"]
    assert initial_state(element("plain_text_input", initial_value="x"))["value"] == "x"


@pytest.mark.parametrize(
    ("kind", "more", "value", "objection"),
    [
        ("plain_text_input", {"min_length": 3}, "ab", "at least 3"),
        ("plain_text_input", {"min_length": 3}, "abc", None),
        ("plain_text_input", {}, "x" * 3001, "3000"),
        ("plain_text_input", {}, "x" * 3000, None),
        ("email_text_input", {}, "nobody", "valid email"),
        ("email_text_input", {}, "a@b.example", None),
        ("url_text_input", {}, "b.example", "valid URL"),
        ("url_text_input", {}, "https://b.example", None),
        ("number_input", {"is_decimal_allowed": False}, "1.5", "whole number"),
        ("number_input", {"is_decimal_allowed": True}, "1.5", None),
        ("number_input", {"is_decimal_allowed": False}, "many", "valid number"),
        ("number_input", {"is_decimal_allowed": False, "min_value": "2"}, "1", "at least 2"),
        ("number_input", {"is_decimal_allowed": False, "max_value": "2"}, "3", "at most 2"),
        ("multi_static_select", {"options": OPTIONS, "max_selected_items": 1}, ["one", "two"], "1 at most"),
        ("multi_static_select", {"options": OPTIONS, "max_selected_items": 2}, ["one", "two"], None),
    ],
)
def test_the_client_objects_before_it_asks_the_app(kind: str, more: Any, value: Any, objection: str | None) -> None:
    control = element(kind, **more)
    said = client_objection(Placed({"type": "input"}, control), chosen_state(control, value))
    assert (said is None) if objection is None else (said is not None and objection in said)


def test_an_empty_field_is_fine_only_where_it_is_optional() -> None:
    control = element("users_select")
    empty = initial_state(control)
    assert client_objection(Placed({"type": "input", "optional": True}, control), empty) is None
    assert client_objection(Placed({"type": "input"}, control), empty)


def test_ids_that_the_app_left_out_are_made_up_and_the_others_stay() -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    first, second = with_ids(
        [
            {"type": "actions", "elements": [button, {**button, "action_id": "mine"}]},
            {"type": "divider", "block_id": "own"},
        ]
    )
    assert first["block_id"] and first["elements"][0]["action_id"]
    assert (first["elements"][1]["action_id"], second["block_id"]) == ("mine", "own")
    assert "action_id" not in button


async def test_a_select_in_a_message_reports_its_choice_and_keeps_it(workspace: Workspace, toy: Any) -> None:
    who = element("users_select", action_id="press_who", placeholder={"type": "plain_text", "text": "Choose a person"})
    when = element("datepicker", action_id="press_when", placeholder={"type": "plain_text", "text": "Choose a date"})
    blocks = [{"type": "actions", "block_id": "row", "elements": [who, when]}]
    await toy.app.client.chat_postEphemeral(channel="C0ONBOARDING", user="U0LENA", text="Choose", blocks=blocks)
    lena = workspace.user("lena")
    await lena.choose("Choose a person", "carl", in_=CHANNEL)
    await lena.choose("Choose a date", "2026-12-01", in_=CHANNEL)
    first, second = [delivery["payload"] for delivery in await workspace.deliveries("block_actions")]
    assert first["actions"][0]["selected_user"] == "U0CARL"
    assert second["state"]["values"]["row"]["press_who"]["selected_user"] == "U0CARL"
    assert second["actions"][0]["selected_date"] == "2026-12-01"
    with pytest.raises(DriverError, match="There is no"):
        await lena.choose("Choose a person", "nobody", in_=CHANNEL)


async def test_a_click_says_who_where_and_on_what(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    parent = await lena.post(CHANNEL, "Begin")
    client = toy.app.client
    button = {
        "type": "button",
        "action_id": "press_it",
        "style": "primary",
        "value": "v",
        "text": {"type": "plain_text", "text": "It"},
    }
    await client.chat_postMessage(
        channel="C0ONBOARDING",
        thread_ts=parent.ts,
        text="x",
        blocks=[{"type": "actions", "block_id": "row", "elements": [button]}],
    )
    await lena.click("It", in_=parent.thread)
    [click] = [delivery["payload"] for delivery in await workspace.deliveries("block_actions")]
    [action] = click["actions"]
    assert (action["value"], action["style"], action["block_id"], action["text"]["text"]) == (
        "v",
        "primary",
        "row",
        "It",
    )
    assert click["container"]["thread_ts"] == parent.ts == click["message"]["thread_ts"]
    assert (click["user"]["id"], click["user"]["team_id"]) == ("U0LENA", "T0NORTHWIND")
    assert click["channel"] == {"id": "C0ONBOARDING", "name": "dip-onboarding"}
    assert click["team"]["domain"] == "northwind-demo"
    assert click["trigger_id"] and click["response_url"].startswith(workspace.base_url)
