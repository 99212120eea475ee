"""The few Slack calls that answer somebody at once. What is promised to anybody goes through the outbox (`delivery`)."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.ports import Rendered

_USED = "exchanged_trigger_id"


class SlackCalls:
    """Implements `handlers.ports.Slack` over the Web API."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def whisper(self, channel: str, person: str, message: Rendered, thread: str | None = None) -> None:
        """To one person alone where they are: an ephemeral message, or a direct one in their own conversation with us."""
        if channel.startswith("D"):
            await self._client.chat_postMessage(
                channel=channel, text=message.text, blocks=message.blocks, unfurl_links=False, unfurl_media=False
            )
            return
        await self._client.chat_postEphemeral(
            channel=channel, user=person, text=message.text, blocks=message.blocks, thread_ts=thread
        )

    async def tell_privately(self, person: str, message: Rendered) -> None:
        opened = await self._client.conversations_open(users=person)
        await self._client.chat_postMessage(
            channel=str(opened["channel"]["id"]),
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
        )

    async def send_file(self, person: str, name: str, text: str, about: str) -> bool:
        """By direct message; False where the app lacks `files:write`, which is not asked for by default."""
        opened = await self._client.conversations_open(users=person)
        try:
            await self._client.files_upload_v2(
                channel=str(opened["channel"]["id"]),
                filename=name,
                title=name,
                content=text.encode(),
                initial_comment=about,
            )
        except SlackApiError as error:
            if error.response.get("error") != "missing_scope":
                raise
            return False
        return True

    async def respond(self, response_url: str, message: Rendered) -> None:
        """Uses the response_url of a command: up to five times in 30 minutes."""
        webhook = AsyncWebhookClient(response_url, proxy=self._client.proxy, ssl=self._client.ssl)
        await webhook.send(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False)

    async def open_view(self, trigger: str, view: Mapping[str, Any]) -> str:
        """The view's id; empty where the same click, delivered again, has opened its form already."""
        try:
            opened = await self._client.views_open(trigger_id=trigger, view=dict(view))
        except SlackApiError as error:
            if error.response.get("error") != _USED:
                raise
            return ""
        return str(opened["view"]["id"])

    async def push_view(self, trigger: str, view: Mapping[str, Any]) -> str:
        """As `open_view`, over the form in front."""
        try:
            pushed = await self._client.views_push(trigger_id=trigger, view=dict(view))
        except SlackApiError as error:
            if error.response.get("error") != _USED:
                raise
            return ""
        return str(pushed["view"]["id"])

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        await self._client.views_update(view_id=view_id, view=dict(view))

    async def publish_home(self, person: str, view: Mapping[str, Any]) -> None:
        await self._client.views_publish(user_id=person, view=dict(view))
