"""The slash command /dip: answered to the asker alone, in the answer to Slack itself."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from engine.pki.secrets import find_secret
from handlers.answers import reply_to
from handlers.ids import COMMAND
from handlers.parse import Typed, parse_command
from handlers.ports import Office
from handlers.replies import Later, OpenForm, Show


def register(app: AsyncApp, office: Office) -> None:
    @app.command(COMMAND)
    async def dip(ack: AsyncAck, body: dict[str, Any]) -> None:
        typed = parse_command(body)
        if find_secret(typed.raw) is not None:
            facts = office.facts(typed.team, typed.person, channel=typed.channel)
            message = await office.words.answer("secret-typed", facts)
            await ack(text=message.text, blocks=message.blocks)
            return
        match await reply_to(office, typed):
            case OpenForm(verb, facts):
                view = await office.words.form(verb, facts)
                await office.slack.open_view(typed.trigger or "", view)
                await ack()
            case Show(message):
                await ack(text=message.text, blocks=message.blocks)
            case Later(message, _) as later:
                office.errands.run("answer a command", _answer_later(office, typed, later))
                await ack(text=message.text, blocks=message.blocks)


async def _answer_later(office: Office, typed: Typed, later: Later) -> None:
    message = await later.then()
    if typed.response_url:
        await office.slack.respond(typed.response_url, message)
