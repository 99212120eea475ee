"""`Start`: a new onboarding, perhaps one that is under way already."""

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.evolve import evolve
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rules.claims import started_with
from engine.onboarding.rules.draft import Context, Draft
from engine.onboarding.rules.forms import close_from_form
from engine.onboarding.rules.people import new_holder
from engine.onboarding.rules.settle import flow, settle
from engine.onboarding.rules.texts import LONGEST_NAME, nation, sealed, sealed_or_none
from engine.onboarding.state import Onboarding
from engine.onboarding.values import Grade, StepStatus
from engine.process.model import Environment, Participant, Process, Role, Route


def applicable(
    process: Process, participant: Participant, environment: Environment, route: Route
) -> dict[int, tuple[str, ...]]:
    """The tasks that apply, by step. A step that does not apply, or has neither task nor list left, is not in it."""
    result = {}
    for step in process.steps:
        tasks = tuple(task.id for task in step.tasks if task.when.holds(participant, environment, route))
        if step.when.holds(participant, environment, route) and (tasks or step.rows):
            result[step.number] = tasks
    return result


def start(state: Onboarding | None, command: c.Start, context: Context) -> tuple[e.Event, ...]:
    """One open onboarding per company and environment (decision 23)."""
    if state is not None:
        raise Refused(RefusalCode.ALREADY_OPEN, state.id, short_id=state.short_id)
    if command.environment in context.company.open:
        raise Refused(RefusalCode.ALREADY_OPEN, short_id=context.company.open[command.environment])
    if not command.leads or not all(command.leads):
        raise Refused(RefusalCode.NOBODY_NAMED)
    numbers = {step.number for step in context.process.steps}
    if command.now_at not in numbers:
        raise Refused(RefusalCode.NOT_FINISHED_BEFORE, str(command.now_at))
    started = _started(command, context, numbers)
    draft = Draft(evolve(None, started), command.by, context)
    draft.events.append(started)
    if command.shared:
        draft.add(e.ChannelWasShared(*draft.stamp, command.channel))
    if command.now_at:
        _close_what_was_before(draft, command.now_at)
    flow(draft)
    close_from_form(draft)
    if command.domain and command.domain.strip():
        started_with(draft, command.domain, command.value, command.now_at)
    settle(draft)
    return tuple(draft.events)


def _started(command: c.Start, context: Context, numbers: set[int]) -> e.Started:
    tasks = applicable(context.process, command.participant, command.environment, command.route)
    return e.Started(
        context.now,
        command.by,
        onboarding=command.onboarding,
        short_id=command.short_id,
        team=command.team,
        company=command.company,
        name=sealed(context, command.name, LONGEST_NAME, "name"),
        environment=command.environment,
        participant=command.participant,
        route=command.route,
        process=context.process_hash,
        channel=command.channel,
        leads=tuple(dict.fromkeys(command.leads)),
        tasks=tasks,
        not_applicable=tuple(sorted(numbers - set(tasks))),
        number=sealed_or_none(context, command.number, LONGEST_NAME, "number"),
        description=sealed_or_none(context, command.description, name="description"),
        nation=nation(command.nation),
        holders={
            role: new_holder(context, holder) for role, holder in command.holders.items() if role is not Role.LEAD
        },
    )


def _close_what_was_before(draft: Draft, now_at: int) -> None:
    """Earlier steps close as before Dipper. Prerequisites that hold a later step stay open, and Step 0 with them."""
    for number, step in draft.state.steps.items():
        if step.status is StepStatus.NOT_APPLICABLE or number >= now_at:
            continue
        later = [task for task in step.tasks if any(held > now_at for held in draft.process.task(task).holds)]
        if not later:
            draft.add(e.StepClosedBefore(*draft.stamp, number))
            continue
        for task in step.tasks:
            if task not in later:
                draft.add(e.TaskClosed(*draft.stamp, task, Grade.UNKNOWN, before=True))
