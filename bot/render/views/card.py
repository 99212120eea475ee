"""The card in the channel: where the onboarding is, who must act, what happens next. One view, five faces."""

from dataclasses import dataclass

from bot.render.values import Moment, Person, counted
from bot.render.views import words
from bot.render.views.look import Case, Look, RenderFacts, Turn
from bot.render.views.next_by_itself import NextByItself, next_by_itself
from engine.onboarding import now
from engine.onboarding.rights import holds_role
from engine.onboarding.state import Life, StepState
from engine.onboarding.values import StepStatus, TaskStatus
from engine.process.model import Role, Step


@dataclass(frozen=True, slots=True)
class CardStep:
    """One step on the card's line. `now` where it is open."""

    number: int
    short: str
    sign: str
    word: str
    now: bool


@dataclass(frozen=True, slots=True)
class CardLine:
    """An open step: who must act and since when, or for whom it waits, or what blocks it. `task` is the one to be
    done now.
    """

    number: int
    title: str
    turn: Turn
    task: str
    since: Moment | None
    waiting_on: str
    waiting_until: Moment | None
    blocked: str
    blocked_by: Person | None
    overdue: str


@dataclass(frozen=True, slots=True)
class CardView:
    onboarding: str
    about: str
    short_id: str
    company: str
    environment: str
    face: str
    steps: tuple[CardStep, ...]
    done: int
    total: int
    lines: tuple[CardLine, ...]
    next: NextByItself | None
    check: str
    thread: str
    took: str
    counts: str
    reason: str
    until: Moment | None
    watching: bool


def card(case: Case, facts: RenderFacts) -> CardView:
    look = Look(case, facts)
    state = look.state
    main = [step for step in look.process.steps if step.number > 0 and step.number in state.steps]
    lines = tuple(line for number in now.current_steps(state) for line in _lines(look, number))
    head = look.head()
    return CardView(
        onboarding=head.onboarding,
        about=head.about,
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        face=_face(look, lines),
        steps=tuple(_step(step, state.step(step.number), rests=state.life is not Life.OPEN) for step in main),
        done=now.closed_count(state),
        total=len(main),
        lines=lines,
        next=next_by_itself(look) if state.life is Life.OPEN else None,
        check=_check(look),
        thread=facts.link("card") or "",
        took=look.took(),
        counts=counts(look),
        reason=look.text(state.life_reason) or words.CLOSED_BECAUSE.get(state.life_why, ""),
        until=look.moment(state.paused_until) if state.paused_until else None,
        watching=state.watching,
    )


def _step(step: Step, state: StepState, *, rests: bool) -> CardStep:
    """`rests`: the onboarding is closed or paused, so nothing is "now"."""
    is_open = state.status is StepStatus.OPEN and not rests
    return CardStep(
        number=step.number,
        short=step.short,
        sign=words.STEP_SIGN[state.status] if is_open or state.status is not StepStatus.OPEN else "",
        word=words.STEP_WORD[state.status] if is_open or state.status is not StepStatus.OPEN else "",
        now=is_open,
    )


def _lines(look: Look, number: int) -> tuple[CardLine, ...]:
    """A line for whoever must act in this step; for Step 0, where everybody is asked at once, one for the lead."""
    step, state = look.step(number)
    found = [turn for turn in now.turns(look.state, look.process) if turn.step == number]
    if not found:
        return (_line(look, step, state, None),)
    return tuple(_line(look, step, state, turn) for turn in (found[:1] if number == 0 else found))


def _line(look: Look, step: Step, state: StepState, turn: now.Turn | None) -> CardLine:
    task = look.process.task(turn.tasks[0]) if turn and turn.tasks and step.number else None
    since = turn.since if turn else state.opened_at
    waiting, blocked = state.waiting, state.blocked
    days = look.working_days(turn.since, look.facts.now) if turn and turn.why in _ASKED else 0
    return CardLine(
        number=step.number,
        title=step.title,
        turn=look.actors(holds_role(look.state, Role.LEAD)) if blocked else look.turn(step, task),
        task=task.title if task else "",
        since=look.moment(since) if since else None,
        waiting_on=words.PARTY[waiting.on] if waiting else "",
        waiting_until=look.moment(waiting.until) if waiting and waiting.until else None,
        blocked=look.text(blocked.reason) if blocked else "",
        blocked_by=look.actor(blocked.by) if blocked else None,
        overdue=counted(days, "working day")
        if days >= max(look.process.cadences.remind_after_working_days, default=3)
        else "",
    )


_ASKED = (now.Why.TASKS, now.Why.ROWS)


def _face(look: Look, lines: tuple[CardLine, ...]) -> str:
    if look.state.life is not Life.OPEN:
        return str(look.state.life)
    if any(line.blocked for line in lines):
        return "blocked"
    if lines and all(line.waiting_on for line in lines):
        return "waiting"
    return "overdue" if any(line.overdue for line in lines) else "now"


def _check(look: Look) -> str:
    """The open task that a look at the DNS could move: what "Check now" is about."""
    task = now.looks_for_record(look.state, look.process)
    if task is None or look.state.life is not Life.OPEN:
        return ""
    is_open = (
        look.state.step(task.step).status is StepStatus.OPEN and look.state.task(task.id).status is TaskStatus.OPEN
    )
    return task.id if is_open else ""


def counts(look: Look) -> str:
    """How well the closed tasks are proven: "12 verified, 24 attested, 2 unknown"."""
    found = now.grades(look.state)
    return ", ".join(f"{count} {words.GRADE[grade]}" for grade, count in found.items() if count)
