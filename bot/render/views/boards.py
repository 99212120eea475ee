"""Lists over several onboardings: my work, the lead's list, App Home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.render.values import Code, Moment, Person, Phrase, joined
from bot.render.views import words
from bot.render.views.look import Case, Look, RenderFacts
from engine.onboarding import now
from engine.onboarding.state import Life, Onboarding
from engine.store.reads import Named
from handlers import ids


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One thing that waits for the reader."""

    onboarding: str
    short_id: str
    company: str
    environment: str
    step: int
    title: str
    task: str
    since: Moment
    thread: str


@dataclass(frozen=True, slots=True)
class MineView:
    work: tuple[WorkLine, ...]
    total: int
    led: int


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """`who` has the turn, or a party outside is waited for; neither where nobody is named yet."""

    step: int
    short: str
    waiting: str
    who: Person | None
    since: Moment


@dataclass(frozen=True, slots=True)
class OpenStep:
    """All turns of one step in one breath: whom it is with, or what it waits for; `since` the earliest."""

    step: int
    short: str
    waiting: str
    who: Phrase | None
    since: Moment


@dataclass(frozen=True, slots=True)
class ListLine:
    """`life` is empty while the onboarding is open."""

    onboarding: str
    short_id: str
    company: str
    environment: str
    life: str
    turns: tuple[OpenTurn, ...]
    ends: str
    ends_at: Moment | None

    @property
    def steps(self) -> tuple[OpenStep, ...]:
        grouped = groupby(self.turns, key=lambda turn: (turn.step, turn.waiting))
        return tuple(_open_step(list(turns)) for _, turns in grouped)


@dataclass(frozen=True, slots=True)
class ListView:
    what: str
    whom: str
    rows: tuple[ListLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ExpiryLine:
    onboarding: str
    short_id: str
    company: str
    environment: str
    what: str
    at: Moment
    over: bool


@dataclass(frozen=True, slots=True)
class ExpiringView:
    days: str
    rows: tuple[ExpiryLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class HomeView:
    work: tuple[WorkLine, ...]
    led: tuple[ListLine, ...]
    ends: tuple[ListLine, ...]


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    onboarding: str
    short_id: str
    company: str
    environment: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """Several onboardings to choose from; `text` is what was looked for.

    `command`: what a button does for its onboarding, as an id; `typed`: the same as it is shown, if it says more than
    the bare name of a question.
    """

    text: str
    rows: tuple[ChoiceLine, ...]
    total: int
    command: str
    typed: Code | None
    company: str = ""  # none is chosen: the menu asks for it


_MOST = 20
MOST_LISTED = 50
_MOST_CHOICES = 20
_QUESTIONS = {"", "status", "next"}
_ENVIRONMENTS = {"uit": "UIT", "production": "Production"}


def mine(cases: Sequence[tuple[Case, RenderFacts]], reader: str) -> MineView:
    lines = work_of(cases, reader)
    led = sum(1 for case, _ in cases if reader in case.state.leads)
    return MineView(lines[:_MOST], len(lines), led)


def work_of(cases: Sequence[tuple[Case, RenderFacts]], reader: str) -> tuple[WorkLine, ...]:
    """What waits for the reader over all onboardings, oldest first."""
    lines = [line for case, facts in cases for line in _work(Look(case, facts), reader)]
    return tuple(sorted(lines, key=lambda line: line.since.at))


def _work(look: Look, reader: str) -> list[WorkLine]:
    found = []
    for turn in now.turns(look.state, look.process):
        if turn.person != reader:
            continue
        head = look.head()
        task = look.process.task(turn.tasks[0]).title if turn.tasks else ""
        title = look.process.step(turn.step).title
        thread = look.facts.link("thread") or ""
        found.append(
            WorkLine(
                head.onboarding,
                head.short_id,
                head.company,
                head.environment,
                turn.step,
                title,
                task,
                look.moment(turn.since),
                thread,
            )
        )
    return found


def board(what: str, whom: str, cases: Sequence[tuple[Case, RenderFacts]], total: int) -> ListView:
    """`cases`: the first `MOST_LISTED` of `total`."""
    return ListView(what, whom, lines_of(cases), total)


def lines_of(cases: Sequence[tuple[Case, RenderFacts]]) -> tuple[ListLine, ...]:
    return tuple(_of_case(case, facts) for case, facts in cases)


def expiring(
    days: str, cases: Sequence[tuple[Case, RenderFacts]], before: datetime, at_present: datetime
) -> ExpiringView:
    """What ends before a time, the first to end first."""
    found = [
        ExpiryLine(
            case.state.id,
            case.state.short_id,
            look.company,
            look.environment,
            look.ends(what),
            look.moment(at),
            over=at <= at_present,
        )
        for case, look in ((case, Look(case, facts)) for case, facts in cases)
        for what, at in now.ending(case.state).items()
        if at <= before
    ]
    lines = tuple(sorted(found, key=lambda line: line.at.at))
    return ExpiringView(days, lines[:MOST_LISTED], len(lines))


def home(cases: Sequence[tuple[Case, RenderFacts]], reader: str) -> HomeView:
    led = [_of_case(case, facts) for case, facts in cases if reader in case.state.leads]
    dated = sorted(((line.ends_at.at, line) for line in led if line.ends_at), key=lambda pair: pair[0])
    return HomeView(work_of(cases, reader)[:10], tuple(led[:10]), tuple(line for _, line in dated[:5]))


def choices(named: Sequence[Named], text: str = "", command: str = "") -> ChoiceView:
    rows = tuple(
        ChoiceLine(one.id, one.short_id, one.name or words.REMOVED, _ENVIRONMENTS.get(one.environment, ""))
        for one in named
    )
    id_ = ids.command_id(command)
    return ChoiceView(
        text,
        rows[:_MOST_CHOICES],
        len(rows),
        id_ or ids.command_id("status"),
        Code(f"{ids.COMMAND} {command}") if id_ and command not in _QUESTIONS else None,
    )


def _of_case(case: Case, facts: RenderFacts) -> ListLine:
    look = Look(case, facts)
    key = _first_end(case.state)
    return ListLine(
        onboarding=case.state.id,
        short_id=case.state.short_id,
        company=look.company,
        environment=look.environment,
        life="" if case.state.life is Life.OPEN else case.state.life.value,
        turns=tuple(_open_turn(look, turn) for turn in now.turns(case.state, case.process)),
        ends=look.ends(key) if key else "",
        ends_at=look.moment(case.state.ends[key]) if key else None,
    )


def _open_turn(look: Look, turn: now.Turn) -> OpenTurn:
    step = look.process.step(turn.step)
    return OpenTurn(
        turn.step,
        step.short if turn.step else step.title,
        words.PARTY[turn.party] if turn.party else "",
        look.person(turn.person) if turn.person else None,
        look.moment(turn.since),
    )


def _open_step(turns: Sequence[OpenTurn]) -> OpenStep:
    first = turns[0]
    names = dict.fromkeys(turn.who.quiet for turn in turns if turn.who)
    since = min((turn.since for turn in turns), key=lambda since: since.at)
    return OpenStep(first.step, first.short, first.waiting, joined(names) if names else None, since)


def _first_end(state: Onboarding) -> str:
    """The key of what ends first; empty where nothing is known to end."""
    return next(iter(now.ending(state)), "")
