"""Waits, snoozes, rejections, reopened steps, and lists that fill up."""

from collections.abc import Iterator

from engine.onboarding import events as e
from engine.onboarding.evolve import step_of
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.rights import acts_for_step
from engine.onboarding.saying.base import Scene, late_mark, of, step_mention, thread, to_leads
from engine.onboarding.state import Onboarding


@of.register
def _(event: e.WaitStarted, scene: Scene) -> Iterator[Say]:
    yield thread("thread/wait-started", _wait_slot(scene.after, event.step), str(event.step))


@of.register
def _(event: e.WaitEnded, scene: Scene) -> Iterator[Say]:
    if scene.before is None:
        return
    ran_out = {"ran_out": "yes"} if event.ran_out else {}
    answer = {"answer": event.answer} if event.answer else {}
    rejected = {"rejected": "yes"} if any(isinstance(other, e.Rejected) for other in scene.events) else {}
    yield thread(
        "thread/wait-over",
        _wait_slot(scene.before, event.step),
        str(event.step),
        **ran_out,
        **answer,
        **rejected,
        **(step_mention(scene, event.step) if event.ran_out else {}),
    )


def _wait_slot(state: Onboarding, number: int) -> str:
    """One message a wait: the second wait of a step is not an edit of the first."""
    return f"wait/{number}/{state.step(number).waits}"


@of.register
def _(event: e.WaitAnswered, scene: Scene) -> Iterator[Say]:
    yield thread("thread/wait-started", _wait_slot(scene.after, event.step), str(event.step), answer=event.answer)


@of.register
def _(event: e.WaitAsked, scene: Scene) -> Iterator[Say]:
    yield thread(
        "reminders/wait-question", None, str(event.step), **late_mark(event.late), **_owner_of(scene, event.step)
    )


def _owner_of(scene: Scene, number: int) -> dict[str, str]:
    owner = acts_for_step(scene.after, scene.process, number).owner
    return {"mention": owner} if owner else {}


@of.register
def _(event: e.WaitEscalated, scene: Scene) -> Iterator[Say]:
    yield from to_leads(scene, "reminders/wait-escalate", str(event.step), **late_mark(event.late))


@of.register
def _(event: e.SnoozeEnded, scene: Scene) -> Iterator[Say]:
    yield thread(
        "reminders/snooze-over", None, str(event.step), **late_mark(event.late), **step_mention(scene, event.step)
    )


@of.register
def _(event: e.StepBlocked, scene: Scene) -> Iterator[Say]:
    """The thread has the step's message; whoever has to clear it is told in private."""
    for lead in scene.after.leads:
        if lead != event.by:
            yield Say("thread/step-blocked", Lane.DIRECT, person=lead, subject=str(event.step))


@of.register
def _(event: e.Rejected, scene: Scene) -> Iterator[Say]:
    data = {"way": event.way, "attempt": str(event.attempt), "by": event.by, **step_mention(scene, event.step)}
    yield thread("thread/rejected", None, str(event.step), **data)


@of.register
def _(event: e.StepReopened, scene: Scene) -> Iterator[Say]:
    if any(isinstance(other, e.SecretPosted) for other in scene.events):
        return  # the incident says it
    resting = ",".join(str(number) for number in event.resting)
    yield thread(
        "thread/reopened",
        None,
        str(event.step),
        by=event.by,
        resting=resting,
        **({"reason": event.reason.id} if event.reason else {}),
        **step_mention(scene, event.step),
    )


def _row_progress(event: e.RowAdded | e.RowChanged | e.RowClosed | e.RowReopened | e.RowRemoved) -> Say:
    number = step_of(event.row)
    return thread("thread/row-progress", f"rows/{number}", str(number))


@of.register(e.RowAdded)
@of.register(e.RowChanged)
@of.register(e.RowClosed)
@of.register(e.RowReopened)
@of.register(e.RowRemoved)
def _(event: e.RowAdded | e.RowChanged | e.RowClosed | e.RowReopened | e.RowRemoved, scene: Scene) -> Iterator[Say]:
    yield _row_progress(event)
