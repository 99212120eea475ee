"""Which onboarding is meant, and that nobody finds one that is not theirs to see."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from engine.desk import Desk
from engine.onboarding.commands import AssignRole, NewHolder, Start
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Role, Route
from engine.store.dialects import open_database
from engine.store.outbox import CARD_SLOT, mark_sent, next_messages
from engine.store.schema import upgrade
from handlers.targets import find, visible_case

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TEAM = "T1"


class Members:
    """Who is in which channel, as Slack would say."""

    def __init__(self, **channels: set[str]) -> None:
        self._channels = channels

    async def is_in(self, channel: str, person: str) -> bool:
        return person in self._channels.get(channel, set())


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Any]:
    """Only what finding an onboarding asks of an office: desk, members, admins."""
    database = open_database(f"sqlite:///{tmp_path}/test.db")
    upgrade(database)
    process = load_process()
    desk = Desk(database, now=lambda: NOW, randomness=Random(7).randbytes, process=lambda: process)
    desk.start()
    members = Members(CNORTH={"ULEAD", "UMEMBER"}, CEAST={"UEAST"})
    yield SimpleNamespace(desk=desk, directory=members, admins=frozenset({"UADMIN"}))
    await desk.stop()


async def begin(office: Any, name: str, channel: str, lead: str, environment: Environment = Environment.UIT) -> Any:
    ids = await office.desk.new_ids(TEAM, name)
    command = Start(
        onboarding=ids.onboarding,
        by=lead,
        team=TEAM,
        short_id=ids.short_id,
        company=ids.company,
        name=name,
        environment=environment,
        participant=Participant.ACTIVE_MP,
        route=Route.SIT,
        channel=channel,
        leads=(lead,),
    )
    return (await office.desk.tell(command)).state


@pytest.fixture
async def north(office: Any) -> Any:
    return await begin(office, "Northwind Energy Ltd", "CNORTH", "ULEAD")


@pytest.fixture
async def east(office: Any) -> Any:
    return await begin(office, "Eastwind Power Ltd", "CEAST", "UEAST")


async def found(office: Any, person: str, channel: str | None, thread: str | None = None, words: str = "") -> Any:
    return await find(office, TEAM, person, channel, thread, words)


@pytest.mark.parametrize("person", ["ULEAD", "UMEMBER", "UADMIN"])
async def test_its_people_the_members_of_its_channel_and_the_admins_see_it(office, north, person):
    assert await visible_case(office, person, north.id, "CELSEWHERE") is not None


@pytest.mark.parametrize("onboarding", ["north", "none"])
async def test_not_yours_and_no_such_are_one_answer(office, north, onboarding):
    asked = north.id if onboarding == "north" else "O-none"
    assert await visible_case(office, "USTRANGER", asked, "CELSEWHERE") is None


async def test_whoever_holds_a_role_sees_it_from_anywhere(office, north):
    await office.desk.tell(AssignRole(north.id, "ULEAD", Role.DNS_CONTACT, NewHolder(person="UDORA", deputy="UDEPUTY")))
    for person in ("UDORA", "UDEPUTY"):
        assert await visible_case(office, person, north.id, None) is not None


async def test_a_name_finds_what_one_may_see_and_offers_nothing_else(office, north, east):
    seen = await found(office, "ULEAD", "CELSEWHERE", words="Northwind Energy Ltd")
    assert seen.case is not None
    assert seen.case.state.id == north.id
    for words in ("Northwind Energy Ltd", north.short_id, "Northwin", "northwind"):
        hidden = await found(office, "UEAST", "CELSEWHERE", words=words)
        assert hidden.case is None
        assert north.id not in {choice.id for choice in hidden.choices}
        nobody = await found(office, "USTRANGER", "CELSEWHERE", words=words)
        assert (nobody.case, nobody.choices, nobody.text) == (None, (), words)


async def test_the_short_id_finds_it_however_it_is_typed(office, north):
    for typed in (north.short_id, north.short_id.lower()):
        assert (await found(office, "ULEAD", None, words=typed)).case.state.id == north.id


async def test_in_a_channel_its_only_onboarding_is_meant_and_of_several_one_is_asked_for(office, north):
    assert (await found(office, "UMEMBER", "CNORTH")).case.state.id == north.id
    other = await begin(office, "Westwind Gas Ltd", "CNORTH", "ULEAD")
    asked = await found(office, "UMEMBER", "CNORTH")
    assert asked.case is None
    assert {choice.id for choice in asked.choices} == {north.id, other.id}


async def test_in_a_thread_its_own_onboarding_is_meant_whatever_else_the_channel_holds(office, north):
    await begin(office, "Westwind Gas Ltd", "CNORTH", "ULEAD")
    [first, *_] = await office.desk.write(next_messages, NOW, lease=timedelta(minutes=1))
    assert first.say.slot == CARD_SLOT
    await office.desk.write(mark_sent, first.id, channel="CNORTH", ts="10.1", now=NOW)
    assert (await found(office, "UMEMBER", "CNORTH", "10.1")).case.state.id == first.onboarding


async def test_elsewhere_ones_own_onboardings_are_meant(office, north, east):
    assert (await found(office, "ULEAD", "CELSEWHERE")).case.state.id == north.id
    assert (await found(office, "USTRANGER", "CELSEWHERE")).choices == ()


async def test_the_two_tracks_of_a_company_are_two_to_choose_from(office, north):
    other = await begin(office, "Northwind Energy Ltd", "CNORTH", "ULEAD", Environment.PRODUCTION)
    asked = await found(office, "ULEAD", "CELSEWHERE", words="Northwind Energy Ltd")
    assert {choice.id for choice in asked.choices} == {north.id, other.id}
