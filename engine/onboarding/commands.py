"""What somebody asks for. Free text comes as plain `str`; `decide` seals it before it enters an event.

Every command names the onboarding and who acts (`by`, a Slack user id, or `values.BOT`).
"""

from datetime import date, datetime

from msgspec import Struct, field

from engine.process.model import Environment, Participant, Party, Role, Route


class Command(Struct, frozen=True):
    onboarding: str
    by: str


class NewHolder(Struct, frozen=True):
    """Who is to hold a role; `outside` is a name, e-mail address or ticket number of somebody who is not in Slack."""

    person: str | None = None
    deputy: str | None = None
    outside: str | None = None


class Start(Command, frozen=True):
    """Begin an onboarding. `now_at` is the step where the company already is: earlier ones close as before Dipper.

    `value` is the TXT value that the portal showed, if the domain's step was reached: it is looked for at once.

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
    value: str | None = None
    now_at: int = 0
    shared: bool = False


class EditDetails(Command, frozen=True):
    """Change what the form said; what is None stays. Reopens what rests on it (product page)."""

    name: str | None = None
    number: str | None = None
    description: str | None = None
    participant: Participant | None = None
    route: Route | None = None
    domain: str | None = None
    nation: str | None = None
    closures: tuple[date, ...] | None = None  # days on which the company is closed; all of them anew


class AssignRole(Command, frozen=True):
    role: Role
    holder: NewHolder


class HandOver(Command, frozen=True):
    """Give work to somebody else: one task, one role, or with both None everything that `by` holds here.

    Everything may go from `starts` on, until `until`, and but for the roles of `keep`.
    """

    to: str
    task: str | None = None
    role: Role | None = None
    starts: datetime | None = None
    until: datetime | None = None
    keep: tuple[Role, ...] = ()


class TakeBack(Command, frozen=True):
    """What `person` had handed over until a day goes back to them now; what was only planned is called off."""

    person: str


class Tick(Struct, frozen=True):
    task: str
    done: bool = True
    values: dict[str, str] = field(default_factory=dict)


class TickTasks(Command, frozen=True):
    """Tick or untick tasks of one step.

    `for_owner`: somebody else of the onboarding records that they did it for the owner.
    """

    step: int
    ticks: tuple[Tick, ...]
    for_owner: bool = False


class Override(Command, frozen=True):
    """A lead closes a task against its check."""

    task: str
    reason: str


class MarkNotApplicable(Command, frozen=True):
    """`subject` is a step (`4`) or a task (`4.2`)."""

    subject: str
    reason: str


class Reopen(Command, frozen=True):
    subject: str
    reason: str


class StartWithout(Command, frozen=True):
    """The lead starts Step 1 without the prerequisites that hold it: a reason for each (task -> reason)."""

    reasons: dict[str, str]


class WaitOn(Command, frozen=True):
    step: int
    on: Party
    until: datetime | None = None
    reason: str | None = None


class AnswerWait(Command, frozen=True):
    """One of the process' answers to a wait (`approved`, `called_no_result` ...), or with `answer` empty:

    the wait is over.
    """

    step: int
    answer: str = ""


class AnsweredElsewhere(Command, frozen=True):
    """Somebody who does not use Dipper said so by another way: closes the task as attested by who records it."""

    task: str
    on: date
    note: str


class Block(Command, frozen=True):
    step: int
    reason: str


class Unblock(Command, frozen=True):
    step: int


class Snooze(Command, frozen=True):
    """`step` None: for `by` alone; else the whole step (owner or lead)."""

    until: datetime
    step: int | None = None


class SwitchReminders(Command, frozen=True):
    """`by` wants no reminders any more, or wants them again. Whether it is so stands in their preferences, not here."""

    off: bool


class Reject(Command, frozen=True):
    """Vetting, credentials, domain or CSR were refused; `way` is the process' way on. Starts the next attempt."""

    step: int
    way: str
    note: str | None = None


class SetClaim(Command, frozen=True):
    """What the portal shows in Step 5."""

    domain: str
    value: str
    shown_on: date | None = None
    needed_by: date | None = None


class AddRows(Command, frozen=True):
    """New rows of Step 7 or 8. `done`: what they stand for is finished in the portal already, so they close at once."""

    step: int
    rows: tuple[dict[str, str], ...]
    done: bool = False


class ChangeRow(Command, frozen=True):
    """Fill in or close a row; `remove` takes it out (recorded)."""

    row: str
    values: dict[str, str] = field(default_factory=dict)
    done: bool | None = None
    remove: bool = False


class AskCheck(Command, frozen=True):
    """Check now: makes the task's check due at once."""

    task: str


class RecordCheck(Command, frozen=True):
    """What a check saw; told by the sweep. `cause`: what decided the verdict, in the check's own words.

    `claim` is the claim number it looked at (dns-txt). `ends`: when what was seen ends. `agrees`: the halves that agree.
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
    agrees: tuple[str, ...] = ()


class NoteFile(Command, frozen=True):
    """A `.csr`, `.pem`, `.cer`, `.crt` or `.p7b` file was shared in the thread.

    `file` is Slack's file id. It becomes a pending item of the state, from which `reminders.plan` makes FILE due work;
    a file seen before changes nothing. `task` where it was handed in for one.
    """

    file: str
    name: str
    permalink: str
    task: str | None = None


class SubmitMaterial(Command, frozen=True):
    """A pasted CSR or certificate:

    sealed, then a pending item like a shared file. Never a key: the caller has scanned it.
    """

    task: str
    text: str


class RecordFile(Command, frozen=True):
    """What the check of a pending item saw; told by the sweep. The item is then no longer pending.

    `kind` is what it turned out to be (`csr`, `certificate`, or anything else, which closes nothing), `item` the
    pending item's id. `agrees` and `disagrees` are the halves that were compared (`model.Half`), `key` the SHA-256 of its
    public key in hex. `task`: what it counts for by its key, where the key tells.
    """

    item: str
    kind: str
    verdict: str
    report: str
    ends: dict[str, datetime] = field(default_factory=dict)
    agrees: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()
    key: str = ""
    task: str | None = None


class CarryOut(Command, frozen=True):
    """A due item's time has come (key of `reminders.plan`). Decided again with the present state; no longer due:
    nothing.

    `late`: it was missed, for example while Dipper was down.
    """

    key: str
    late: bool = False


class Close(Command, frozen=True):
    """Cancelled, duplicate, client left, or with `until` paused. Stops reminders and watches."""

    why: str
    reason: str | None = None
    until: datetime | None = None


class Restore(Command, frozen=True):
    pass


class StopWatching(Command, frozen=True):
    pass


class MoveChannel(Command, frozen=True):
    """The card and thread go on in another channel (the old one is archived, or the bot was removed).

    `shared`: that one is shared with another organisation.
    """

    channel: str
    shared: bool = False


class ChannelLost(Command, frozen=True):
    """The channel was archived, or the bot removed from it (`why`:

    archived, removed): the leads are asked where to go on.
    """

    channel: str
    why: str


class ChannelShared(Command, frozen=True):
    """The channel became shared with outsiders: the leads are told who will read along."""

    channel: str


class Nudge(Command, frozen=True):
    """Ask whoever's turn it is now, out of turn.

    `subject` is a step, or a task of the ask. Counts as none of the reminders.
    """

    subject: str


class RemindAt(Command, frozen=True):
    """Ask whoever's turn it is then, at a time of one's own. One a person: a new time replaces the one before."""

    when: datetime


class PersonLeft(Command, frozen=True):
    """Somebody was deactivated or left: their roles go to the deputy, the leads are told."""

    person: str


class AttachEvidence(Command, frozen=True):
    """Keep the link of a message as evidence for a task, with what it shows. The message itself is not kept."""

    task: str
    link: str
    note: str | None = None


class RecordSecret(Command, frozen=True):
    """A secret was posted in the thread:

    recorded without its content. `kind` is of the closed list; `person` posted it. `keys` are the SHA-256 of the public
    halves of private keys in it, in hex; `elsewhere`: in the company's other track.
    """

    kind: str
    person: str
    keys: tuple[str, ...] = ()
    elsewhere: bool = False
