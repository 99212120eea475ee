"""Roles and hand-overs: who holds what, and what becomes of the work of somebody who leaves."""

from datetime import timedelta

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.now import asks
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_for, is_lead, people_of
from engine.onboarding.rules.draft import Context, Draft
from engine.onboarding.rules.forms import close_from_form
from engine.onboarding.rules.stand_ins import hand_over_all, release, without
from engine.onboarding.rules.texts import LONGEST_NAME, same, sealed_or_none
from engine.onboarding.values import BOT, Holder, TaskStatus
from engine.process.model import Role

_BETWEEN_TWO = timedelta(hours=1)


def new_holder(context: Context, holder: c.NewHolder) -> Holder:
    """As it is kept: nobody is his own deputy."""
    person = holder.person or None
    deputy = holder.deputy or None
    outside = None if person else sealed_or_none(context, holder.outside, LONGEST_NAME, "outside")
    return Holder(person, deputy if deputy != person else None, outside)


def assign_role(draft: Draft, command: c.AssignRole) -> None:
    """By a lead, or for a role of one's own. Where no lead is left, anybody of the onboarding may name one."""
    held = draft.state.holders.get(command.role, Holder())
    if command.role is Role.LEAD:
        _assign_lead(draft, command)
        return
    if not is_lead(draft.state, draft.by) and (held.person is None or held.person != draft.by):
        draft.only_lead()
    asked = command.holder
    unchanged = (
        (asked.person or None, asked.deputy or None) == (held.person, held.deputy)
        and bool(asked.outside) == (held.outside is not None)
        and (not asked.outside or same(draft.context, held.outside, asked.outside))
    )
    if unchanged:
        return
    draft.add(e.RoleAssigned(*draft.stamp, command.role, new_holder(draft.context, asked)))
    close_from_form(draft)


def _assign_lead(draft: Draft, command: c.AssignRole) -> None:
    if draft.state.leads or draft.by not in people_of(draft.state):
        draft.only_lead()
    named = [person for person in (command.holder.person, command.holder.deputy) if person]
    if not named:
        raise Refused(RefusalCode.NOBODY_NAMED)
    leads = tuple(dict.fromkeys([*named, *draft.state.leads]))
    if leads != draft.state.leads:
        draft.add(e.LeadsChanged(*draft.stamp, leads))


def hand_over(draft: Draft, command: c.HandOver) -> None:
    """One task, one role, or all that `by` holds here. Leads may hand over what others hold."""
    draft.only_people()
    if not command.to or command.to == BOT:
        raise Refused(RefusalCode.NOBODY_NAMED)
    if command.task is not None:
        _hand_over_task(draft, command.task, command.to)
    elif command.role is not None:
        _hand_over_role(draft, command.role, command.to)
    else:
        hand_over_all(draft, command)
    close_from_form(draft)


def _hand_over_task(draft: Draft, task_id: str, to: str) -> None:
    task = draft.task(task_id)
    actors = acts_for(draft.state, draft.process, task_id)
    if not actors.include(draft.by) and not is_lead(draft.state, draft.by):
        raise Refused(RefusalCode.NOT_YOURS, task_id, owner=actors.owner or "", role=actors.role.value)
    if task.status is not TaskStatus.OPEN:
        raise Refused(RefusalCode.STEP_CLOSED, task_id)
    if actors.owner == to and actors.outside is None:
        raise Refused(RefusalCode.ALREADY_THEIRS, task_id)
    draft.add(e.TaskHandedOver(*draft.stamp, task_id, to))


def _hand_over_role(draft: Draft, role: Role, to: str) -> None:
    if role is Role.LEAD:
        draft.only_lead()
        if to == draft.by:
            raise Refused(RefusalCode.ALREADY_THEIRS, role.value)
        leads = dict.fromkeys(to if lead == draft.by else lead for lead in draft.state.leads)
        draft.add(e.LeadsChanged(*draft.stamp, tuple(leads), handed_over=True))
        return
    held = draft.state.holders.get(role, Holder())
    if draft.by not in (held.person, held.deputy) and not is_lead(draft.state, draft.by):
        raise Refused(RefusalCode.NOT_YOURS, role.value, owner=held.person or "", role=role.value)
    if held.person == to:
        raise Refused(RefusalCode.ALREADY_THEIRS, role.value)
    deputy = held.deputy if held.deputy != to else None
    draft.add(e.RoleAssigned(*draft.stamp, role, Holder(to, deputy), handed_over=True))


def _take_out(draft: Draft, person: str) -> None:
    """Wherever the person stands a deputy moves up, and tasks go back to their role."""
    for role, held in draft.state.holders.items():
        if person in (held.person, held.deputy):
            draft.add(e.RoleAssigned(*draft.stamp, role, without(held, person, None)))
    if person in draft.state.leads:
        draft.add(e.LeadsChanged(*draft.stamp, tuple(lead for lead in draft.state.leads if lead != person)))
    for step in draft.state.steps.values():
        for task in step.tasks.values():
            if task.owner == person:
                draft.add(e.TaskHandedOver(*draft.stamp, task.id, None))


def nudge(draft: Draft, command: c.Nudge) -> None:
    """By anybody of the onboarding, to whoever's turn it is; not within an hour of the last time."""
    draft.only_people()
    step, task = command.subject.split(".", 1)[0], command.subject
    found = [a for a in asks(draft.state, draft.process) if task in a.tasks] or [
        a for a in asks(draft.state, draft.process) if str(a.step) == step
    ]
    others = [ask for ask in found if ask.person is not None and ask.person != draft.by]
    if not others:
        raise Refused(RefusalCode.NOBODY_TO_ASK, command.subject[:20])
    for ask in others:
        asked = draft.state.asked.get(ask.subject)
        last = (asked.last_at if asked else None) or draft.now - _BETWEEN_TWO
        if asked is not None and draft.now - last >= _BETWEEN_TWO:
            draft.add(e.Nudged(*draft.stamp, ask.subject, asked.person))
    if not draft.events:
        raise Refused(RefusalCode.TOO_SOON, command.subject[:20])


def switch_reminders(draft: Draft, command: c.SwitchReminders) -> None:
    """By anybody of the onboarding, for themselves."""
    draft.only_people()
    draft.add(e.RemindersSwitched(*draft.stamp, draft.by, command.off))


def person_left(draft: Draft, command: c.PersonLeft) -> None:
    """Told by Dipper, or by a lead. The deputy takes over; where there is none, the lead (decision 20)."""
    if draft.by != BOT:
        draft.only_lead()
    if command.person not in people_of(draft.state):
        return
    draft.add(e.PersonDeparted(*draft.stamp, command.person))
    release(draft, command.person)
    _take_out(draft, command.person)
