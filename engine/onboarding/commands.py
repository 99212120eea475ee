"""What somebody asks for. Free text comes as plain `str`; `decide` seals it before it enters an event.

Every command names the onboarding and who acts (`by`, a Slack user id, or `values.BOT`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from engine.process.model import Environment, Participant, Party, Role, Route


@dataclass(frozen=True, slots=True)
class Command:
    onboarding: str
    by: str


@dataclass(frozen=True, slots=True)
class NewHolder:
    """Who is to hold a role; `outside` is a name, e-mail address or ticket number of somebody who is not in Slack."""

    person: str | None = None
    deputy: str | None = None
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Start(Command):
    """Begin an onboarding. `now_at` is the step where the company already is: earlier ones close as before Dipper.

    `shared`: the channel is shared with another organisation, and whoever starts it knows.
    """

    team: str
    short_id: str
    company: str
    name: str
    environment: Environment
    participant: Participant
    route: Route
    channel: str
    leads: tuple[str, ...]
    number: str | None = None
    description: str | None = None
    nation: str = "ENG"
    holders: dict[Role, NewHolder] = field(default_factory=dict)
    domain: str | None = None
    now_at: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class EditDetails(Command):
    """Change what the form said; what is None stays. Reopens what rests on it (product page)."""

    name: str | None = None
    number: str | None = None
    description: str | None = None
    participant: Participant | None = None
    route: Route | None = None
    domain: str | None = None
    nation: str | None = None


@dataclass(frozen=True, slots=True)
class AssignRole(Command):
    role: Role
    holder: NewHolder


@dataclass(frozen=True, slots=True)
class HandOver(Command):
    """Give work to somebody else: one task, one role, or with both None everything that `by` holds here.

    Everything may go from `starts` on, until `until`, and but for the roles of `keep`.
    """

    to: str
    task: str | None = None
    role: Role | None = None
    starts: datetime | None = None
    until: datetime | None = None
    keep: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeBack(Command):
    """What `person` had handed over until a day goes back to them now; what was only planned is called off."""

    person: str


@dataclass(frozen=True, slots=True)
class Tick:
    task: str
    done: bool = True
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TickTasks(Command):
    """Tick or untick tasks of one step.

    `for_owner`: somebody else of the onboarding records that they did it for the owner.
    """

    step: int
    ticks: tuple[Tick, ...]
    for_owner: bool = False


@dataclass(frozen=True, slots=True)
class Override(Command):
    """A lead closes a task against its check."""

    task: str
    reason: str


@dataclass(frozen=True, slots=True)
class MarkNotApplicable(Command):
    """`subject` is a step (`4`) or a task (`4.2`)."""

    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reopen(Command):
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class StartWithout(Command):
    """The lead starts Step 1 without the prerequisites that hold it: a reason for each (task -> reason)."""

    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class WaitOn(Command):
    step: int
    on: Party
    until: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerWait(Command):
    """One of the process' answers to a wait (`approved`, `called_no_result` ...), or with `answer` empty:

    the wait is over.
    """

    step: int
    answer: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredElsewhere(Command):
    """Somebody who does not use Dipper said so by another way: closes the task as attested by who records it."""

    task: str
    on: date
    note: str


@dataclass(frozen=True, slots=True)
class Block(Command):
    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unblock(Command):
    step: int


@dataclass(frozen=True, slots=True)
class Snooze(Command):
    """`step` None: for `by` alone; else the whole step (owner or lead)."""

    until: datetime
    step: int | None = None


@dataclass(frozen=True, slots=True)
class SwitchReminders(Command):
    """`by` wants no reminders any more, or wants them again. Whether it is so stands in their preferences, not here."""

    off: bool


@dataclass(frozen=True, slots=True)
class Reject(Command):
    """Vetting, credentials, domain or CSR were refused; `way` is the process' way on. Starts the next attempt."""

    step: int
    way: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SetClaim(Command):
    """What the portal shows in Step 5."""

    domain: str
    value: str
    shown_on: date | None = None
    needed_by: date | None = None


@dataclass(frozen=True, slots=True)
class AddRows(Command):
    """New rows of Step 7 or 8. `done`: what they stand for is finished in the portal already, so they close at once."""

    step: int
    rows: tuple[dict[str, str], ...]
    done: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRow(Command):
    """Fill in or close a row; `remove` takes it out (recorded)."""

    row: str
    values: dict[str, str] = field(default_factory=dict)
    done: bool | None = None
    remove: bool = False


@dataclass(frozen=True, slots=True)
class AskCheck(Command):
    """Check now: makes the task's check due at once."""

    task: str


@dataclass(frozen=True, slots=True)
class RecordCheck(Command):
    """What a check saw; told by the sweep. `cause`: what decided the verdict, in the check's own words.

    `claim` is the claim number it looked at (dns-txt). `ends`: when what was seen ends.
    """

    task: str
    kind: str
    verdict: str
    report: str
    claim: int = 0
    ready_at: datetime | None = None
    look_again_at: datetime | None = None
    ends: dict[str, datetime] = field(default_factory=dict)
    asked_by: str | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class NoteFile(Command):
    """A `.csr`, `.pem`, `.cer`, `.crt` or `.p7b` file was shared in the thread.

    `file` is Slack's file id. It becomes a pending item of the state, from which `reminders.plan` makes FILE due work;
    a file seen before changes nothing. `task` where it was handed in for one.
    """

    file: str
    name: str
    permalink: str
    task: str | None = None


@dataclass(frozen=True, slots=True)
class SubmitMaterial(Command):
    """A pasted CSR or certificate:

    sealed, then a pending item like a shared file. Never a key: the caller has scanned it.
    """

    task: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordFile(Command):
    """What the check of a pending item saw; told by the sweep. The item is then no longer pending.

    `kind` is what it turned out to be (`csr`, `certificate`, or anything else, which closes nothing), `item` the
    pending item's id.
    """

    item: str
    kind: str
    verdict: str
    report: str
    ends: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CarryOut(Command):
    """A due item's time has come (key of `reminders.plan`). Decided again with the present state; no longer due:
    nothing.

    `late`: it was missed, for example while Dipper was down.
    """

    key: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Close(Command):
    """Cancelled, duplicate, client left, or with `until` paused. Stops reminders and watches."""

    why: str
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Restore(Command):
    pass


@dataclass(frozen=True, slots=True)
class StopWatching(Command):
    pass


@dataclass(frozen=True, slots=True)
class MoveChannel(Command):
    """The card and thread go on in another channel (the old one is archived, or the bot was removed).

    `shared`: that one is shared with another organisation.
    """

    channel: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ChannelLost(Command):
    """The channel was archived, or the bot removed from it (`why`:

    archived, removed): the leads are asked where to go on.
    """

    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class ChannelShared(Command):
    """The channel became shared with outsiders: the leads are told who will read along."""

    channel: str


@dataclass(frozen=True, slots=True)
class Nudge(Command):
    """Ask whoever's turn it is now, out of turn.

    `subject` is a step, or a task of the ask. Counts as none of the reminders.
    """

    subject: str


@dataclass(frozen=True, slots=True)
class RemindAt(Command):
    """Ask whoever's turn it is then, at a time of one's own. One a person: a new time replaces the one before."""

    when: datetime


@dataclass(frozen=True, slots=True)
class PersonLeft(Command):
    """Somebody was deactivated or left: their roles go to the deputy, the leads are told."""

    person: str


@dataclass(frozen=True, slots=True)
class AttachEvidence(Command):
    """Keep the link of a message as evidence for a task, with what it shows. The message itself is not kept."""

    task: str
    link: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RecordSecret(Command):
    """A secret was posted in the thread:

    recorded without its content. `kind` is of the closed list; `person` posted it.
    """

    kind: str
    person: str
