"""Reminders, escalations and warnings."""

from collections.abc import Iterator

from engine.onboarding import events as e
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.rights import acts_for_end
from engine.onboarding.saying.base import Scene, late_mark, of, thread


@of.register
def _(event: e.Reminded, scene: Scene) -> Iterator[Say]:
    yield _reminder(scene, event.subject, event.person, **late_mark(event.late))


def _reminder(scene: Scene, subject: str, person: str, **data: str) -> Say:
    """`also`: what else is asked of the same person here, for it is the only message of the day."""
    ask = next((a for a in scene.asked if a.subject == subject), None)
    also = [a.subject for a in scene.asked if a.person == person and a.subject != subject]
    more = {"also": ",".join(also)} if also else {}
    outside = ask is not None and ask.actors.outside is not None
    template = "reminders/dns-contact-outside" if outside else "reminders/owner"
    return thread(template, None, subject, mention=person, **data, **more)


@of.register
def _(event: e.Nudged, scene: Scene) -> Iterator[Say]:
    yield _reminder(scene, event.subject, event.person, by=event.by)


@of.register
def _(event: e.ReminderCame, scene: Scene) -> Iterator[Say]:
    """Where somebody is asked, that is the reminder; else whoever chose the time hears how things stand."""
    if not any(isinstance(other, e.Nudged) for other in scene.events):
        yield thread("reminders/own", mention=event.person, **late_mark(event.late))


@of.register
def _(event: e.RemindersSwitched, scene: Scene) -> Iterator[Say]:
    """The leads are told that nobody reminds this person any more, and what happens instead."""
    for lead in scene.after.leads:
        if event.off and lead != event.person:
            yield Say("direct/reminders-off", Lane.DIRECT, person=lead, data={"person": event.person})


@of.register
def _(event: e.DeputyReminded, scene: Scene) -> Iterator[Say]:
    yield thread("reminders/deputy", None, event.subject, mention=event.person, **late_mark(event.late))


@of.register
def _(event: e.LeadTold, scene: Scene) -> Iterator[Say]:
    yield Say("reminders/lead", Lane.DIRECT, person=event.person, subject=event.subject, data=late_mark(event.late))


@of.register
def _(event: e.Warned, scene: Scene) -> Iterator[Say]:
    owner = acts_for_end(scene.after, scene.process, event.what).owner
    mention = {"mention": owner} if owner else {}
    yield thread("reminders/ends", None, event.what, days=str(event.days), **mention, **late_mark(event.late))
