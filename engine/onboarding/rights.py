"""Who holds what, and who may do what. The same answers serve decisions, messages and views."""

from collections.abc import Iterable

from msgspec import Struct

from engine.onboarding.evolve import step_of
from engine.onboarding.state import Onboarding
from engine.onboarding.values import TextRef
from engine.process.model import Process, Role

_STANDS_IN = {Role.USER_ADMIN: Role.PRIMARY_USER_ADMIN}
"""None named: another role's holder does it (decision 20)."""

_PASSES_ON = {Role.DNS_CONTACT: Role.CERTIFICATE_ADMIN}
"""The holder is not in Slack: who passes requests on to them and is asked instead."""


class Actors(Struct, frozen=True):
    """Who acts for a role, step or task.

    `owner` None: nobody is there, not even a lead. `outside`: the role's holder is not in Slack and `owner` passes
    requests on. `fell_to_lead`: nobody holds the role, so it is the lead's.
    """

    role: Role
    owner: str | None
    deputy: str | None
    leads: tuple[str, ...]
    outside: TextRef | None = None
    fell_to_lead: bool = False

    def include(self, person: str) -> bool:
        return person in (self.owner, self.deputy)


def holds_role(state: Onboarding, role: Role) -> Actors:
    """Who acts for a role: its holder, else the deputy, else whoever stands in, else the lead."""
    lead = state.leads[0] if state.leads else None
    if role is Role.LEAD:
        return Actors(role, lead, None, state.leads)
    holder = state.holders.get(role)
    if holder and (holder.person or holder.deputy):
        owner = holder.person or holder.deputy
        return Actors(role, owner, holder.deputy if holder.person else None, state.leads)
    if holder and holder.outside:
        between = _PASSES_ON.get(role, Role.LEAD)
        passes_on = holds_role(state, between)
        return Actors(role, passes_on.owner, passes_on.deputy, state.leads, outside=holder.outside)
    if role in _STANDS_IN:
        stand_in = holds_role(state, _STANDS_IN[role])
        return Actors(role, stand_in.owner, stand_in.deputy, state.leads, fell_to_lead=stand_in.fell_to_lead)
    return Actors(role, lead, None, state.leads, fell_to_lead=True)


def acts_for_step(state: Onboarding, process: Process, number: int) -> Actors:
    return holds_role(state, process.step(number).owner)


def acts_for_end(state: Onboarding, process: Process, what: str) -> Actors:
    """Who is told that something ends: whoever acts for the task that started it, else the Certificate Admin."""
    task = process.starts(what)
    return acts_for(state, process, task.id) if task else holds_role(state, Role.CERTIFICATE_ADMIN)


def acts_for(state: Onboarding, process: Process, task_id: str) -> Actors:
    """Who acts for a task: whom it was handed to, else the holder of its role or its step's."""
    return acts_for_tasks(state, process, step_of(task_id), (task_id,))[0]


def acts_for_tasks(state: Onboarding, process: Process, number: int, tasks: Iterable[str]) -> list[Actors]:
    """Who acts for each of these tasks of one step; a role that many of them share is looked up once."""
    owner, there = process.step(number).owner, state.step(number).tasks
    roles: dict[Role, Actors] = {}
    result = []
    for task_id in tasks:
        role = process.task(task_id).owner or owner
        actors = roles.get(role) or roles.setdefault(role, holds_role(state, role))
        handed_to = there[task_id].owner
        if handed_to is not None:
            deputy = actors.deputy if actors.deputy != handed_to else None
            actors = Actors(actors.role, handed_to, deputy, state.leads)
        result.append(actors)
    return result


def acts_in(state: Onboarding, process: Process, number: int) -> frozenset[str]:
    """Everybody who is owner or deputy of the step or of one of its tasks:

    those who may wait, block and fill its list.
    """
    actors = [acts_for_step(state, process, number)]
    actors += acts_for_tasks(state, process, number, state.step(number).tasks)
    return frozenset(person for a in actors for person in (a.owner, a.deputy) if person is not None)


def is_lead(state: Onboarding, person: str) -> bool:
    return person in state.leads


def people_of(state: Onboarding) -> frozenset[str]:
    """The onboarding's people:

    leads, holders and deputies of roles, whoever was handed a task, and whoever has somebody stand in for them.
    """
    people = {*state.leads, *state.stand_ins}
    for holder in state.holders.values():
        people |= {person for person in (holder.person, holder.deputy) if person}
    for step in state.steps.values():
        people |= {task.owner for task in step.tasks.values() if task.owner}
    return frozenset(people)


def may_see(state: Onboarding, person: str, *, in_channel: bool) -> bool:
    """Its people, and members of its channel (which only Slack knows: handed in)."""
    return in_channel or person in people_of(state)


def roles_of(state: Onboarding, person: str) -> tuple[Role, ...]:
    """The roles that a person holds, as holder or deputy, in the order of `Role`."""
    held = {role for role, h in state.holders.items() if person in (h.person, h.deputy)}
    if person in state.leads:
        held.add(Role.LEAD)
    return tuple(role for role in Role if role in held)
