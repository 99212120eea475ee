"""The tools that all effects share, and the table that they enter themselves in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import singledispatch

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.state import Onboarding, Row, StepState, TaskState
from engine.onboarding.values import Asked, Grade, StepStatus, TaskStatus

CLOSED_TASK = frozenset({TaskStatus.DONE, TaskStatus.NOT_APPLICABLE, TaskStatus.WAIVED})
CLOSED_STEP = frozenset({StepStatus.DONE, StepStatus.NOT_APPLICABLE})
_WEAKEST_FIRST = (Grade.UNKNOWN, Grade.ATTESTED, Grade.VERIFIED)


class CannotApply(ValueError):
    """An event that does not fit the state: the journal is damaged or out of order."""


def step_of(subject: str) -> int:
    """The step number of a step (`5`), task (`5.4`) or row (`7#2`)."""
    return int(subject.split("#", 1)[0].split(".", 1)[0])


def weakest(step: StepState) -> Grade:
    """A step's grade: the weakest of its tasks and rows that were done; attested if it had none of its own to do."""
    closings = (*(task.closing for task in step.tasks.values()), *(row.closing for row in step.rows))
    grades = {closing.grade for closing in closings if closing is not None}
    return next((grade for grade in _WEAKEST_FIRST if grade in grades), Grade.ATTESTED)


@singledispatch
def apply(event: e.Event, state: Onboarding) -> Onboarding:
    """The state after an event that is not the first. Effects register themselves by the event's type."""
    raise CannotApply(f"no rule for {type(event).__name__}")


def on_step(state: Onboarding, number: int, change: Callable[[StepState], StepState]) -> Onboarding:
    return replace(state, steps={**state.steps, number: change(state.steps[number])})


def on_task(state: Onboarding, task_id: str, change: Callable[[TaskState], TaskState]) -> Onboarding:
    def in_step(step: StepState) -> StepState:
        return replace(step, tasks={**step.tasks, task_id: change(step.tasks[task_id])})

    return on_step(state, step_of(task_id), in_step)


def on_row(state: Onboarding, row_id: str, change: Callable[[Row], Row]) -> Onboarding:
    def in_step(step: StepState) -> StepState:
        return replace(step, rows=tuple(change(row) if row.id == row_id else row for row in step.rows))

    return on_step(state, step_of(row_id), in_step)


def moved_on(state: Onboarding, event: e.Event, subject: str, *people: str | None) -> Onboarding:
    """Whoever moved a step by something is not chased for the rest as if they had done nothing:

    their ask starts again.
    """
    number, movers = step_of(subject), {event.by, *people}
    asked = {
        key: Asked(ask.person, since=event.at) if step_of(key) == number and ask.person in movers else ask
        for key, ask in state.asked.items()
    }
    return replace(state, asked=asked)


def end_at(state: Onboarding, ends: Mapping[str, datetime]) -> Onboarding:
    """A new end starts its warnings anew."""
    if not ends:
        return state
    moved = {what for what, at in ends.items() if state.ends.get(what) != at}
    warned = {what: days for what, days in state.warned.items() if what not in moved}
    return replace(state, ends={**state.ends, **ends}, warned=warned)


def regraded(state: Onboarding, number: int) -> Onboarding:
    def regrade(step: StepState) -> StepState:
        return replace(step, grade=weakest(step)) if step.status is StepStatus.DONE else step

    return on_step(state, number, regrade)
