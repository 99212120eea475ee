"""All of somebody's work handed over: now or from a day on, for good or until a day on which it goes back by itself."""

from msgspec.structs import replace

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import is_lead
from engine.onboarding.rules.draft import Draft
from engine.onboarding.values import Holder, StandIn
from engine.process.model import Role


def hand_over_all(draft: Draft, command: c.HandOver) -> None:
    """By whoever holds it. `starts` in the future makes it due then; a new hand-over replaces one that was only planned."""
    if command.to == draft.by:
        raise Refused(RefusalCode.ALREADY_THEIRS)
    starts, until = command.starts, command.until
    for moment in (starts, until):
        if moment is not None and moment.tzinfo is None:
            raise Refused(RefusalCode.BAD_DATE)
    if until is not None and until <= max(draft.now, starts or draft.now):
        raise Refused(RefusalCode.DATE_PAST, field="until")
    running = draft.state.stand_ins.get(draft.by)
    if running is not None and running.begun:
        raise Refused(RefusalCode.HANDED_OVER_ALREADY, until=running.until.isoformat() if running.until else "")
    if starts is not None and starts > draft.now:
        draft.add(e.HandOverPlanned(*draft.stamp, draft.by, command.to, starts, until, command.keep))
    else:
        give(draft, StandIn(draft.by, command.to, draft.now, until, command.keep))


def give(draft: Draft, stand_in: StandIn) -> None:
    """Puts `to` wherever `person` stands, but for the roles that are kept. Nothing held: nothing happens."""
    person, to, state = stand_in.person, stand_in.to, draft.state
    roles = {
        role: held
        for role, held in state.holders.items()
        if person in (held.person, held.deputy) and role not in stand_in.keep
    }
    leads = person in state.leads and Role.LEAD not in stand_in.keep
    tasks = tuple(task.id for step in state.steps.values() for task in step.tasks.values() if task.owner == person)
    if not (roles or leads or tasks):
        if person in state.stand_ins:
            draft.add(e.WorkReturned(*draft.stamp, person, to))
        return
    was_lead = leads and to in state.leads
    draft.add(
        e.WorkHandedOver(*draft.stamp, person, to, stand_in.until, roles, leads and not was_lead, was_lead, tasks)
    )
    for role, held in roles.items():
        draft.add(e.RoleAssigned(*draft.stamp, role, without(held, person, to), handed_over=True))
    if leads:
        named = dict.fromkeys(to if lead == person else lead for lead in state.leads)
        draft.add(e.LeadsChanged(*draft.stamp, tuple(named), handed_over=True))
    for task in tasks:
        draft.add(e.TaskHandedOver(*draft.stamp, task, to))


def without(held: Holder, person: str, to: str | None) -> Holder:
    """The role with `to` in the person's place; with None a deputy moves up."""
    if held.person == person:
        successor = to or held.deputy
        return replace(held, person=successor, deputy=held.deputy if held.deputy != successor else None)
    return replace(held, deputy=to if to != held.person else None)


def take_back(draft: Draft, command: c.TakeBack) -> None:
    """Before its day, by either of the two or a lead. What was only planned is called off."""
    draft.only_people()
    stand_in = draft.state.stand_ins.get(command.person)
    if stand_in is None:
        return
    if draft.by not in (stand_in.person, stand_in.to) and not is_lead(draft.state, draft.by):
        raise Refused(RefusalCode.NOT_A_LEAD, lead=draft.state.leads[0] if draft.state.leads else "")
    give_back(draft, stand_in)


def give_back(draft: Draft, stand_in: StandIn) -> None:
    """What the stand-in still has as it was given; what others changed meanwhile stays as they made it."""
    person, to = stand_in.person, stand_in.to
    draft.add(e.WorkReturned(*draft.stamp, person, to))
    if not stand_in.begun:
        return
    for role, held in stand_in.roles.items():
        if draft.state.holders.get(role) == without(held, person, to):
            draft.add(e.RoleAssigned(*draft.stamp, role, held, handed_over=True))
    leads = draft.state.leads
    if stand_in.lead and to in leads and person not in leads:
        swapped = tuple(person if lead == to else lead for lead in leads)
        draft.add(e.LeadsChanged(*draft.stamp, swapped, handed_over=True))
    elif stand_in.beside and person not in leads:
        draft.add(e.LeadsChanged(*draft.stamp, (*leads, person), handed_over=True))
    for task_id in stand_in.tasks:
        step = draft.state.steps.get(int(task_id.split(".", 1)[0]))
        if step is not None and task_id in step.tasks and step.tasks[task_id].owner == to:
            draft.add(e.TaskHandedOver(*draft.stamp, task_id, person))


def release(draft: Draft, person: str) -> None:
    """Somebody leaves: what they had only for a time goes back first, and what they planned is off."""
    for stand_in in list(draft.state.stand_ins.values()):
        if person in (stand_in.person, stand_in.to):
            give_back(draft, stand_in)
