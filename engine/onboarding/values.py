"""The small values that state, commands and events are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.process.model import Party

BOT = "dipper"
"""Who acts where no person does: checks, reminders, time."""


@dataclass(frozen=True, slots=True)
class TextRef:
    """A personal or free text, kept beside the journal so that it can be erased. `digest` is its salted SHA-256 in hex."""

    id: str
    digest: str


Seal = Callable[[str], TextRef]
"""Puts a text away and gives its reference. Handed in: it needs randomness for id and salt."""


class StepStatus(StrEnum):
    LOCKED = "locked"
    OPEN = "open"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"  # Step 0: the lead started without it, with a reason


class Grade(StrEnum):
    """How well a closed task is proven; the weakest of a step's tasks is the step's."""

    VERIFIED = "verified"
    ATTESTED = "attested"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role. Absent `person` with `outside`: somebody who is not in Slack (name, e-mail or ticket number)."""

    person: str | None = None
    deputy: str | None = None
    outside: TextRef | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How a task was closed. `for_person`: somebody else's task, recorded for them. `before`: before Dipper."""

    grade: Grade
    by: str
    at: datetime
    for_person: str | None = None
    reason: TextRef | None = None
    report: str | None = None  # the id of the check that saw it
    before: bool = False
    carried_from: str | None = None  # the onboarding of the other track


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that nobody here can move. `wait` names the process' wait if it is one of those."""

    on: Party
    since: datetime
    by: str
    until: datetime | None = None
    reason: TextRef | None = None
    wait: str | None = None
    asked: int = 0  # how many of the wait's questions were asked


@dataclass(frozen=True, slots=True)
class Blocked:
    since: datetime
    by: str
    reason: TextRef


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """What the last look at a task saw. `claim` is the number of the domain claim it was about."""

    kind: str
    verdict: str
    at: datetime
    report: str
    claim: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """How often somebody was reminded of one ask since it began. `step` is the subject's step number."""

    person: str
    since: datetime
    reminders: int = 0
    deputy_at: datetime | None = None
    lead_reminders: int = 0
    last_at: datetime | None = None
