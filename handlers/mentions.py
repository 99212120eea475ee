"""@dipper in a thread or channel: the same commands, since slash commands do not work in threads (Slack's limit).

What a mention changes is on disk before Slack is answered; if it is not, Slack delivers it again. A mention has no
trigger_id, so one that needs a form is answered with one button that opens it.
"""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from engine.pki.secrets import find_secret
from handlers.answers import reply_to
from handlers.parse import Typed, parse_mention
from handlers.ports import Office
from handlers.replies import Later, OpenForm, Reply, Show
from handlers.secrets import message_key, secret_seen


def register(app: AsyncApp, office: Office) -> None:
    @app.event("app_mention")
    async def mentioned(body: dict[str, Any]) -> None:
        typed = parse_mention(body)
        kind = find_secret(typed.raw)
        if kind is not None:
            key = message_key(typed.channel, str(body["event"].get("ts") or typed.key))
            await secret_seen(office, typed.team, typed.channel, typed.thread, typed.person, kind, typed.raw, key)
            return
        reply = await reply_to(office, typed)
        office.errands.run("answer a mention", _answer(office, typed, reply))


async def _answer(office: Office, typed: Typed, reply: Reply) -> None:
    match reply:
        case OpenForm(verb, facts):
            message = await office.words.form_button(verb, facts)
        case Show(message):
            pass
        case Later(_, then):
            message = await then()
    await office.slack.whisper(typed.channel, typed.person, message, typed.thread)
