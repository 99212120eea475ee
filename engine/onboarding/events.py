"""What happened, one frozen struct a fact. Events are the truth; the state is what `evolve` makes of them.

They hold Slack ids, enums, dates, numbers and `TextRef`s, never a name, an address or free text, so that erasing a
person leaves the chain whole. A fact that changes its shape gets a new version in `codec`; a class is never renamed.
"""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from engine.onboarding.values import Grade, Holder, TextRef
from engine.process.model import Environment, Participant, Party, Role, Route

Values = dict[str, str | TextRef]


class Cause(StrEnum):
    """Why a task is open again."""

    UNTICKED = "unticked"
    REOPENED = "reopened"
    REJECTED = "rejected"
    RECORD_GONE = "record_gone"
    SECRET_POSTED = "secret_posted"  # noqa: S105  a cause, not one
    NEW_CLAIM = "new_claim"
    DETAILS_CHANGED = "details_changed"


class Event(Struct, frozen=True):
    """`at` carries a zone and never lies before the event before it; `by` is a Slack user id or `values.BOT`."""

    at: datetime
    by: str


class Started(Event, frozen=True):
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


class DetailsEdited(Event, frozen=True):
    name: TextRef | None = None
    number: TextRef | None = None
    description: TextRef | None = None
    participant: Participant | None = None
    route: Route | None = None
    nation: str | None = None
    closures: tuple[date, ...] | None = None


class TasksApplied(Event, frozen=True):
    """After a change of participant type or route another set of tasks applies to a step, or the step does not apply."""

    step: int
    tasks: tuple[str, ...]
    applies: bool


class RoleAssigned(Event, frozen=True):
    """`handed_over`: by whoever held it, not assigned by a lead."""

    role: Role
    holder: Holder
    handed_over: bool = False


class LeadsChanged(Event, frozen=True):
    leads: tuple[str, ...]
    handed_over: bool = False


class TaskHandedOver(Event, frozen=True):
    """`to` None: back to the role's holder."""

    task: str
    to: str | None


class HandOverPlanned(Event, frozen=True):
    """All of the person's work, from `starts` on."""

    person: str
    to: str
    starts: datetime
    until: datetime | None = None
    keep: tuple[Role, ...] = ()


class WorkHandedOver(Event, frozen=True):
    """All of the person's work; the events beside it say what. `roles` as they were; see `values.StandIn`."""

    person: str
    to: str
    until: datetime | None = None
    roles: dict[Role, Holder] = field(default_factory=dict)
    lead: bool = False
    beside: bool = False
    tasks: tuple[str, ...] = ()


class WorkReturned(Event, frozen=True):
    """The end of a hand-over that had one, or of a plan."""

    person: str
    to: str


class PersonDeparted(Event, frozen=True):
    person: str


class TurnPassed(Event, frozen=True):
    """Whose turn it is now: subject (step or task) -> person. Asks that stay keep their clock."""

    asked: dict[str, str]


class StepOpened(Event, frozen=True):
    step: int


class StepClosed(Event, frozen=True):
    step: int
    grade: Grade


class StepClosedBefore(Event, frozen=True):
    """Step and tasks were done before Dipper: grade unknown until a check of ours sees them."""

    step: int


class StepCarried(Event, frozen=True):
    """Production: the company's UIT track has done it. `done_at`: when."""

    step: int
    grade: Grade
    from_onboarding: str
    done_at: datetime


class StepReopened(Event, frozen=True):
    """`resting`: later steps that were open or done and now rest on it."""

    step: int
    reason: TextRef | None
    resting: tuple[int, ...] = ()


class StepMarkedNotApplicable(Event, frozen=True):
    step: int
    reason: TextRef


class StepBlocked(Event, frozen=True):
    step: int
    reason: TextRef


class StepUnblocked(Event, frozen=True):
    step: int


class TaskClosed(Event, frozen=True):
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
    ends: dict[str, datetime] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()


class TaskFilled(Event, frozen=True):
    """Fields of a task that stays as it is: open until its check agrees, or done and corrected."""

    task: str
    values: Values
    ends: dict[str, datetime] = field(default_factory=dict)


class TaskVerified(Event, frozen=True):
    """A closed task that nobody had verified was seen by a check of ours."""

    task: str
    report: str


class TaskReopened(Event, frozen=True):
    task: str
    cause: Cause
    reason: TextRef | None = None


class TaskMarkedNotApplicable(Event, frozen=True):
    """`settled_by`: the task whose answer made it so; then there is no reason beside it."""

    task: str
    reason: TextRef | None = None
    settled_by: str = ""


class TaskWaived(Event, frozen=True):
    task: str
    reason: TextRef


class WaitStarted(Event, frozen=True):
    """`since` may lie before `at`: a wait that was already running."""

    step: int
    on: Party
    since: datetime
    until: datetime | None = None
    reason: TextRef | None = None
    wait: str | None = None


class WaitAnswered(Event, frozen=True):
    """An answer that is only recorded; the wait goes on."""

    step: int
    answer: str


class WaitEnded(Event, frozen=True):
    """`answer` empty: it is simply over. `ran_out`: its date came."""

    step: int
    answer: str = ""
    ran_out: bool = False


class WaitAsked(Event, frozen=True):
    step: int
    late: bool = False


class WaitEscalated(Event, frozen=True):
    step: int
    late: bool = False


class PersonSnoozed(Event, frozen=True):
    person: str
    until: datetime


class StepSnoozed(Event, frozen=True):
    step: int
    until: datetime


class SnoozeEnded(Event, frozen=True):
    step: int
    late: bool = False


class Rejected(Event, frozen=True):
    """`attempt` is the number of the attempt that begins now."""

    step: int
    way: str
    attempt: int
    note: TextRef | None = None


class ClaimSet(Event, frozen=True):
    number: int
    domain: TextRef
    value: TextRef | None = None
    shown_on: date | None = None
    needed_by: date | None = None
    token_ends: datetime | None = None


class RowAdded(Event, frozen=True):
    row: str
    values: Values


class RowChanged(Event, frozen=True):
    row: str
    values: Values


class RowClosed(Event, frozen=True):
    row: str
    grade: Grade


class RowReopened(Event, frozen=True):
    row: str


class RowRemoved(Event, frozen=True):
    row: str


class CheckAsked(Event, frozen=True):
    """`note`, `on`: somebody outside Slack said that it is done; the check decides."""

    task: str
    note: TextRef | None = None
    on: date | None = None


class CheckRecorded(Event, frozen=True):
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
    agrees: tuple[str, ...] = ()


class MaterialPending(Event, frozen=True):
    """A file was shared, or a CSR or certificate pasted."""

    item: str
    task: str | None = None
    file: str | None = None
    name: TextRef | None = None
    permalink: TextRef | None = None
    text: TextRef | None = None


class MaterialRead(Event, frozen=True):
    """`task` is what it counted for, if anything; `advice` what it would count for had its owner handed it in."""

    item: str
    kind: str
    verdict: str
    report: str
    task: str | None = None
    ends: dict[str, datetime] = field(default_factory=dict)
    agrees: tuple[str, ...] = ()
    key: str = ""
    advice: str = ""


class Reminded(Event, frozen=True):
    subject: str
    person: str
    late: bool = False


class DeputyReminded(Event, frozen=True):
    subject: str
    person: str
    late: bool = False


class LeadTold(Event, frozen=True):
    subject: str
    person: str
    late: bool = False


class Nudged(Event, frozen=True):
    """Somebody of the onboarding asked out of turn."""

    subject: str
    person: str


class ReminderSet(Event, frozen=True):
    """Somebody of the onboarding wants whoever's turn it is asked at this time; it replaces their earlier one."""

    when: datetime


class ReminderCame(Event, frozen=True):
    """The time that `person` had chosen. Whoever's turn it is, is nudged with it; nobody may be."""

    person: str
    late: bool = False


class RemindersSwitched(Event, frozen=True):
    """Somebody turned their own reminders off, or on again."""

    person: str
    off: bool


class ChannelWasLost(Event, frozen=True):
    channel: str
    why: str


class ChannelWasShared(Event, frozen=True):
    channel: str


class Warned(Event, frozen=True):
    """`what` ends in about `days`; the distance that was reached."""

    what: str
    days: int
    late: bool = False


class CardRefreshed(Event, frozen=True):
    on: date


class EvidenceAttached(Event, frozen=True):
    task: str
    link: TextRef
    note: TextRef | None = None


class SecretPosted(Event, frozen=True):
    """`kind` is of the closed list of secrets; nothing of its content is kept.

    `keys`: the SHA-256 of each private key's public half, in hex, where it could be computed. `elsewhere`: in the company's
    other track.
    """

    kind: str
    person: str
    keys: tuple[str, ...] = ()
    elsewhere: bool = False


class ContentRemoved(Event, frozen=True):
    """On request, or when its time was over: the bodies of these texts, and of so many reports and files, are gone.

    `what` was asked for: person, company, onboarding or retention.
    """

    what: str
    texts: tuple[str, ...] = ()
    reports: int = 0


class Finished(Event, frozen=True):
    pass


class OnboardingClosed(Event, frozen=True):
    """`why`: cancelled, duplicate, client_left or paused (then perhaps `until`)."""

    why: str
    reason: TextRef | None = None
    until: datetime | None = None


class OnboardingRestored(Event, frozen=True):
    pass


class WatchingStopped(Event, frozen=True):
    pass


class ChannelMoved(Event, frozen=True):
    channel: str


EVENTS: dict[str, type[Event]] = {
    name: event
    for name, event in list(globals().items())
    if isinstance(event, type) and issubclass(event, Event) and event is not Event
}
"""Every event by the name under which it is stored."""
