"""A small Bolt app that does a bit of everything, and a workspace for it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import Workspace

CHANNEL = "dip-onboarding"


def form(**more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "toy_form",
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "private_metadata": "kept",
        "blocks": [
            {
                "type": "input",
                "block_id": "company",
                "label": {"type": "plain_text", "text": "Company name"},
                "element": {"type": "plain_text_input", "action_id": "value", "max_length": 50},
            },
            {
                "type": "input",
                "block_id": "who",
                "optional": True,
                "label": {"type": "plain_text", "text": "Who"},
                "element": {"type": "users_select", "action_id": "value"},
            },
            {
                "type": "input",
                "block_id": "kind",
                "label": {"type": "plain_text", "text": "Kind"},
                "element": {
                    "type": "static_select",
                    "action_id": "value",
                    "options": [
                        {"text": {"type": "plain_text", "text": "Supplier"}, "value": "s"},
                        {"text": {"type": "plain_text", "text": "Agent"}, "value": "a"},
                    ],
                    "initial_option": {"text": {"type": "plain_text", "text": "Agent"}, "value": "a"},
                },
            },
        ],
        **more,
    }


def card(text: str, *labels: str) -> list[dict[str, Any]]:
    buttons = [
        {
            "type": "button",
            "action_id": f"press_{number}",
            "text": {"type": "plain_text", "text": label},
            "value": label,
        }
        for number, label in enumerate(labels)
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        *([{"type": "actions", "elements": buttons}] if buttons else []),
    ]


class Toy:
    """What the toy app was told, in order, and the app itself."""

    def __init__(self, app: AsyncApp) -> None:
        self.app = app
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.form = form
        self.make_form = form
        self.handler: Any = None
        app.use(self._note)
        app.command("/toy")(self.command)
        app.action(re.compile("^press_"))(self.pressed)
        app.view("toy_form")(self.submitted)
        app.view_closed("toy_form")(self.acknowledge)
        app.event("app_mention")(self.mentioned)
        app.event("app_home_opened")(self.home)
        app.event("file_shared")(self.nothing)
        app.event("member_joined_channel")(self.nothing)
        app.shortcut("toy_message")(self.shortcut)
        app.shortcut("toy_global")(self.shortcut)

    async def _note(self, body: dict[str, Any], next: Any) -> None:  # Bolt hands it in by this name
        self.heard.append((body.get("type") or "command", body))
        await next()

    async def command(self, ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        match body["text"].split(" ")[0]:
            case "form":
                await client.views_open(trigger_id=body["trigger_id"], view=self.form())
                await ack()
            case "say":
                await ack(text=f"Only for you: {body['text']}")
            case "respond":
                await ack()
                await respond(text="Later, only for you", blocks=card("Later", "Press me"))
            case "silent":
                return
            case _:
                await ack()
                await client.chat_postMessage(
                    channel=body["channel_id"], text="A card", blocks=card("A *card*", "Press", "Form")
                )

    async def pressed(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        [action] = body["actions"]
        if action.get("value") == "Form":
            await client.views_open(trigger_id=body["trigger_id"], view=self.form())
        elif body.get("message"):
            message, channel = body["message"], body["channel"]["id"]
            await client.chat_update(
                channel=channel, ts=message["ts"], text="Pressed", blocks=card(f"Pressed by <@{body['user']['id']}>")
            )
            await client.chat_postMessage(channel=channel, thread_ts=message["ts"], text="In the thread")

    async def submitted(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        company = body["view"]["state"]["values"]["company"]["value"]["value"]
        match company:
            case "taken":
                await ack(response_action="errors", errors={"company": "That company is here already."})
            case "push":
                await ack(response_action="push", view=self.form(title={"type": "plain_text", "text": "Second"}))
            case "update":
                await ack(response_action="update", view=self.form(title={"type": "plain_text", "text": "Other"}))
            case "clear":
                await ack(response_action="clear")
            case _:
                await ack()
                await client.chat_postMessage(channel="C0ONBOARDING", text=f"Started {company}")

    async def acknowledge(self, ack: Any) -> None:
        await ack()

    async def mentioned(self, event: dict[str, Any], say: Any) -> None:
        await say(text="You called?", thread_ts=event.get("thread_ts") or event["ts"])

    async def home(self, event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card("Your work", "Begin")})

    async def nothing(self) -> None:
        return

    async def shortcut(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=self.form())


def toy_app(workspace: Workspace) -> Toy:
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/")
    app = AsyncApp(client=client, signing_secret=workspace.signing_secret, process_before_response=True)
    return Toy(app)


@asynccontextmanager
async def connected_toy(workspace: Workspace) -> AsyncIterator[Toy]:
    """A toy over Socket Mode, ready to be told things."""
    toy = toy_app(workspace)
    handler = AsyncSocketModeHandler(toy.app, workspace.app_token)
    handler.client.web_client = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
    toy.handler = handler
    await handler.connect_async()
    await workspace.connected()
    try:
        yield toy
    finally:
        await handler.close_async()
        await asyncio.sleep(0)


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with await Workspace.start(tmp_path) as running:
        yield running


@pytest.fixture
async def toy(workspace: Workspace) -> AsyncIterator[Toy]:
    async with connected_toy(workspace) as running:
        yield running


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/")


@pytest.fixture
def run_toy() -> Any:
    return connected_toy


@pytest.fixture
def make_toy() -> Any:
    return toy_app


@pytest.fixture
def make_card() -> Any:
    return card
