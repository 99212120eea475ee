"""The state of one onboarding:

one company, one environment, one thread, one card. Immutable; `evolve` makes the next one.

Structs of msgspec, since a state is read, changed and written with every click: a dataclass of so many fields takes
some ten times as long for each. Defaults are left out of the snapshot; the default of a text is therefore "", which is the
one that is known again.
"""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from engine.onboarding.values import (
    Asked,
    Blocked,
    CheckAsk,
    CheckSeen,
    Closing,
    Evidence,
    Grade,
    Holder,
    Pending,
    SetAside,
    StandIn,
    StepStatus,
    TaskStatus,
    TextRef,
    Waiting,
)
from engine.process.model import Environment, Participant, Role, Route


class Life(StrEnum):
    OPEN = "open"
    FINISHED = "finished"  # all eight steps closed; watches go on
    CLOSED = "closed"  # cancelled, duplicate, client left
    PAUSED = "paused"


class TaskState(Struct, frozen=True, omit_defaults=True):
    id: str
    status: TaskStatus = TaskStatus.OPEN
    closing: Closing | None = None
    values: dict[str, str | TextRef] = field(default_factory=dict)
    owner: str | None = None  # a person to whom this one task was handed, over the role's holder
    seen: CheckSeen | None = None
    check_asked: CheckAsk | None = None
    aside: SetAside | None = None
    evidence: tuple[Evidence, ...] = ()


class Row(Struct, frozen=True, omit_defaults=True):
    """One row of Step 7 or 8. `id` is `<step>#<number>`, such as `7#2`, never used again."""

    id: str
    values: dict[str, str | TextRef]
    status: TaskStatus = TaskStatus.OPEN
    closing: Closing | None = None


class Attempt(Struct, frozen=True, omit_defaults=True):
    """An attempt that was rejected: what was done in it and what our checks saw, kept for diagnosis.

    `way` is the way on that was chosen, `note` what was said. `done` and `reports` by task.
    """

    number: int
    way: str
    by: str
    at: datetime
    note: TextRef | None = None
    done: dict[str, Closing] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)


class StepState(Struct, frozen=True, omit_defaults=True):
    number: int
    status: StepStatus = StepStatus.LOCKED
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    grade: Grade | None = None
    tasks: dict[str, TaskState] = field(default_factory=dict)  # only the tasks that apply, in the process' order
    rows: tuple[Row, ...] = ()
    next_row: int = 1
    waiting: Waiting | None = None
    blocked: Blocked | None = None
    snoozed_until: datetime | None = None
    attempt: int = 1
    attempts: tuple[Attempt, ...] = ()  # the earlier ones, each ended by a rejection
    rests_on_reopened: tuple[int, ...] = ()
    waited_seconds: int = 0  # of closed waits, so that a step's own age can be told
    waits: int = 0  # how many waits began here; names the message of each
    before: bool = False  # closed before Dipper: its duration does not count
    carried_from: str | None = None  # the onboarding of the other track whose result it is
    why_not: TextRef | None = None  # the reason, if it was marked not applicable


class Claim(Struct, frozen=True, omit_defaults=True):
    """The domain claim of Step 5: what the portal shows. `number` grows with each new domain or value.

    `by` entered it, and so passed the request on; `needed_by` is the day the DNS contact was asked to have it done.
    """

    number: int
    domain: TextRef
    value: TextRef | None = None
    shown_on: date | None = None
    previous: tuple[TextRef, ...] = ()
    needed_by: date | None = None
    by: str = ""
    at: datetime | None = None


class Onboarding(Struct, frozen=True, omit_defaults=True):
    id: str
    short_id: str  # can be said aloud, e.g. NW-7F3K
    team: str
    company: str  # the company's id
    name: TextRef
    environment: Environment
    participant: Participant
    route: Route
    process: str  # hash of the process it started with
    channel: str
    leads: tuple[str, ...]
    started_at: datetime
    started_by: str
    nation: str  # holidays: ENG, WLS, SCT, NIR
    number: TextRef | None = None
    description: TextRef | None = None
    closures: tuple[date, ...] = ()  # days on which the company is closed
    holders: dict[Role, Holder] = field(default_factory=dict)
    dns_due: date | None = None
    claim: Claim | None = None
    steps: dict[int, StepState] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)  # by subject (`5`, `5.4`), for the open asks
    stand_ins: dict[str, StandIn] = field(default_factory=dict)  # person -> who stands in for them
    muted: dict[str, datetime] = field(default_factory=dict)  # person -> until: "snooze for me"
    reminders: dict[str, datetime] = field(default_factory=dict)  # person -> when, as each has chosen for themselves
    life: Life = Life.OPEN
    life_why: str = ""  # cancelled, duplicate, client_left, paused
    life_reason: TextRef | None = None
    paused_until: datetime | None = None
    watching: bool = True
    ends: dict[str, datetime] = field(default_factory=dict)  # what ends when: certificate, atlas_certificate, token
    pending: dict[str, Pending] = field(default_factory=dict)  # files and pasted material not yet read
    warned: dict[str, int] = field(default_factory=dict)  # what ends -> the smallest number of days told
    posted_keys: dict[str, datetime] = field(
        default_factory=dict
    )  # SHA-256 of public keys whose private key was posted
    channel_lost: str = ""  # archived, removed: nothing can be posted until it moves
    channel_shared: bool = False  # became shared with outsiders
    card_on: date | None = None  # the working morning on which the card was last refreshed
    finished_at: datetime | None = None
    seq: int = 0  # number of the last event
    last_at: datetime | None = None

    def step(self, number: int) -> StepState:
        return self.steps[number]

    def task(self, task_id: str) -> TaskState:
        return self.steps[int(task_id.split(".", 1)[0])].tasks[task_id]

    def open_steps(self) -> tuple[StepState, ...]:
        return tuple(step for step in self.steps.values() if step.status is StepStatus.OPEN)
