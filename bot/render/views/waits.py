"""A wait outside our hands: its message, its questions, its escalation; and what follows a rejection."""

from dataclasses import dataclass

from bot.render.values import Markdown, Moment, Person, Span
from bot.render.views import words
from bot.render.views.look import Case, Look, RenderFacts, SourceLine, Turn, trust
from engine.onboarding import now
from engine.onboarding.outcome import Say
from engine.process.model import Clock, Wait


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A button of the wait. `rejects` leads to the ways on, `moves` asks which others it moves: both by a form."""

    id: str
    label: str
    rejects: bool
    moves: bool


@dataclass(frozen=True, slots=True)
class WaitView:
    """`expected` is empty where nobody says how long it takes. `over`: it has ended, `answer` by what."""

    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    step: int
    step_title: str
    turn: Turn
    party: str
    title: str
    since: Moment | None
    until: Moment | None
    expected: str
    working: bool
    expected_trust: str
    meanwhile: Markdown
    reason: str
    by: Person | None
    next_ask: Moment | None
    escalate_after: str
    has_text: bool
    wait: str
    answers: tuple[AnswerLine, ...]
    running: str
    over: bool
    ran_out: bool
    rejected: bool
    late: bool
    answer: str
    lead: Person | None
    sources: tuple[SourceLine, ...]


def wait_view(say: Say, case: Case, facts: RenderFacts) -> WaitView:
    look = Look(case, facts)
    step, state = look.step(int(say.subject.split(".", 1)[0]))
    waiting = state.waiting
    known = now.running_wait(look.state, look.process, step.number) or _ended(say, step.waits)
    head = look.head(f"Step {step.number}")
    next_ask = None
    if waiting and known and waiting.asked < len(known.ask_after):
        next_ask = look.moment(waiting.since + known.ask_after[waiting.asked])
    given = next((a.label for a in known.answers if a.id == say.data.get("answer")), "") if known else ""
    return WaitView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{step.number}",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        step=step.number,
        step_title=step.title,
        turn=look.turn(step),
        party=words.PARTY[waiting.on] if waiting else (words.PARTY[known.party] if known else ""),
        title=known.title if known else "",
        since=look.moment(waiting.since) if waiting else None,
        until=look.moment(waiting.until) if waiting and waiting.until else None,
        expected=str(Span(known.expected)) if known and known.expected else "",
        working=known is not None and known.clock is Clock.WORKING,
        expected_trust=trust(known.confidence, known.meanwhile) if known else "",
        meanwhile=Markdown(known.meanwhile if known else ""),
        reason=look.text(waiting.reason) if waiting else "",
        by=look.actor(waiting.by) if waiting else None,
        next_ask=next_ask,
        escalate_after=str(known.escalate_after_working_days or "") if known else "",
        has_text=bool(known and known.escalation_text.strip()),
        wait=known.id if known else "",
        answers=tuple(AnswerLine(a.id, a.label, a.rejects, bool(a.moves)) for a in known.answers) if known else (),
        running=str(Span(facts.now - waiting.since)) if waiting else "",
        over=waiting is None,
        ran_out="ran_out" in say.data,
        rejected="rejected" in say.data,
        late="late" in say.data,
        answer=given,
        lead=look.person(look.state.leads[0]) if look.state.leads else None,
        sources=look.sources(known.sources) if known else (),
    )


def _ended(say: Say, waits: tuple[Wait, ...]) -> Wait | None:
    """The wait that has ended: the one that has the answer which ended it, or the only one that the step knows."""
    answer = say.data.get("answer", "")
    if not answer and len(waits) == 1:
        return waits[0]
    return next((wait for wait in waits if answer in {known.id for known in wait.answers}), None)


@dataclass(frozen=True, slots=True)
class RejectedView:
    onboarding: str
    about: str
    rest: str
    company: str
    environment: str
    step: int
    step_title: str
    turn: Turn
    attempt: int
    by: Person | None
    way_title: str
    way: Markdown
    way_trust: str
    reopened: tuple[str, ...]
    reason: str
    sources: tuple[SourceLine, ...]


def rejected_view(say: Say, case: Case, facts: RenderFacts) -> RejectedView:
    look = Look(case, facts)
    step, state = look.step(int(say.subject.split(".", 1)[0]))
    attempt = int(say.data.get("attempt") or state.attempt)
    ended = next((one for one in state.attempts if one.number == attempt - 1), None)
    chosen = say.data.get("way", "")
    way = next((way for way in step.ways_on if way.id == chosen), None)
    head = look.head(f"Step {step.number}")
    return RejectedView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{step.number}",
        company=head.company,
        environment=head.environment,
        step=step.number,
        step_title=step.title,
        turn=look.turn(step),
        attempt=attempt,
        by=look.actor(say.data.get("by", "")),
        way_title=way.title if way else "",
        way=Markdown(way.text if way else ""),
        way_trust=trust(way.confidence, way.text) if way else "",
        reopened=tuple(look.process.task(task).title for task in way.reopens if task in state.tasks) if way else (),
        reason=look.text(ended.note) if ended else "",
        sources=look.sources(way.sources) if way else (),
    )
