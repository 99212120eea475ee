"""Wrong turns and second thoughts: details that change, what does not apply, what is done again, what was rejected."""

from datetime import date

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.now import later_steps, missing_prerequisites, opens_early, waits_its_turn
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rules.claims import new_domain
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.forms import close_from_form
from engine.onboarding.rules.starting import applicable
from engine.onboarding.rules.texts import LONGEST_NAME, reason, same, sealed, sealed_or_none
from engine.onboarding.rules.texts import nation as a_nation
from engine.onboarding.values import StepStatus, TaskStatus, TextRef

MOST_CLOSURES = 366
_RESTS_ON = {"name": (1, 3), "domain": (5, 6), "participant": (6, 7, 8)}
"""Which done steps a changed detail opens again. Name: the portal's company details and, since a GlobalSign identity
cannot be edited, a new one [GS-Ident]. Domain: its proof and the certificate for it. Type: certificate kind, IDs and
channels."""


def edit_details(draft: Draft, command: c.EditDetails) -> None:
    """By a lead. What is blank or as before stays; what rests on a change is opened again."""
    draft.only_lead()
    state, context = draft.state, draft.context
    name = None
    if command.name and not same(context, state.name, command.name):
        name = sealed(context, command.name, LONGEST_NAME, "name")
    participant = command.participant if command.participant is not state.participant else None
    route = command.route if command.route is not state.route else None
    nation = a_nation(command.nation) if command.nation and command.nation != state.nation else None
    number = sealed_or_none(context, _changed(draft, state.number, command.number), LONGEST_NAME, "number")
    description = sealed_or_none(context, _changed(draft, state.description, command.description), name="description")
    closures = _closures(draft, command.closures)
    edited = e.DetailsEdited(*draft.stamp, name, number, description, participant, route, nation, closures)
    if any((name, number, description, participant, route, nation)) or closures is not None:
        draft.add(edited)
    changed = {"name"} if name else set()
    if participant or route:
        _apply_tasks_again(draft)
        changed |= {"participant"} if participant else set()
    if command.domain and command.domain.strip() and new_domain(draft, command.domain) is not None:
        changed.add("domain")
    again = sorted({step for what in changed for step in _RESTS_ON[what] if step in draft.state.steps})
    for step in again:
        if draft.state.step(step).status is StepStatus.DONE:
            _reopen_step(draft, step, None, e.Cause.DETAILS_CHANGED)
    close_from_form(draft)


def _closures(draft: Draft, days: tuple[date, ...] | None) -> tuple[date, ...] | None:
    """None where they are those that are there."""
    if days is None or (wanted := tuple(sorted(set(days)))) == draft.state.closures:
        return None
    if len(wanted) > MOST_CLOSURES:
        raise Refused(RefusalCode.VALUE_TOO_LONG, field="closures", limit=str(MOST_CLOSURES))
    return wanted


def _changed(draft: Draft, kept: TextRef | None, text: str | None) -> str | None:
    return None if text is None or same(draft.context, kept, text) else text


def _apply_tasks_again(draft: Draft) -> None:
    state = draft.state
    wanted = applicable(draft.process, state.participant, state.environment, state.route)
    for number, step in state.steps.items():
        tasks = wanted.get(number, ())
        if tuple(step.tasks) == tasks and (number in wanted or step.status is StepStatus.NOT_APPLICABLE):
            continue
        new = [task for task in tasks if task not in step.tasks]
        draft.add(e.TasksApplied(*draft.stamp, number, tasks, number in wanted))
        if step.status is StepStatus.DONE and new:
            draft.add(e.StepReopened(*draft.stamp, number, None, resting(draft, number)))


def mark_not_applicable(draft: Draft, command: c.MarkNotApplicable) -> None:
    """A step that is not done yet, or an open task."""
    draft.only_lead()
    why = reason(draft.context, command.reason)
    if "." in command.subject:
        task = draft.task(command.subject)
        draft.open_step(draft.process.task(command.subject).step)
        if task.status is TaskStatus.DONE:
            raise Refused(RefusalCode.STEP_CLOSED, command.subject)
        if task.status is TaskStatus.OPEN:
            draft.add(e.TaskMarkedNotApplicable(*draft.stamp, command.subject, why))
        return
    number = _step_number(draft, command.subject)
    if number == 0:
        raise Refused(RefusalCode.ONE_BY_ONE, command.subject)
    status = draft.state.step(number).status
    if status is StepStatus.DONE:
        raise Refused(RefusalCode.STEP_CLOSED, command.subject)
    if status is not StepStatus.NOT_APPLICABLE:
        draft.add(e.StepMarkedNotApplicable(*draft.stamp, number, why))


def _step_number(draft: Draft, subject: str) -> int:
    if subject.isascii() and subject.isdigit() and len(subject) < 4 and int(subject) in draft.state.steps:
        return int(subject)
    raise Refused(RefusalCode.UNKNOWN_STEP, subject[:20])


def reopen(draft: Draft, command: c.Reopen) -> None:
    """A step or task is to be done again. Later steps stay as they are, marked that they rest on it (decision 13)."""
    draft.only_lead()
    why = reason(draft.context, command.reason)
    if "." not in command.subject:
        number = _step_number(draft, command.subject)
        if draft.state.step(number).status is StepStatus.LOCKED:
            raise Refused(RefusalCode.STEP_LOCKED, command.subject)
        if draft.state.step(number).status is not StepStatus.OPEN:
            _refuse_out_of_order(draft, number)
            _reopen_step(draft, number, why, e.Cause.REOPENED)
        return
    task = draft.task(command.subject)
    number = draft.process.task(command.subject).step
    status = draft.state.step(number).status
    if status is StepStatus.LOCKED:
        raise Refused(RefusalCode.STEP_LOCKED, str(number))
    if task.status is TaskStatus.OPEN and status is StepStatus.OPEN:
        return
    if status is not StepStatus.OPEN:
        _refuse_out_of_order(draft, number)
        draft.add(e.StepReopened(*draft.stamp, number, why, resting(draft, number)))
    if task.status is not TaskStatus.OPEN:
        draft.add(e.TaskReopened(*draft.stamp, command.subject, e.Cause.REOPENED, why))


def _refuse_out_of_order(draft: Draft, number: int) -> None:
    """What was set aside before it ever opened cannot be opened before its turn."""
    step = draft.state.step(number)
    if step.status is not StepStatus.NOT_APPLICABLE:
        return
    if not step.tasks and draft.process.step(number).rows is None:
        raise Refused(RefusalCode.TASK_NOT_APPLICABLE, str(number))
    held = missing_prerequisites(draft.state, draft.process, number)
    early = opens_early(draft.state, draft.process, number)
    if held or (waits_its_turn(draft.state, draft.process, number) and not early):
        raise Refused(RefusalCode.STEP_LOCKED, str(number))


def resting(draft: Draft, number: int) -> tuple[int, ...]:
    later = later_steps(draft.process, number)
    return tuple(
        n for n, step in draft.state.steps.items() if n in later and step.status in (StepStatus.OPEN, StepStatus.DONE)
    )


def _reopen_step(draft: Draft, number: int, why: TextRef | None, cause: e.Cause) -> None:
    """The step and what was done in it; if nothing was, what was set aside; in a mere list its rows."""
    step = draft.state.step(number)
    draft.add(e.StepReopened(*draft.stamp, number, why, resting(draft, number)))
    done = [task.id for task in step.tasks.values() if task.status is TaskStatus.DONE]
    for task_id in done or list(step.tasks):
        if draft.state.task(task_id).status is not TaskStatus.OPEN:
            draft.add(e.TaskReopened(*draft.stamp, task_id, cause))
    if not step.tasks:
        for row in step.rows:
            if row.status is TaskStatus.DONE:
                draft.add(e.RowReopened(*draft.stamp, row.id))


def reject(draft: Draft, command: c.Reject) -> None:
    """Vetting, credentials, domain or CSR were refused: the next attempt begins on the way that was chosen."""
    step = draft.open_step(command.step)
    draft.only_actors_or_lead(command.step)
    way = next((w for w in draft.process.step(command.step).ways_on if w.id == command.way), None)
    if way is None:
        raise Refused(RefusalCode.UNKNOWN_WAY, str(command.step))
    note = sealed_or_none(draft.context, command.note, name="note")
    if step.waiting is not None:
        draft.add(e.WaitEnded(*draft.stamp, command.step))
    draft.add(e.Rejected(*draft.stamp, command.step, way.id, step.attempt + 1, note))
    for task_id in way.reopens:
        task = step.tasks.get(task_id)
        if task is not None and task.status is TaskStatus.DONE:
            draft.add(e.TaskReopened(*draft.stamp, task_id, e.Cause.REJECTED))
