"""Lists over several onboardings: my work, the lead's list, App Home."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.values import Code, Moment, Person
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
class ListLine:
    onboarding: str
    short_id: str
    company: str
    environment: str
    life: str
    step: str
    waiting: str
    who: Person | None
    since: Moment | None
    ends: str
    ends_at: Moment | None


@dataclass(frozen=True, slots=True)
class ListView:
    what: str
    whom: str
    rows: tuple[ListLine, ...]
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
_MOST_LISTED = 50
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


def board(what: str, whom: str, cases: Sequence[tuple[Case, RenderFacts]]) -> ListView:
    lines = tuple(_of_case(case, facts) for case, facts in cases)
    return ListView(what, whom, lines[:_MOST_LISTED], len(lines))


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
    turns = now.turns(case.state, case.process)
    turn = turns[0] if turns else None
    key = _first_end(case.state)
    return ListLine(
        onboarding=case.state.id,
        short_id=case.state.short_id,
        company=look.company,
        environment=look.environment,
        life=case.state.life.value,
        step=_step_words(case, turn),
        waiting=words.PARTY[turn.party] if turn and turn.party else "",
        who=look.person(turn.person) if turn and turn.person else None,
        since=look.moment(turn.since) if turn else None,
        ends=words.ends(key) if key else "",
        ends_at=look.moment(case.state.ends[key]) if key else None,
    )


def _step_words(case: Case, turn: now.Turn | None) -> str:
    if case.state.life is not Life.OPEN:
        return case.state.life.value
    return f"Step {turn.step} {case.process.step(turn.step).short}" if turn else "nothing open"


def _first_end(state: Onboarding) -> str:
    """The key of what ends first; empty where nothing is known to end."""
    return next(iter(now.ending(state)), "")


__all__ = ["ChoiceView", "HomeView", "ListView", "MineView", "board", "choices", "home", "mine", "work_of"]
