"""What every view is built from: the case as it stands now, and what must be looked up beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.render.tokens import one_line
from bot.render.values import Moment, Person, Phrase, Printable, counted, joined
from bot.render.views import words
from engine.onboarding import now
from engine.onboarding.rights import Actors, acts_for, acts_for_step
from engine.onboarding.state import Onboarding, StepState, TaskState
from engine.onboarding.values import BOT, Closing, TaskStatus, TextRef
from engine.process.model import Confidence, Process, Role, Step, Task
from engine.reminders.calendar import PersonFacts, working_days_between

Report = Mapping[str, Any]
"""A stored check report: `dipper.dns/1` or `dipper.pki/1`."""


class Case(Protocol):
    """An onboarding as the store reads it: state, the process it started with, and the texts that are still there."""

    @property
    def state(self) -> Onboarding: ...
    @property
    def process(self) -> Process: ...
    @property
    def texts(self) -> Mapping[str, str]: ...


def _no_report(report: str) -> Report | None:
    return None


def _no_link(slot: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class RenderFacts:
    """What a view needs besides the case. `report` finds a stored check by its id, `link` the address of a slot's
    message.

    `bot` is how the bot is called in Slack; `tz` the zone in which times are printed where Slack does not print them.
    """

    now: datetime
    people: Mapping[str, Person] = field(default_factory=dict)
    report: Callable[[str], Report | None] = _no_report
    link: Callable[[str], str | None] = _no_link
    bot: str = "@dipper"
    tz: str = "Europe/London"


@dataclass(frozen=True, slots=True)
class Head:
    """What every message names: whose onboarding it is, and where."""

    onboarding: str
    short_id: str
    company: str
    environment: str
    about: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is. `vacant`: nobody holds the role, so it falls to the lead. `outside`: the name or address of
    somebody who is not in Slack; `people` are then those who passed the request on.
    """

    people: tuple[Person, ...]
    role: str
    vacant: bool = False
    outside: str = ""
    deputy: Person | None = None

    @property
    def names(self) -> Phrase:
        return joined(self.people)

    @property
    def quietly(self) -> Phrase:
        """As `who`, but nobody is notified: for a second name in a message, and for the card."""
        return Phrase(tuple(part.quiet if isinstance(part, Person) else part for part in self.who.parts))

    @property
    def who(self) -> Phrase:
        """ "@carl (Certificate Admin)"; for somebody outside "Example DNS (DNS contact), by way of @carl"."""
        if self.outside:
            return Phrase((self.outside, f" ({self.role}), by way of ", *self.names.parts))
        if not self.people:
            return Phrase((f"nobody ({self.role})",))
        role = f" (for the {self.role}: nobody named yet)" if self.vacant else f" ({self.role})"
        return Phrase((*self.names.parts, role))


@dataclass(frozen=True, slots=True)
class Closed:
    """How a task, row or step was closed. `how` is the grade's word, or what stands for it; `lacks` what was not compared."""

    by: Person | None
    at: Moment
    how: str
    for_person: Person | None = None
    reason: str = ""
    report: str = ""
    carried: bool = False
    lacks: str = ""

    @property
    def said(self) -> Phrase:
        """ "verified by Dipper, Tue 24 Nov", "attested by @carl for @dora, Tue 24 Nov: no reply needed"."""
        whom: tuple[Printable, ...] = (" for ", self.for_person.quiet) if self.for_person else ()
        reason: tuple[Printable, ...] = (": ", self.reason) if self.reason else ()
        if self.carried:  # whoever closed the step before did nothing here
            return Phrase((self.how, ", ", self.at.day))
        lacks: tuple[Printable, ...] = (f" ({self.lacks})",) if self.lacks else ()
        who = self.by.quiet if self.by else "Dipper"
        return Phrase((self.how, " by ", who, *whom, ", ", self.at.day, *lacks, *reason))


class Look:
    """Answers about one case in the terms of a view: texts by their reference, people by their id, titles by their
    key.
    """

    def __init__(self, case: Case, facts: RenderFacts) -> None:
        self.state = case.state
        self.process = case.process
        self.facts = facts
        self._texts = case.texts

    def text(self, value: TextRef | str | None) -> str:
        """The words behind a reference; erased ones say that they were removed. Empty where there is none."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return self._texts.get(value.id, words.REMOVED)

    def stored(self, text_id: str) -> str:
        """The words behind a text's id."""
        return self._texts.get(text_id, words.REMOVED)

    def person(self, person: str) -> Person:
        return self.facts.people.get(person, Person(person, person, self.facts.tz))

    def actor(self, person: str) -> Person | None:
        """Who acted; None where it was Dipper itself."""
        return None if person in {BOT, ""} else self.person(person)

    def people(self, people: tuple[str, ...]) -> tuple[Person, ...]:
        return tuple(self.person(person) for person in people)

    def moment(self, at: datetime) -> Moment:
        return Moment(at, self.facts.tz)

    @property
    def company(self) -> str:
        return self.text(self.state.name)

    @property
    def environment(self) -> str:
        for choice in self.process.environments:
            if choice.id == self.state.environment:
                return choice.title
        return str(self.state.environment)

    def head(self, subject: str = "") -> Head:
        about = ", ".join(part for part in (subject, one_line(self.company), self.environment) if part)
        return Head(self.state.id, self.state.short_id, self.company, self.environment, about)

    def step(self, number: int) -> tuple[Step, StepState]:
        return self.process.step(number), self.state.step(number)

    def task(self, task_id: str) -> tuple[Task, TaskState]:
        """A task with its state; one that does not apply any more (the company's type was changed) says so."""
        task = self.process.task(task_id)
        known = self.state.step(task.step).tasks.get(task_id)
        return task, known or TaskState(task_id, TaskStatus.NOT_APPLICABLE)

    def subject_title(self, subject: str) -> str:
        """The title of a step (`5`), task (`5.4`) or row (`7#2`)."""
        number = int(subject.replace("#", ".").split(".", 1)[0])
        if "#" in subject:
            for row in self.state.step(number).rows:
                if row.id == subject:
                    return " · ".join(one_line(self.text(value)) for value in row.values.values())
        if "." in subject:
            return self.process.task(subject).title
        return self.process.step(number).title

    def show_of(self, task: Task) -> str:
        """How a task is done, with the certificate profile of the answered kind in its commands; unknown, all of them."""
        profile = now.profile_of(self.state, task.check) if task.check else None
        return task.show.replace("PROFILE", profile or "dual-purpose|mtls|signing")

    def role_title(self, role: Role) -> str:
        return self.process.role(role).title

    def sources(self, tags: tuple[str, ...], limit: int = 4) -> tuple[SourceLine, ...]:
        """The sources by their tags, each once. A tag that the process does not list is shown as it is."""
        lines: list[SourceLine] = []
        known = {source.tag: source for source in self.process.sources}
        for tag in dict.fromkeys(tags):
            source = known.get(tag)
            lines.append(SourceLine(source.title, source.url or "") if source else SourceLine(tag, ""))
        return tuple(lines[:limit])

    def turn(self, step: Step, task: Task | None = None) -> Turn:
        """Whose turn a step's or a task's is: as the decision core says, with names."""
        if task and task.id in self.state.step(step.number).tasks:
            return self.actors(acts_for(self.state, self.process, task.id))
        return self.actors(acts_for_step(self.state, self.process, step.number))

    def ends(self, what: str) -> str:
        """What ends, by its key in the state; where only we infer that it does, that is said beside it."""
        task = self.process.starts(what)
        return words.ends(what) + (trust(task.expiry.confidence) if task and task.expiry else "")

    def actors(self, actors: Actors) -> Turn:
        return Turn(
            people=self.people((actors.owner,)) if actors.owner else (),
            role=self.role_title(actors.role),
            vacant=actors.fell_to_lead,
            outside=self.text(actors.outside),
            deputy=self.person(actors.deputy) if actors.deputy else None,
        )

    def closed(self, closing: Closing) -> Closed:
        """How a task was closed, with the words for its grade."""
        return Closed(
            by=self.actor(closing.by),
            at=self.moment(closing.at),
            how=words.closing(closing),
            for_person=self.person(closing.for_person) if closing.for_person else None,
            reason=self.text(closing.reason),
            report=closing.report or "",
            carried=closing.carried_from is not None,
            lacks=", ".join(words.NOT_COMPARED[half] for half in closing.lacks if half in words.NOT_COMPARED),
        )

    @property
    def calendar(self) -> PersonFacts:
        """The onboarding's own, where the reader is."""
        return PersonFacts(tz=self.facts.tz, nation=self.state.nation, closures=frozenset(self.state.closures))

    def working_days(self, start: datetime, end: datetime) -> int:
        """How many working days have passed, by the onboarding's own calendar."""
        return working_days_between(start, end, self.calendar)

    def took(self) -> str:
        """How long the onboarding took: "17 working days"; empty while it runs."""
        ended = self.state.finished_at
        if ended is None:
            return ""
        days = self.working_days(self.state.started_at, ended)
        return counted(days, "working day") if days else "less than a working day"


def trust(confidence: Confidence, text: str = "") -> str:
    """What is said on the very line of a statement that is not Elexon's or GlobalSign's own; empty where it is, or
    where the statement says so itself.
    """
    return "" if words.TRUST[confidence].strip(" ()") in text else words.TRUST[confidence]


def role_named(text: str) -> Role | None:
    """The role of that name, if there is one."""
    return next((role for role in Role if role.value == text), None)
