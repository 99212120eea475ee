"""What changes who somebody is and whose turn it is."""

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import CLOSED_STEP, apply, on_step, on_task
from engine.onboarding.state import Life, Onboarding, StepState, TaskState
from engine.onboarding.values import Asked, StandIn, StepStatus


@apply.register
def _(event: e.DetailsEdited, state: Onboarding) -> Onboarding:
    return replace(
        state,
        name=event.name or state.name,
        number=event.number or state.number,
        description=event.description or state.description,
        participant=event.participant or state.participant,
        route=event.route or state.route,
        nation=event.nation or state.nation,
        closures=state.closures if event.closures is None else event.closures,
    )


@apply.register
def _(event: e.TasksApplied, state: Onboarding) -> Onboarding:
    def apply(step: StepState) -> StepState:
        tasks = {task: step.tasks.get(task, TaskState(task)) for task in event.tasks}
        if not event.applies:
            return replace(step, tasks=tasks, status=StepStatus.NOT_APPLICABLE, waiting=None, blocked=None)
        status = StepStatus.LOCKED if step.status is StepStatus.NOT_APPLICABLE else step.status
        return replace(step, tasks=tasks, status=status)

    state = on_step(state, event.step, apply)
    again = event.applies and state.life is Life.FINISHED and state.step(event.step).status not in CLOSED_STEP
    return replace(state, life=Life.OPEN, finished_at=None) if again else state


@apply.register
def _(event: e.RoleAssigned, state: Onboarding) -> Onboarding:
    return replace(state, holders={**state.holders, event.role: event.holder})


@apply.register
def _(event: e.LeadsChanged, state: Onboarding) -> Onboarding:
    return replace(state, leads=event.leads)


@apply.register
def _(event: e.TaskHandedOver, state: Onboarding) -> Onboarding:
    return on_task(state, event.task, lambda task: replace(task, owner=event.to))


@apply.register
def _(event: e.HandOverPlanned, state: Onboarding) -> Onboarding:
    planned = StandIn(event.person, event.to, event.starts, event.until, event.keep)
    return replace(state, stand_ins={**state.stand_ins, event.person: planned})


@apply.register
def _(event: e.WorkHandedOver, state: Onboarding) -> Onboarding:
    """For good: nobody stands in, it is simply theirs."""
    others = {person: one for person, one in state.stand_ins.items() if person != event.person}
    if event.until is None:
        return replace(state, stand_ins=others)
    begun = StandIn(
        event.person,
        event.to,
        starts=event.at,
        until=event.until,
        begun=True,
        roles=dict(event.roles),
        lead=event.lead,
        beside=event.beside,
        tasks=event.tasks,
    )
    return replace(state, stand_ins={**others, event.person: begun})


@apply.register
def _(event: e.WorkReturned, state: Onboarding) -> Onboarding:
    return replace(state, stand_ins={who: one for who, one in state.stand_ins.items() if who != event.person})


@apply.register
def _(event: e.PersonDeparted, state: Onboarding) -> Onboarding:
    """What they held goes on in the events beside this one; here only what was muted for them ends."""
    return replace(state, muted={who: until for who, until in state.muted.items() if who != event.person})


@apply.register
def _(event: e.TurnPassed, state: Onboarding) -> Onboarding:
    asked = {}
    for subject, person in event.asked.items():
        before = state.asked.get(subject)
        asked[subject] = before if before and before.person == person else Asked(person, since=event.at)
    return replace(state, asked=asked)
