"""People and channels as Slack has them: asked when needed, kept for a day, never listed."""

from datetime import timedelta
from typing import Any

import pytest

from bot.directory import CHANNEL_PATIENCE_SECONDS, PERSON_AGE, PERSON_PATIENCE_SECONDS, Directory
from bot.house import House
from engine.store import people
from sandbox.driver import Workspace

TEAM, CHANNEL = "T0NORTHWIND", "C0ONBOARDING"


@pytest.fixture
def directory(house: House, clock: Any) -> Directory:
    return Directory(house.client, house.desk, clock)


async def asked(workspace: Workspace) -> int:
    return len(await workspace.payloads("users.info"))


async def test_a_person_is_asked_for_once_a_day(workspace, directory, clock):
    first = await directory.profile(TEAM, "U0LENA")
    assert (first.name, first.tz, first.guest, first.external, first.gone) == (
        "Lena Whitcombe",
        "Europe/London",
        False,
        False,
        False,
    )
    await directory.profile(TEAM, "U0LENA")
    assert await asked(workspace) == 1
    await workspace.change_user("lena", tz="Asia/Tokyo")
    clock.pass_(seconds=PERSON_AGE.total_seconds() + 1)
    assert (await directory.profile(TEAM, "U0LENA")).tz == "Asia/Tokyo"
    assert await asked(workspace) == 2


async def test_who_changed_is_asked_for_again_at_once(workspace, directory):
    await directory.profile(TEAM, "U0LENA")
    await workspace.change_user("lena", tz="Asia/Tokyo")
    directory.forget(TEAM, "U0LENA")
    assert (await directory.profile(TEAM, "U0LENA")).tz == "Asia/Tokyo"
    await directory.profile(TEAM, "U0LENA")
    assert await asked(workspace) == 2


async def test_guests_strangers_and_those_who_left_are_told_apart(workspace, directory):
    await workspace.change_user("nia", is_restricted=True)
    await workspace.change_user("uma", deleted=True)
    assert (await directory.profile(TEAM, "U0NIA")).guest
    assert (await directory.profile(TEAM, "U0DORA")).external
    gone = await directory.profile(TEAM, "U0UMA")
    assert (gone.gone, gone.tz) == (True, "Europe/London")


@pytest.mark.parametrize("kind", ["http", "error", "ratelimited", "reset"])
async def test_what_was_seen_before_serves_while_slack_cannot_be_asked(workspace, directory, clock, kind):
    await directory.profile(TEAM, "U0LENA")
    clock.pass_(seconds=PERSON_AGE.total_seconds() + 1)
    await workspace.fault(kind, method="users.info", times=-1)
    assert (await directory.profile(TEAM, "U0LENA")).name == "Lena Whitcombe"


@pytest.mark.parametrize("kind", ["http", "error", "ratelimited", "reset"])
async def test_a_person_whom_nobody_can_ask_for_goes_by_their_id(workspace, directory, kind):
    await workspace.fault(kind, method="users.info", times=-1)
    profile = await directory.profile(TEAM, "U0LENA")
    assert (profile.name, profile.tz) == ("U0LENA", "Europe/London")


async def test_nobody_waits_more_than_a_second_to_learn_a_name(workspace, directory):
    await workspace.fault("delay", method="users.info", seconds=PERSON_PATIENCE_SECONDS + 1)
    assert (await directory.profile(TEAM, "U0LENA")).name == "U0LENA"


async def test_a_stranger_to_slack_goes_by_their_id(directory):
    assert (await directory.profile(TEAM, "U0NOBODY")).name == "U0NOBODY"


async def test_only_those_nobody_has_asked_for_are_learnt(house, workspace, directory):
    await directory.profile(TEAM, "U0LENA")
    assert await directory.learn(TEAM, frozenset({"U0LENA", "U0UMA"}))
    assert await asked(workspace) == 2
    assert not await directory.learn(TEAM, frozenset({"U0LENA", "U0UMA"}))
    assert directory.strangers(TEAM, frozenset({"U0LENA", "U0UMA", "U0MO"})) == {"U0MO"}
    assert directory.strangers("T0OTHER", frozenset({"U0LENA"})) == {"U0LENA"}
    assert (await house.desk.read(people.person, TEAM, "U0UMA")).name == "Uma Hartley"


async def test_a_channel_is_told_as_it_stands(workspace, directory):
    facts = await directory.channel(TEAM, CHANNEL)
    assert facts is not None
    assert (facts.name, facts.member, facts.archived, facts.shared, facts.private) == (
        "dip-onboarding",
        True,
        False,
        False,
        False,
    )
    await workspace.change_channel("dip-onboarding", archived=True)
    facts = await directory.channel(TEAM, CHANNEL)
    assert facts is not None
    assert facts.archived


async def test_a_private_channel_without_the_bot_and_none_at_all_are_the_same_answer(workspace, directory):
    hidden = await workspace.new_channel("hidden", "lena", private=True, app=False)
    assert await directory.channel(TEAM, hidden) is None
    assert await directory.channel(TEAM, "C0NOWHERE") is None


async def test_a_slow_channel_question_ends_after_a_second(workspace, directory):
    await workspace.fault("delay", method="conversations.info", seconds=CHANNEL_PATIENCE_SECONDS + 1)
    with pytest.raises(TimeoutError):
        await directory.channel(TEAM, CHANNEL)


async def test_members_of_a_channel_are_known_and_what_cannot_be_asked_counts_as_no(workspace, directory):
    assert await directory.is_in(CHANNEL, "U0LENA")
    assert not await directory.is_in(CHANNEL, "U0NIA")
    assert not await directory.is_in("C0NOWHERE", "U0LENA")
    for kind in ("http", "reset"):
        await workspace.fault(kind, method="conversations.members", times=-1)
        assert not await directory.is_in(CHANNEL, "U0LENA")
        await workspace.clear_faults()


async def test_ages_are_of_real_time(house, directory, clock):
    await directory.profile(TEAM, "U0LENA")
    seen = await house.desk.read(people.person, TEAM, "U0LENA")
    assert abs(seen.seen_at - clock.now) < timedelta(seconds=1)
