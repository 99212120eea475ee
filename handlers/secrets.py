"""A secret that was posted: recorded without its content, said in the thread, and the poster told what to do."""

from engine.onboarding.commands import RecordSecret
from engine.store import reads
from handlers.ports import Office


async def secret_seen(
    office: Office, team: str, channel: str, thread: str | None, person: str, kind: str, key: str
) -> None:
    """In an onboarding's thread it becomes part of the record; elsewhere the poster alone is told."""
    onboarding = await office.desk.read(reads.by_thread, team, channel, thread) if thread else None
    if onboarding is not None:
        await office.desk.tell(RecordSecret(onboarding.id, person, kind, person), once=key)
        return
    office.errands.run("tell who posted a secret", _tell(office, team, person, kind))


async def _tell(office: Office, team: str, person: str, kind: str) -> None:
    facts = office.facts(team, person, text=kind)
    await office.slack.tell_privately(person, await office.words.answer("secret-typed", facts))
