"""A running onboarding keeps its process; what is checked, what it is compared with, and where facts are from is read anew.

A check that is found to prove too little, a link that moved: both hold for those who began before, too (decision 24).
"""

from dataclasses import replace

from engine.process.model import Process, Source, Step, Task


def with_present(stored: Process, present: Process) -> Process:
    """The stored process with the present one's checks, sources and links, wherever a task of the same id is checked alike."""
    if stored is present:
        return stored
    steps = tuple(_step(step, present) for step in stored.steps)
    return replace(stored, steps=steps, sources=_sources(stored, present))


def _step(step: Step, present: Process) -> Step:
    now = next((one for one in present.steps if one.number == step.number), None)
    tasks = tuple(_task(task, present) for task in step.tasks)
    return (
        replace(step, tasks=tasks)
        if now is None
        else replace(step, tasks=tasks, page=now.page, sources=now.sources, exposures=now.exposures)
    )


def _task(task: Task, present: Process) -> Task:
    now = present.task(task.id) if present.has_task(task.id) else None
    if now is None or now.title != task.title:
        return task
    check = now.check if now.check and task.check and now.check.kind == task.check.kind else task.check
    return replace(task, check=check, sources=now.sources)


def _sources(stored: Process, present: Process) -> tuple[Source, ...]:
    known = {source.tag: source for source in (*stored.sources, *present.sources)}
    return tuple(known.values())
