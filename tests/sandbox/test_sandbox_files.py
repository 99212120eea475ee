"""Files: the three-call upload, downloads with and without permission, files of people and in forms."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import DriverError, SubmissionRefused, Workspace

CHANNEL = "dip-onboarding"


async def fetched(url: str, token: str | None) -> tuple[str, bytes]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.content_type, await answer.read()


async def test_the_app_uploads_in_three_calls_into_a_thread(workspace: Workspace, client: AsyncWebClient) -> None:
    parent = await workspace.user("lena").post(CHANNEL, "The record, please")
    uploaded = await client.files_upload_v2(
        filename="record.csv", content="a,b\n1,2\n", channel="C0ONBOARDING", thread_ts=parent.ts, initial_comment="Here"
    )
    reply = await workspace.message(parent.thread, "record.csv")
    assert reply.body["files"][0]["id"] == uploaded["file"]["id"]


async def test_a_shared_file_is_told_found_and_downloaded_with_the_token(
    workspace: Workspace, toy: Any, client: AsyncWebClient
) -> None:
    parent = await workspace.user("carl").post(CHANNEL, "My request")
    file_id = await workspace.user("carl").upload("site.csr", b"-----BEGIN", to=parent.thread)

    async def told() -> list[dict[str, Any]]:
        return await workspace.deliveries("file_shared")

    [event] = await workspace.wait_until(told, "file_shared")
    assert event["payload"]["event"] | {"event_ts": ""} == {
        "type": "file_shared",
        "file_id": file_id,
        "user_id": "U0CARL",
        "file": {"id": file_id},
        "channel_id": "C0ONBOARDING",
        "event_ts": "",
    }
    file = (await client.files_info(file=file_id))["file"]
    assert file["shares"]["public"]["C0ONBOARDING"][0]["thread_ts"] == parent.ts
    assert await fetched(file["url_private_download"], workspace.bot_token) == (
        "application/octet-stream",
        b"-----BEGIN",
    )


async def test_without_token_or_scope_a_download_is_a_login_page(workspace: Workspace, client: AsyncWebClient) -> None:
    file_id = await workspace.user("carl").upload("site.csr", b"-----BEGIN", to=CHANNEL)
    url = (await client.files_info(file=file_id))["file"]["url_private_download"]
    assert (await fetched(url, None))[0] == "text/html"
    assert (await fetched(url, workspace.app_token))[0] == "text/html"
    await workspace.control("app/scopes", {"remove": ["files:read"]})
    assert (await fetched(url, workspace.bot_token))[0] == "text/html"


async def test_a_file_in_a_channel_without_the_app_is_not_found(workspace: Workspace, client: AsyncWebClient) -> None:
    file_id = await workspace.user("carl").upload("own.txt", b"x", to="general")
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=file_id)


async def test_a_form_takes_files_of_its_kinds_only(workspace: Workspace, toy: Any, client: AsyncWebClient) -> None:
    element = {"type": "file_input", "action_id": "value", "filetypes": ["csr"], "max_files": 1}
    block = {
        "type": "input",
        "block_id": "file",
        "label": {"type": "plain_text", "text": "Request"},
        "element": element,
    }
    toy.form = lambda: toy.make_form(callback_id="other", blocks=[block])
    lena = workspace.user("lena")
    await lena.command("/toy form")
    await lena.modal("A form")
    with pytest.raises(DriverError, match="takes csr files"):
        await lena.submit({"Request": ("site.pdf", b"x")})
    with pytest.raises(SubmissionRefused, match="1 at most"):
        await lena.submit({"Request": [("a.csr", b"x"), ("b.csr", b"x")]})
    with pytest.raises(SubmissionRefused, match="required"):
        await lena.submit({})


async def test_a_file_with_an_odd_name_is_downloaded_all_the_same(workspace: Workspace, client: AsyncWebClient) -> None:
    file_id = await workspace.user("carl").upload("a b?c#%2e.csr", b"x", to=CHANNEL)
    url = (await client.files_info(file=file_id))["file"]["url_private_download"]
    assert await fetched(url, workspace.bot_token) == ("application/octet-stream", b"x")


async def test_an_upload_of_another_length_than_announced_is_refused(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": ticket["file_id"], "title": "a"}])
