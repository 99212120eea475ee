"""state + event -> the next state. Pure and total: an event that was decided always applies.

It needs no process: what depends on it (which tasks apply, which step opens) stands in the events.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from engine.onboarding import events as e
from engine.onboarding.state import Claim, Life, Onboarding, Row, StepState, TaskState
from engine.onboarding.values import (
    Asked,
    Blocked,
    CheckAsk,
    CheckSeen,
    Closing,
    Grade,
    Pending,
    SetAside,
    StepStatus,
    TaskStatus,
    Waiting,
)

CLOSED_TASK = frozenset({TaskStatus.DONE, TaskStatus.NOT_APPLICABLE, TaskStatus.WAIVED})
CLOSED_STEP = frozenset({StepStatus.DONE, StepStatus.NOT_APPLICABLE})
_WEAKEST_FIRST = (Grade.UNKNOWN, Grade.ATTESTED, Grade.VERIFIED)


class CannotApply(ValueError):
    """An event that does not fit the state: the journal is damaged or out of order."""


def evolve(state: Onboarding | None, event: e.Event) -> Onboarding:
    """The state after an event. Raises CannotApply if the first is not `Started`, or one after it is."""
    if isinstance(event, e.Started):
        if state is not None:
            raise CannotApply("an onboarding starts once")
        after = _started(event)
    elif state is None:
        raise CannotApply(f"{type(event).__name__} before Started")
    else:
        after = _apply(event, state)
    return replace(after, seq=after.seq + 1, last_at=event.at)


def replay(events: Iterable[e.Event]) -> Onboarding:
    """The state that all these events make. Raises CannotApply if there are none."""
    state: Onboarding | None = None
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise CannotApply("no events")
    return state


def step_of(subject: str) -> int:
    """The step number of a step (`5`), task (`5.4`) or row (`7#2`)."""
    return int(subject.split("#", 1)[0].split(".", 1)[0])


def weakest(step: StepState) -> Grade:
    """A step's grade: the weakest of its tasks and rows that were done; attested if it had none of its own to do."""
    closings = (*(task.closing for task in step.tasks.values()), *(row.closing for row in step.rows))
    grades = {closing.grade for closing in closings if closing is not None}
    return next((grade for grade in _WEAKEST_FIRST if grade in grades), Grade.ATTESTED)


def _started(event: e.Started) -> Onboarding:
    steps = {n: StepState(n, tasks={task: TaskState(task) for task in tasks}) for n, tasks in event.tasks.items()}
    steps |= {n: StepState(n, StepStatus.NOT_APPLICABLE) for n in event.not_applicable}
    return Onboarding(
        id=event.onboarding,
        short_id=event.short_id,
        team=event.team,
        company=event.company,
        name=event.name,
        environment=event.environment,
        participant=event.participant,
        route=event.route,
        process=event.process,
        channel=event.channel,
        leads=event.leads,
        started_at=event.at,
        started_by=event.by,
        number=event.number,
        description=event.description,
        nation=event.nation,
        holders=dict(event.holders),
        steps=dict(sorted(steps.items())),
    )


@singledispatch
def _apply(event: e.Event, state: Onboarding) -> Onboarding:
    raise CannotApply(f"no rule for {type(event).__name__}")


# -- small tools ---------------------------------------------------------------------------------------------


def _on_step(state: Onboarding, number: int, change: Callable[[StepState], StepState]) -> Onboarding:
    return replace(state, steps={**state.steps, number: change(state.steps[number])})


def _on_task(state: Onboarding, task_id: str, change: Callable[[TaskState], TaskState]) -> Onboarding:
    def on_step(step: StepState) -> StepState:
        return replace(step, tasks={**step.tasks, task_id: change(step.tasks[task_id])})

    return _on_step(state, step_of(task_id), on_step)


def _on_row(state: Onboarding, row_id: str, change: Callable[[Row], Row]) -> Onboarding:
    def on_step(step: StepState) -> StepState:
        return replace(step, rows=tuple(change(row) if row.id == row_id else row for row in step.rows))

    return _on_step(state, step_of(row_id), on_step)


def _moved_on(state: Onboarding, event: e.Event, subject: str, *people: str | None) -> Onboarding:
    """Whoever moved a step by something is not chased for the rest as if they had done nothing:

    their ask starts again.
    """
    number, movers = step_of(subject), {event.by, *people}
    asked = {
        key: Asked(ask.person, since=event.at) if step_of(key) == number and ask.person in movers else ask
        for key, ask in state.asked.items()
    }
    return replace(state, asked=asked)


def _regraded(state: Onboarding, number: int) -> Onboarding:
    def regrade(step: StepState) -> StepState:
        return replace(step, grade=weakest(step)) if step.status is StepStatus.DONE else step

    return _on_step(state, number, regrade)


# -- details and people --------------------------------------------------------------------------------------


@_apply.register
def _(event: e.DetailsEdited, state: Onboarding) -> Onboarding:
    return replace(
        state,
        name=event.name or state.name,
        number=event.number or state.number,
        description=event.description or state.description,
        participant=event.participant or state.participant,
        route=event.route or state.route,
        nation=event.nation or state.nation,
    )


@_apply.register
def _(event: e.TasksApplied, state: Onboarding) -> Onboarding:
    def apply(step: StepState) -> StepState:
        tasks = {task: step.tasks.get(task, TaskState(task)) for task in event.tasks}
        if not event.applies:
            return replace(step, tasks=tasks, status=StepStatus.NOT_APPLICABLE, waiting=None, blocked=None)
        status = StepStatus.LOCKED if step.status is StepStatus.NOT_APPLICABLE else step.status
        return replace(step, tasks=tasks, status=status)

    state = _on_step(state, event.step, apply)
    again = event.applies and state.life is Life.FINISHED and state.step(event.step).status not in CLOSED_STEP
    return replace(state, life=Life.OPEN, finished_at=None) if again else state


@_apply.register
def _(event: e.RoleAssigned, state: Onboarding) -> Onboarding:
    return replace(state, holders={**state.holders, event.role: event.holder})


@_apply.register
def _(event: e.LeadsChanged, state: Onboarding) -> Onboarding:
    return replace(state, leads=event.leads)


@_apply.register
def _(event: e.TaskHandedOver, state: Onboarding) -> Onboarding:
    return _on_task(state, event.task, lambda task: replace(task, owner=event.to))


@_apply.register
def _(event: e.PersonDeparted, state: Onboarding) -> Onboarding:
    """What they held goes on in the events beside this one; here only what was muted for them ends."""
    return replace(state, muted={who: until for who, until in state.muted.items() if who != event.person})


@_apply.register
def _(event: e.TurnPassed, state: Onboarding) -> Onboarding:
    asked = {}
    for subject, person in event.asked.items():
        before = state.asked.get(subject)
        asked[subject] = before if before and before.person == person else Asked(person, since=event.at)
    return replace(state, asked=asked)


# -- steps ---------------------------------------------------------------------------------------------------


@_apply.register
def _(event: e.StepOpened, state: Onboarding) -> Onboarding:
    return _on_step(state, event.step, lambda step: replace(step, status=StepStatus.OPEN, opened_at=event.at))


def _closed(state: Onboarding, number: int, event: e.Event, grade: Grade) -> Onboarding:
    def close(step: StepState) -> StepState:
        return replace(
            step,
            status=StepStatus.DONE,
            closed_at=event.at,
            closed_by=event.by,
            grade=grade,
            waiting=None,
            blocked=None,
            snoozed_until=None,
        )

    state = _on_step(state, number, close)
    steps = {
        n: replace(step, rests_on_reopened=tuple(r for r in step.rests_on_reopened if r != number))
        if number in step.rests_on_reopened
        else step
        for n, step in state.steps.items()
    }
    return replace(state, steps=steps)


@_apply.register
def _(event: e.StepClosed, state: Onboarding) -> Onboarding:
    return _closed(state, event.step, event, event.grade)


def _all_tasks_done(step: StepState, closing: Closing) -> StepState:
    tasks = {
        key: task if task.status in CLOSED_TASK else replace(task, status=TaskStatus.DONE, closing=closing)
        for key, task in step.tasks.items()
    }
    return replace(step, tasks=tasks)


@_apply.register
def _(event: e.StepClosedBefore, state: Onboarding) -> Onboarding:
    closing = Closing(Grade.UNKNOWN, by=event.by, at=event.at, before=True)
    state = _on_step(state, event.step, lambda step: replace(_all_tasks_done(step, closing), before=True))
    return _closed(state, event.step, event, Grade.UNKNOWN)


@_apply.register
def _(event: e.StepCarried, state: Onboarding) -> Onboarding:
    closing = Closing(event.grade, by=event.by, at=event.done_at, carried_from=event.from_onboarding)
    state = _on_step(
        state,
        event.step,
        lambda step: replace(_all_tasks_done(step, closing), carried_from=event.from_onboarding),
    )
    return _closed(state, event.step, event, event.grade)


@_apply.register
def _(event: e.StepReopened, state: Onboarding) -> Onboarding:
    def reopen(step: StepState) -> StepState:
        return replace(
            step,
            status=StepStatus.OPEN,
            opened_at=event.at,
            closed_at=None,
            closed_by=None,
            grade=None,
            before=False,
            carried_from=None,
            why_not=None,
        )

    state = _on_step(state, event.step, reopen)
    for number in event.resting:
        state = _on_step(
            state,
            number,
            lambda step: replace(step, rests_on_reopened=tuple(sorted({*step.rests_on_reopened, event.step}))),
        )
    life = Life.OPEN if state.life is Life.FINISHED else state.life
    return replace(state, life=life, finished_at=None)


@_apply.register
def _(event: e.StepMarkedNotApplicable, state: Onboarding) -> Onboarding:
    state = _closed(state, event.step, event, Grade.ATTESTED)
    return _on_step(
        state,
        event.step,
        lambda step: replace(step, status=StepStatus.NOT_APPLICABLE, grade=None, why_not=event.reason),
    )


@_apply.register
def _(event: e.StepBlocked, state: Onboarding) -> Onboarding:
    blocked = Blocked(since=event.at, by=event.by, reason=event.reason)
    return _on_step(state, event.step, lambda step: replace(step, blocked=blocked))


@_apply.register
def _(event: e.StepUnblocked, state: Onboarding) -> Onboarding:
    return _on_step(state, event.step, lambda step: replace(step, blocked=None))


@_apply.register
def _(event: e.Rejected, state: Onboarding) -> Onboarding:
    return _on_step(state, event.step, lambda step: replace(step, attempt=event.attempt, rejection=event.way))


# -- tasks ---------------------------------------------------------------------------------------------------


@_apply.register
def _(event: e.TaskClosed, state: Onboarding) -> Onboarding:
    closing = Closing(
        event.grade,
        by=event.by,
        at=event.at,
        for_person=event.for_person,
        reason=event.reason,
        report=event.report,
        before=event.before,
        against_check=event.against_check,
        on=event.on,
    )

    def close(task: TaskState) -> TaskState:
        values = {**task.values, **event.values}
        return replace(task, status=TaskStatus.DONE, closing=closing, values=values, check_asked=None)

    return _moved_on(_on_task(state, event.task, close), event, event.task, event.for_person)


@_apply.register
def _(event: e.TaskFilled, state: Onboarding) -> Onboarding:
    state = _on_task(state, event.task, lambda task: replace(task, values={**task.values, **event.values}))
    return _moved_on(state, event, event.task)


@_apply.register
def _(event: e.TaskVerified, state: Onboarding) -> Onboarding:
    def verify(task: TaskState) -> TaskState:
        if task.closing is None:
            raise CannotApply(f"{task.id} is not closed, so it cannot become verified")
        return replace(task, closing=replace(task.closing, grade=Grade.VERIFIED, report=event.report))

    return _regraded(_on_task(state, event.task, verify), step_of(event.task))


@_apply.register
def _(event: e.TaskReopened, state: Onboarding) -> Onboarding:
    forget = event.cause in (e.Cause.REJECTED, e.Cause.NEW_CLAIM, e.Cause.DETAILS_CHANGED)

    def reopen(task: TaskState) -> TaskState:
        return replace(task, status=TaskStatus.OPEN, closing=None, aside=None, seen=None if forget else task.seen)

    return _on_task(state, event.task, reopen)


@_apply.register
def _(event: e.TaskMarkedNotApplicable, state: Onboarding) -> Onboarding:
    aside = SetAside(event.by, event.at, event.reason, event.settled_by)
    return _set_aside(state, event.task, TaskStatus.NOT_APPLICABLE, aside)


@_apply.register
def _(event: e.TaskWaived, state: Onboarding) -> Onboarding:
    return _set_aside(state, event.task, TaskStatus.WAIVED, SetAside(event.by, event.at, event.reason))


def _set_aside(state: Onboarding, task_id: str, status: TaskStatus, aside: SetAside) -> Onboarding:
    """Neither counts for the step's grade; who did it and why stays readable."""
    return _on_task(
        state, task_id, lambda task: replace(task, status=status, closing=None, aside=aside, check_asked=None)
    )


# -- waits and snoozes ---------------------------------------------------------------------------------------


@_apply.register
def _(event: e.WaitStarted, state: Onboarding) -> Onboarding:
    waiting = Waiting(event.on, since=event.since, by=event.by, until=event.until, reason=event.reason, wait=event.wait)
    return _on_step(state, event.step, lambda step: replace(step, waiting=waiting, waits=step.waits + 1))


def _on_wait(state: Onboarding, number: int, change: Callable[[Waiting], Waiting]) -> Onboarding:
    return _on_step(state, number, lambda step: replace(step, waiting=change(step.waiting) if step.waiting else None))


@_apply.register
def _(event: e.WaitAnswered, state: Onboarding) -> Onboarding:
    return _on_wait(state, event.step, lambda wait: replace(wait, last_at=event.at))


@_apply.register
def _(event: e.WaitAsked, state: Onboarding) -> Onboarding:
    return _on_wait(state, event.step, lambda wait: replace(wait, asked=wait.asked + 1, last_at=event.at))


@_apply.register
def _(event: e.WaitEscalated, state: Onboarding) -> Onboarding:
    return _on_wait(state, event.step, lambda wait: replace(wait, escalated=True, last_at=event.at))


@_apply.register
def _(event: e.WaitEnded, state: Onboarding) -> Onboarding:
    def end(step: StepState) -> StepState:
        waited = int((event.at - step.waiting.since).total_seconds()) if step.waiting else 0
        return replace(step, waiting=None, waited_seconds=step.waited_seconds + max(waited, 0))

    return _on_step(state, event.step, end)


@_apply.register
def _(event: e.PersonSnoozed, state: Onboarding) -> Onboarding:
    return replace(state, muted={**state.muted, event.person: event.until})


@_apply.register
def _(event: e.StepSnoozed, state: Onboarding) -> Onboarding:
    return _on_step(state, event.step, lambda step: replace(step, snoozed_until=event.until))


@_apply.register
def _(event: e.SnoozeEnded, state: Onboarding) -> Onboarding:
    state = _on_step(state, event.step, lambda step: replace(step, snoozed_until=None))
    asked = {
        key: Asked(ask.person, since=event.at) if step_of(key) == event.step else ask
        for key, ask in state.asked.items()
    }
    return replace(state, asked=asked)


# -- claim, checks and material ------------------------------------------------------------------------------


@_apply.register
def _(event: e.ClaimSet, state: Onboarding) -> Onboarding:
    old = state.claim
    previous = (*old.previous, old.value) if old and old.value else old.previous if old else ()
    claim = Claim(
        event.number,
        event.domain,
        event.value,
        event.shown_on,
        previous,
        needed_by=event.needed_by,
        by=event.by,
        at=event.at,
    )
    ends = {what: at for what, at in state.ends.items() if what != "token"}
    if event.token_ends:
        ends["token"] = event.token_ends
    warned = {what: days for what, days in state.warned.items() if what != "token"}
    return replace(state, claim=claim, ends=ends, warned=warned, dns_due=event.needed_by)


@_apply.register
def _(event: e.CheckAsked, state: Onboarding) -> Onboarding:
    ask = CheckAsk(event.by, event.at)
    return _on_task(state, event.task, lambda task: replace(task, check_asked=ask))


@_apply.register
def _(event: e.CheckRecorded, state: Onboarding) -> Onboarding:
    def see(task: TaskState) -> TaskState:
        before = task.seen
        same = before is not None and before.verdict == event.verdict and before.claim == event.claim
        seen = CheckSeen(
            event.kind,
            event.verdict,
            at=event.at,
            report=event.report,
            claim=event.claim,
            since=before.since if before and same else event.at,
            look_again_at=event.look_again_at,
            ready_at=event.ready_at,
            slow_told=event.slow or bool(before and same and before.slow_told),
            cause=event.cause,
        )
        return replace(task, seen=seen, check_asked=None)

    return _end_at(_on_task(state, event.task, see), event.ends)


def _end_at(state: Onboarding, ends: dict[str, datetime]) -> Onboarding:
    """A new end starts its warnings anew."""
    moved = {what for what, at in ends.items() if state.ends.get(what) != at}
    warned = {what: days for what, days in state.warned.items() if what not in moved}
    return replace(state, ends={**state.ends, **ends}, warned=warned)


@_apply.register
def _(event: e.MaterialPending, state: Onboarding) -> Onboarding:
    item = Pending(
        event.item,
        by=event.by,
        at=event.at,
        task=event.task,
        file=event.file,
        name=event.name,
        permalink=event.permalink,
        text=event.text,
    )
    return replace(state, pending={**state.pending, event.item: item})


@_apply.register
def _(event: e.MaterialRead, state: Onboarding) -> Onboarding:
    pending = {key: item for key, item in state.pending.items() if key != event.item}
    state = replace(state, pending=pending)
    if event.task is not None:
        seen = CheckSeen(event.kind, event.verdict, at=event.at, report=event.report, since=event.at)
        state = _on_task(state, event.task, lambda task: replace(task, seen=seen))
    return _end_at(state, event.ends)


# -- rows ----------------------------------------------------------------------------------------------------


@_apply.register
def _(event: e.RowAdded, state: Onboarding) -> Onboarding:
    row = Row(event.row, dict(event.values))
    state = _on_step(
        state,
        step_of(event.row),
        lambda step: replace(step, rows=(*step.rows, row), next_row=step.next_row + 1),
    )
    return _moved_on(state, event, event.row)


@_apply.register
def _(event: e.RowChanged, state: Onboarding) -> Onboarding:
    state = _on_row(state, event.row, lambda row: replace(row, values={**row.values, **event.values}))
    return _moved_on(state, event, event.row)


@_apply.register
def _(event: e.RowClosed, state: Onboarding) -> Onboarding:
    closing = Closing(event.grade, by=event.by, at=event.at)
    state = _on_row(state, event.row, lambda row: replace(row, status=TaskStatus.DONE, closing=closing))
    return _moved_on(state, event, event.row)


@_apply.register
def _(event: e.RowReopened, state: Onboarding) -> Onboarding:
    return _on_row(state, event.row, lambda row: replace(row, status=TaskStatus.OPEN, closing=None))


@_apply.register
def _(event: e.RowRemoved, state: Onboarding) -> Onboarding:
    return _on_step(
        state,
        step_of(event.row),
        lambda step: replace(step, rows=tuple(row for row in step.rows if row.id != event.row)),
    )


# -- reminders -----------------------------------------------------------------------------------------------


def _on_ask(state: Onboarding, subject: str, change: Callable[[Asked], Asked]) -> Onboarding:
    return replace(state, asked={key: change(ask) if key == subject else ask for key, ask in state.asked.items()})


@_apply.register
def _(event: e.Reminded, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, reminders=a.reminders + 1, last_at=event.at))


@_apply.register
def _(event: e.DeputyReminded, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, deputy_at=event.at, last_at=event.at))


@_apply.register
def _(event: e.LeadTold, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, lead_reminders=a.lead_reminders + 1, last_at=event.at))


@_apply.register
def _(event: e.Nudged, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, last_at=event.at))


@_apply.register
def _(event: e.ChannelWasLost, state: Onboarding) -> Onboarding:
    return replace(state, channel_lost=event.why)


@_apply.register
def _(event: e.ChannelWasShared, state: Onboarding) -> Onboarding:
    return replace(state, channel_shared=True)


@_apply.register
def _(event: e.Warned, state: Onboarding) -> Onboarding:
    return replace(state, warned={**state.warned, event.what: event.days})


@_apply.register
def _(event: e.CardRefreshed, state: Onboarding) -> Onboarding:
    return replace(state, card_on=event.on)


@_apply.register
def _(event: e.SecretPosted, state: Onboarding) -> Onboarding:
    return state


# -- the onboarding as a whole -------------------------------------------------------------------------------


@_apply.register
def _(event: e.Finished, state: Onboarding) -> Onboarding:
    return replace(state, life=Life.FINISHED, finished_at=event.at)


@_apply.register
def _(event: e.OnboardingClosed, state: Onboarding) -> Onboarding:
    life = Life.PAUSED if event.why == "paused" else Life.CLOSED
    return replace(state, life=life, life_why=event.why, life_reason=event.reason, paused_until=event.until)


@_apply.register
def _(event: e.OnboardingRestored, state: Onboarding) -> Onboarding:
    life = Life.OPEN if state.finished_at is None else Life.FINISHED
    return replace(state, life=life, life_why="", life_reason=None, paused_until=None)


@_apply.register
def _(event: e.WatchingStopped, state: Onboarding) -> Onboarding:
    return replace(state, watching=False)


@_apply.register
def _(event: e.ChannelMoved, state: Onboarding) -> Onboarding:
    return replace(state, channel=event.channel, channel_lost="", channel_shared=False)
