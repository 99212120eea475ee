"""Who is who in Slack, as last seen, and what people chose here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, select

from engine.onboarding.state import Onboarding
from engine.reminders.calendar import DEFAULT_ZONE, PersonFacts
from engine.store.dialects import insert_or_replace
from engine.store.names import storable
from engine.store.tables import channels, people, preferences


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """`external`: of another workspace (Slack Connect). `seen_at`: when Slack told us."""

    team: str
    id: str
    name: str
    tz: str
    gone: bool
    guest: bool
    external: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """`member`: the bot is in it. `shared`: outsiders read along."""

    team: str
    id: str
    name: str
    private: bool
    archived: bool
    member: bool
    shared: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Preference:
    """`nation` None: that of each onboarding."""

    team: str
    person: str
    reminders_off: bool = False
    nation: str | None = None


def keep_person(connection: Connection, person: PersonSeen) -> None:
    row = asdict(person)
    row["name"] = storable(person.name)
    connection.execute(insert_or_replace(connection, people), row)


def keep_channel(connection: Connection, channel: ChannelSeen) -> None:
    row = asdict(channel)
    row["name"] = storable(channel.name)
    connection.execute(insert_or_replace(connection, channels), row)


def keep_preference(connection: Connection, preference: Preference) -> None:
    connection.execute(insert_or_replace(connection, preferences), asdict(preference))


def person(connection: Connection, team: str, person_id: str) -> PersonSeen | None:
    row = connection.execute(select(people).where(people.c.team == team, people.c.id == person_id)).one_or_none()
    return None if row is None else PersonSeen(**row._mapping)


def persons(connection: Connection, team: str, ids: Collection[str]) -> dict[str, PersonSeen]:
    found = connection.execute(_PERSONS, {"team": team, "ids": sorted(ids)})
    return {row.id: PersonSeen(**row._mapping) for row in found}


def channel(connection: Connection, team: str, channel_id: str) -> ChannelSeen | None:
    query = select(channels).where(channels.c.team == team, channels.c.id == channel_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else ChannelSeen(**row._mapping)


def preference(connection: Connection, team: str, person_id: str) -> Preference:
    query = select(preferences).where(preferences.c.team == team, preferences.c.person == person_id)
    row = connection.execute(query).one_or_none()
    return Preference(team, person_id) if row is None else Preference(**row._mapping)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person for the reminders' calendar; `nation` None: that of each onboarding."""

    tz: str = DEFAULT_ZONE
    gone: bool = False
    nation: str | None = None
    reminders_off: bool = False


def known(connection: Connection, team: str, ids: Collection[str]) -> dict[str, Known]:
    """Of each of these people; whom Slack never told us of gets the defaults."""
    wanted = {"team": team, "ids": sorted(ids)}
    choices = {row.person: row for row in connection.execute(_CHOICES, wanted)}
    seen = {row.id: row for row in connection.execute(_FACTS, wanted)}
    found = {}
    for person_id in ids:
        who, choice = seen.get(person_id), choices.get(person_id)
        found[person_id] = Known(
            tz=who.tz if who else DEFAULT_ZONE,
            gone=bool(who and who.gone),
            nation=choice.nation if choice else None,
            reminders_off=bool(choice and choice.reminders_off),
        )
    return found


def facts(state: Onboarding, ids: Iterable[str], known_of: Mapping[str, Known]) -> dict[str, PersonFacts]:
    """What the reminders' calendar must know of these people in this onboarding."""
    found, closures = {}, frozenset(state.closures)
    for person_id in ids:
        who = known_of[person_id]
        found[person_id] = PersonFacts(who.tz, who.nation or state.nation, who.reminders_off, who.gone, closures)
    return found


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_PERSONS = select(people).where(people.c.team == bindparam("team"), people.c.id.in_(_IDS))
_FACTS = select(people.c.id, people.c.tz, people.c.gone).where(
    people.c.team == bindparam("team"), people.c.id.in_(_IDS)
)
_CHOICES = select(preferences).where(preferences.c.team == bindparam("team"), preferences.c.person.in_(_IDS))
