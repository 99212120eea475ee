"""The onboarding as a whole and its channel; secrets that were posted in it."""

from collections.abc import Iterator

from engine.onboarding import events as e
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.saying.base import Scene, of, thread, to_leads
from engine.onboarding.saying.record import request_again
from engine.onboarding.saying.steps import said_again
from engine.onboarding.state import Life


@of.register
def _(event: e.ChannelWasLost, scene: Scene) -> Iterator[Say]:
    yield from to_leads(scene, "direct/channel-lost", "", channel=event.channel, reason=event.why)


@of.register
def _(event: e.ChannelWasShared, scene: Scene) -> Iterator[Say]:
    """Told to every lead, but not to the one who has just said that outsiders may read along."""
    for lead in scene.after.leads:
        if lead != event.by:
            yield Say("direct/channel-shared", Lane.DIRECT, person=lead, data={"channel": event.channel})


@of.register
def _(event: e.SecretPosted, scene: Scene) -> Iterator[Say]:
    again = [o.task for o in scene.events if isinstance(o, e.TaskReopened) and o.cause is e.Cause.SECRET_POSTED]
    asked = [ask.person for ask in scene.asked if again and ask.person and not {*again}.isdisjoint(ask.tasks)]
    mention = {"mention": asked[0]} if asked else {}
    if again or not event.elsewhere:
        elsewhere = {"elsewhere": "yes"} if event.elsewhere else {}
        yield thread("thread/secret-posted", None, event.kind, again=",".join(again), **elsewhere, **mention)
    if not event.elsewhere:
        yield Say("direct/secret-poster", Lane.DIRECT, person=event.person, subject=event.kind)


@of.register
def _(event: e.OnboardingClosed, scene: Scene) -> Iterator[Say]:
    yield thread("thread/closed", None, event.why, by=event.by)


@of.register
def _(event: e.OnboardingRestored, scene: Scene) -> Iterator[Say]:
    yield thread("thread/restored", None, by=event.by)


@of.register
def _(event: e.ChannelMoved, scene: Scene) -> Iterator[Say]:
    """A new card comes by itself; in its thread what is open is said again, but nothing that is over (decision 12)."""
    yield thread("thread/moved", None, event.channel, by=event.by)
    if scene.after.life is Life.OPEN:
        yield from said_again(scene)
        yield from request_again(scene)
