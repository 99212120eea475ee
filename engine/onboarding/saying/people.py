"""Hand-overs, roles, and people who leave."""

from collections.abc import Iterator

from engine.onboarding import events as e
from engine.onboarding.outcome import Say
from engine.onboarding.saying.base import Scene, of, thread, to_leads
from engine.process.model import Role


@of.register
def _(event: e.TaskHandedOver, scene: Scene) -> Iterator[Say]:
    if event.to is not None and not _as_a_whole(scene):
        yield thread("thread/handed-over", None, event.task, by=event.by, mention=event.to)


@of.register
def _(event: e.RoleAssigned, scene: Scene) -> Iterator[Say]:
    if _as_a_whole(scene):
        return
    template = "thread/handed-over" if event.handed_over else "thread/role-assigned"
    person = event.holder.person or event.holder.deputy
    yield thread(template, None, event.role.value, by=event.by, **({"mention": person} if person else {}))


@of.register
def _(event: e.LeadsChanged, scene: Scene) -> Iterator[Say]:
    if not _as_a_whole(scene):
        template = "thread/handed-over" if event.handed_over else "thread/role-assigned"
        mention = {"mention": event.leads[0]} if event.leads else {}
        yield thread(template, None, "lead", by=event.by, **mention)


@of.register
def _(event: e.WorkHandedOver, scene: Scene) -> Iterator[Say]:
    until = {"until": event.until.isoformat()} if event.until else {}
    roles = [Role.LEAD] if event.lead or event.beside else []
    data = {"roles": ",".join([*roles, *event.roles]), "person": event.person, **until}
    yield thread("thread/work-handed-over", None, event.person, mention=event.to, **data)


@of.register
def _(event: e.WorkReturned, scene: Scene) -> Iterator[Say]:
    """A plan that was called off had said nothing yet."""
    begun = scene.before.stand_ins[event.person].begun if scene.before else False
    if begun and not any(isinstance(other, e.PersonDeparted) for other in scene.events):
        yield thread("thread/work-returned", None, event.person, mention=event.person, person=event.to)


_AS_A_WHOLE = (e.PersonDeparted, e.WorkHandedOver, e.WorkReturned)


def _as_a_whole(scene: Scene) -> bool:
    """One message says it for everything that somebody held."""
    return any(isinstance(event, _AS_A_WHOLE) for event in scene.events)


@of.register
def _(event: e.PersonDeparted, scene: Scene) -> Iterator[Say]:
    """The leads are told in private; with no lead left, the thread is, so that its absence is said."""
    if scene.after.leads:
        yield from to_leads(scene, "thread/person-left", event.person, person=event.person)
    else:
        yield thread("thread/person-left", None, event.person, person=event.person, no_lead="yes")
