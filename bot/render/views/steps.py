"""The message of a step, in each of its states, and Step 0's. Updated in place; a task's evidence grade stands beside
the task.
"""

from dataclasses import dataclass

from bot.render.values import Day, Markdown, Moment, Person
from bot.render.views import words
from bot.render.views.look import Case, Closed, Look, RenderFacts, SourceLine, Turn, trust
from engine.onboarding import now
from engine.onboarding.outcome import Say
from engine.onboarding.state import Row, StepState, TaskState
from engine.onboarding.values import StepStatus, TaskStatus
from engine.process.model import FieldKind, Note, Step, Task


@dataclass(frozen=True, slots=True)
class TaskLine:
    """`number` is what stands before it in the list. `other` is whose task it is, if it is not the step's owner's.

    `check` is what the task's machine check is called in a button's verb: `check`, `material` or nothing; `material` is
    what is to be handed in for it.
    """

    id: str
    number: int
    title: str
    ask: Markdown
    state: str
    trust: str
    question: str
    other: Turn | None
    closed: Closed | None
    aside: str
    aside_by: Person | None
    show: bool
    needs_form: bool
    check: str
    material: str
    last_seen: str
    filled: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    text: Markdown
    trust: str


@dataclass(frozen=True, slots=True)
class RowLine:
    id: str
    text: str
    state: str
    closed: Closed | None


@dataclass(frozen=True, slots=True)
class StepView:
    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    number: int
    title: str
    goal: Markdown
    goal_trust: str
    turn: Turn
    tasks: tuple[TaskLine, ...]
    open: int
    traps: tuple[NoteLine, ...]
    more_traps: int
    sources: tuple[SourceLine, ...]
    rows_title: str
    rows: tuple[RowLine, ...]
    rows_open: int
    needs_claim: bool
    claim_domain: str
    waiting_on: str
    waiting_title: str
    waiting_since: Moment | None
    waiting_until: Moment | None
    waiting_reason: str
    waiting_by: Person | None
    ends_wait: bool
    blocked: str
    blocked_since: Moment | None
    blocked_by: Person | None
    snoozed_until: Moment | None
    attempt: int
    rests_on: str
    waits_for: tuple[str, ...]
    closed_at: Moment | None
    closed_by: Person | None
    grade: str
    before: bool
    carried: bool
    why_not: str


def step_view(say: Say, case: Case, facts: RenderFacts) -> StepView:
    look = Look(case, facts)
    return step_of(look, _number(say))


def step_of(look: Look, number: int) -> StepView:
    step, state = look.step(number)
    head = look.head(f"Step {number}")
    waiting, blocked = state.waiting, state.blocked
    owner = look.turn(step)
    tasks = tuple(_task(look, step, owner, index, task, state.tasks[task.id]) for index, task in numbered(step, state))
    claim = look.state.claim
    return StepView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{number}",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        number=number,
        title=step.title,
        goal=Markdown(step.goal),
        goal_trust=trust(step.confidence, step.goal),
        turn=_turn_now(look, step, state, owner),
        tasks=tasks,
        open=sum(task.state == "open" for task in tasks),
        traps=tuple(_note(trap) for trap in step.traps[:_TRAPS_SHOWN]),
        more_traps=max(0, len(step.traps) - _TRAPS_SHOWN),
        sources=look.sources(_tags(step, state)),
        rows_title=step.rows.title if step.rows else "",
        rows=tuple(_row(look, step, row) for row in state.rows),
        rows_open=sum(row.status is TaskStatus.OPEN for row in state.rows),
        needs_claim=_wants_claim(step) and now.looks_for_record(look.state, look.process) is None,
        claim_domain=look.text(claim.domain) if claim and _wants_claim(step) else "",
        waiting_on=words.PARTY[waiting.on] if waiting else "",
        waiting_title=step.wait(waiting.wait).title if waiting and waiting.wait else "",
        waiting_since=look.moment(waiting.since) if waiting else None,
        waiting_until=look.moment(waiting.until) if waiting and waiting.until else None,
        waiting_reason=look.text(waiting.reason) if waiting else "",
        waiting_by=look.actor(waiting.by) if waiting else None,
        ends_wait=waiting is not None and waiting.wait is None,
        blocked=look.text(blocked.reason) if blocked else "",
        blocked_since=look.moment(blocked.since) if blocked else None,
        blocked_by=look.actor(blocked.by) if blocked else None,
        snoozed_until=look.moment(state.snoozed_until) if state.snoozed_until else None,
        attempt=state.attempt,
        rests_on=", ".join(f"Step {earlier}" for earlier in state.rests_on_reopened),
        waits_for=waits_for(look, step),
        closed_at=look.moment(state.closed_at) if state.closed_at else None,
        closed_by=look.actor(state.closed_by or ""),
        grade=words.GRADE[state.grade] if state.grade else "",
        before=state.before,
        carried=state.carried_from is not None,
        why_not=look.text(state.why_not),
    )


_TRAPS_SHOWN = 3


def _number(say: Say) -> int:
    subject = say.subject or (say.slot or "").rpartition("/")[2]
    return int(subject.replace("#", ".").split(".", 1)[0])


def numbered(step: Step, state: StepState) -> tuple[tuple[int, Task], ...]:
    """The tasks that apply with their numbers in the list: from where the process begins to count, since asks name
    each other.
    """
    applying = [task for task in step.tasks if task.id in state.tasks]
    first = int(applying[0].id.partition(".")[2]) if applying else 1
    return tuple(enumerate(applying, start=first))


def _task(look: Look, step: Step, owner: Turn, number: int, task: Task, state: TaskState) -> TaskLine:
    turn = look.turn(step, task)
    return TaskLine(
        id=task.id,
        number=number,
        title=task.title,
        ask=Markdown(task.ask),
        state=str(state.status),
        trust=trust(task.confidence, task.ask),
        question=task.question,
        other=turn if (turn.people, turn.outside) != (owner.people, owner.outside) else None,
        closed=look.closed(state.closing) if state.closing else None,
        aside=look.text(state.aside.reason) if state.aside else "",
        aside_by=look.actor(state.aside.by) if state.aside else None,
        show=bool(task.show.strip()),
        needs_form=any(field.required for field in task.fields),
        check=_check_verb(look, task, state),
        material=words.MATERIAL.get(task.check.kind, "") if task.check else "",
        last_seen=words.LAST_LOOK.get(state.seen.verdict, state.seen.verdict) if state.seen else "",
        filled=", ".join(_values(look, task, state)),
    )


def _values(look: Look, task: Task, state: TaskState) -> list[str]:
    """What was filled in, except a TXT value, which the request to the DNS contact shows in full."""
    said: list[str] = []
    for field in task.fields:
        value = look.text(state.values.get(field.id))
        if value and field.kind is not FieldKind.TXT_VALUE:
            said.append(f"{field.label}: {value}")
    return said


def _check_verb(look: Look, task: Task, state: TaskState) -> str:
    if task.check is None or state.status is not TaskStatus.OPEN:
        return ""
    if task.check.kind == "dns-txt":
        return "check" if now.looks_for_record(look.state, look.process) else ""
    return "material"


def _note(note: Note) -> NoteLine:
    return NoteLine(Markdown(note.text), trust(note.confidence, note.text))


def _row(look: Look, step: Step, row: Row) -> RowLine:
    fields = step.rows.fields if step.rows else ()
    parts = [f"{field.label}: {value}" for field in fields if (value := look.text(row.values.get(field.id)))]
    return RowLine(row.id, " · ".join(parts), str(row.status), look.closed(row.closing) if row.closing else None)


def _wants_claim(step: Step) -> bool:
    return any(task.check and task.check.kind == "dns-txt" for task in step.tasks)


def _turn_now(look: Look, step: Step, state: StepState, owner: Turn) -> Turn:
    """Whose turn it is: of the first open task; where all are closed or none applies, of the step."""
    for task in step.tasks:
        if task.id in state.tasks and state.tasks[task.id].status is TaskStatus.OPEN:
            return look.turn(step, task)
    return owner


def _tags(step: Step, state: StepState) -> tuple[str, ...]:
    tags = [step.page] if step.page else []
    tags.extend(step.sources)
    for task in step.tasks:
        if task.id in state.tasks:
            tags.extend(task.sources)
    for trap in step.traps:
        tags.extend(trap.sources)
    return tuple(tags)


def waits_for(look: Look, step: Step) -> tuple[str, ...]:
    """What a locked step waits for: steps before it that are not closed, and prerequisites that hold it."""
    before = now.steps_before(look.state, look.process, step.number)
    missing = now.missing_prerequisites(look.state, look.process, step.number)
    steps = (f"Step {number} ({look.process.step(number).title})" for number in before)
    return (*steps, *(look.process.task(task).title for task in missing))


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A prerequisite that is not there yet. `holds` names the steps that cannot start without it; `vacant_role` who
    is to be named.
    """

    id: str
    title: str
    ask: Markdown
    trust: str
    turn: Turn
    holds: str
    holds_first: bool
    show: bool
    vacant_role: str


@dataclass(frozen=True, slots=True)
class BeforeView:
    onboarding: str
    about: str
    rest: str
    short_id: str
    company: str
    environment: str
    ready: int
    total: int
    missing: tuple[MissingLine, ...]
    waived: tuple[TaskLine, ...]
    done: tuple[TaskLine, ...]
    first_open: bool
    sources: tuple[SourceLine, ...]


def before_view(say: Say, case: Case, facts: RenderFacts) -> BeforeView:
    """Step 0: what is missing, those that hold Step 1 first, in the process' order, which is by how long they take."""
    look = Look(case, facts)
    step, state = look.step(0)
    owner = look.turn(step)
    lines = tuple(_task(look, step, owner, index, task, state.tasks[task.id]) for index, task in numbered(step, state))
    missing = [_missing(look, step, task) for _, task in numbered(step, state) if _open(state, task)]
    head = look.head("Before you start")
    return BeforeView(
        onboarding=head.onboarding,
        about=head.about,
        rest="step:0",
        short_id=head.short_id,
        company=head.company,
        environment=head.environment,
        ready=len(lines) - len(missing),
        total=len(lines),
        missing=tuple(sorted(missing, key=lambda line: not line.holds_first)),
        waived=tuple(line for line in lines if line.state == "waived"),
        done=tuple(line for line in lines if line.state == "done"),
        first_open=1 in look.state.steps and look.state.step(1).status is not StepStatus.LOCKED,
        sources=look.sources(_tags(step, state)),
    )


def _open(state: StepState, task: Task) -> bool:
    return state.tasks[task.id].status is TaskStatus.OPEN


def _missing(look: Look, step: Step, task: Task) -> MissingLine:
    turn = look.turn(step, task)
    return MissingLine(
        id=task.id,
        title=task.title,
        ask=Markdown(task.ask),
        trust=trust(task.confidence, task.ask),
        turn=turn,
        holds=", ".join(f"Step {number}" for number in task.holds),
        holds_first=1 in task.holds,
        show=bool(task.show.strip()),
        vacant_role=str(task.owner) if turn.vacant and task.owner else "",
    )


@dataclass(frozen=True, slots=True)
class AskView:
    """One task, asked of one person who ticks it by a plain button.

    `passing`: the message is never updated, so the button stands in the step's message instead.
    """

    onboarding: str
    about: str
    rest: str
    company: str
    environment: str
    step: int
    step_title: str
    task: TaskLine
    turn: Turn
    due: Day | None
    passing: bool
    sources: tuple[SourceLine, ...]


def ask_view(say: Say, case: Case, facts: RenderFacts) -> AskView:
    look = Look(case, facts)
    task, state = look.task(say.subject)
    step = look.process.step(task.step)
    turn = look.turn(step, task)
    head = look.head(task.title)
    return AskView(
        onboarding=head.onboarding,
        about=head.about,
        rest=f"step:{task.step}",
        company=head.company,
        environment=head.environment,
        step=step.number,
        step_title=step.title,
        task=_task(look, step, look.turn(step), 1, task, state),
        turn=turn,
        due=Day(look.state.dns_due) if look.state.dns_due and turn.outside else None,
        passing=say.slot is None and "mention" in say.data,
        sources=look.sources(task.sources),
    )
