"""A secret that was posted: recorded without its content, said in the thread, and the poster told what to do."""

import asyncio

from engine import pki
from engine.incidents import tell_secret
from engine.pki.secrets import SecretKind
from engine.store import reads
from handlers.ports import Office


def message_key(channel: str, message: str) -> str:
    """The repeat key of a secret in a message, whichever way the message comes."""
    return f"secret:{channel}:{message}"


async def secret_seen(
    office: Office, team: str, channel: str, thread: str | None, person: str, kind: SecretKind, text: str, key: str
) -> None:
    """In an onboarding's thread it becomes part of the record; elsewhere the poster alone is told.

    Of `text` nothing is kept but the hashes of the public halves of keys in it.
    """
    onboarding = await office.desk.read(reads.by_thread, team, channel, thread) if thread else None
    case = await office.desk.read(reads.case, onboarding.id) if onboarding is not None else None
    if case is not None:
        keys = await asyncio.to_thread(pki.public_halves, text.encode("utf-8", "replace"))
        await tell_secret(office.desk, case.state.id, case.state.company, kind.name.lower(), person, keys, once=key)
        return
    office.errands.run("tell who posted a secret", _tell(office, team, person, kind))


async def _tell(office: Office, team: str, person: str, kind: SecretKind) -> None:
    facts = office.facts(team, person, text=kind.value)
    await office.slack.tell_privately(person, await office.words.answer("secret-typed", facts))
