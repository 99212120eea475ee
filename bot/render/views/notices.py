"""Short messages that say what somebody did or what became of the onboarding: one view, and the one of the end."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.render.values import Channel, Day, Markdown, Moment, Person, Phrase, counted, joined
from bot.render.views import words
from bot.render.views.card import counts
from bot.render.views.look import Case, Look, RenderFacts, Turn, role_named, trust
from bot.render.views.steps import NoteLine
from engine.onboarding import now
from engine.onboarding.outcome import Say
from engine.onboarding.values import TaskStatus
from engine.pki.secrets import SecretKind
from engine.process.model import Environment, Note, Role
from engine.reminders.plan import distances


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What happened to `subject`. What does not apply is empty: `to` of a hand-over, `reason` where none was given."""

    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    subject: str
    subject_title: str
    step: int
    step_title: str
    turn: Turn | None
    by: Person | None
    to: Person | None
    deputy: Person | None
    outside: str
    role: str
    person: Person | None
    leads: Phrase
    no_lead: bool
    why: str
    reason: str
    rests: Phrase
    until: Moment | None
    channel: Channel
    domain: str
    verdict: str
    report: str
    still_open: bool
    kind: str
    rows_title: str
    rows_done: int
    rows_open: int
    now_theirs: tuple[str, ...]
    roles: tuple[str, ...]
    person_id: str
    again: tuple[str, ...]
    elsewhere: bool
    at: Moment


def notice(say: Say, case: Case, facts: RenderFacts) -> NoticeView:
    """`say.subject` is a step, a task, a role, a person, a channel, a kind of secret or a way of closing: as
    `announce` has it.
    """
    look = Look(case, facts)
    state, data, subject = look.state, say.data, say.subject
    number = _step_number(subject)
    step, its = look.step(number) if number is not None and number in state.steps else (None, None)
    task = look.process.task(subject) if its and subject in its.tasks else None
    closing = its.tasks[subject].closing if task and its else None
    role = role_named(subject)
    holder = state.holders.get(role) if role else None
    person = data.get("person") or say.person or ""
    head = look.head(task.title if task else f"Step {number}" if step else "")
    return NoticeView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{number}" if step else "",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        subject=subject,
        subject_title=look.subject_title(subject) if step else "",
        step=number if step and number is not None else -1,
        step_title=step.title if step else "",
        turn=look.turn(step, task) if step else None,
        by=look.actor(data.get("by", "")),
        to=look.actor(data.get("mention", "")),
        deputy=look.person(holder.deputy) if holder and holder.deputy and holder.person else None,
        outside=look.text(holder.outside) if holder else "",
        role=look.role_title(role) if role else "",
        person=look.actor(person),
        leads=joined(look.people(state.leads)),
        no_lead=not state.leads,
        why=_LOST.get(data.get("reason", ""), ""),
        reason=_reason(look, data) or (look.text(closing.reason) if closing else "") or look.text(state.life_reason),
        rests=joined(f"Step {resting}" for resting in data.get("resting", "").split(",") if resting),
        until=_until(look, data),
        channel=Channel(data.get("channel") or state.channel),
        domain=look.text(state.claim.domain) if state.claim else "",
        verdict=data.get("verdict", ""),
        report=data.get("report", ""),
        still_open="still_open" in data,
        kind=_kind(subject),
        rows_title=step.rows.title if step and step.rows else "",
        rows_done=sum(row.status is not TaskStatus.OPEN for row in its.rows) if its else 0,
        rows_open=sum(row.status is TaskStatus.OPEN for row in its.rows) if its else 0,
        now_theirs=_now_theirs(look, person),
        roles=_given(look, data.get("roles", "")),
        person_id=person,
        again=tuple(look.process.task(task).title for task in data.get("again", "").split(",") if task),
        elsewhere="elsewhere" in data,
        at=look.moment(state.last_at or facts.now),
    )


def _until(look: Look, data: dict[str, str]) -> Moment | None:
    """The end of a hand-over, else of a pause."""
    until = datetime.fromisoformat(data["until"]) if "until" in data else look.state.paused_until
    return look.moment(until) if until else None


def _given(look: Look, roles: str) -> tuple[str, ...]:
    return tuple(look.role_title(Role(role)) for role in roles.split(",") if role)


def _kind(subject: str) -> str:
    """The words for a kind of secret or a way of closing; empty where the subject is neither."""
    named = {kind.name.lower(): kind.value for kind in SecretKind} | {kind.value: kind.value for kind in SecretKind}
    return words.CLOSED_BECAUSE.get(subject) or named.get(subject.lower(), "")


_LOST = {
    "archived": "it is archived",
    "removed": "I was removed from it",
    "deleted": "I cannot see it any more",
    "restricted": "its settings do not let me post",
}


def _step_number(subject: str) -> int | None:
    head = subject.replace("#", ".").split(".", 1)[0]
    return int(head) if head.isdigit() else None


def _reason(look: Look, data: dict[str, str]) -> str:
    """The text behind `data['reason']`, which is the id of a text, or why a channel was lost."""
    reason = data.get("reason", "")
    return look.stored(reason) if reason and reason not in _LOST else ""


def _now_theirs(look: Look, person: str) -> tuple[str, ...]:
    """What a person who left is still asked for: nothing, once a deputy or lead has taken it over."""
    return tuple(look.process.task(task).title for task in now.open_tasks_of(look.state, look.process, person))


@dataclass(frozen=True, slots=True)
class EndLine:
    """`first` reminder so long before it ends; `read`: as it stands in the certificate."""

    what: str
    on: Day
    read: bool
    first: str


@dataclass(frozen=True, slots=True)
class FinishedView:
    onboarding: str
    about: str
    company: str
    environment: str
    is_uit: bool
    started: Day
    took: str
    counts: str
    after: tuple[NoteLine, ...]
    single_holders: tuple[str, ...]
    ends: tuple[EndLine, ...]
    domain: str
    watching: bool


def finished(say: Say, case: Case, facts: RenderFacts) -> FinishedView:
    """The end: how long it took, how well it is proven, what there is still to do and what is watched from now on."""
    look = Look(case, facts)
    state = look.state
    head = look.head()
    return FinishedView(
        onboarding=head.onboarding,
        about=head.about,
        company=head.company,
        environment=head.environment,
        is_uit=state.environment is Environment.UIT,
        started=Day(state.started_at.date()),
        took=look.took(),
        counts=counts(look),
        after=tuple(NoteLine(Markdown(note.text), trust(note.confidence, note.text)) for note in _after(look)),
        single_holders=_single_holders(look),
        ends=tuple(_end(look, key, at.date()) for key, at in now.ending(look.state).items()),
        domain=look.text(state.claim.domain) if state.claim else "",
        watching=state.watching,
    )


def _end(look: Look, key: str, on: date) -> EndLine:
    first = max(distances(look.process, key), default=0)
    return EndLine(look.ends(key), Day(on), "certificate" in key, counted(first, "day") if first else "")


def _single_holders(look: Look) -> tuple[str, ...]:
    """The roles for which Elexon advises more holders than are named here."""
    found: list[str] = []
    for info in look.process.roles:
        holder = look.state.holders.get(info.role)
        held = sum(bool(person) for person in (holder.person, holder.deputy)) if holder else 0
        if info.advised_holders > 1 and held < info.advised_holders:
            found.append(info.title)
    return tuple(found)


def _after(look: Look) -> tuple[Note, ...]:
    """What there is still to do, for this participant, environment and route."""
    given = look.state.participant, look.state.environment, look.state.route
    return tuple(note for note in look.process.after if note.when.holds(*given))
