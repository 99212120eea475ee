"""A secret was posted: it is remembered without its content, and what rests on it has to be replaced."""

from collections.abc import Iterator

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.rules.changes import resting
from engine.onboarding.rules.draft import Draft
from engine.onboarding.state import Life
from engine.onboarding.values import StepStatus, TaskStatus
from engine.process.model import Exposure


def record_secret(draft: Draft, command: c.RecordSecret) -> None:
    """Told by the secret guard: what kind, who posted it, and whose keys they are where that can be said."""
    draft.only_bot()
    draft.add(e.SecretPosted(*draft.stamp, command.kind, command.person, command.keys, command.elsewhere))
    if draft.state.life in (Life.OPEN, Life.FINISHED):
        for number, exposure in list(_exposed(draft, command)):
            _replace(draft, number, exposure)


def _exposed(draft: Draft, command: c.RecordSecret) -> Iterator[tuple[int, Exposure]]:
    """The steps that used it: those with a file of its key; where that cannot be said, the last one that may have."""
    found = [
        (step.number, exposure)
        for step in draft.process.steps
        for exposure in step.exposures
        if command.kind in exposure.kinds and step.number in draft.state.steps and _used(draft, step.number, exposure)
    ]
    if command.keys:
        yield from (pair for pair in found if _has_key(draft, pair[0], command.keys))
    elif found and not command.elsewhere:
        yield found[-1]


def _used(draft: Draft, number: int, exposure: Exposure) -> bool:
    tasks = draft.state.step(number).tasks
    return any(task in tasks and tasks[task].status is TaskStatus.DONE for task in exposure.reopens)


def _has_key(draft: Draft, number: int, keys: tuple[str, ...]) -> bool:
    return any(task.seen is not None and task.seen.key in keys for task in draft.state.step(number).tasks.values())


def _replace(draft: Draft, number: int, exposure: Exposure) -> None:
    """The tasks that make and use it are open again, and hold the step until they are done anew."""
    if draft.state.step(number).status is not StepStatus.OPEN:
        draft.add(e.StepReopened(*draft.stamp, number, None, resting(draft, number)))
    for task_id in exposure.reopens:
        task = draft.state.step(number).tasks.get(task_id)
        if task is not None and task.status is TaskStatus.DONE:
            draft.add(e.TaskReopened(*draft.stamp, task_id, e.Cause.SECRET_POSTED))
