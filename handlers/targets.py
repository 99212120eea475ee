"""Which onboarding is meant: by what was typed, by the thread, by the channel, or by the person's own work."""

from dataclasses import dataclass

from engine.onboarding.rights import may_see
from engine.store import reads
from engine.store.reads import Case, Named
from handlers.ports import Office


@dataclass(frozen=True, slots=True)
class Target:
    """The case; or several to choose from; or neither, then `text` was not found and `choices` are what comes closest."""

    case: Case | None = None
    choices: tuple[Named, ...] = ()
    text: str = ""


async def visible_case(office: Office, person: str, onboarding: str, channel: str | None) -> Case | None:
    """The case, if the person may see it: one of its people, or a member of its channel.

    "No such" and "not yours" are one answer: None.
    """
    case = await office.desk.read(reads.case, onboarding)
    if case is None:
        return None
    state = case.state
    if may_see(state, person, in_channel=channel == state.channel) or person in office.admins:
        return case
    in_channel = await office.directory.is_in(state.channel, person)
    return case if may_see(state, person, in_channel=in_channel) else None


async def find(
    office: Office, team: str, person: str, channel: str | None, thread: str | None, words: str = ""
) -> Target:
    """The onboarding that a command means. Only what the person may see is ever found or offered."""
    if words:
        lookup = await office.desk.read(reads.find_onboarding, team, words)
        seen = await _seen(office, person, channel, lookup.found)
        if seen:
            return await _one_of(office, seen)
        return Target(choices=await _seen(office, person, channel, lookup.closest), text=words)
    if channel and thread:
        owner = await office.desk.read(reads.by_thread, team, channel, thread)
        if owner is not None:
            return Target(case=await office.desk.read(reads.case, owner.id))
    if channel:
        here = await office.desk.read(reads.in_channel, team, channel)
        if here:
            return await _one_of(office, here)
    mine = await office.desk.read(reads.of_person, team, person)
    named = tuple(
        Named(row.state.id, row.state.short_id, row.name, row.state.environment.value, row.state.channel)
        for row in mine
    )
    return await _one_of(office, named)


async def _seen(office: Office, person: str, channel: str | None, found: tuple[Named, ...]) -> tuple[Named, ...]:
    return tuple([item for item in found if await visible_case(office, person, item.id, channel)])


async def _one_of(office: Office, found: tuple[Named, ...]) -> Target:
    if len(found) == 1:
        return Target(case=await office.desk.read(reads.case, found[0].id))
    return Target(choices=found)
