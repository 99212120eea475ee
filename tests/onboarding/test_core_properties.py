"""No sequence of commands breaks what must always hold. Commands are drawn at random, mixed with honest progress."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from onboarding.small_process import small_process
from onboarding.story import CERT, DEPUTY, DNS, HOLDERS, ID, LEAD, MESSAGE, PRIMARY, STRANGER, USER, Story

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.codec import decode, encode, restore, snapshot
from engine.onboarding.evolve import CLOSED_STEP, CLOSED_TASK, evolve, replay
from engine.onboarding.now import Why, asks, turns
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_for, acts_in, people_of
from engine.onboarding.state import Life, Onboarding
from engine.onboarding.values import BOT, StepStatus, TaskStatus
from engine.process.model import Environment, Participant, Party, Process, Role, Route
from engine.reminders.calendar import PersonFacts
from engine.reminders.plan import DueKind, plan

SECOND_LEAD = "ULEAD2"
MARKER = "zqxj"
"""Stands in every text that is typed, so that it can be looked for where no text may be."""

people = st.sampled_from([LEAD, SECOND_LEAD, USER, PRIMARY, CERT, DNS, MESSAGE, DEPUTY, STRANGER, BOT])
leads = st.sampled_from([LEAD, SECOND_LEAD])
steps = st.integers(0, 9)
tasks = st.sampled_from([task.id for task in small_process().tasks()] + ["9.9", "5.x", ""])
subjects = st.one_of(steps.map(str), tasks, st.sampled_from(["7#1", "8#1", "-1", "٣"]))
texts = st.one_of(
    st.text(max_size=12).map(lambda text: f"{MARKER}{text}"),
    st.sampled_from(["", "  ", "\ud800", "a\x00b", MARKER * 1_000]),
)
moments = st.one_of(
    st.datetimes(datetime(2026, 11, 1), datetime(2027, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- bounds
    st.just(datetime(2026, 12, 24, 12)),  # noqa: DTZ001 -- one without a zone
)
days = st.dates(date(2026, 11, 1), date(2027, 3, 1))
holders = st.builds(c.NewHolder, st.none() | people, st.none() | people, st.none() | texts)
field_ids = st.sampled_from(
    ["on", "name", "kind", "number", "shown", "domain", "value", "mpid", "role", "dip_id", "url"]
)
field_values = st.one_of(texts, st.sampled_from(["2026-11-24", "2026-13-01", "Yes", "No", "a", "ABCD", "SUP"]))
values = st.dictionaries(field_ids, field_values, max_size=3)
rows = st.fixed_dictionaries(
    {},
    optional={"mpid": field_values, "role": field_values, "dip_id": field_values, "url": field_values, "dcp": texts},
)
verdicts = st.sampled_from(["ready", "not_yet", "wrong", "broken", "unknown", "good", "bad", "sideways"])
kinds = st.sampled_from(["dns-txt", "csr", "certificate", "pfx"])
one = st.just(ID)

commands = st.one_of(
    st.builds(
        c.TickTasks,
        one,
        people,
        steps,
        st.lists(st.builds(c.Tick, tasks, st.booleans(), values), max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(
        c.EditDetails,
        one,
        leads | people,
        name=st.none() | texts,
        participant=st.none() | st.sampled_from(Participant),
        route=st.none() | st.sampled_from(Route),
        domain=st.none() | texts,
        nation=st.none() | st.just("SCT"),
    ),
    st.builds(c.AssignRole, one, people, st.sampled_from(Role), holders),
    st.builds(c.HandOver, one, people, people, st.none() | tasks, st.none() | st.sampled_from(Role)),
    st.builds(
        c.HandOver,
        one,
        people,
        people,
        starts=st.none() | moments,
        until=st.none() | moments,
        keep=st.lists(st.sampled_from(Role), max_size=2).map(tuple),
    ),
    st.builds(c.TakeBack, one, people, people),
    st.builds(c.Override, one, leads | people, tasks, texts),
    st.builds(c.MarkNotApplicable, one, leads | people, subjects, texts),
    st.builds(c.Reopen, one, leads | people, subjects, texts),
    st.builds(c.StartWithout, one, leads | people, st.dictionaries(tasks, texts, max_size=4)),
    st.builds(c.WaitOn, one, people, steps, st.sampled_from(Party), st.none() | moments, st.none() | texts),
    st.builds(c.AnswerWait, one, people, steps, st.sampled_from(["", "approved", "received", "rejected", "x"])),
    st.builds(c.AnsweredElsewhere, one, people, tasks, days, texts),
    st.builds(c.Block, one, people, steps, texts),
    st.builds(c.Unblock, one, people, steps),
    st.builds(c.Snooze, one, people, moments, st.none() | steps),
    st.builds(c.Reject, one, people, steps, st.sampled_from(["new_identity", "correct", "support", "x"]), texts),
    st.builds(c.SetClaim, one, people, texts, texts, st.none() | days, st.none() | days),
    st.builds(c.AddRows, one, people, steps, st.lists(rows, max_size=3).map(tuple), st.booleans()),
    st.builds(
        c.ChangeRow,
        one,
        people,
        st.sampled_from(["7#1", "7#2", "8#1", "9#1", "x", "#"]),
        values,
        st.none() | st.booleans(),
        st.booleans(),
    ),
    st.builds(c.AskCheck, one, people, tasks),
    st.builds(c.RecordCheck, one, people | st.just(BOT), tasks, kinds, verdicts, st.just("R1"), st.integers(0, 3)),
    st.builds(c.NoteFile, one, people, st.sampled_from(["F1", "F2"]), texts, texts, st.none() | tasks),
    st.builds(c.SubmitMaterial, one, people, tasks, texts),
    st.builds(c.RecordFile, one, st.just(BOT), st.sampled_from(["F1", "F2", "F3"]), kinds, verdicts, st.just("R2")),
    st.builds(
        c.CarryOut,
        one,
        st.just(BOT),
        st.sampled_from(["", "remind", "card/x", "warn/token/1", "remind/5/U/1", f"own/{LEAD}", "x/y"]),
    ),
    st.builds(
        c.Close,
        one,
        leads | people,
        st.sampled_from(["cancelled", "paused", "x"]),
        st.none() | texts,
        st.none() | moments,
    ),
    st.builds(c.Restore, one, leads | people),
    st.builds(c.StopWatching, one, leads | people),
    st.builds(c.MoveChannel, one, leads | people, st.sampled_from(["C1", "C2", ""])),
    st.builds(c.PersonLeft, one, st.just(BOT) | people, people),
    st.builds(c.RecordSecret, one, st.just(BOT), st.just("private_key"), people),
    st.builds(c.Nudge, one, people, subjects),
    st.builds(c.RemindAt, one, people, moments),
    st.builds(c.ChannelLost, one, st.just(BOT), st.just("C1"), st.just("archived")),
    st.builds(c.ChannelShared, one, st.just(BOT), st.just("C1")),
)
HOLDER_IDS = [USER, PRIMARY, CERT, DNS, MESSAGE, LEAD]
pauses = st.sampled_from([timedelta(seconds=1), timedelta(hours=3), timedelta(days=2), -timedelta(days=1)])


def aimed(draw: Callable[..., Any], story: Story) -> c.Command:
    """A command that fits the state: an open step, one of its tasks, somebody who acts in it, or a lead."""
    state, process = story.state, story.process
    numbers = [step.number for step in state.open_steps()] or [1]
    number = draw(st.sampled_from(numbers))
    step = state.step(number)
    task = draw(st.sampled_from([*step.tasks, "1.1"]))
    actor = draw(st.sampled_from(sorted({*acts_in(state, process, number), *state.leads}) or [STRANGER]))
    lead = state.leads[0] if state.leads else STRANGER
    later = story.now + timedelta(days=draw(st.integers(1, 20)))
    row = draw(st.sampled_from([row.id for row in step.rows] or ["7#1"]))
    claim = state.claim.number if state.claim else 0
    person = draw(st.sampled_from([*HOLDER_IDS, "UNEW"]))
    wait = step.waiting.wait if step.waiting and step.waiting.wait else None
    answers = [answer.id for answer in process.step(number).wait(wait).answers] if wait else []
    ways = [way.id for way in process.step(number).ways_on] or ["x"]
    fields = {f.id: story.value_of(f) for f in process.task(task).fields}
    any_step = str(draw(st.integers(0, 8)))
    holding = {t.id: MARKER for t in process.step(0).tasks if t.holds and t.id in state.step(0).tasks}
    ends = {draw(st.sampled_from(["certificate", "atlas_certificate"])): later}
    ticks = (c.Tick(task, draw(st.booleans()), fields),)
    new_row = {"mpid": draw(st.sampled_from("ABC")), "role": "SUP", "dip_id": draw(st.sampled_from("123"))}
    new_row = new_row if number != 8 else {"dip_id": new_row["dip_id"], "url": MARKER}
    verdict = draw(st.sampled_from(["ready", "not_yet", "wrong", "unknown"]))
    kind = draw(st.sampled_from(["csr", "certificate"]))
    item = draw(st.sampled_from(list(state.pending) or ["F1"]))
    return draw(
        st.sampled_from(
            [
                c.TickTasks(ID, actor, number, ticks, draw(st.booleans())),
                c.TickTasks(ID, actor, number, ticks, True),
                c.EditDetails(ID, lead, participant=draw(st.sampled_from(Participant))),
                c.EditDetails(ID, lead, name=draw(st.sampled_from([f"{MARKER} A", f"{MARKER} B"]))),
                c.EditDetails(ID, lead, domain=draw(st.sampled_from([f"{MARKER}.a", f"{MARKER}.b"]))),
                c.AssignRole(
                    ID, lead, draw(st.sampled_from(Role)), c.NewHolder(person, draw(st.sampled_from([None, DEPUTY])))
                ),
                c.AssignRole(ID, lead, Role.DNS_CONTACT, c.NewHolder(outside=MARKER)),
                c.HandOver(ID, actor, person, task),
                c.HandOver(ID, actor, person),
                c.Override(ID, lead, task, MARKER),
                c.Override(ID, lead, "5.2", MARKER),
                c.MarkNotApplicable(ID, lead, draw(st.sampled_from([task, any_step])), MARKER),
                c.Reopen(ID, lead, draw(st.sampled_from([task, any_step])), MARKER),
                c.StartWithout(ID, lead, holding),
                c.WaitOn(ID, actor, number, draw(st.sampled_from(Party)), draw(st.sampled_from([None, later]))),
                c.AnswerWait(ID, actor, number, draw(st.sampled_from([*answers, ""]))),
                c.AnsweredElsewhere(ID, actor, task, story.now.date(), MARKER),
                c.Block(ID, actor, number, MARKER),
                c.Unblock(ID, actor, number),
                c.Snooze(ID, actor, later, draw(st.sampled_from([None, number]))),
                c.Reject(ID, actor, number, draw(st.sampled_from(ways)), None),
                c.SetClaim(
                    ID, actor, f"{MARKER}.example", draw(st.sampled_from([MARKER, f"{MARKER}2"])), story.now.date()
                ),
                c.AddRows(ID, actor, number, (new_row,), draw(st.booleans())),
                c.ChangeRow(ID, actor, row, new_row, draw(st.sampled_from([None, True, False])), draw(st.booleans())),
                c.AskCheck(ID, actor, "5.2"),
                c.RecordCheck(ID, BOT, "5.2", "dns-txt", verdict, "R", claim),
                c.NoteFile(ID, actor, f"F{draw(st.integers(1, 9))}", MARKER, MARKER),
                c.RecordFile(ID, BOT, item, kind, draw(st.sampled_from(["good", "bad"])), "R", ends),
                c.PersonLeft(ID, BOT, person),
                c.Nudge(ID, actor, str(number)),
                c.Close(ID, lead, "paused", None, later),
                c.Restore(ID, lead),
            ]
        )
    )


class AnyCommands(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.story = Story()

    @initialize(
        early=st.booleans(),
        participant=st.sampled_from(Participant),
        environment=st.sampled_from(Environment),
        who=st.sampled_from([HOLDERS, {}, dict.fromkeys(HOLDERS, c.NewHolder(LEAD))]),
        now_at=st.integers(0, 8),
        domain=st.none() | st.just(f"{MARKER}.example"),
        value=st.none() | st.just(f"{MARKER}-value"),
    )
    def begins(self, early, participant, environment, who, now_at, domain, value):
        self.story = Story(process=small_process(ids_during_vetting=early), watch=self.check_events)
        self.story.start(
            name=f"{MARKER} Ltd",
            participant=participant,
            environment=environment,
            holders=who,
            now_at=now_at,
            domain=domain,
            value=value,
            leads=(LEAD, SECOND_LEAD),
        )

    @rule(command=commands, pause=pauses)
    def somebody_does_something(self, command, pause):
        self.tell(command, pause)

    def tell(self, command, pause):
        try:
            self.story.tell(command, pause)
        except Refused as refused:
            assert refused.code in set(RefusalCode)

    @rule(data=st.data(), pause=pauses)
    def somebody_does_something_that_fits(self, data, pause):
        if self.story.state.life in (Life.CLOSED, Life.PAUSED):
            self.tell(c.Restore(ID, next(iter(self.story.state.leads), LEAD)), pause)
        self.tell(aimed(data.draw, self.story), pause)

    @rule(data=st.data())
    def and_more_of_it(self, data):
        for _ in range(4):
            self.somebody_does_something_that_fits(data, timedelta(hours=5))

    @rule(many=st.integers(1, 6))
    def work_goes_on(self, many):
        for _ in range(many):
            if self.story.state.life is not Life.OPEN or not self.can_go_on():
                return
            try:
                self.story.one_step_on()
            except Refused as refused:
                assert refused.code in set(RefusalCode)
                return

    def can_go_on(self) -> bool:
        """Not where nobody is there, a step is blocked, or a wait has no answer that ends it."""
        todo = asks(self.story.state, self.story.process)
        waits = [step.waiting for step in self.story.state.open_steps() if step.waiting]
        return (
            bool(todo or waits)
            and all(ask.person and ask.why is not Why.BLOCKED for ask in todo)
            and all(wait.wait in ("vetting", "invitation") for wait in waits)
        )

    @rule(number=st.integers(0, 200))
    def something_falls_due(self, number):
        story = self.story
        dues = plan(story.state, story.process, {}, story.now)
        if not dues:
            return
        due = dues[number % len(dues)]
        story.now = max(story.now, due.at)
        self.tell(c.CarryOut(ID, BOT, due.key, late=True), timedelta(0))
        looked_at = due.kind in (DueKind.CHECK, DueKind.FILE)
        assert looked_at or story.events, f"{due.key} stays due for ever"

    def check_events(self, before: Onboarding | None) -> None:
        """What must hold of each event, seen from the state before it."""
        state, last = before, before.last_at if before else None
        for event in self.story.events:
            assert last is None or event.at >= last, "time ran backwards"
            last = event.at
            if state is not None:
                _nothing_closes_twice(state, event)
                _nothing_opens_out_of_order(state, event, self.story.process)
                _nobody_acts_beyond_their_right(state, event, self.story.process, was=before)
            data = encode(event)
            assert decode(*data) == event
            assert MARKER.encode() not in data[2], "a text stands in the journal"
            state = evolve(state, event)
        assert state == self.story.state
        slots = [say.slot for say in self.story.says if say.slot]
        assert len(slots) == len(set(slots)), "one message twice for one command"

    def teardown(self):
        """At the end of each play: a replay gives the same state, and so do its bytes."""
        if self.story.log:
            assert replay(self.story.log) == self.story.state
            assert restore(snapshot(self.story.state)) == self.story.state

    @invariant()
    def an_owner_exists_or_its_absence_is_said(self):
        if self.story.state_ is None or self.story.state.life is not Life.OPEN:
            return
        state = self.story.state
        moved = {turn.step for turn in turns(state, self.story.process)}
        for step in state.open_steps():
            assert step.number in moved, f"nobody's turn in step {step.number}"
        asked = {ask.subject: ask.person for ask in asks(state, self.story.process)}
        assert {s: a.person for s, a in state.asked.items()} == {s: p for s, p in asked.items() if p is not None}
        assert all(person is not None for person in asked.values()) or not state.leads

    @invariant()
    def what_is_due_can_be_told(self):
        if self.story.state_ is None:
            return
        for facts in ({}, {LEAD: PersonFacts(gone=True), CERT: PersonFacts("Asia/Tokyo", "SCT", reminders_off=True)}):
            dues = plan(self.story.state, self.story.process, facts, self.story.now)
            assert len({due.key for due in dues}) == len(dues)
            assert all(due.at.tzinfo is not None for due in dues)

    @invariant()
    def a_step_that_is_closed_has_nothing_open_in_it(self):
        if self.story.state_ is None:
            return
        for step in self.story.state.steps.values():
            if step.status is StepStatus.DONE:
                assert all(task.status in CLOSED_TASK for task in step.tasks.values())
                assert step.waiting is None and step.blocked is None


def _nothing_closes_twice(state: Onboarding, event: e.Event) -> None:
    if isinstance(event, e.StepClosed):
        assert state.step(event.step).status is StepStatus.OPEN
    if isinstance(event, e.StepClosedBefore | e.StepCarried):
        assert state.step(event.step).status is StepStatus.LOCKED or state.step(event.step).number == 0
    if isinstance(event, e.TaskClosed):
        assert state.task(event.task).status is TaskStatus.OPEN
    if isinstance(event, e.RowClosed):
        [row] = [row for row in state.step(int(event.row[0])).rows if row.id == event.row]
        assert row.status is TaskStatus.OPEN
    if isinstance(event, e.Finished):
        assert state.life is Life.OPEN


def _closed_all_the_way(state: Onboarding, process: Process, number: int) -> bool:
    """An oracle of its own: every step needed is closed, and behind what does not apply what that would have needed."""
    for needed in process.step(number).needs:
        if needed == 0:
            continue
        status = state.step(needed).status
        if status not in CLOSED_STEP:
            return False
        if status is StepStatus.NOT_APPLICABLE and not _closed_all_the_way(state, process, needed):
            return False
    return True


def _nothing_opens_out_of_order(state: Onboarding, event: e.Event, process: Process) -> None:
    if not isinstance(event, e.StepOpened | e.StepCarried):
        return
    assert state.step(event.step).status is StepStatus.LOCKED
    early = (
        process.ids_during_vetting
        and event.step == 7
        and any(step.waiting and step.waiting.wait == "vetting" for step in state.open_steps())
    )
    assert early or _closed_all_the_way(state, process, event.step)
    held = [
        t.id
        for t in state.step(0).tasks.values()
        if t.status is TaskStatus.OPEN and event.step in process.task(t.id).holds
    ]
    assert not held


_LEADS_ALONE = (
    e.StepMarkedNotApplicable,
    e.TaskWaived,
    e.DetailsEdited,
    e.TasksApplied,
    e.StepReopened,
    e.OnboardingClosed,
    e.WatchingStopped,
)


def _nobody_acts_beyond_their_right(
    state: Onboarding, event: e.Event, process: Process, was: Onboarding | None
) -> None:
    """`was`: before the whole command, which may have handed over the very right that it was told with."""
    if event.by == BOT:
        return
    if isinstance(event, _LEADS_ALONE) or (isinstance(event, e.TaskClosed) and event.against_check):
        assert event.by in state.leads
    elif isinstance(event, e.TaskClosed) and not event.before:
        assert event.by in people_of(was or state)
        own = acts_for(state, process, event.task).include(event.by)
        from_form = bool(process.task(event.task).closes_from_form)
        assert own or from_form or event.for_person == acts_for(state, process, event.task).owner
    elif isinstance(event, e.WaitStarted | e.StepBlocked | e.StepSnoozed | e.Rejected | e.ClaimSet | e.RowAdded):
        assert event.by in people_of(state)
        assert event.by != STRANGER or STRANGER in people_of(state)
    assert not isinstance(event, e.CheckRecorded | e.MaterialRead | e.Reminded | e.LeadTold | e.SecretPosted)


AnyCommands.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),  # each example is a whole play
)
TestNoSequenceOfCommandsBreaksWhatMustHold = AnyCommands.TestCase
