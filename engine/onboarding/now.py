"""What is so at this moment: the questions that decisions, messages, lists and status ask of a state. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from msgspec import Struct

from engine.onboarding.evolve import CLOSED_STEP, CLOSED_TASK
from engine.onboarding.rights import Actors, acts_for_step, acts_for_tasks, holds_role
from engine.onboarding.state import Life, Onboarding, StepState
from engine.onboarding.values import Asked, Grade, StepStatus, TaskStatus
from engine.process.model import FieldKind, Party, Process, Role, Task, TaskCheck, Wait

DNS_CHECK = "dns-txt"
_SOONEST_LOOK = timedelta(seconds=30)
_OF_THE_CLAIM = frozenset({FieldKind.DOMAIN, FieldKind.TXT_VALUE})


class Why(StrEnum):
    """Why it is somebody's turn, or nobody's here."""

    TASKS = "tasks"
    ROWS = "rows"
    BLOCKED = "blocked"  # the lead's turn: the owner cannot go on
    WAITING = "waiting"  # on a party outside


class Ask(Struct, frozen=True):
    """What is asked of one person now. `subject`: the step, or the first task where its owner is not the step's."""

    subject: str
    step: int
    why: Why
    actors: Actors
    tasks: tuple[str, ...] = ()

    @property
    def person(self) -> str | None:
        return self.actors.owner


@dataclass(frozen=True, slots=True)
class Turn:
    """Who must act now, for views: an ask with its clock, or a wait on a party."""

    step: int
    why: Why
    since: datetime
    person: str | None = None
    role: Role | None = None
    subject: str = ""
    tasks: tuple[str, ...] = ()
    outside: bool = False
    fell_to_lead: bool = False
    party: Party | None = None
    reminded: int = 0


def asks(state: Onboarding, process: Process) -> tuple[Ask, ...]:
    """What is asked of whom, in the order of the steps. Nothing of a step that waits; of a blocked one its lead.

    Step 0 goes on beside a wait for one of its tasks. Within a step the tasks go in order: the first run of open tasks
    of one actor is asked, and the next once that is done. Prerequisites (Step 0) are independent of each other, so
    everybody is asked at once.
    """
    if state.life is not Life.OPEN:
        return ()
    return tuple(ask for step in state.open_steps() for ask in _asks_of_step(state, process, step))


def _asks_of_step(state: Onboarding, process: Process, step: StepState) -> Iterator[Ask]:
    number = step.number
    waits_for: frozenset[str] = frozenset()
    if step.waiting:
        waits_for = tasks_of_wait(state, process, number)
        if number != 0 or not waits_for:
            return
    if step.blocked:
        yield Ask(str(number), number, Why.BLOCKED, holds_role(state, Role.LEAD))
        return
    own = acts_for_step(state, process, number)
    open_tasks = [t.id for t in step.tasks.values() if t.status is TaskStatus.OPEN and t.id not in waits_for]
    pairs = list(zip(acts_for_tasks(state, process, number, open_tasks), open_tasks, strict=True))
    groups = _by_actor(pairs) if number == 0 else _first_run(pairs)
    for actors, tasks in groups:
        is_own = actors.owner == own.owner and actors.outside is None
        yield Ask(str(number) if is_own else tasks[0], number, Why.TASKS, actors, tuple(tasks))
    if not open_tasks and process.step(number).rows and not rows_closed(step):
        yield Ask(str(number), number, Why.ROWS, own)


def _key(actors: Actors) -> tuple[str, str]:
    return actors.owner or "", actors.outside.id if actors.outside else ""


def _first_run(pairs: Iterable[tuple[Actors, str]]) -> list[tuple[Actors, list[str]]]:
    for _, group in groupby(pairs, key=lambda pair: _key(pair[0])):
        run = list(group)
        return [(run[0][0], [task for _, task in run])]
    return []


def _by_actor(pairs: Iterable[tuple[Actors, str]]) -> list[tuple[Actors, list[str]]]:
    groups: dict[tuple[str, str], tuple[Actors, list[str]]] = {}
    for actors, task in pairs:
        groups.setdefault(_key(actors), (actors, []))[1].append(task)
    return list(groups.values())


def rows_closed(step: StepState) -> bool:
    """A list is closed when it has rows and each of them is."""
    return bool(step.rows) and all(row.status in CLOSED_TASK for row in step.rows)


def turns(state: Onboarding, process: Process) -> tuple[Turn, ...]:
    """Everybody whose turn it is, and the parties outside that we wait for."""
    result = [
        Turn(step.number, Why.WAITING, step.waiting.since, party=step.waiting.on)
        for step in open_steps(state)
        if step.waiting
    ]
    for ask in asks(state, process):
        asked = state.asked.get(ask.subject)
        known = asked if asked and asked.person == ask.person else None
        result.append(_turn(state, ask, known))
    return tuple(sorted(result, key=lambda turn: turn.step))


def _turn(state: Onboarding, ask: Ask, asked: Asked | None) -> Turn:
    opened = state.step(ask.step).opened_at or state.started_at
    return Turn(
        ask.step,
        ask.why,
        asked.since if asked else opened,
        person=ask.person,
        role=ask.actors.role,
        subject=ask.subject,
        tasks=ask.tasks,
        outside=ask.actors.outside is not None,
        fell_to_lead=ask.actors.fell_to_lead,
        reminded=asked.reminders if asked else 0,
    )


def open_tasks_of(state: Onboarding, process: Process, person: str) -> tuple[str, ...]:
    """The tasks that a person is asked for now."""
    return tuple(task for ask in asks(state, process) if ask.person == person for task in ask.tasks)


def open_steps(state: Onboarding) -> tuple[StepState, ...]:
    """The open steps, Step 0 included; none once the onboarding is closed, paused or finished."""
    return state.open_steps() if state.life is Life.OPEN else ()


def current_steps(state: Onboarding) -> tuple[int, ...]:
    """The open steps without the prerequisites, or Step 0 while nothing else is open."""
    steps = tuple(step.number for step in state.open_steps())
    return tuple(number for number in steps if number != 0) or steps


def closed_count(state: Onboarding) -> int:
    """How many of the steps proper (without Step 0) are closed."""
    return sum(1 for step in state.steps.values() if step.number != 0 and step.status in CLOSED_STEP)


def missing_prerequisites(state: Onboarding, process: Process, step: int | None = None) -> tuple[str, ...]:
    """The open tasks of Step 0, or only those that hold a step."""
    if 0 not in state.steps:
        return ()
    return tuple(
        task.id
        for task in state.steps[0].tasks.values()
        if task.status is TaskStatus.OPEN and (step is None or step in process.task(task.id).holds)
    )


def steps_before(state: Onboarding, process: Process, number: int) -> tuple[int, ...]:
    """The steps that must be closed before this one opens and are not.

    Behind a step that does not apply stand those that it would have needed. Step 0 is none of them: its tasks hold
    steps one by one.
    """
    return tuple(sorted(set(_steps_before(state, process, number))))


def waits_its_turn(state: Onboarding, process: Process, number: int) -> bool:
    """Whether any step must be closed before this one."""
    return next(_steps_before(state, process, number), None) is not None


def _steps_before(state: Onboarding, process: Process, number: int) -> Iterator[int]:
    for needed in process.step(number).needs:
        if needed == 0 or needed not in state.steps:
            continue
        status = state.steps[needed].status
        if status is StepStatus.NOT_APPLICABLE:
            yield from _steps_before(state, process, needed)
        elif status is not StepStatus.DONE:
            yield needed


def opens_early(state: Onboarding, process: Process, number: int) -> bool:
    """The process option: a step may open while a wait elsewhere is running."""
    wait = process.step(number).opens_during_wait
    return bool(process.ids_during_vetting and wait) and any(
        step.waiting is not None and step.waiting.wait == wait for step in state.open_steps()
    )


def may_open(state: Onboarding, process: Process, number: int) -> bool:
    """Whether a locked step can open: what it needs is closed (or it may open early) and no prerequisite holds it."""
    if state.step(number).status is not StepStatus.LOCKED:
        return False
    if waits_its_turn(state, process, number) and not opens_early(state, process, number):
        return False
    return not missing_prerequisites(state, process, number)


def later_steps(process: Process, number: int) -> frozenset[int]:
    """The steps that rest on this one, directly or through others."""
    later: set[int] = set()
    for step in sorted(process.steps, key=lambda s: s.number):
        if step.number != number and (number in step.needs or later & set(step.needs)):
            later.add(step.number)
    return frozenset(later)


def running_wait(state: Onboarding, process: Process, number: int) -> Wait | None:
    """The process' description of the wait that a step is in, if it is one of those."""
    waiting = state.step(number).waiting
    if waiting is None or waiting.wait is None:
        return None
    return process.step(number).wait(waiting.wait)


def tasks_of_wait(state: Onboarding, process: Process, number: int) -> frozenset[str]:
    """The tasks that an answer to the running wait closes."""
    wait = running_wait(state, process, number)
    return frozenset(answer.closes for answer in wait.answers if answer.closes) if wait else frozenset()


def dns_task(state: Onboarding, process: Process) -> Task | None:
    """The task that the TXT record's check closes, if it applies here."""
    return next((task for task in process.checked_by(DNS_CHECK) if _applies(state, task)), None)


def _applies(state: Onboarding, task: Task) -> bool:
    return task.step in state.steps and task.id in state.steps[task.step].tasks


def enters_claim(task: Task) -> bool:
    """Whether the task's own fields are what the claim holds, so that its form is the claim's."""
    return task.closes_from_form == "claim" and any(field.kind in _OF_THE_CLAIM for field in task.fields)


def looks_for_record(state: Onboarding, process: Process) -> Task | None:
    """The record's task while there is a value to look for:

    not before one was entered, nor while a new one is awaited.
    """
    task = dns_task(state, process)
    if task is None or state.claim is None or state.claim.value is None:
        return None
    tasks = state.step(task.step).tasks.values()
    awaited = any(t.status is TaskStatus.OPEN and enters_claim(process.task(t.id)) for t in tasks)
    return None if awaited else task


def profile_of(state: Onboarding, check: TaskCheck) -> str | None:
    """The certificate profile that a check judges by, for this company and what it answered."""

    def answer(task_id: str, field: str) -> str | None:
        step = state.steps.get(int(task_id.split(".", 1)[0]))
        value = step.tasks[task_id].values.get(field) if step and task_id in step.tasks else None
        return value if isinstance(value, str) else None

    return check.profile(state.participant, state.environment, state.route, answer)


def task_for_material(state: Onboarding, process: Process, kind: str) -> str | None:
    """The task that a CSR or certificate counts for:

    the first open one in an open step, else the last closed one there is.
    """
    closed = None
    for step in state.steps.values():
        if step.status is StepStatus.LOCKED:
            continue
        for task in step.tasks.values():
            check = process.task(task.id).check
            if check is None or check.kind != kind:
                continue
            if step.status is StepStatus.OPEN and task.status is TaskStatus.OPEN:
                return task.id
            if task.status is TaskStatus.DONE:
                closed = task.id
    return closed


def grades(state: Onboarding) -> dict[Grade, int]:
    """How many tasks and rows are closed with each grade. Not applicable and waived ones are not counted."""
    count = dict.fromkeys(Grade, 0)
    for step in state.steps.values():
        closings = (*(task.closing for task in step.tasks.values()), *(row.closing for row in step.rows))
        for closing in closings:
            if closing is not None:
                count[closing.grade] += 1
    return count


def next_look(state: Onboarding, process: Process) -> datetime | None:
    """When Dipper looks for the TXT record next: at once when asked, then when the last look said, daily once it stands.

    None while there is nothing to look for, and after the end if nobody watches.
    """
    task, claim = looks_for_record(state, process), state.claim
    if task is None or claim is None or claim.at is None or state.step(task.step).status is StepStatus.LOCKED:
        return None
    its = state.task(task.id)
    if its.status not in (TaskStatus.OPEN, TaskStatus.DONE):
        return None
    if its.check_asked is not None:
        return its.check_asked.at
    if state.life is not Life.OPEN and not (state.life is Life.FINISHED and state.watching):
        return None
    seen = its.seen if its.seen is not None and its.seen.claim == claim.number else None
    if its.status is TaskStatus.DONE:
        if seen is None and its.closing is not None and its.closing.before:
            return claim.at
        last = seen.at if seen else its.closing.at if its.closing else claim.at
        return last + process.cadences.dns_watch_every
    if seen is None:
        return claim.at
    again = seen.look_again_at or seen.at + process.cadences.dns_watch_every
    return max(again, seen.at + _SOONEST_LOOK)


def ending(state: Onboarding) -> dict[str, datetime]:
    """What ends and when, the first to end first."""
    used = "token" in state.ends and token_is_used(state)
    left = ((what, at) for what, at in state.ends.items() if not (what == "token" and used))
    return dict(sorted(left, key=lambda end: end[1]))


def token_is_used(state: Onboarding) -> bool:
    """A domain token that did its work has no end that matters: its record was looked for in a step that is closed."""
    looked = {
        step.status
        for step in state.steps.values()
        for task in step.tasks.values()
        if task.seen is not None and task.seen.kind == DNS_CHECK
    }
    return state.life is Life.FINISHED or bool(looked and StepStatus.OPEN not in looked)
