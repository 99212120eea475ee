"""What was entered in a form becomes one command, and what cannot be used is said at its field."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from engine.desk import Desk
from engine.onboarding.commands import (
    AnsweredElsewhere,
    AssignRole,
    ChangeRow,
    HandOver,
    SetClaim,
    Snooze,
    Start,
    StartWithout,
    Tick,
    TickTasks,
)
from engine.onboarding.outcome import Refused
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Role, Route
from engine.store import reads
from engine.store.dialects import open_database
from engine.store.schema import upgrade
from handlers.forms import FORMS, FormError, Sent
from handlers.ids import Verb
from handlers.parse import Place, Submission
from handlers.ports import ChannelFacts, Profile

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday


class Channels:
    """What Slack says of channels."""

    def __init__(self, **known: ChannelFacts) -> None:
        self._known = known

    async def channel(self, _team: str, channel: str) -> ChannelFacts | None:
        return self._known.get(channel)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Any]:
    """Only what a form asks of an office: ids from the desk, and what Slack says of a channel."""
    database = open_database(f"sqlite:///{tmp_path}/test.db")
    upgrade(database)
    process = load_process()
    desk = Desk(database, now=lambda: NOW, randomness=Random(7).randbytes, process=lambda: process)
    desk.start()
    directory = Channels(
        CGOOD=ChannelFacts("CGOOD", "good", member=True),
        COUT=ChannelFacts("COUT", "out", member=False),
        COLD=ChannelFacts("COLD", "old", member=True, archived=True),
    )
    yield SimpleNamespace(desk=desk, directory=directory, admins=frozenset())
    await desk.stop()


@pytest.fixture
async def case(office: Any) -> Any:
    sent = form(Verb.START, START)
    state = (await office.desk.tell(await read(office, sent))).state
    return await office.desk.read(reads.case, state.id)


START = {
    "company_name": "Northwind Energy Ltd",
    "environment": "uit",
    "participant": "active_mp",
    "route": "sit",
    "channel": "CGOOD",
}


def form(
    verb: Verb, values: dict[str, Any], subject: str = "", onboarding: str = "", channel: str | None = None
) -> Any:
    return Submission("T1", "ULEAD", verb, onboarding, subject, "view:V1", values, "1.2.3", Place(channel=channel))


async def read(office: Any, submission: Submission, case: Any = None, tz: str = "Europe/London") -> Any:
    sent = Sent(office, submission, Profile("ULEAD", "lead", tz=tz), NOW, case)
    return await FORMS[submission.verb](sent)


async def error(office: Any, submission: Submission, case: Any = None) -> tuple[str, str]:
    with pytest.raises(FormError) as caught:
        await read(office, submission, case)
    return caught.value.input_id, caught.value.code


async def test_a_start_needs_its_company_and_takes_the_sender_as_lead(office):
    command = await read(office, form(Verb.START, START))
    assert isinstance(command, Start)
    assert (command.name, command.channel, command.leads) == ("Northwind Energy Ltd", "CGOOD", ("ULEAD",))
    assert (command.environment, command.participant, command.route) == (
        Environment.UIT,
        Participant.ACTIVE_MP,
        Route.SIT,
    )
    without = {name: value for name, value in START.items() if name != "company_name"}
    assert await error(office, form(Verb.START, without)) == ("company_name", "needed")


@pytest.mark.parametrize(
    ("channel", "code"), [(None, "needed"), ("CNONE", "not-a-member"), ("COUT", "not-a-member"), ("COLD", "archived")]
)
async def test_a_channel_where_dipper_cannot_post_is_said_at_its_field(office, channel, code):
    values = {**START, "channel": channel} if channel else {k: v for k, v in START.items() if k != "channel"}
    assert await error(office, form(Verb.START, values)) == ("channel", code)


async def test_without_a_chosen_channel_the_one_it_was_opened_from_is_meant(office):
    values = {name: value for name, value in START.items() if name != "channel"}
    assert (await read(office, form(Verb.START, values, channel="CGOOD"))).channel == "CGOOD"


async def test_the_second_of_two_people_is_the_deputy_and_who_is_outside_counts_only_alone(office):
    values = {**START, "primary_user_admin": ("UUMA", "UDEPUTY"), "dns_outside": "Dora, ticket 17"}
    holders = (await read(office, form(Verb.START, values))).holders
    user_admin = holders[Role.PRIMARY_USER_ADMIN]
    assert (user_admin.person, user_admin.deputy) == ("UUMA", "UDEPUTY")
    assert holders[Role.DNS_CONTACT].outside == "Dora, ticket 17"
    both = (await read(office, form(Verb.START, {**values, "dns_contact": ("UDORA",)}))).holders
    assert (both[Role.DNS_CONTACT].person, both[Role.DNS_CONTACT].outside) == ("UDORA", None)
    assert Role.LEAD not in (await read(office, form(Verb.START, {**values, "lead": ("UX",)}))).holders


async def test_only_what_changed_is_ticked_or_unticked(office, case):
    done = [task.id for task in case.state.step(0).tasks.values() if task.status.value != "open"]
    left = form(Verb.TICK, {"ticks": (*done, "0.1")}, "0", case.state.id)
    command = await read(office, left, case)
    assert isinstance(command, TickTasks)
    assert command.ticks == (Tick("0.1", True, {}),)
    nothing = await read(office, form(Verb.TICK, {"ticks": tuple(done)}, "0", case.state.id), case)
    assert nothing.ticks == ()
    untick = await read(office, form(Verb.TICK, {}, "0", case.state.id), case)
    assert {tick.task for tick in untick.ticks} == set(done)
    assert not any(tick.done for tick in untick.ticks)


async def test_recording_for_somebody_is_said_so(office, case):
    command = await read(office, form(Verb.RECORD_FOR, {"ticks": ("0.1",)}, "0", case.state.id), case)
    assert command.for_owner


@pytest.mark.parametrize("day", ["2026-11-24", "2026-11-23", "2000-01-01"])
async def test_a_wait_until_today_or_earlier_is_said_at_its_date(office, case, day):
    values = {"on": "globalsign", "until": day}
    assert await error(office, form(Verb.WAIT, values, "0", case.state.id), case) == ("until", "must-be-later")


async def test_until_a_day_means_nine_that_morning_where_the_sender_lives(office, case):
    values = {"on": "globalsign", "until": "2026-11-28"}
    wait = await read(office, form(Verb.WAIT, values, "0", case.state.id), case, tz="Asia/Tokyo")
    assert wait.until == datetime(2026, 11, 30, 0, tzinfo=UTC)  # Monday, 09:00 in Tokyo


@pytest.mark.parametrize(
    ("values", "until"),
    [
        ({"until": "hour"}, datetime(2026, 11, 24, 10, 30, tzinfo=UTC)),
        ({"until": "tomorrow"}, datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ({}, datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ({"until": "date", "date": "2026-12-01"}, datetime(2026, 12, 1, 9, tzinfo=UTC)),
    ],
)
async def test_a_snooze_lasts_as_long_as_was_chosen(office, case, values, until):
    command = await read(office, form(Verb.SNOOZE, values, "0", case.state.id), case)
    assert isinstance(command, Snooze)
    assert (command.until, command.step) == (until, None)


async def test_a_snooze_until_a_date_needs_the_date_and_may_be_for_the_step(office, case):
    assert await error(office, form(Verb.SNOOZE, {"until": "date"}, "0", case.state.id), case) == ("date", "needed")
    command = await read(office, form(Verb.SNOOZE, {"until": "hour", "for": "step"}, "0", case.state.id), case)
    assert command.step == 0


async def test_the_portals_final_dot_is_taken_off_the_domain(office, case):
    values = {"domain": "northwind.example.", "value": "abc", "shown_on": "2026-11-20"}
    command = await read(office, form(Verb.CLAIM, values, "5", case.state.id), case)
    assert isinstance(command, SetClaim)
    assert (command.domain, command.shown_on) == ("northwind.example", date(2026, 11, 20))


async def test_an_answer_given_elsewhere_needs_its_day_and_its_note(office, case):
    submission = form(Verb.ELSEWHERE, {"note": "by phone", "task": "0.1"}, "0", case.state.id)
    assert await error(office, submission, case) == ("on", "needed")
    submission = form(Verb.ELSEWHERE, {"on": "2026-11-20", "task": "0.1"}, "0", case.state.id)
    assert await error(office, submission, case) == ("note", "needed")
    whole = form(Verb.ELSEWHERE, {"on": "2026-11-20", "note": "by phone", "task": "0.1"}, "0", case.state.id)
    assert isinstance(await read(office, whole, case), AnsweredElsewhere)


@pytest.mark.parametrize(
    ("what", "task", "role"),
    [("task:0.1", "0.1", None), ("role:certificate_admin", None, Role.CERTIFICATE_ADMIN), ("all", None, None)],
)
async def test_a_task_a_role_or_all_is_handed_over(office, case, what, task, role):
    command = await read(office, form(Verb.HAND_OVER, {"what": what, "to": "UNEXT"}, "0", case.state.id), case)
    assert isinstance(command, HandOver)
    assert (command.task, command.role, command.to) == (task, role, "UNEXT")


async def test_a_role_needs_somebody_in_slack_or_outside(office, case):
    assert await error(office, form(Verb.NAME, {}, "dns_contact", case.state.id), case) == ("people", "somebody")
    command = await read(office, form(Verb.NAME, {"outside": "Dora"}, "dns_contact", case.state.id), case)
    assert isinstance(command, AssignRole)
    assert (command.role, command.holder.outside) == (Role.DNS_CONTACT, "Dora")


async def test_each_prerequisite_that_is_done_without_has_its_reason(office, case):
    values = {"reason-0.7": "asked for", "reason-0.8": "holiday", "other": "x"}
    command = await read(office, form(Verb.START_WITHOUT, values, "0", case.state.id), case)
    assert isinstance(command, StartWithout)
    assert command.reasons == {"0.7": "asked for", "0.8": "holiday"}


async def test_a_row_takes_its_columns_and_what_is_to_become_of_it(office, case):
    command = await read(office, form(Verb.ROW, {"col-mpid": "NWEL", "state": ("done",)}, "7.r1", case.state.id), case)
    assert isinstance(command, ChangeRow)
    assert (command.values, command.done, command.remove) == ({"mpid": "NWEL"}, True, False)


@pytest.mark.parametrize("verb", [Verb.TICK, Verb.ROWS, Verb.SNOOZE, Verb.NOT_ME])
async def test_what_one_may_not_see_is_refused_like_what_is_not_there(office, verb):
    with pytest.raises(Refused):
        await read(office, form(verb, {"rows": "NWEL"}, "7", "O-none"), None)
