"""Hand-overs, roles, and people who leave."""

from collections.abc import Iterator

from engine.onboarding import events as e
from engine.onboarding.outcome import Say
from engine.onboarding.saying.base import Scene, of, thread, to_leads


@of.register
def _(event: e.TaskHandedOver, scene: Scene) -> Iterator[Say]:
    if event.to is not None and not _left(scene):
        yield thread("thread/handed-over", None, event.task, by=event.by, mention=event.to)


@of.register
def _(event: e.RoleAssigned, scene: Scene) -> Iterator[Say]:
    if _left(scene):
        return
    template = "thread/handed-over" if event.handed_over else "thread/role-assigned"
    person = event.holder.person or event.holder.deputy
    yield thread(template, None, event.role.value, by=event.by, **({"mention": person} if person else {}))


@of.register
def _(event: e.LeadsChanged, scene: Scene) -> Iterator[Say]:
    if not _left(scene):
        template = "thread/handed-over" if event.handed_over else "thread/role-assigned"
        mention = {"mention": event.leads[0]} if event.leads else {}
        yield thread(template, None, "lead", by=event.by, **mention)


def _left(scene: Scene) -> bool:
    return any(isinstance(event, e.PersonDeparted) for event in scene.events)


@of.register
def _(event: e.PersonDeparted, scene: Scene) -> Iterator[Say]:
    """The leads are told in private; with no lead left, the thread is, so that its absence is said."""
    if scene.after.leads:
        yield from to_leads(scene, "thread/person-left", event.person, person=event.person)
    else:
        yield thread("thread/person-left", None, event.person, person=event.person, no_lead="yes")
