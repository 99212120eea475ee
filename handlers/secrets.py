"""A secret that was posted: recorded without its content, said in the thread, and the poster told what to do."""

from engine.onboarding.commands import RecordSecret
from engine.onboarding.values import BOT
from engine.pki.secrets import SecretKind
from engine.store import reads
from handlers.ports import Office


def message_key(channel: str, message: str) -> str:
    """The repeat key of a secret in a message, whichever way the message comes."""
    return f"secret:{channel}:{message}"


async def secret_seen(
    office: Office, team: str, channel: str, thread: str | None, person: str, kind: SecretKind, key: str
) -> None:
    """In an onboarding's thread it becomes part of the record; elsewhere the poster alone is told."""
    onboarding = await office.desk.read(reads.by_thread, team, channel, thread) if thread else None
    if onboarding is not None:
        await office.desk.tell(RecordSecret(onboarding.id, BOT, kind.name.lower(), person), once=key)
        return
    office.errands.run("tell who posted a secret", _tell(office, team, person, kind))


async def _tell(office: Office, team: str, person: str, kind: SecretKind) -> None:
    facts = office.facts(team, person, text=kind.value)
    await office.slack.tell_privately(person, await office.words.answer("secret-typed", facts))
