"""A refusal in words for the person who asked: what did not go in, why, and what to do instead."""

from dataclasses import dataclass

from bot.render.values import Moment, Phrase, joined
from bot.render.views import words
from bot.render.views.look import Case, Look, RenderFacts, Turn, role_named
from bot.render.views.steps import waits_for
from engine.onboarding import now
from engine.onboarding.outcome import Refused
from engine.onboarding.rights import holds_role
from engine.process.model import Step, Task


@dataclass(frozen=True, slots=True)
class RefusalView:
    """`field` is the label of the field that was refused; `waits_for` what a locked step waits for, with who has it
    now; `link` leads to what is open now.
    """

    onboarding: str
    about: str
    company: str
    environment: str
    short_id: str
    subject: str
    title: str
    step: int
    step_title: str
    turn: Turn | None
    leads: Phrase
    field: str
    limit: str
    days: str
    row: str
    other: str
    waits_for: tuple[str, ...]
    current: int
    current_title: str
    current_turn: Turn | None
    current_since: Moment | None
    waiting_on: str
    dns_task: str
    why: str
    link: str


def refusal(refused: Refused, case: Case | None, facts: RenderFacts) -> RefusalView:
    """The view of `templates/refusals/CODE.md`. Without a case (a start, an unknown company) only what the refusal
    carries.
    """
    data = refused.data
    if case is None:
        return _bare(refused)
    look = Look(case, facts)
    head_number = refused.subject.replace("#", ".").split(".", 1)[0]
    number = int(head_number) if head_number.isdigit() and int(head_number) in look.state.steps else None
    step = look.process.step(number) if number is not None else None
    task = next((task for task in step.tasks if task.id == refused.subject), None) if step else None
    current = next(iter(now.current_steps(look.state)), None)
    turn = next((turn for turn in now.turns(look.state, look.process) if turn.step == current), None)
    current_step = look.process.step(current) if current is not None else None
    current_task = look.process.task(turn.tasks[0]) if turn and turn.tasks else None
    head = look.head()
    return RefusalView(
        onboarding=head.onboarding,
        about=head.about,
        company=head.company,
        environment=head.environment,
        short_id=data.get("short_id", head.short_id),
        subject=refused.subject,
        title=_title(look, refused.subject) if step else "",
        step=number if number is not None else -1,
        step_title=step.title if step else "",
        turn=_turn(look, refused, step, task),
        leads=joined(look.people(look.state.leads)),
        field=_field(look, refused),
        limit=data.get("limit", ""),
        days=data.get("days", ""),
        row=_title(look, data["row"]) if data.get("row") else "",
        other="",
        waits_for=waits_for(look, step) if step else (),
        current=current if current is not None else -1,
        current_title=current_step.title if current_step else "",
        current_turn=look.turn(current_step, current_task) if current_step else None,
        current_since=look.moment(turn.since) if turn else None,
        waiting_on=words.PARTY[turn.party] if turn and turn.party else "",
        dns_task=_dns_task(look, current),
        why=words.CLOSED_BECAUSE.get(look.state.life_why, ""),
        link=_link(look, data.get("short_id"), current),
    )


def _bare(refused: Refused) -> RefusalView:
    data = refused.data
    return RefusalView(
        onboarding=data.get("onboarding", ""),
        about="",
        company="",
        environment=data.get("environment", ""),
        short_id=data.get("short_id", ""),
        subject=refused.subject,
        title="",
        step=-1,
        step_title="",
        turn=None,
        leads=joined(()),
        field=data.get("field", "").replace("_", " "),
        limit=data.get("limit", ""),
        days=data.get("days", ""),
        row=data.get("row", ""),
        other=data.get("other", ""),
        waits_for=(),
        current=-1,
        current_title="",
        current_turn=None,
        current_since=None,
        waiting_on="",
        dns_task="",
        why="",
        link="",
    )


def _link(look: Look, short_id: str | None, current: int | None) -> str:
    """Where to go on: the message of the step that is open now, else the thread; none if another onboarding is meant."""
    if short_id not in (None, look.state.short_id):
        return ""
    return look.facts.link(f"step/{current}") or look.facts.link("thread") or look.facts.link("card") or ""


def _title(look: Look, subject: str) -> str:
    """The subject's title; the subject itself where the process or the list has no such thing."""
    try:
        return look.subject_title(subject) or subject
    except (KeyError, ValueError):
        return subject


def _field(look: Look, refused: Refused) -> str:
    name = refused.data.get("field", "")
    for step in look.process.steps:
        for field in (*(f for task in step.tasks for f in task.fields), *(step.rows.fields if step.rows else ())):
            if field.id == name:
                return field.label
    return name.replace("_", " ")


def _turn(look: Look, refused: Refused, step: Step | None, task: Task | None) -> Turn | None:
    if step:
        return look.turn(step, task)
    role = role_named(refused.data.get("role", ""))
    return look.actors(holds_role(look.state, role)) if role else None


def _dns_task(look: Look, current: int | None) -> str:
    task = now.dns_task(look.state, look.process)
    has_claim = look.state.claim is not None and look.state.claim.value is not None
    return task.id if task and has_claim and task.step == current else ""
