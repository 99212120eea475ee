"""What Dipper does next without anybody pressing anything, said so that nobody asks."""

from dataclasses import dataclass
from datetime import timedelta

from bot.render.values import Moment, Span
from bot.render.views.look import Look
from engine.onboarding import now
from engine.onboarding.values import Asked, StepStatus, TaskStatus


@dataclass(frozen=True, slots=True)
class NextByItself:
    """`kind` is look-dns (at `at`, or every `every`), ask-wait, wait-over, remind, or tell-lead once nobody is reminded."""

    kind: str
    at: Moment | None = None
    every: str = ""


def next_by_itself(look: Look) -> NextByItself | None:
    """The next thing that happens by itself in what is open, or None where nothing does."""
    task = now.looks_for_record(look.state, look.process)
    if task and _open(look, task.id):
        at = now.next_look(look.state, look.process)
        if at and at > look.facts.now:
            return NextByItself("look-dns", look.moment(at))
        return NextByItself("look-dns", every=str(Span(_cadence(look))))
    for opened in look.state.open_steps():
        if opened.waiting:
            if opened.waiting.wait:
                wait = look.process.step(opened.number).wait(opened.waiting.wait)
                if opened.waiting.asked < len(wait.ask_after):
                    at = opened.waiting.since + wait.ask_after[opened.waiting.asked]
                    return NextByItself("ask-wait", look.moment(at))
            if opened.waiting.until:
                return NextByItself("wait-over", look.moment(opened.waiting.until))
    if not look.state.asked:
        return None
    return NextByItself(
        "remind" if any(_is_reminded(look, asked) for asked in look.state.asked.values()) else "tell-lead"
    )


def _is_reminded(look: Look, asked: Asked) -> bool:
    """So many times; after that another lead is told instead, if there is one."""
    left = len(look.process.cadences.remind_after_working_days) - asked.reminders
    return left > 0 or all(lead == asked.person for lead in look.state.leads)


def _cadence(look: Look) -> timedelta:
    again = look.process.cadences.dns_look_again
    return again[0][1] if again else look.process.cadences.dns_watch_every


def _open(look: Look, task_id: str) -> bool:
    step, task = look.state.step(int(task_id.split(".", 1)[0])), look.state.task(task_id)
    return step.status is StepStatus.OPEN and task.status is TaskStatus.OPEN
