"""What a rule may look at, the table that the rules enter themselves in, and the kinds of message."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch

from engine.onboarding import events as e
from engine.onboarding.now import Ask
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.state import Onboarding
from engine.process.model import Process


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule may look at."""

    before: Onboarding | None
    after: Onboarding
    events: tuple[e.Event, ...]
    process: Process
    asked_before: tuple[Ask, ...]
    asked: tuple[Ask, ...]  # as it is after the events


@singledispatch
def of(event: e.Event, scene: Scene) -> Iterable[Say]:
    return ()


def thread(template: str, slot: str | None = None, subject: str = "", **data: str) -> Say:
    return Say(template, Lane.THREAD, slot=slot, subject=subject, data=data)


def to_leads(scene: Scene, template: str, subject: str, **data: str) -> Iterator[Say]:
    for lead in scene.after.leads:
        yield Say(template, Lane.DIRECT, person=lead, subject=subject, data=data)


def step_mention(scene: Scene, number: int) -> dict[str, str]:
    people = [ask.person for ask in scene.asked if ask.step == number and ask.person]
    return {"mention": people[0]} if people else {}


def late_mark(late: bool) -> dict[str, str]:
    return {"late": "yes"} if late else {}
