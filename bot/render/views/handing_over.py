"""The views of a hand-over of all somebody's work: what would happen, and what did."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.render.values import Channel, Moment, Person
from bot.render.views.forms import RefusedPart
from bot.render.views.look import Look
from engine.onboarding.rights import roles_of
from engine.store.reads import Case
from handlers.handing_over import Given, Part, Preview, Wish


@dataclass(frozen=True, slots=True)
class PartView:
    company: str
    environment: str
    channel: Channel
    gives: tuple[str, ...]
    keeps: tuple[str, ...]
    unseen: bool


@dataclass(frozen=True, slots=True)
class PreviewView:
    to: Person
    starts: Moment | None
    until: Moment | None
    parts: tuple[PartView, ...]
    going: int


@dataclass(frozen=True, slots=True)
class GivenView:
    to: Person
    starts: Moment | None
    until: Moment | None
    count: int
    refused: tuple[RefusedPart, ...]


def preview(shown: Preview, to: Person, look: Callable[[Case], Look], tz: str) -> PreviewView:
    starts, until = _moments(shown.wish, tz)
    parts = tuple(_part(part, look(part.case)) for part in shown.parts)
    return PreviewView(to, starts, until, parts, len(shown.wish.onboardings))


def _part(part: Part, look: Look) -> PartView:
    head = look.head()
    gives = [look.role_title(role) for role in part.gives]
    if part.tasks:
        gives.append("1 task of yours" if part.tasks == 1 else f"{part.tasks} tasks of yours")
    keeps = tuple(look.role_title(role) for role in part.keeps)
    channel = Channel(part.case.state.channel)
    return PartView(head.company, head.environment, channel, tuple(gives), keeps, part.unseen)


def given(done: Given, to: Person, refused: tuple[RefusedPart, ...], tz: str) -> GivenView:
    starts, until = _moments(done.wish, tz)
    return GivenView(to, starts, until, done.count, refused)


def _moments(wish: Wish, tz: str) -> tuple[Moment | None, Moment | None]:
    return (Moment(wish.starts, tz) if wish.starts else None), (Moment(wish.until, tz) if wish.until else None)


def held(look: Look, person: str) -> str:
    """One onboarding in the list to choose from: what the person holds there."""
    head = look.head()
    roles = ", ".join(look.role_title(role) for role in roles_of(look.state, person))
    return f"{head.company}, {head.environment}{': ' if roles else ''}{roles}"
