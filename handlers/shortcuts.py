"""Shortcuts: one begins an onboarding from anywhere; two are for a message: check what it holds, keep it as evidence."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from engine.pki.secrets import find_secret
from handlers.ids import CHECK_SHORTCUT, EVIDENCE_SHORTCUT, START_SHORTCUT, Verb
from handlers.members import gets_forms
from handlers.parse import MessageShortcut, parse_message_shortcut, team_of, unescaped
from handlers.ports import Facts, Office
from handlers.secrets import secret_seen
from handlers.targets import find


def register(app: AsyncApp, office: Office) -> None:
    @app.shortcut(START_SHORTCUT)
    async def start(ack: AsyncAck, body: dict[str, Any]) -> None:
        facts = office.facts(team_of(body), body["user"]["id"])
        if await gets_forms(office, facts.team, facts.person):
            await office.slack.open_view(body["trigger_id"], await office.words.form(Verb.START, facts))
        else:
            office.errands.run("say that forms are for members", _tell_plainly(office, facts))
        await ack()

    @app.shortcut(CHECK_SHORTCUT)
    async def check(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _check_message(office, parse_message_shortcut(body))
        await ack()

    @app.shortcut(EVIDENCE_SHORTCUT)
    async def evidence(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _attach(office, parse_message_shortcut(body))
        await ack()


async def _check_message(office: Office, message: MessageShortcut) -> None:
    kind = find_secret(message.text)
    if kind is not None:
        poster = message.author or message.person
        await secret_seen(
            office, message.team, message.channel, message.thread, poster, kind, message.text, message.key
        )
    elif message.files:
        await _note_files(office, message)
    else:
        office.errands.run("check a message", _check_text(office, message))


async def _note_files(office: Office, message: MessageShortcut) -> None:
    target = await find(office, message.team, message.person, message.channel, message.thread)
    if target.case is None:
        office.errands.run("check files of a message", _check_files(office, message))
        return
    for file_id in message.files:
        once = f"{message.key}:{file_id}"
        await office.desk.note_file(message.team, message.channel, file_id, message.person, once=once)


async def _check_text(office: Office, message: MessageShortcut) -> None:
    seen = await office.checks.material(unescaped(message.text).encode(), "message")
    facts = office.facts(message.team, message.person, channel=message.channel, data=seen)
    await _whisper(office, message, "check-cert", facts)


async def _check_files(office: Office, message: MessageShortcut) -> None:
    for file_id in message.files:
        seen = await office.checks.file(file_id)
        facts = office.facts(message.team, message.person, channel=message.channel, data=seen)
        await _whisper(office, message, "check-cert", facts)


async def _whisper(office: Office, message: MessageShortcut, name: str, facts: Any) -> None:
    words = await office.words.answer(name, facts)
    await office.slack.whisper(message.channel, message.person, words, message.thread)


async def _attach(office: Office, message: MessageShortcut) -> None:
    """Evidence is a link to the message, for the task that the person chooses; the message itself is not kept."""
    target = await find(office, message.team, message.person, message.channel, message.thread)
    case = target.case
    facts = office.facts(
        message.team,
        message.person,
        case=case,
        channel=message.channel,
        thread=message.message,
    )
    if case is None:
        office.errands.run("say that evidence needs a thread", _whisper(office, message, "none-here", facts))
        return
    if await gets_forms(office, message.team, message.person):
        await office.slack.open_view(message.trigger, await office.words.form(Verb.EVIDENCE, facts))
    else:
        office.errands.run("say that forms are for members", _whisper(office, message, "plain-buttons", facts))


async def _tell_plainly(office: Office, facts: Facts) -> None:
    await office.slack.tell_privately(facts.person, await office.words.answer("plain-buttons", facts))
