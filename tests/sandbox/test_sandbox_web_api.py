"""The Web API as the real client sees it: what it gives, and the errors that Slack gives."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import Workspace

CHANNEL = "C0ONBOARDING"


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_auth_test_names_team_and_bot(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team"], answer["bot_id"]) == ("Northwind demo", "B0DIPPER")


@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"channel": "C0GENERAL"}, "not_in_channel"),
        ({"text": ""}, "no_text"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_a_post_that_cannot_be_gets_slacks_error(
    client: AsyncWebClient, change: dict[str, Any], error: str
) -> None:
    assert await error_of(client.chat_postMessage(**{"channel": CHANNEL, "text": "Hello", **change})) == error


async def test_a_private_channel_without_the_app_does_not_exist_for_it(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    hidden = await workspace.new_channel("hidden", "carl", private=True, app=False)
    assert await error_of(client.conversations_info(channel=hidden)) == "channel_not_found"
    await workspace.control("as/carl/command", {"channel": hidden, "text": "/invite @toy"})
    assert (await client.conversations_info(channel=hidden))["channel"]["is_private"]


async def test_an_archived_channel_takes_no_messages(workspace: Workspace, client: AsyncWebClient) -> None:
    await workspace.change_channel("dip-onboarding", archived=True)
    assert await error_of(client.chat_postMessage(channel=CHANNEL, text="Hello")) == "is_archived"


async def test_only_own_messages_can_be_updated_and_deleted(workspace: Workspace, client: AsyncWebClient) -> None:
    theirs = await workspace.user("lena").post("dip-onboarding", "Mine")
    assert await error_of(client.chat_update(channel=CHANNEL, ts=theirs.ts, text="No")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=CHANNEL, ts=theirs.ts)) == "cant_delete_message"
    own = await client.chat_postMessage(channel=CHANNEL, text="First")
    await client.chat_update(channel=CHANNEL, ts=own["ts"], text="Second")
    shown = await workspace.message("dip-onboarding", "Second")
    assert shown.body["history"] == [{"text": "First", "blocks": []}]
    await client.chat_delete(channel=CHANNEL, ts=own["ts"])
    assert await error_of(client.chat_update(channel=CHANNEL, ts=own["ts"], text="No")) == "message_not_found"


async def test_a_deleted_parent_leaves_a_tombstone_over_its_replies(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    parent = await client.chat_postMessage(channel=CHANNEL, text="Card")
    await client.chat_postMessage(channel=CHANNEL, text="Reply", thread_ts=parent["ts"])
    await client.chat_delete(channel=CHANNEL, ts=parent["ts"])
    [stone, reply] = await workspace.thread_messages((await workspace.message("dip-onboarding", "was deleted")).thread)
    assert (stone.body["subtype"], reply.body["text"]) == ("tombstone", "Reply")
    assert await error_of(client.chat_update(channel=CHANNEL, ts=parent["ts"], text="x")) == "message_not_found"


async def test_methods_that_nobody_offers_are_unknown(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("reactions.add")) == "unknown_method"
    assert await error_of(client.api_call("files.upload")) == "unknown_method"


async def test_tokens_are_told_apart(workspace: Workspace, client: AsyncWebClient) -> None:
    assert await error_of(client.auth_test(token="xoxb-wrong")) == "invalid_auth"
    assert await error_of(client.auth_test(token=workspace.app_token)) == "not_allowed_token_type"
    assert await error_of(client.apps_connections_open(app_token=workspace.bot_token)) == "not_allowed_token_type"
    await workspace.control("app/revoke", {})
    assert await error_of(client.auth_test()) == "token_revoked"
    await workspace.control("app/restore", {})
    assert (await client.auth_test())["ok"]


async def test_a_missing_scope_is_named(workspace: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel=CHANNEL)
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")
    assert "chat:write" in answer["provided"]
    await workspace.control("app/scopes", {"add": ["channels:history"], "remove": ["users:read"]})
    assert (await client.conversations_history(channel=CHANNEL))["ok"]
    assert await error_of(client.users_info(user="U0LENA")) == "missing_scope"


async def test_metadata_comes_back_from_history_only_when_it_is_asked_for(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await workspace.control("app/scopes", {"add": ["channels:history"]})
    metadata = {"event_type": "sent", "event_payload": {"id": "7"}}
    sent = await client.chat_postMessage(channel=CHANNEL, text="Here", metadata=metadata)
    bare = await client.conversations_replies(channel=CHANNEL, ts=sent["ts"])
    assert "metadata" not in bare["messages"][0]
    full = await client.conversations_replies(channel=CHANNEL, ts=sent["ts"], include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata


async def test_history_is_newest_first_and_comes_in_pages(workspace: Workspace, client: AsyncWebClient) -> None:
    await workspace.control("app/scopes", {"add": ["channels:history"]})
    for number in range(5):
        await client.chat_postMessage(channel=CHANNEL, text=f"Number {number}")
    first = await client.conversations_history(channel=CHANNEL, limit=3)
    assert [message["text"] for message in first["messages"]] == ["Number 4", "Number 3", "Number 2"]
    rest = await client.conversations_history(
        channel=CHANNEL, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [message["text"] for message in rest["messages"]][:2] == ["Number 1", "Number 0"]


async def test_an_email_address_is_shown_only_with_its_scope(workspace: Workspace, client: AsyncWebClient) -> None:
    user = (await client.users_info(user="U0LENA"))["user"]
    assert (user["tz"], "email" in user["profile"]) == ("Europe/London", False)
    await workspace.control("app/scopes", {"add": ["users:read.email"]})
    assert (await client.users_info(user="U0LENA"))["user"]["profile"]["email"] == "lena@northwind.example"


async def test_guests_and_deactivated_people_are_marked(workspace: Workspace, client: AsyncWebClient) -> None:
    assert (await client.users_info(user="U0DORA"))["user"]["is_stranger"]
    await workspace.change_user("carl", deleted=True)
    assert (await client.users_info(user="U0CARL"))["user"]["deleted"]
    assert await error_of(client.conversations_open(users="U0CARL")) == "user_disabled"
    assert "U0CARL" not in (await client.conversations_members(channel=CHANNEL))["members"]


async def test_an_ephemeral_is_for_one_member_and_no_history_shows_it(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await workspace.control("app/scopes", {"add": ["channels:history"]})
    sent = await client.chat_postEphemeral(channel=CHANNEL, user="U0LENA", text="Psst")
    assert (await workspace.user("lena").message("dip-onboarding", "Psst")).ephemeral
    texts = [message["text"] for message in (await client.conversations_history(channel=CHANNEL))["messages"]]
    assert "Psst" not in texts
    assert await error_of(client.chat_update(channel=CHANNEL, ts=sent["message_ts"], text="x")) == "message_not_found"
    assert (
        await error_of(client.chat_postEphemeral(channel=CHANNEL, user="U0NIA", text="Psst")) == "user_not_in_channel"
    )


async def test_a_direct_message_is_opened_once_and_posted_in(workspace: Workspace, client: AsyncWebClient) -> None:
    first = (await client.conversations_open(users="U0LENA"))["channel"]["id"]
    assert (await client.conversations_open(users="U0LENA"))["channel"]["id"] == first
    await client.chat_postMessage(channel=first, text="For you alone")
    assert (await workspace.user("lena").direct_message("For you alone")).channel == first
    assert await error_of(client.conversations_open(users="U0LENA,U0CARL")) == "missing_scope"


async def test_a_permalink_leads_to_the_message(client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="Here")
    link = (await client.chat_getPermalink(channel=CHANNEL, message_ts=sent["ts"]))["permalink"]
    assert link.endswith(f"/archives/{CHANNEL}/p{sent['ts'].replace('.', '')}")


@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
async def test_problems_and_warnings_are_recorded_for_tests(workspace: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=CHANNEL, blocks=[{"type": "divider"}])
    assert [warning for warning in await workspace.warnings() if "missing_text" in warning]
    assert await workspace.problems() == []
    await error_of(client.chat_postMessage(channel=CHANNEL, text="t", blocks=[{"type": "plan"}]))
    assert await workspace.problems() == ["chat.postMessage: unsupported type: plan [json-pointer:/blocks/0/type]"]


async def test_text_beyond_forty_thousand_characters_is_cut(workspace: Workspace, client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x" * 40_001)
    assert len(sent["message"]["text"]) == 40_000
    assert [warning for warning in await workspace.warnings() if "message_truncated" in warning]


async def test_members_come_in_pages(client: AsyncWebClient) -> None:
    first = await client.conversations_members(channel=CHANNEL, limit=3)
    rest = await client.conversations_members(channel=CHANNEL, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) == 3
    assert len({*first["members"], *rest["members"]}) == 8
    assert rest["response_metadata"]["next_cursor"] == ""
    assert await error_of(client.conversations_members(channel=CHANNEL, cursor="made up")) == "invalid_cursor"


async def test_bots_info_knows_the_one_bot(client: AsyncWebClient) -> None:
    assert (await client.bots_info(bot="B0DIPPER"))["bot"]["user_id"] == "U0DIPPER"
    assert await error_of(client.bots_info(bot="B0OTHER")) == "bot_not_found"


async def test_a_user_id_in_place_of_a_channel_means_the_direct_message(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    sent = await client.chat_postMessage(channel="U0LENA", text="Psst")
    assert sent["channel"].startswith("D")
    assert (await workspace.user("lena").direct_message("Psst")).channel == sent["channel"]
    await workspace.change_user("carl", deleted=True)
    assert await error_of(client.chat_postMessage(channel="U0CARL", text="Psst")) == "user_is_disabled"


async def test_a_reply_to_a_reply_lands_in_its_thread_and_can_be_broadcast(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    parent = await client.chat_postMessage(channel=CHANNEL, text="Card")
    reply = await client.chat_postMessage(channel=CHANNEL, text="One", thread_ts=parent["ts"])
    await client.chat_postMessage(channel=CHANNEL, text="Two", thread_ts=reply["ts"], reply_broadcast=True)
    card = await workspace.message("dip-onboarding", "Card")
    assert card.body["reply_count"] == 2
    assert [message.body["text"] for message in await workspace.thread_messages(card.thread)] == ["Card", "One", "Two"]
    assert (await workspace.messages("dip-onboarding"))[-1].body["text"] == "Two"


async def test_links_in_a_post_are_warned_of_unless_previews_are_off(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(
        channel=CHANNEL, text="See https://docs.example", unfurl_links=False, unfurl_media=False
    )
    assert await workspace.warnings() == []
    await client.chat_postMessage(channel=CHANNEL, text="See https://docs.example")
    assert [warning for warning in await workspace.warnings() if "unfurl" in warning]


async def test_an_ephemeral_in_a_thread_without_replies_is_warned_of_since_nobody_would_see_it(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    card = await client.chat_postMessage(channel=CHANNEL, text="Card")

    async def whisper() -> list[str]:
        await client.chat_postEphemeral(channel=CHANNEL, user="U0LENA", text="Psst", thread_ts=str(card["ts"]))
        return await workspace.warnings()

    assert ["idle_thread" in warning for warning in await whisper()] == [True]
    await client.chat_postMessage(channel=CHANNEL, text="Reply", thread_ts=str(card["ts"]))
    assert len(await whisper()) == 1


async def test_a_channel_is_described_with_its_state(workspace: Workspace, client: AsyncWebClient) -> None:
    await workspace.change_channel("dip-onboarding", shared=True)
    channel = (await client.conversations_info(channel=CHANNEL, include_num_members=True))["channel"]
    assert (channel["is_ext_shared"], channel["is_member"], channel["is_archived"]) == (True, True, False)
    assert channel["num_members"] == 8
    lena = (await client.conversations_open(users="U0LENA", return_im=True))["channel"]
    assert (lena["is_im"], lena["user"]) == (True, "U0LENA")
