"""One message for each step, updated in place, and an ask of its own for whoever is not the step's owner."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from engine.onboarding.evolve import step_of
from engine.onboarding.now import Ask, Why, dns_task, missing_prerequisites, waits_its_turn
from engine.onboarding.outcome import Say
from engine.onboarding.saying.base import Scene, thread
from engine.onboarding.state import Life, Onboarding, StepState, TaskState
from engine.onboarding.values import CheckSeen, StepStatus, TaskStatus

_ANY = datetime.min.replace(tzinfo=UTC)
"""Stands for a time that makes no difference."""


def step_messages(scene: Scene) -> Iterator[Say]:
    """A new face for each step's message that changed.

    One that never spoke speaks when it opens, is done, or waits its turn.
    """
    for number, after in scene.after.steps.items():
        before = scene.before.step(number) if scene.before else None
        if not (_looks_different(scene, number) or (_held(scene, number) and _turned(scene, number))):
            continue
        template = _face(scene, number, before, after)
        if template:
            yield thread(template, f"step/{number}", str(number), **_mention(scene, number, before, after))


def _looks_different(scene: Scene, number: int) -> bool:
    """Whether the step's message would read otherwise:

    its state but for looks with the same answer, or whose turn it is.
    """
    if scene.before is None:
        return True
    before, after = scene.before.step(number), scene.after.step(number)
    if before is not after and _reads_otherwise(before, after):
        return True
    return scene.asked_before != scene.asked and _asked_in(scene.asked_before, number) != _asked_in(scene.asked, number)


def _reads_otherwise(before: StepState, after: StepState) -> bool:
    if before.tasks.keys() != after.tasks.keys():
        return True
    pairs = ((task, after.tasks[key]) for key, task in before.tasks.items())
    return any(
        one is not other and _visible_task(one) != _visible_task(other) for one, other in pairs
    ) or _without_tasks(before) != _without_tasks(after)


def _visible_task(task: TaskState) -> TaskState:
    return replace(task, check_asked=None, seen=_answer(task.seen))


def _without_tasks(step: StepState) -> StepState:
    waiting = replace(step.waiting, asked=0, escalated=False, last_at=None) if step.waiting else None
    return replace(step, tasks={}, waiting=waiting)


def _answer(seen: CheckSeen | None) -> CheckSeen | None:
    return (
        replace(seen, report="", at=_ANY, since=None, look_again_at=None, ready_at=None, moved=None) if seen else None
    )


def _asked_in(asked: tuple[Ask, ...], number: int) -> list[tuple[str, str | None]]:
    return [(ask.subject, ask.person) for ask in asked if ask.step == number]


def _face(scene: Scene, number: int, before: StepState | None, after: StepState) -> str | None:
    if after.status is StepStatus.LOCKED:
        if before is not None and before.status is not StepStatus.LOCKED:
            return "thread/step-locked"
        return "thread/step-locked" if _held(scene, number) else None
    if number == 0:
        return "thread/before-you-start" if after.status is StepStatus.OPEN else "thread/before-you-start-done"
    if after.status is StepStatus.OPEN:
        if after.waiting:
            return "thread/step-waiting"
        return "thread/step-blocked" if after.blocked else "thread/step-open"
    never_spoke = before is None or before.status is not StepStatus.OPEN
    if never_spoke and (after.before or (after.status is StepStatus.NOT_APPLICABLE and after.why_not is None)):
        return None  # before Dipper, or not for this company: the card says so
    return "thread/step-done"


def _held(scene: Scene, number: int) -> bool:
    """Nothing but prerequisites holds a step whose turn it is:

    it says what it waits for (Step 0's own message does for Step 1).
    """
    after = scene.after
    return (
        number > 1
        and after.step(number).status is StepStatus.LOCKED
        and after.life is Life.OPEN
        and not waits_its_turn(after, scene.process, number)
        and bool(missing_prerequisites(after, scene.process, number))
    )


def _turned(scene: Scene, number: int) -> bool:
    """The step has only now come to be held, or by something else."""
    if scene.before is None:
        return True
    held_then = missing_prerequisites(scene.before, scene.process, number)
    held_now = missing_prerequisites(scene.after, scene.process, number)
    return waits_its_turn(scene.before, scene.process, number) or held_then != held_now


def _mention(scene: Scene, number: int, before: StepState | None, after: StepState) -> dict[str, str]:
    """The person whose turn it is, the first time this step speaks."""
    if after.status is not StepStatus.OPEN or (before is not None and before.status is StepStatus.OPEN):
        return {}
    people = [ask.person for ask in scene.asked if ask.step == number and ask.person]
    return {"mention": people[0]} if people else {}


def task_asks(scene: Scene) -> Iterator[Say]:
    """An ask of its own for somebody who is not the step's owner.

    The DNS contact has the request instead; Step 0 lists all.
    """
    record = dns_task(scene.after, scene.process)
    not_asked = {record.id} if record else set()
    before = scene.before.asked if scene.before else {}
    for subject, asked in scene.after.asked.items():
        known = scene.before.asked.get(subject) if scene.before else None
        if _own_ask(subject, not_asked) and (known is None or known.person != asked.person):
            number = step_of(subject)
            goes_on = any(ask.person == asked.person and ask.step == number for ask in scene.asked_before)
            opens = scene.before is None or scene.before.step(number).status is not StepStatus.OPEN
            mention = {} if goes_on or opens else {"mention": asked.person}
            yield thread("thread/task-ask", f"ask/{subject}", subject, person=asked.person, **mention)
    for subject in before:
        if subject not in scene.after.asked and _own_ask(subject, not_asked) and _is_closed(scene.after, subject):
            yield thread("thread/task-ask", f"ask/{subject}", subject, done="yes")


def said_again(scene: Scene) -> Iterator[Say]:
    """What is open now, for a place where nothing of it stands yet: each open step's message and the asks beside them."""
    record = dns_task(scene.after, scene.process)
    not_asked = {record.id} if record else set()
    for step in scene.after.open_steps():
        template = _face(scene, step.number, None, step)
        if template:
            yield thread(template, f"step/{step.number}", str(step.number), **_mention(scene, step.number, None, step))
    for subject, asked in scene.after.asked.items():
        if _own_ask(subject, not_asked):
            yield thread("thread/task-ask", f"ask/{subject}", subject, person=asked.person, mention=asked.person)


def turns_back(scene: Scene, said: Iterable[Say]) -> Iterator[Say]:
    """The turn comes to a step's owner in the middle of the step: after a wait, or after somebody else's part of it.

    The step's message is only edited then, which nobody is notified of, so the next task is asked for in a message of its
    own; unless one that is new mentions them already, or they did it themselves.
    """
    told = {say.data.get("mention") for say in said if say.template != "thread/wait-over"}
    told.add(scene.events[0].by)
    for ask in scene.asked:
        if ask.step == 0 or ask.subject != str(ask.step) or ask.person is None or ask.person in told:
            continue
        was_open = scene.before is not None and scene.before.step(ask.step).status is StepStatus.OPEN
        if not was_open or any(one.person == ask.person and one.step == ask.step for one in scene.asked_before):
            continue
        if ask.why is Why.TASKS:
            yield thread("thread/task-ask", None, ask.tasks[0], mention=ask.person, person=ask.person)
        elif ask.why is Why.ROWS:
            yield thread("reminders/owner", None, ask.subject, mention=ask.person)


def _own_ask(subject: str, not_asked: set[str]) -> bool:
    return "." in subject and not subject.startswith("0.") and subject not in not_asked


def _is_closed(state: Onboarding, task_id: str) -> bool:
    step = state.step(step_of(task_id))
    return task_id not in step.tasks or step.tasks[task_id].status is not TaskStatus.OPEN
