"""What opens, closes, blocks and reopens a step."""

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import CLOSED_TASK, apply, on_step
from engine.onboarding.state import Attempt, Life, Onboarding, StepState
from engine.onboarding.values import Blocked, Closing, Grade, StepStatus, TaskStatus


@apply.register
def _(event: e.StepOpened, state: Onboarding) -> Onboarding:
    return on_step(state, event.step, lambda step: replace(step, status=StepStatus.OPEN, opened_at=event.at))


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

    state = on_step(state, number, close)
    steps = {
        n: replace(step, rests_on_reopened=tuple(r for r in step.rests_on_reopened if r != number))
        if number in step.rests_on_reopened
        else step
        for n, step in state.steps.items()
    }
    return replace(state, steps=steps)


@apply.register
def _(event: e.StepClosed, state: Onboarding) -> Onboarding:
    return _closed(state, event.step, event, event.grade)


def _all_tasks_done(step: StepState, closing: Closing) -> StepState:
    tasks = {
        key: task if task.status in CLOSED_TASK else replace(task, status=TaskStatus.DONE, closing=closing)
        for key, task in step.tasks.items()
    }
    return replace(step, tasks=tasks)


@apply.register
def _(event: e.StepClosedBefore, state: Onboarding) -> Onboarding:
    closing = Closing(Grade.UNKNOWN, by=event.by, at=event.at, before=True)
    state = on_step(state, event.step, lambda step: replace(_all_tasks_done(step, closing), before=True))
    return _closed(state, event.step, event, Grade.UNKNOWN)


@apply.register
def _(event: e.StepCarried, state: Onboarding) -> Onboarding:
    closing = Closing(event.grade, by=event.by, at=event.done_at, carried_from=event.from_onboarding)
    state = on_step(
        state,
        event.step,
        lambda step: replace(_all_tasks_done(step, closing), carried_from=event.from_onboarding),
    )
    return _closed(state, event.step, event, event.grade)


@apply.register
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

    state = on_step(state, event.step, reopen)
    for number in event.resting:
        state = on_step(
            state,
            number,
            lambda step: replace(step, rests_on_reopened=tuple(sorted({*step.rests_on_reopened, event.step}))),
        )
    life = Life.OPEN if state.life is Life.FINISHED else state.life
    return replace(state, life=life, finished_at=None)


@apply.register
def _(event: e.StepMarkedNotApplicable, state: Onboarding) -> Onboarding:
    state = _closed(state, event.step, event, Grade.ATTESTED)
    return on_step(
        state,
        event.step,
        lambda step: replace(step, status=StepStatus.NOT_APPLICABLE, grade=None, why_not=event.reason),
    )


@apply.register
def _(event: e.StepBlocked, state: Onboarding) -> Onboarding:
    blocked = Blocked(since=event.at, by=event.by, reason=event.reason)
    return on_step(state, event.step, lambda step: replace(step, blocked=blocked))


@apply.register
def _(event: e.StepUnblocked, state: Onboarding) -> Onboarding:
    return on_step(state, event.step, lambda step: replace(step, blocked=None))


@apply.register
def _(event: e.Rejected, state: Onboarding) -> Onboarding:
    """What was done in the attempt that ends here is kept beside the tasks, which the events after this one reopen."""

    def reject(step: StepState) -> StepState:
        done = {task.id: task.closing for task in step.tasks.values() if task.closing is not None}
        reports = {task.id: task.seen.report for task in step.tasks.values() if task.seen is not None}
        ended = Attempt(step.attempt, event.way, event.by, event.at, event.note, done, reports)
        return replace(step, attempt=event.attempt, attempts=(*step.attempts, ended))

    return on_step(state, event.step, reject)
