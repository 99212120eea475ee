"""The whole path of a click, a command, a form and a mention, through a real Bolt app over Socket Mode."""

from typing import Any

import pytest

from sandbox.driver import DriverError, NotAcknowledged, SubmissionRefused, Workspace

CHANNEL = "dip-onboarding"


async def test_a_command_posts_a_card_whose_button_can_be_pressed(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy go")
    card = await workspace.message(CHANNEL, "A *card*")
    assert card.buttons == ["Press", "Form"]
    await lena.click("Press", in_=card)
    await workspace.message(CHANNEL, "Pressed by @lena")
    await workspace.message(card.thread, "In the thread")
    assert not await workspace.problems()
    assert await workspace.transcript(card.thread) == "@toy\n  Pressed by @lena\n\n@toy\n  In the thread\n"


async def test_a_form_opens_keeps_its_errors_and_closes_when_it_is_right(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy form")
    view = await lena.modal("A form")
    assert view.labels == ["Company name", "Who", "Kind"]
    with pytest.raises(SubmissionRefused) as refused:
        await lena.submit({"Company name": "taken"})
    assert refused.value.errors == {"Company name": "That company is here already."}
    await lena.submit({"Company name": "Northwind", "Who": "carl", "Kind": "Supplier"})
    await lena.no_modal()
    await workspace.message(CHANNEL, "Started Northwind")
    [_, submission] = await workspace.deliveries("view_submission")
    values = submission["payload"]["view"]["state"]["values"]
    assert values["who"]["value"] == {"type": "users_select", "selected_user": "U0CARL"}
    assert values["kind"]["value"]["selected_option"]["value"] == "s"
    assert submission["payload"]["view"]["private_metadata"] == "kept"


async def test_a_mention_in_a_thread_is_answered_in_that_thread(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    parent = await lena.post(CHANNEL, "Let us begin")
    await lena.mention("status", thread=parent)
    await workspace.message(parent.thread, "You called?")
    [mention] = await workspace.deliveries("app_mention")
    assert mention["payload"]["event"]["thread_ts"] == parent.ts
    assert "trigger_id" not in mention["payload"]["event"]


async def test_an_answer_in_the_acknowledgement_is_seen_by_the_asker_alone(workspace: Workspace, toy: Any) -> None:
    lena, carl = workspace.user("lena"), workspace.user("carl")
    await lena.command("/toy say hello")
    assert (await lena.message(CHANNEL, "Only for you")).ephemeral
    assert not [message for message in await carl.sees(CHANNEL) if "Only for you" in message.text]


async def test_an_app_that_does_not_acknowledge_makes_the_command_fail(workspace: Workspace, toy: Any) -> None:
    with pytest.raises(NotAcknowledged, match="operation_timeout"):
        await workspace.user("lena").command("/toy silent")


async def test_without_a_connected_app_the_command_fails_at_once(workspace: Workspace) -> None:
    with pytest.raises(NotAcknowledged, match="dispatch_failed"):
        await workspace.user("lena").command("/toy go")


async def test_only_what_is_rendered_can_be_pressed(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    await lena.command("/toy go")
    card = await workspace.message(CHANNEL, "A *card*")
    with pytest.raises(DriverError, match="Waited in vain"):
        await lena.click("Launch", in_=card, patience=0.05)
    with pytest.raises(DriverError, match="no such element"):
        await workspace.control(
            "as/lena/click", {"channel": card.channel, "ts": card.ts, "block_id": "made-up", "action_id": "made-up"}
        )


async def test_the_home_tab_is_published_when_it_is_opened_and_can_be_pressed(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    home = await lena.home("Your work")
    assert home.buttons == ["Begin"]
    await lena.click("Begin", in_="home")
    [click] = await workspace.deliveries("block_actions")
    assert click["payload"]["view"]["type"] == "home"


async def test_slash_commands_are_refused_in_threads(workspace: Workspace, toy: Any) -> None:
    parent = await workspace.user("lena").post(CHANNEL, "Here")
    with pytest.raises(DriverError, match="in threads"):
        await workspace.control("as/lena/command", {"channel": CHANNEL, "text": "/toy go", "thread": parent.ts})


async def test_shortcuts_bring_the_message_along(workspace: Workspace, toy: Any) -> None:
    lena = workspace.user("lena")
    said = await lena.post(CHANNEL, "Look at this")
    await lena.shortcut("toy_message", said)
    await lena.modal("A form")
    await lena.close_modal()
    await lena.no_modal()
    await lena.shortcut("toy_global")
    await lena.modal("A form")
    [with_message] = await workspace.deliveries("message_action")
    assert with_message["payload"]["message"]["text"] == "Look at this"
