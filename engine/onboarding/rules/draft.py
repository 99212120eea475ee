"""A decision in the making: the events so far, and the state that they make."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from engine.onboarding.events import Event
from engine.onboarding.evolve import evolve
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_in, is_lead, people_of
from engine.onboarding.state import Onboarding, StepState, TaskState
from engine.onboarding.values import BOT, Seal, StepStatus, TaskStatus, TextRef
from engine.process.model import Environment, Process


def _unread(ref: TextRef) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What the company's other onboardings say:

    short ids of the open ones, and its UIT track for what Production carries over.
    """

    open: dict[Environment, str] = field(default_factory=dict)
    uit: Onboarding | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know besides the state.

    `seal` puts a text away. `read` gives a kept text back (None if erased or not at hand); it serves only to see that a
    value is the one that is there already, so that handing in the same form again changes nothing.
    """

    now: datetime
    process: Process
    seal: Seal
    company: CompanyFacts
    process_hash: str
    read: Callable[[TextRef], str | None] = _unread


class Draft:
    """Collects events; `state` is always the state after them.

    Time never runs backwards in the record: if the clock was set back, an event gets the time of the one before it.
    """

    def __init__(self, state: Onboarding, by: str, context: Context) -> None:
        self.before = state
        self.state = state
        self.events: list[Event] = []
        self.context = context
        self.process = context.process
        self.by = by
        self.now = max(context.now, state.last_at or context.now)

    @property
    def stamp(self) -> tuple[datetime, str]:
        """The first two fields of every event."""
        return self.now, self.by

    def add(self, event: Event) -> None:
        self.state = evolve(self.state, event)
        self.events.append(event)

    def open_step(self, number: int) -> StepState:
        """An open step, or why it is not."""
        if number not in self.state.steps:
            raise Refused(RefusalCode.UNKNOWN_STEP, str(number))
        step = self.state.step(number)
        if step.status is StepStatus.LOCKED:
            raise Refused(RefusalCode.STEP_LOCKED, str(number))
        if step.status is not StepStatus.OPEN:
            raise Refused(RefusalCode.STEP_CLOSED, str(number))
        return step

    def task(self, task_id: str) -> TaskState:
        """A task of the process, or that there is none. A task that does not apply here is refused as such."""
        number = task_id.split(".", 1)[0]
        if not self.process.has_task(task_id):
            raise Refused(RefusalCode.UNKNOWN_TASK, task_id)
        step = self.state.steps.get(int(number))
        if step is None or task_id not in step.tasks:
            raise Refused(RefusalCode.TASK_NOT_APPLICABLE, task_id)
        return step.tasks[task_id]

    def open_task(self, task_id: str) -> TaskState:
        """A task that still counts, in an open step."""
        task = self.task(task_id)
        self.open_step(int(task_id.split(".", 1)[0]))
        if task.status is TaskStatus.NOT_APPLICABLE:
            raise Refused(RefusalCode.TASK_NOT_APPLICABLE, task_id)
        return task

    def only_lead(self) -> None:
        if not is_lead(self.state, self.by):
            raise Refused(RefusalCode.NOT_A_LEAD, lead=self.state.leads[0] if self.state.leads else "")

    def only_bot(self) -> None:
        if self.by != BOT:
            raise Refused(RefusalCode.ONLY_DIPPER)

    def only_people(self) -> None:
        if self.by not in people_of(self.state):
            raise Refused(RefusalCode.NOT_OF_THIS_ONBOARDING)

    def only_actors_or_lead(self, number: int) -> None:
        """Owner and deputy of a step or of one of its tasks, and the leads."""
        self.only_people()
        if not is_lead(self.state, self.by) and self.by not in acts_in(self.state, self.process, number):
            raise Refused(RefusalCode.NOT_YOURS, str(number))
