"""A browser, a workspace and a small Bolt app that shows every kind of block and input, for driving the page as people do."""

import json
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import Workspace

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHANNEL = "C0ONBOARDING"
LONG_AGO = 1700000000  # 14 November 2023, 22:13:20 UTC
TOKEN = "_globalsign-domain-verification=8gqZ0aBcDeFgHiJkLmNoPqRsTuVwXyZ4HYT"
MANIFEST = {
    "display_information": {"name": "Guide"},
    "features": {
        "bot_user": {"display_name": "guide"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        "slash_commands": [
            {"command": "/guide", "description": "Start and ask", "usage_hint": "start | card", "should_escape": True}
        ],
        "shortcuts": [
            {"name": "Check this", "type": "message", "callback_id": "check", "description": "Looks at a message"},
            {"name": "Start a guide", "type": "global", "callback_id": "start", "description": "Opens the form"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["commands", "chat:write", "app_mentions:read", "users:read", "channels:read", "im:write"]}
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention", "app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def markdown(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(label: str, value: str, description: str | None = None) -> dict[str, Any]:
    return {
        "text": plain(label),
        "value": value,
        **({"description": plain(description)} if description else {}),
    }


def button(label: str, action: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(label), "action_id": action, "value": label, **more}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def words(*elements: Any) -> dict[str, Any]:
    return {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": e} if isinstance(e, str) else e for e in elements],
    }


def bold(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "style": {"bold": True}}


def card(now: int) -> list[dict[str, Any]]:
    """One message with every kind of block that a message may hold."""
    return [
        {"type": "header", "text": plain("DIP onboarding: Northwind Energy Ltd, UIT")},
        {
            "type": "section",
            "text": markdown("Step 5 of 8: *Domain verification*, 4 done &amp; `NW-7F3K`. Waiting for <@U0DORA>."),
            "accessory": {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Status for me", "status"), option("Blocked", "blocked")],
            },
        },
        {
            "type": "section",
            "fields": [
                markdown(f"*Since*\n<!date^{now}^{{date_short_pretty}} at {{time}}|some time>"),
                markdown("*Next by itself*\nI look for the record every 10 minutes"),
            ],
        },
        rich(
            words(
                {"type": "user", "user_id": "U0DORA"}, ", ", bold("please add one DNS record to northwind.example"), "."
            ),
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 0,
                "elements": [
                    words("Zone: northwind.example"),
                    words("Name: ", {"type": "text", "text": "@", "style": {"code": True}}, ", the domain itself"),
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 1,
                "elements": [words("some panels want it empty")],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": TOKEN}]},
            {
                "type": "rich_text_quote",
                "elements": [
                    {"type": "text", "text": "Keep it after success. "},
                    {"type": "link", "url": "https://elexon.example/step-5", "text": "Elexon, Step 5"},
                    {"type": "text", "text": " by "},
                    {
                        "type": "date",
                        "timestamp": now,
                        "format": "{date_long} {time}",
                        "fallback": "a date",
                    },
                    {"type": "emoji", "name": "white_check_mark"},
                ],
            },
        ),
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": "Server"}, {"type": "raw_text", "text": "Serial"}],
                [{"type": "raw_text", "text": "ns1.dns.example"}, {"type": "raw_text", "text": "2026112402"}],
            ],
        },
        {"type": "divider"},
        {
            "type": "actions",
            "block_id": "buttons",
            "elements": [
                button("I have added it", "tick", style="primary"),
                button("Check now", "check_now"),
                button(
                    "Close onboarding",
                    "close",
                    style="danger",
                    confirm={
                        "title": plain("Close it?"),
                        "text": plain("Reminders stop."),
                        "confirm": plain("Close onboarding"),
                        "deny": plain("Keep it"),
                        "style": "danger",
                    },
                ),
                {
                    "type": "static_select",
                    "action_id": "wait",
                    "placeholder": plain("Waiting on…"),
                    "options": [option("DNS contact", "dns"), option("GlobalSign", "globalsign")],
                },
            ],
        },
        {
            "type": "context",
            "elements": [markdown("Sources: Elexon, Step 5 · <https://elexon.example/|GlobalSign>")],
        },
    ]


def kit() -> list[dict[str, Any]]:
    """What can be chosen in a message beside buttons."""
    choices = [option("One", "1"), option("Two", "2")]
    return [
        {
            "type": "actions",
            "block_id": "kit",
            "elements": [
                {"type": "datepicker", "action_id": "pick_date", "initial_date": "2026-11-24"},
                {"type": "radio_buttons", "action_id": "pick_radio", "options": choices},
                {"type": "checkboxes", "action_id": "pick_boxes", "options": choices},
                {"type": "users_select", "action_id": "pick_user", "placeholder": plain("Someone else")},
            ],
        },
        {"type": "image", "image_url": "https://pictures.example/map.png", "alt_text": "The eight steps as a map"},
    ]


def field(block: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block, "label": plain(label), "element": element | {"action_id": "v"}, **more}


def form(title: str = "Start an onboarding") -> dict[str, Any]:
    """A modal with every kind of input."""
    environments = [option("UIT", "uit", "The test environment"), option("Production", "production")]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Start"),
        "close": plain("Not now"),
        "notify_on_close": True,
        "blocks": [
            field("company", "Company name", {"type": "plain_text_input", "max_length": 40, "focus_on_load": True}),
            field("environment", "Environment", {"type": "radio_buttons", "options": environments}),
            field(
                "kind",
                "Participant type",
                {"type": "static_select", "options": [option("Active MP", "mp"), option("DCP", "dcp")]},
                hint=plain("As in the access agreement"),
            ),
            field("lead", "Lead", {"type": "users_select", "initial_user": "U0LENA"}),
            field("helpers", "Helpers", {"type": "multi_users_select"}, optional=True),
            field(
                "done",
                "Done already",
                {"type": "checkboxes", "options": [option("Access", "1"), option("Users", "2")]},
                optional=True,
            ),
            field("date", "Since", {"type": "datepicker"}, optional=True),
            field("at", "Call at", {"type": "datetimepicker"}, optional=True),
            field("notes", "Notes", {"type": "plain_text_input", "multiline": True}, optional=True),
            field("mail", "E-mail", {"type": "email_text_input"}, optional=True),
            field("file", "CSR", {"type": "file_input", "filetypes": ["csr", "pem"], "max_files": 1}, optional=True),
            {
                "type": "actions",
                "block_id": "inside",
                "elements": [
                    button("Preview", "preview"),
                    button("Another page", "another"),
                    {"type": "external_select", "action_id": "pick_external", "placeholder": plain("Ask the app")},
                ],
            },
        ],
    }


class Guide:
    """The app: `heard` keeps what it was told, in order."""

    def __init__(self, workspace: Workspace) -> None:
        client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.base_url}/api/")
        self.client = client
        self.heard: list[dict[str, Any]] = []
        self.app = AsyncApp(client=client, signing_secret=workspace.signing_secret, process_before_response=True)
        self.app.use(self._note)
        self.app.command("/guide")(self._command)
        self.app.action({"action_id": "another"})(self._push)
        self.app.action({"action_id": "begin"})(self._open)
        self.app.action(re.compile("^pick_"))(self._fine)
        self.app.options("pick_external")(self._options)
        for name in ("tick", "check_now", "close", "more", "wait", "preview"):
            self.app.action(name)(self._pressed)
        self.app.view("form")(self._submitted)
        self.app.view_closed("form")(self._fine)
        self.app.event("app_mention")(self._mentioned)
        self.app.event("app_home_opened")(self._home)
        self.app.shortcut("check")(self._open)
        self.app.shortcut("start")(self._open)

    async def _note(self, body: dict[str, Any], next: Any) -> None:  # Bolt hands it in by this name
        self.heard.append(body)
        await next()

    async def _fine(self, ack: Any) -> None:
        await ack()

    async def _options(self, ack: Any) -> None:
        await ack(options=[option("From the app", "app")])

    async def _open(self, ack: Any, body: dict[str, Any]) -> None:
        await self.client.views_open(trigger_id=body["trigger_id"], view=form())
        await ack()

    async def _push(self, ack: Any, body: dict[str, Any]) -> None:
        await self.client.views_push(trigger_id=body["trigger_id"], view=form("Another page"))
        await ack()

    async def _command(self, ack: Any, body: dict[str, Any]) -> None:
        if body["text"] == "start":
            await self._open(ack, body)
        elif body["text"].startswith("card"):
            await ack()
            await self.client.chat_postMessage(
                channel=body["channel_id"], text="Step 5 waits for Dora", blocks=card(LONG_AGO)
            )
        elif body["text"] == "kit":
            await ack()
            await self.client.chat_postMessage(channel=body["channel_id"], text="A kit", blocks=kit())
        else:
            await ack(text=f"Nothing is called `{body['text']}` here.")

    async def _pressed(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        [action] = body["actions"]
        message = body.get("message")
        if message is None:
            return
        chosen = action.get("selected_option", {}).get("value") or action["action_id"]
        if action["action_id"] == "tick":
            await self.client.chat_update(
                channel=body["channel"]["id"],
                ts=message["ts"],
                text="Done",
                blocks=[
                    {"type": "section", "text": markdown(f"*Domain verification*: done by <@{body['user']['id']}>")},
                    {"type": "actions", "elements": [button("Check now", "check_now")]},
                ],
            )
            await self.client.chat_postMessage(
                channel=body["channel"]["id"],
                thread_ts=message["ts"],
                text="Thank you, <@U0DORA>. <@U0CARL>, your turn.",
            )
        else:
            await respond(text=f"You chose {chosen}", response_type="ephemeral", replace_original=False)

    async def _submitted(self, ack: Any, body: dict[str, Any]) -> None:
        values = body["view"]["state"]["values"]
        company = values["company"]["v"]["value"]
        if company == "Taken":
            await ack(response_action="errors", errors={"company": "Taken has an onboarding here already."})
        else:
            await ack()
            await self.client.chat_postMessage(channel=CHANNEL, text=f"Started *{company}*")

    async def _mentioned(self, event: dict[str, Any]) -> None:
        await self.client.chat_postMessage(
            channel=event["channel"],
            thread_ts=event.get("thread_ts") or event["ts"],
            text="Step 5 waits for <@U0DORA>.",
        )

    async def _home(self, event: dict[str, Any]) -> None:
        blocks = [
            {"type": "header", "text": plain("Your work")},
            {
                "type": "section",
                "text": markdown("*Northwind (UIT)*: Submit in the portal"),
                "accessory": button("Open", "begin"),
            },
        ]
        await self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    manifest = tmp_path / "app.yaml"
    manifest.write_text(json.dumps(MANIFEST))
    async with await Workspace.start(tmp_path, manifest=manifest) as running:
        yield running


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncIterator[Guide]:
    guide = Guide(workspace)
    handler = AsyncSocketModeHandler(guide.app, workspace.app_token)
    handler.client.web_client = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
    await handler.connect_async()
    await workspace.connected()
    try:
        yield guide
    finally:
        await handler.close_async()


@pytest_asyncio.fixture(loop_scope="session")
async def guide(workspace: Workspace) -> AsyncIterator[Guide]:
    async with connected(workspace) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        await running.close()


class Eyes:
    """Pages of the workspace; what the browser complains about fails the test at its end."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self._browser = browser
        self._base_url = base_url
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    async def open(self, path: str = "", *, width: int = 1280, height: int = 860, dark: bool = False) -> Page:
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(8000)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: self.complaints.append(f"{said.type}: {said.text}") if said.type == "error" else None,
        )
        await page.goto(f"{self._base_url}/{path}")
        return page

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def eyes(browser: Browser, workspace: Workspace) -> AsyncIterator[Eyes]:
    looking = Eyes(browser, workspace.base_url)
    yield looking
    await looking.close()
    assert looking.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def look_at(browser: Browser) -> Callable[[str], Eyes]:
    """Eyes on a workspace of the test's own, which also closes them."""
    return lambda base_url: Eyes(browser, base_url)


@pytest_asyncio.fixture(loop_scope="session")
async def page_for_words(eyes: Eyes) -> Page:
    return await eyes.open("#/lena/c/C0ONBOARDING")
