"""Modals and short-lived permissions: triggers, stacks, hashes, response URLs."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock
from sandbox.driver import DriverError, NotAcknowledged, Workspace
from sandbox.shapes import ApiError
from sandbox.tickets import ResponseUrl, Tickets

CHANNEL = "dip-onboarding"


class Hands(Clock):
    """A clock whose real time is moved by hand."""

    seconds = 1000.0

    @classmethod
    def real(cls) -> float:  # type: ignore[override]  # the one method that is replaced
        return cls.seconds

    def now(self) -> float:
        return self.seconds


def error_of(call: Any) -> str:
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value.code


def test_a_trigger_is_good_once_and_for_three_seconds() -> None:
    Hands.seconds = 1000.0
    tickets = Tickets(Hands())
    first, second = tickets.new_trigger("U1"), tickets.new_trigger("U1")
    assert tickets.spend_trigger(first).user == "U1"
    assert error_of(lambda: tickets.spend_trigger(first)) == "exchanged_trigger_id"
    Hands.seconds = 1003.1
    assert error_of(lambda: tickets.spend_trigger(second)) == "expired_trigger_id"
    assert error_of(lambda: tickets.spend_trigger("made.up")) == "invalid_trigger_id"


def test_a_response_url_is_good_five_times_in_thirty_minutes() -> None:
    Hands.seconds = 1000.0
    tickets = Tickets(Hands())
    key, late = (tickets.new_response_url(ResponseUrl("C1", "U1", 1000.0)) for _ in range(2))
    for _ in range(5):
        tickets.spend_response_url(key)
    assert error_of(lambda: tickets.spend_response_url(key)) == "used_url"
    Hands.seconds = 1000.0 + 30 * 60
    tickets.spend_response_url(late)
    Hands.seconds += 1
    assert error_of(lambda: tickets.spend_response_url(late)) == "expired_url"


async def test_an_answer_by_response_url_replaces_or_deletes_what_was_pressed(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy respond")
    await lena.message(CHANNEL, "Later")
    await lena.click("Press me")
    [click] = await workspace.deliveries("block_actions")
    url = click["payload"]["response_url"]
    assert (click["payload"]["container"]["is_ephemeral"], "message" in click["payload"]) == (True, False)
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json={"text": "Replaced", "replace_original": True}) as answer:
            assert await answer.text() == "ok"
        await lena.message(CHANNEL, "Replaced")
        async with session.post(url, json={"delete_original": True}) as answer:
            assert answer.status == 200
    assert not [message for message in await lena.sees(CHANNEL) if "Replaced" in message.text]


async def test_a_stack_holds_three_forms_and_closing_one_shows_the_one_below(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy form")
    for _ in range(2):
        await lena.submit({"Company name": "push"})
        await lena.modal("Second")
    with pytest.raises(NotAcknowledged, match="push_limit_reached"):
        await lena.submit({"Company name": "push"})
    assert len((await workspace.read("as/lena/view"))["stack"]) == 3
    await lena.close_modal()
    assert (await lena.modal()).title == "Second"
    await lena.submit({"Company name": "clear"})
    await lena.no_modal()


async def test_a_form_can_turn_into_another(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy form")
    before = await lena.modal("A form")
    await lena.submit({"Company name": "update"})
    after = await lena.modal("Other")
    assert (after.id, after.body["hash"] != before.body["hash"]) == (before.id, True)


async def test_an_update_with_an_old_hash_is_a_conflict(workspace: Workspace, toy: Any, client: AsyncWebClient) -> None:
    await workspace.user("lena").command("/toy form")
    view = await workspace.user("lena").modal()
    new = toy.make_form(title={"type": "plain_text", "text": "Changed"})
    await client.views_update(view_id=view.id, hash=view.body["hash"], view=new)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view.id, hash=view.body["hash"], view=new)
    await workspace.user("lena").close_modal()
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id=view.id, view=new)


async def test_an_external_id_is_unique(workspace: Workspace, toy: Any) -> None:
    toy.form = lambda: toy.make_form(external_id="only-one")
    await workspace.user("lena").command("/toy form")
    await workspace.user("lena").modal()
    with pytest.raises(NotAcknowledged):
        await workspace.user("carl").command("/toy form")
    [failed] = [call for call in await workspace.payloads("views.open") if not call["ok"]]
    assert failed["error"] == "duplicate_external_id"


async def test_errors_for_a_block_that_is_no_input_are_trouble_for_the_person(workspace: Workspace, toy: Any) -> None:
    block = {"type": "section", "block_id": "note", "text": {"type": "plain_text", "text": "Note"}}
    toy.form = lambda: toy.make_form(
        blocks=[block, toy.make_form()["blocks"][0] | {"block_id": "renamed"}], callback_id="odd"
    )

    async def answer(ack: Any) -> None:
        await ack(response_action="errors", errors={"note": "No"})

    toy.app.view("odd")(answer)
    await workspace.user("lena").command("/toy form")
    with pytest.raises(NotAcknowledged):
        await workspace.user("lena").submit({"Company name": "x"})
    assert [problem for problem in await workspace.problems() if "no inputs of this view: note" in problem]


async def test_closing_is_told_only_where_the_form_asks_for_it(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy form")
    await lena.modal()
    await lena.close_modal()
    assert await workspace.deliveries("view_closed") == []
    toy.form = lambda: toy.make_form(notify_on_close=True)
    await lena.command("/toy form")
    await lena.modal()
    await lena.close_modal(all_=True)
    [closed] = await workspace.deliveries("view_closed")
    assert closed["payload"]["is_cleared"]


@pytest.mark.parametrize(
    ("value", "said"),
    [("", "required"), ("x" * 51, "50 characters or less"), ("x" * 50, None)],
)
async def test_the_client_itself_keeps_the_fields_limits(
    workspace: Workspace, toy: Any, value: str, said: str | None
) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy form")
    errors = await lena.try_submit({"Company name": value})
    assert (said is None and not errors) or said in errors["Company name"]
    assert len(await workspace.deliveries("view_submission")) == (1 if said is None else 0)


async def test_a_field_that_is_not_rendered_cannot_be_filled_in(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy form")
    view = await lena.modal()
    with pytest.raises(DriverError, match="0 fields are called 'Colour'"):
        await lena.submit({"Colour": "red"})
    with pytest.raises(DriverError, match="no such element"):
        await workspace.control("as/lena/submit", {"view_id": view.id, "values": {"colour": {"value": "red"}}})
    with pytest.raises(DriverError, match="not offered"):
        await lena.submit({"Kind": "Wizard"})
    with pytest.raises(DriverError, match="not the one in front"):
        await workspace.control("as/carl/submit", {"view_id": view.id, "values": {}})


async def test_a_button_in_a_form_can_push_another_form(workspace: Workspace, toy: Any, client: AsyncWebClient) -> None:
    button = {"type": "button", "action_id": "deeper", "text": {"type": "plain_text", "text": "Deeper"}}

    async def deeper(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_push(
            trigger_id=body["trigger_id"], view=toy.make_form(title={"type": "plain_text", "text": "Second"})
        )

    toy.app.action("deeper")(deeper)
    toy.form = lambda: toy.make_form(blocks=[*toy.make_form()["blocks"], {"type": "actions", "elements": [button]}])
    lena = workspace.user("lena")
    await lena.command("/toy form")
    below = await lena.modal("A form")
    await lena.click("Deeper")
    above = await lena.modal("Second")
    assert (above.body["previous_view_id"], above.body["root_view_id"]) == (below.id, below.id)
    [click] = await workspace.deliveries("block_actions")
    assert click["payload"]["container"] == {"type": "view", "view_id": below.id}
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=click["payload"]["trigger_id"], view=toy.make_form())


async def test_a_push_needs_a_form_below(workspace: Workspace, toy: Any, client: AsyncWebClient) -> None:
    await workspace.user("lena").command("/toy go")
    [command] = await workspace.deliveries("slash_commands")
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_push(trigger_id=command["payload"]["trigger_id"], view=toy.make_form())


async def test_home_updates_with_an_old_hash_are_conflicts(
    workspace: Workspace, client: AsyncWebClient, make_card: Any
) -> None:
    view = {"type": "home", "blocks": make_card("One")}
    first = (await client.views_publish(user_id="U0LENA", view=view))["view"]
    second = (await client.views_publish(user_id="U0LENA", view=view, hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id="U0LENA", view=view, hash=first["hash"])
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.views_publish(user_id="U0NOBODY", view=view)


async def test_an_external_select_asks_the_app_for_its_options(workspace: Workspace, toy: Any) -> None:
    found = [{"text": {"type": "plain_text", "text": "Northwind"}, "value": "nw"}]

    async def offer(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=found if body["value"] == "north" else [])

    toy.app.options("company")(offer)
    select = {"type": "external_select", "action_id": "company", "min_query_length": 1}
    block = {"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "Company"}, "element": select}
    toy.form = lambda: toy.make_form(blocks=[block])
    lena = workspace.user("lena")
    await lena.command("/toy form")
    view = await lena.modal()
    question = {"view_id": view.id, "block_id": "b", "action_id": "company", "query": "north"}
    assert (await workspace.control("as/lena/options", question))["options"] == found


async def test_a_response_url_that_was_never_given_leads_nowhere(workspace: Workspace) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.base_url}/response/made-up", json={"text": "x"}) as answer,
    ):
        assert (answer.status, await answer.text()) == (404, "expired_url")


async def test_an_answer_for_everybody_says_so(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy say hello")
    [command] = await workspace.deliveries("slash_commands")
    answer = {"text": "For all", "response_type": "in_channel"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(command["payload"]["response_url"], json=answer) as said,
    ):
        assert said.status == 200
    assert not (await workspace.user("carl").message(CHANNEL, "For all")).ephemeral


async def test_a_select_can_start_with_the_conversation_in_which_the_form_was_opened(
    workspace: Workspace, toy: Any
) -> None:
    select = {"type": "conversations_select", "action_id": "value", "default_to_current_conversation": True}
    block = {"type": "input", "block_id": "where", "label": {"type": "plain_text", "text": "Where"}, "element": select}
    toy.form = lambda: toy.make_form(blocks=[block], callback_id="placed")
    toy.app.view("placed")(toy.acknowledge)
    lena = workspace.user("lena")
    await lena.command("/toy form", channel="general")
    assert "Where: [#general v]" in (await lena.modal()).text
    await lena.submit({})
    [submission] = await workspace.deliveries("view_submission")
    assert submission["payload"]["view"]["state"]["values"]["where"]["value"]["selected_conversation"] == "C0GENERAL"
