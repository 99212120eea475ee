"""What closes and opens a task."""

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import CannotApply, apply, end_at, moved_on, on_task, regraded, step_of
from engine.onboarding.state import Onboarding, TaskState
from engine.onboarding.values import Closing, Evidence, Grade, SetAside, TaskStatus


@apply.register
def _(event: e.EvidenceAttached, state: Onboarding) -> Onboarding:
    kept = Evidence(event.link, event.by, event.at, event.note)
    return on_task(state, event.task, lambda task: replace(task, evidence=(*task.evidence, kept)))


@apply.register
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
        lacks=event.lacks,
    )

    def close(task: TaskState) -> TaskState:
        values = {**task.values, **event.values}
        return replace(task, status=TaskStatus.DONE, closing=closing, values=values, check_asked=None)

    state = end_at(on_task(state, event.task, close), event.ends)
    return moved_on(state, event, event.task, event.for_person)


@apply.register
def _(event: e.TaskFilled, state: Onboarding) -> Onboarding:
    state = on_task(state, event.task, lambda task: replace(task, values={**task.values, **event.values}))
    return moved_on(end_at(state, event.ends), event, event.task)


@apply.register
def _(event: e.TaskVerified, state: Onboarding) -> Onboarding:
    def verify(task: TaskState) -> TaskState:
        if task.closing is None:
            raise CannotApply(f"{task.id} is not closed, so it cannot become verified")
        return replace(task, closing=replace(task.closing, grade=Grade.VERIFIED, report=event.report, lacks=()))

    return regraded(on_task(state, event.task, verify), step_of(event.task))


@apply.register
def _(event: e.TaskReopened, state: Onboarding) -> Onboarding:
    forget = event.cause not in (e.Cause.UNTICKED, e.Cause.RECORD_GONE)

    def reopen(task: TaskState) -> TaskState:
        return replace(task, status=TaskStatus.OPEN, closing=None, aside=None, seen=None if forget else task.seen)

    return on_task(state, event.task, reopen)


@apply.register
def _(event: e.TaskMarkedNotApplicable, state: Onboarding) -> Onboarding:
    aside = SetAside(event.by, event.at, event.reason, event.settled_by)
    return _set_aside(state, event.task, TaskStatus.NOT_APPLICABLE, aside)


@apply.register
def _(event: e.TaskWaived, state: Onboarding) -> Onboarding:
    return _set_aside(state, event.task, TaskStatus.WAIVED, SetAside(event.by, event.at, event.reason))


def _set_aside(state: Onboarding, task_id: str, status: TaskStatus, aside: SetAside) -> Onboarding:
    """Neither counts for the step's grade; who did it and why stays readable."""
    return on_task(
        state, task_id, lambda task: replace(task, status=status, closing=None, aside=aside, check_asked=None)
    )
