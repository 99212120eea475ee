"""state + event -> the next state. Pure and total: an event that was decided always applies.

It needs no process: what depends on it (which tasks apply, which step opens) stands in the events.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects import asks, checks, people, rows, steps, tasks, waits, whole
from engine.onboarding.effects.base import CLOSED_STEP, CLOSED_TASK, CannotApply, apply, step_of, weakest
from engine.onboarding.state import Onboarding, StepState, TaskState
from engine.onboarding.values import StepStatus

__all__ = ["CLOSED_STEP", "CLOSED_TASK", "CannotApply", "evolve", "replay", "step_of", "weakest"]

EFFECTS = (asks, checks, people, rows, steps, tasks, waits, whole)
"""The modules whose effects are in `apply`'s table, because they are imported here."""


def evolve(state: Onboarding | None, event: e.Event) -> Onboarding:
    """The state after an event. Raises CannotApply if the first is not `Started`, or one after it is."""
    if isinstance(event, e.Started):
        if state is not None:
            raise CannotApply("an onboarding starts once")
        after = _started(event)
    elif state is None:
        raise CannotApply(f"{type(event).__name__} before Started")
    else:
        after = apply(event, state)
    return replace(after, seq=after.seq + 1, last_at=event.at)


def replay(events: Iterable[e.Event]) -> Onboarding:
    """The state that all these events make. Raises CannotApply if there are none."""
    state: Onboarding | None = None
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise CannotApply("no events")
    return state


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
