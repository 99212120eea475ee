"""What happened, one frozen dataclass a fact. Events are the truth; the state is what `evolve` makes of them.

They hold Slack ids, enums, dates, numbers and `TextRef`s, never a name, an address or free text, so that erasing a
person leaves the chain whole. A fact that changes its shape gets a new version in `codec`; a class is never renamed.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from engine.onboarding.values import Grade, Holder, TextRef
from engine.process.model import Environment, Participant, Party, Role, Route

Values = dict[str, str | TextRef]


class Cause(StrEnum):
    """Why a task is open again."""

    UNTICKED = "unticked"
    REOPENED = "reopened"
    REJECTED = "rejected"
    RECORD_GONE = "record_gone"
    NEW_CLAIM = "new_claim"
    DETAILS_CHANGED = "details_changed"


@dataclass(frozen=True, slots=True)
class Event:
    """`at` carries a zone and never lies before the event before it; `by` is a Slack user id or `values.BOT`."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Started(Event):
    """`tasks`:

    for each step that applies its tasks that apply, in the process' order; a step left out does not apply.
    """

    onboarding: str
    short_id: str
    team: str
    company: str
    name: TextRef
    environment: Environment
    participant: Participant
    route: Route
    process: str
    channel: str
    leads: tuple[str, ...]
    tasks: dict[int, tuple[str, ...]]
    not_applicable: tuple[int, ...] = ()
    number: TextRef | None = None
    description: TextRef | None = None
    nation: str = "ENG"
    holders: dict[Role, Holder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DetailsEdited(Event):
    name: TextRef | None = None
    number: TextRef | None = None
    description: TextRef | None = None
    participant: Participant | None = None
    route: Route | None = None
    nation: str | None = None


@dataclass(frozen=True, slots=True)
class TasksApplied(Event):
    """After a change of participant type or route another set of tasks applies to a step, or the step does not apply."""

    step: int
    tasks: tuple[str, ...]
    applies: bool


@dataclass(frozen=True, slots=True)
class RoleAssigned(Event):
    """`handed_over`: by whoever held it, not assigned by a lead."""

    role: Role
    holder: Holder
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class LeadsChanged(Event):
    leads: tuple[str, ...]
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class TaskHandedOver(Event):
    """`to` None: back to the role's holder."""

    task: str
    to: str | None


@dataclass(frozen=True, slots=True)
class HandOverPlanned(Event):
    """All of the person's work, from `starts` on."""

    person: str
    to: str
    starts: datetime
    until: datetime | None = None
    keep: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkHandedOver(Event):
    """All of the person's work; the events beside it say what. `roles` as they were; see `values.StandIn`."""

    person: str
    to: str
    until: datetime | None = None
    roles: dict[Role, Holder] = field(default_factory=dict)
    lead: bool = False
    beside: bool = False
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkReturned(Event):
    """The end of a hand-over that had one, or of a plan."""

    person: str
    to: str


@dataclass(frozen=True, slots=True)
class PersonDeparted(Event):
    person: str


@dataclass(frozen=True, slots=True)
class TurnPassed(Event):
    """Whose turn it is now: subject (step or task) -> person. Asks that stay keep their clock."""

    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class StepOpened(Event):
    step: int


@dataclass(frozen=True, slots=True)
class StepClosed(Event):
    step: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class StepClosedBefore(Event):
    """Step and tasks were done before Dipper: grade unknown until a check of ours sees them."""

    step: int


@dataclass(frozen=True, slots=True)
class StepCarried(Event):
    """Production: the company's UIT track has done it. `done_at`: when."""

    step: int
    grade: Grade
    from_onboarding: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class StepReopened(Event):
    """`resting`: later steps that were open or done and now rest on it."""

    step: int
    reason: TextRef | None
    resting: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StepMarkedNotApplicable(Event):
    step: int
    reason: TextRef


@dataclass(frozen=True, slots=True)
class StepBlocked(Event):
    step: int
    reason: TextRef


@dataclass(frozen=True, slots=True)
class StepUnblocked(Event):
    step: int


@dataclass(frozen=True, slots=True)
class TaskClosed(Event):
    """`against_check`: a lead's override. `reason`: of an override, or the note of an answer given elsewhere."""

    task: str
    grade: Grade
    values: Values = field(default_factory=dict)
    for_person: str | None = None
    reason: TextRef | None = None
    report: str | None = None
    against_check: bool = False
    before: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TaskFilled(Event):
    """Fields of a task that stays as it is: open until its check agrees, or done and corrected."""

    task: str
    values: Values


@dataclass(frozen=True, slots=True)
class TaskVerified(Event):
    """A closed task that nobody had verified was seen by a check of ours."""

    task: str
    report: str


@dataclass(frozen=True, slots=True)
class TaskReopened(Event):
    task: str
    cause: Cause
    reason: TextRef | None = None


@dataclass(frozen=True, slots=True)
class TaskMarkedNotApplicable(Event):
    """`settled_by`: the task whose answer made it so; then there is no reason beside it."""

    task: str
    reason: TextRef | None = None
    settled_by: str = ""


@dataclass(frozen=True, slots=True)
class TaskWaived(Event):
    task: str
    reason: TextRef


@dataclass(frozen=True, slots=True)
class WaitStarted(Event):
    """`since` may lie before `at`: a wait that was already running."""

    step: int
    on: Party
    since: datetime
    until: datetime | None = None
    reason: TextRef | None = None
    wait: str | None = None


@dataclass(frozen=True, slots=True)
class WaitAnswered(Event):
    """An answer that is only recorded; the wait goes on."""

    step: int
    answer: str


@dataclass(frozen=True, slots=True)
class WaitEnded(Event):
    """`answer` empty: it is simply over. `ran_out`: its date came."""

    step: int
    answer: str = ""
    ran_out: bool = False


@dataclass(frozen=True, slots=True)
class WaitAsked(Event):
    step: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class WaitEscalated(Event):
    step: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class PersonSnoozed(Event):
    person: str
    until: datetime


@dataclass(frozen=True, slots=True)
class StepSnoozed(Event):
    step: int
    until: datetime


@dataclass(frozen=True, slots=True)
class SnoozeEnded(Event):
    step: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class Rejected(Event):
    """`attempt` is the number of the attempt that begins now."""

    step: int
    way: str
    attempt: int
    note: TextRef | None = None


@dataclass(frozen=True, slots=True)
class ClaimSet(Event):
    number: int
    domain: TextRef
    value: TextRef | None = None
    shown_on: date | None = None
    needed_by: date | None = None
    token_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowAdded(Event):
    row: str
    values: Values


@dataclass(frozen=True, slots=True)
class RowChanged(Event):
    row: str
    values: Values


@dataclass(frozen=True, slots=True)
class RowClosed(Event):
    row: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class RowReopened(Event):
    row: str


@dataclass(frozen=True, slots=True)
class RowRemoved(Event):
    row: str


@dataclass(frozen=True, slots=True)
class CheckAsked(Event):
    """`note`, `on`: somebody outside Slack said that it is done; the check decides."""

    task: str
    note: TextRef | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CheckRecorded(Event):
    """`slow`: the answer is the same, but it has taken longer than expected; said once."""

    task: str
    kind: str
    verdict: str
    report: str
    claim: int = 0
    ready_at: datetime | None = None
    look_again_at: datetime | None = None
    ends: dict[str, datetime] = field(default_factory=dict)
    asked_by: str | None = None
    slow: bool = False
    cause: str = ""


@dataclass(frozen=True, slots=True)
class MaterialPending(Event):
    """A file was shared, or a CSR or certificate pasted."""

    item: str
    task: str | None = None
    file: str | None = None
    name: TextRef | None = None
    permalink: TextRef | None = None
    text: TextRef | None = None


@dataclass(frozen=True, slots=True)
class MaterialRead(Event):
    """`task` is what it counted for, if anything."""

    item: str
    kind: str
    verdict: str
    report: str
    task: str | None = None
    ends: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reminded(Event):
    subject: str
    person: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class DeputyReminded(Event):
    subject: str
    person: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class LeadTold(Event):
    subject: str
    person: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Nudged(Event):
    """Somebody of the onboarding asked out of turn."""

    subject: str
    person: str


@dataclass(frozen=True, slots=True)
class ReminderSet(Event):
    """Somebody of the onboarding wants whoever's turn it is asked at this time; it replaces their earlier one."""

    when: datetime


@dataclass(frozen=True, slots=True)
class ReminderCame(Event):
    """The time that `person` had chosen. Whoever's turn it is, is nudged with it; nobody may be."""

    person: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class RemindersSwitched(Event):
    """Somebody turned their own reminders off, or on again."""

    person: str
    off: bool


@dataclass(frozen=True, slots=True)
class ChannelWasLost(Event):
    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class ChannelWasShared(Event):
    channel: str


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """`what` ends in about `days`; the distance that was reached."""

    what: str
    days: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class CardRefreshed(Event):
    on: date


@dataclass(frozen=True, slots=True)
class EvidenceAttached(Event):
    task: str
    link: TextRef
    note: TextRef | None = None


@dataclass(frozen=True, slots=True)
class SecretPosted(Event):
    """`kind` is of the closed list of secrets; nothing of its content is kept."""

    kind: str
    person: str


@dataclass(frozen=True, slots=True)
class ContentRemoved(Event):
    """On request, or when its time was over: the bodies of these texts, and of so many reports and files, are gone.

    `what` was asked for: person, company, onboarding or retention.
    """

    what: str
    texts: tuple[str, ...] = ()
    reports: int = 0


@dataclass(frozen=True, slots=True)
class Finished(Event):
    pass


@dataclass(frozen=True, slots=True)
class OnboardingClosed(Event):
    """`why`: cancelled, duplicate, client_left or paused (then perhaps `until`)."""

    why: str
    reason: TextRef | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OnboardingRestored(Event):
    pass


@dataclass(frozen=True, slots=True)
class WatchingStopped(Event):
    pass


@dataclass(frozen=True, slots=True)
class ChannelMoved(Event):
    channel: str


EVENTS: dict[str, type[Event]] = {
    name: event
    for name, event in list(globals().items())
    if isinstance(event, type) and issubclass(event, Event) and event is not Event
}
"""Every event by the name under which it is stored."""
