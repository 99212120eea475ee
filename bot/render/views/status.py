"""One onboarding as its reader sees it: every step with state, owner, age, last look and what happens next."""

from dataclasses import dataclass

from bot.render.values import Moment, Person, counted
from bot.render.views import words
from bot.render.views.card import counts
from bot.render.views.look import Case, Look, RenderFacts, Turn
from bot.render.views.next_by_itself import NextByItself, next_by_itself
from engine.onboarding import now
from engine.onboarding.state import Life, StepState
from engine.onboarding.values import StepStatus, TaskStatus
from engine.process.model import Step

_VERDICTS = {
    "ready": "the record is right",
    "not_yet": "not yet at every name server",
    "wrong": "the record is missing or wrong",
    "broken": "the zone cannot be answered properly",
    "unknown": "no verdict from here",
}


@dataclass(frozen=True, slots=True)
class StatusStep:
    """A step's line. `open` says how many tasks are; `turn` and `since` stand for an open step only."""

    number: int
    title: str
    sign: str
    word: str
    grade: str
    closed_at: Moment | None
    closed_by: Person | None
    turn: Turn | None
    since: Moment | None
    open: str
    waiting_on: str
    waiting_since: Moment | None
    blocked: str
    seen: str
    seen_at: Moment | None


@dataclass(frozen=True, slots=True)
class EndLine:
    what: str
    at: Moment


@dataclass(frozen=True, slots=True)
class TurnLine:
    """The one thing that moves the onboarding, or one of them. `mine` where it is the reader's own turn."""

    step: int
    title: str
    turn: Turn
    task: str
    since: Moment
    mine: bool
    waiting_on: str


@dataclass(frozen=True, slots=True)
class StatusView:
    onboarding: str
    about: str
    short_id: str
    company: str
    environment: str
    life: str
    done: int
    total: int
    started: Moment
    started_by: Person | None
    steps: tuple[StatusStep, ...]
    turns: tuple[TurnLine, ...]
    next: NextByItself | None
    ends: tuple[EndLine, ...]
    counts: str
    thread: str
    dns_task: str


def status(case: Case, facts: RenderFacts, reader: str) -> StatusView:
    look = Look(case, facts)
    state = look.state
    head = look.head()
    numbers = [step.number for step in look.process.steps if step.number in state.steps]
    task = now.dns_task(state, look.process)
    return StatusView(
        onboarding=head.onboarding,
        about=head.about,
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        life=state.life.value,
        done=now.closed_count(state),
        total=sum(1 for number in numbers if number),
        started=look.moment(state.started_at),
        started_by=look.actor(state.started_by),
        steps=tuple(_step(look, *look.step(number)) for number in numbers),
        turns=turns_of(look, reader),
        next=next_by_itself(look) if state.life is Life.OPEN else None,
        ends=tuple(EndLine(look.ends(key), look.moment(at)) for key, at in now.ending(state).items()),
        counts=counts(look),
        thread=facts.link("thread") or facts.link("card") or "",
        dns_task=task.id if task and state.claim and state.claim.value else "",
    )


def turns_of(look: Look, reader: str) -> tuple[TurnLine, ...]:
    return tuple(_turn_line(look, turn, reader) for turn in now.turns(look.state, look.process))


def _turn_line(look: Look, turn: now.Turn, reader: str) -> TurnLine:
    step = look.process.step(turn.step)
    task = look.process.task(turn.tasks[0]) if turn.tasks else None
    return TurnLine(
        step=turn.step,
        title=step.title,
        turn=look.turn(step, task),
        task=task.title if task else "",
        since=look.moment(turn.since),
        mine=turn.person == reader,
        waiting_on=words.PARTY[turn.party] if turn.party else "",
    )


def _step(look: Look, step: Step, state: StepState) -> StatusStep:
    is_open = state.status is StepStatus.OPEN
    open_tasks = sum(task.status is TaskStatus.OPEN for task in state.tasks.values())
    open_rows = sum(row.status is TaskStatus.OPEN for row in state.rows)
    seen = max((task.seen for task in state.tasks.values() if task.seen), key=lambda one: one.at, default=None)
    turn = next((one for one in now.turns(look.state, look.process) if one.step == step.number), None)
    task = look.process.task(turn.tasks[0]) if turn and turn.tasks else None
    return StatusStep(
        number=step.number,
        title=step.title,
        sign=words.STEP_SIGN[state.status],
        word=words.STEP_WORD[state.status] or "not open yet",
        grade="before Dipper" if state.before else words.GRADE[state.grade] if state.grade else "",
        closed_at=look.moment(state.closed_at) if state.closed_at else None,
        closed_by=look.actor(state.closed_by or ""),
        turn=look.turn(step, task) if is_open else None,
        since=look.moment(turn.since) if turn else None,
        open=_open_words(open_tasks, open_rows) if is_open else "",
        waiting_on=words.PARTY[state.waiting.on] if state.waiting else "",
        waiting_since=look.moment(state.waiting.since) if state.waiting else None,
        blocked=look.text(state.blocked.reason) if state.blocked else "",
        seen=_VERDICTS.get(seen.verdict, seen.verdict) if seen else "",
        seen_at=look.moment(seen.at) if seen else None,
    )


def _open_words(tasks: int, rows: int) -> str:
    parts = [counted(tasks, "task")] if tasks else []
    if rows:
        parts.append(counted(rows, "row"))
    return " and ".join(parts) + " open" if parts else "nothing open"
