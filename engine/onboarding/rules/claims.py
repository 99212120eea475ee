"""The domain claim of Step 5: what the portal shows, and what a new one makes of the old (decision 18)."""

from datetime import UTC, date, datetime, timedelta

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.now import dns_task, enters_claim
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_for, acts_for_step, is_lead
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.texts import same, sealed
from engine.onboarding.values import Grade, StepStatus, TaskStatus, TextRef
from engine.process.model import Task

_LONGEST_DOMAIN = 255
_LONGEST_VALUE = 2_000


def started_with(draft: Draft, domain: str, value: str | None, now_at: int) -> None:
    """What a company that begins, or is under way, knows of its domain. A value counts once the domain's step is reached."""
    checked = dns_task(draft.state, draft.process)
    if not value or not value.strip() or checked is None or now_at < checked.step:
        enter_domain(draft, domain)
    elif now_at == checked.step:
        put_claim(draft, checked, domain, value, None, None)
    else:
        proven = sealed(draft.context, domain, _LONGEST_DOMAIN, "domain")
        draft.add(e.ClaimSet(*draft.stamp, 1, proven, sealed(draft.context, value, _LONGEST_VALUE, "value")))


def enter_domain(draft: Draft, domain: str) -> None:
    """A domain that is known before the portal shows a value for it."""
    claim = draft.state.claim
    if claim is None or not same(draft.context, claim.domain, domain):
        ref = sealed(draft.context, domain, _LONGEST_DOMAIN, "domain")
        draft.add(e.ClaimSet(*draft.stamp, claim.number + 1 if claim else 1, ref))


def set_claim(draft: Draft, command: c.SetClaim) -> None:
    """Enters domain and value as the portal shows them. The same again changes nothing."""
    checked = dns_task(draft.state, draft.process)
    if checked is None:
        raise Refused(RefusalCode.NO_CHECK)
    draft.open_step(checked.step)
    draft.only_people()
    _only_whoever_enters_it(draft, checked)
    put_claim(draft, checked, command.domain, command.value, command.shown_on, command.needed_by)


def _only_whoever_enters_it(draft: Draft, checked: Task) -> None:
    """The owner of the step or of the task that asks for it, or a lead; not the DNS contact, who was asked by it."""
    entering = [task for task in draft.state.step(checked.step).tasks if enters_claim(draft.process.task(task))]
    actors = [acts_for_step(draft.state, draft.process, checked.step)]
    actors += [acts_for(draft.state, draft.process, task) for task in entering]
    if not is_lead(draft.state, draft.by) and not any(a.include(draft.by) for a in actors):
        raise Refused(
            RefusalCode.NOT_YOURS, str(checked.step), owner=actors[-1].owner or "", role=actors[-1].role.value
        )


def put_claim(
    draft: Draft, checked: Task, domain: str, value: str, shown_on: date | None, needed_by: date | None
) -> None:
    """As `set_claim`, for whoever may. `checked` is the task that the record's check closes."""
    today = draft.now.date()
    if shown_on is not None and shown_on > today + timedelta(days=1):
        raise Refused(RefusalCode.BAD_DATE, field="shown_on")
    if needed_by is not None and needed_by < today - timedelta(days=1):
        raise Refused(RefusalCode.DATE_PAST, field="needed_by")
    claim = draft.state.claim
    unchanged = (
        claim is not None
        and same(draft.context, claim.domain, domain)
        and same(draft.context, claim.value, value)
        and (claim.shown_on, claim.needed_by) == (shown_on, needed_by)
    )
    if not unchanged:
        draft.add(
            e.ClaimSet(
                *draft.stamp,
                claim.number + 1 if claim else 1,
                sealed(draft.context, domain, _LONGEST_DOMAIN, "domain"),
                sealed(draft.context, value, _LONGEST_VALUE, "value"),
                shown_on,
                needed_by,
                _token_ends(draft, shown_on),
            )
        )
        _undo_what_rested_on_the_old_value(draft, checked)
    _do_the_entering(draft, checked.step)


def _token_ends(draft: Draft, shown_on: date | None) -> datetime | None:
    if shown_on is None:
        return None
    start = datetime(shown_on.year, shown_on.month, shown_on.day, tzinfo=UTC)
    return start + timedelta(days=draft.process.cadences.token_days)


def _undo_what_rested_on_the_old_value(draft: Draft, checked: Task) -> None:
    step = draft.state.step(checked.step)
    tasks = list(step.tasks)
    for task_id in tasks[tasks.index(checked.id) :]:
        if step.tasks[task_id].status is TaskStatus.DONE:
            draft.add(e.TaskReopened(*draft.stamp, task_id, e.Cause.NEW_CLAIM))


def _do_the_entering(draft: Draft, number: int) -> None:
    for task in draft.state.step(number).tasks.values():
        if task.status is TaskStatus.OPEN and draft.process.task(task.id).closes_from_form == "claim":
            actors = acts_for(draft.state, draft.process, task.id)
            for_person = None if actors.include(draft.by) else actors.owner
            draft.add(e.TaskClosed(*draft.stamp, task.id, Grade.ATTESTED, for_person=for_person))


def new_domain(draft: Draft, domain: str) -> TextRef | None:
    """The domain was edited: the old claim is over. None if it is the one that is there."""
    claim = draft.state.claim
    if claim is not None and same(draft.context, claim.domain, domain):
        return None
    enter_domain(draft, domain)
    checked = dns_task(draft.state, draft.process)
    if checked is not None and draft.state.step(checked.step).status is StepStatus.OPEN:
        for task in draft.state.step(checked.step).tasks.values():
            if task.status is TaskStatus.DONE:
                draft.add(e.TaskReopened(*draft.stamp, task.id, e.Cause.DETAILS_CHANGED))
    return draft.state.claim.domain if draft.state.claim else None
