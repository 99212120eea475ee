"""The small values that state, commands and events are made of."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from engine.process.model import Party, Role

BOT = "dipper"
"""Who acts where no person does: checks, reminders, time."""


class TextRef(Struct, frozen=True):
    """A personal or free text, kept beside the journal so that it can be erased.

    `digest` is its salted SHA-256 in hex.
    """

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


class Holder(Struct, frozen=True):
    """Who holds a role.

    Absent `person` with `outside`: somebody who is not in Slack (name, e-mail or ticket number).
    """

    person: str | None = None
    deputy: str | None = None
    outside: TextRef | None = None


class StandIn(Struct, frozen=True, omit_defaults=True):
    """`to` does all that `person` holds, but for the roles of `keep`; `until` None where it is planned for good.

    Once `begun`: what exactly was handed over, so that just that goes back. `lead`: `to` stands in the person's place
    among the leads; `beside`: `to` was a lead already.
    """

    person: str
    to: str
    starts: datetime
    until: datetime | None = None
    keep: tuple[Role, ...] = ()
    begun: bool = False
    roles: dict[Role, Holder] = field(default_factory=dict)  # as they were
    lead: bool = False
    beside: bool = False
    tasks: tuple[str, ...] = ()


class Closing(Struct, frozen=True, omit_defaults=True):
    """How a task was closed. `for_person`: somebody else's task, recorded for them. `before`: before Dipper."""

    grade: Grade
    by: str
    at: datetime
    for_person: str | None = None
    reason: TextRef | None = None
    report: str | None = None  # the id of the check that saw it
    before: bool = False
    carried_from: str | None = None  # the onboarding of the other track
    against_check: bool = False  # a lead's override
    on: date | None = None  # the day it was answered elsewhere
    lacks: tuple[str, ...] = ()  # attested: the halves that the check could not compare (`model.Half`)


class SetAside(Struct, frozen=True, omit_defaults=True):
    """Why a task does not count: not applicable, or waived."""

    by: str
    at: datetime
    reason: TextRef | None = None
    settled_by: str = ""  # the question whose answer made it so


class Waiting(Struct, frozen=True, omit_defaults=True):
    """A step that nobody here can move. `wait` names the process' wait if it is one of those."""

    on: Party
    since: datetime
    by: str
    until: datetime | None = None
    reason: TextRef | None = None
    wait: str | None = None
    asked: int = 0  # how many of the wait's questions were asked
    escalated: bool = False
    last_at: datetime | None = None  # when it was last asked, answered or escalated


class Blocked(Struct, frozen=True, omit_defaults=True):
    since: datetime
    by: str
    reason: TextRef


ABSENT = "absent"
"""The cause of a verdict where what is looked for is simply not there yet."""


class CheckSeen(Struct, frozen=True, omit_defaults=True):
    """What the last look at a task saw.

    `claim` is the number of the domain claim it was about. `since`: the first look with this verdict. `moved`: when
    somebody last asked for a look, or the verdict last changed. `slow_told`: that it takes longer than expected was said
    once. `cause`: what decided the verdict, in the check's own words; `ABSENT` where there simply is nothing yet.
    `agrees`: the halves that it compared and that agree. `key`: the SHA-256 of the public key that it saw, in hex.
    """

    kind: str
    verdict: str
    at: datetime
    report: str
    claim: int = 0
    since: datetime | None = None
    look_again_at: datetime | None = None
    ready_at: datetime | None = None
    slow_told: bool = False
    cause: str = ""
    moved: datetime | None = None
    agrees: tuple[str, ...] = ()
    key: str = ""


class Evidence(Struct, frozen=True, omit_defaults=True):
    """A message that somebody keeps as evidence for a task: its link, and in their words what it shows."""

    link: TextRef
    by: str
    at: datetime
    note: TextRef | None = None


class CheckAsk(Struct, frozen=True, omit_defaults=True):
    """Somebody asked for a look at a task; answered by the next `CheckRecorded`."""

    by: str
    at: datetime


class Pending(Struct, frozen=True, omit_defaults=True):
    """A shared file or pasted material that waits to be read and checked.

    `file` is Slack's file id; `text` the pasted CSR or certificate. `task` is what it was handed in for, if that is
    known.
    """

    id: str
    by: str
    at: datetime
    task: str | None = None
    file: str | None = None
    name: TextRef | None = None
    permalink: TextRef | None = None
    text: TextRef | None = None


class Asked(Struct, frozen=True, omit_defaults=True):
    """How often somebody was reminded of one ask since it began, or since they last moved it."""

    person: str
    since: datetime
    reminders: int = 0
    deputy_at: datetime | None = None
    lead_reminders: int = 0
    last_at: datetime | None = None
