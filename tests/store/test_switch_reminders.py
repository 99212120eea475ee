"""Somebody turns their own reminders off: it holds everywhere, and whoever leads is told."""

import pytest

from engine.desk import Desk
from engine.onboarding.commands import NewHolder, SwitchReminders
from engine.onboarding.outcome import Refused
from engine.process.model import Role
from engine.reminders.plan import DueKind
from engine.store import outbox, people
from engine.store.committer import PATIENCE_SECONDS
from engine.store.tables import due
from engine.store.tables import outbox as messages


async def _switch(desk: Desk, person: str, *, off: bool, once: str) -> None:
    await desk.switch_reminders("T1", person, off=off, once=once, patience_seconds=PATIENCE_SECONDS)


def _reminded(connection, onboarding: str) -> set[str]:
    return {
        row.person
        for row in connection.execute(due.select().where(due.c.onboarding == onboarding))
        if row.kind == DueKind.REMIND.value
    }


def _told(connection) -> list[tuple[str, str]]:
    rows = connection.execute(messages.select().where(messages.c.template == "direct/reminders-off"))
    return [(row.onboarding, row.person) for row in rows]


async def test_who_turns_reminders_off_is_reminded_nowhere_and_each_lead_is_told_once(desk: Desk, start):
    admin = {Role.PRIMARY_USER_ADMIN: NewHolder("UADMIN")}
    one = (await start(desk, holders=admin)).state.id
    two = (await start(desk, name="Eastwind Power Ltd", holders=admin)).state.id
    assert "UADMIN" in await desk.read(_reminded, one)
    await _switch(desk, "UADMIN", off=True, once="command:1")
    await _switch(desk, "UADMIN", off=True, once="command:1")
    await _switch(desk, "UADMIN", off=True, once="command:2")
    for onboarding in (one, two):
        assert "UADMIN" not in await desk.read(_reminded, onboarding)
    assert sorted(await desk.read(_told)) == sorted([(one, "ULEAD"), (two, "ULEAD")])
    assert (await desk.read(people.preference, "T1", "UADMIN")).reminders_off
    assert await desk.read(outbox.failures) == ()
    await _switch(desk, "UADMIN", off=False, once="command:3")
    assert "UADMIN" in await desk.read(_reminded, one)
    assert len(await desk.read(_told)) == 2


async def test_a_lead_who_turns_them_off_is_not_told_of_himself(desk: Desk, start):
    await start(desk)
    await _switch(desk, "ULEAD", off=True, once="command:1")
    assert await desk.read(_told) == []


async def test_nobody_switches_for_an_onboarding_that_they_have_no_part_in(desk: Desk, start):
    onboarding = (await start(desk)).state.id
    with pytest.raises(Refused):
        await desk.tell(SwitchReminders(onboarding, "USTRANGER", off=True))
