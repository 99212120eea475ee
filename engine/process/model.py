"""The onboarding process as values: steps, tasks, roles, waits and where each statement is from.

Loaded from data (`engine/process/dip/*.yaml`, an operator's `site/process/`) by `loader`; stored whole with each onboarding that
started with it. Pure values: no file, no clock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property


class Confidence(StrEnum):
    """How sure we are of a statement. Only `sourced` may be shown as Elexon's or GlobalSign's own."""

    SOURCED = "sourced"
    INFERRED = "inferred"
    UNVERIFIED = "unverified"
    OWN_RULE = "own_rule"  # an operator's overlay: shown as "your organisation's rule"


class Role(StrEnum):
    LEAD = "lead"
    PRIMARY_USER_ADMIN = "primary_user_admin"
    USER_ADMIN = "user_admin"
    PRIMARY_CERTIFICATE_ADMIN = "primary_certificate_admin"
    CERTIFICATE_ADMIN = "certificate_admin"
    DNS_CONTACT = "dns_contact"
    MESSAGE_ADMIN = "message_admin"


class Environment(StrEnum):
    UIT = "uit"
    PRODUCTION = "production"


class Participant(StrEnum):
    ACTIVE_MP = "active_mp"
    NON_ACTIVE_MP = "non_active_mp"
    DCP = "dcp"
    MDR = "mdr"


class Route(StrEnum):
    SIT = "sit"
    PLACING_FULL_RELIANCE = "placing_full_reliance"
    OTHER = "other"


class Party(StrEnum):
    """Whom a step can wait for."""

    DNS_CONTACT = "dns_contact"
    GLOBALSIGN = "globalsign"
    ELEXON = "elexon"
    COMPANY = "company"
    OTHER = "other"


class FieldKind(StrEnum):
    TEXT = "text"  # free text, sealed
    DATE = "date"
    CHOICE = "choice"
    DOMAIN = "domain"
    TXT_VALUE = "txt_value"
    URL = "url"  # sealed
    CODE = "code"  # an identifier such as an MPID, a DIP ID or a role code: kept as it is


class Clock(StrEnum):
    ELAPSED = "elapsed"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement is from. `url` is absent where the page was seen without a dependable address."""

    tag: str
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """For whom something applies. An empty set means everybody."""

    participants: frozenset[Participant] = frozenset()
    environments: frozenset[Environment] = frozenset()
    routes: frozenset[Route] = frozenset()

    def holds(self, participant: Participant, environment: Environment, route: Route) -> bool:
        return (
            (not self.participants or participant in self.participants)
            and (not self.environments or environment in self.environments)
            and (not self.routes or route in self.routes)
        )


EVERYBODY = When()


@dataclass(frozen=True, slots=True)
class Note:
    """A statement about the DIP: one Markdown sentence or a few, with where it is from."""

    text: str
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED
    when: When = EVERYBODY


FORMS = ("people", "company", "route", "dns_contact", "claim")
"""What `Task.closes_from_form` may name: the parts of the start form, and Step 5's form with what the portal shows."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in with a task or a row."""

    id: str
    label: str
    kind: FieldKind
    required: bool = False
    hint: str = ""
    options: tuple[str, ...] = ()


class Half(StrEnum):
    """What a machine check compares with. Only where each half that the check names agrees does it count as verified."""

    DOMAIN = "domain"  # dns-txt: the domain that was entered in the portal
    VALUE = "value"  # dns-txt: the value that the portal showed
    KEY = "key"  # the CSR of this track that counted for the task `key_of`; only the key, since HVCA ignores a CSR's names
    NAMES = "names"  # host names at or below the track's domain
    ORGANISATION = "organisation"  # the company's registered name
    PROFILE = "profile"  # the certificate profile of the kind that was answered
    CHAIN = "chain"  # it came with the certificates of its issuers
    ISSUER = "issuer"  # that chain leads to an authority that a setting names
    TRACK = "track"  # its key is not one of the company's other track
    UNPOSTED = "unposted"  # its key was never posted in a chat


HALVES: Mapping[str, tuple[Half, ...]] = {
    "dns-txt": (Half.DOMAIN, Half.VALUE),
    "csr": (Half.PROFILE, Half.ORGANISATION, Half.NAMES, Half.TRACK, Half.UNPOSTED),
    "certificate": (
        *(Half.KEY, Half.PROFILE, Half.ORGANISATION, Half.NAMES),
        *(Half.CHAIN, Half.ISSUER, Half.TRACK, Half.UNPOSTED),
    ),
}
"""Every half that a check of the kind can be held against; all of them where a stored check does not say (the strict one)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that chooses: `value` in the field `field` of the task `task`."""

    task: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class ProfileFor:
    """The certificate profile that a check judges by, for whom it applies; with `answered` only after that answer."""

    profile: str
    when: When = EVERYBODY
    answered: Answered | None = None


@dataclass(frozen=True, slots=True)
class TaskCheck:
    """A task's machine check: `kind` names it (`dns-txt`, `csr`, `certificate`), `closes_on` the verdicts that close it.

    `attestable`: a person may also tick the task without the check, which is then attested; otherwise only the check or a lead's
    override closes it. `profiles`: the first that applies is judged by; none applies: no profile is judged. `compares`: the
    halves that must agree before it counts as verified; `key_of` is the task whose CSR the key is compared with.
    """

    kind: str
    closes_on: tuple[str, ...]
    attestable: bool = False
    profiles: tuple[ProfileFor, ...] = ()
    compares: tuple[Half, ...] = ()
    key_of: str = ""

    @property
    def halves(self) -> tuple[Half, ...]:
        """What must agree. A check that does not say is the strict one: every half of its kind."""
        return self.compares or HALVES.get(self.kind, ())

    def lacking(self, agrees: Iterable[str]) -> tuple[Half, ...]:
        """The halves that must agree and are not among these."""
        there = frozenset(agrees)
        return tuple(half for half in self.halves if half not in there)

    def profile(
        self,
        participant: Participant,
        environment: Environment,
        route: Route,
        answer: Callable[[str, str], str | None] = lambda _task, _field: None,
    ) -> str | None:
        """`answer` tells what was chosen in a task's field."""
        for one in self.profiles:
            chosen = one.answered
            if one.when.holds(participant, environment, route) and (
                chosen is None or answer(chosen.task, chosen.field) == chosen.value
            ):
                return one.profile
        return None


@dataclass(frozen=True, slots=True)
class Settles:
    """What an answer settles: ticked with `answer` in the choice field `field`, the `tasks` of the step become not applicable."""

    field: str
    answer: str
    tasks: tuple[str, ...]


EXPIRIES = frozenset({"domain", "identity", "coco"})
"""What a task may start that ends some day; checks see the ends of certificates and tokens themselves."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """What a done task starts that ends: `after_days` after the date in `field`, or after the tick where none was given.

    With `after_days` 0 the date is the end itself, and without one nothing ends. It is told `warn_days` before, with `text`.
    """

    what: str
    field: str
    after_days: int
    warn_days: tuple[int, ...]
    text: str
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that one person does. `id` is `<step>.<number>`, such as `5.4`."""

    id: str
    title: str
    ask: str
    owner: Role | None = None  # absent: the step's owner
    when: When = EVERYBODY
    fields: tuple[Field, ...] = ()
    check: TaskCheck | None = None
    show: str = ""  # more, behind a [Show] button: command lines, ready words
    holds: tuple[int, ...] = ()  # Step 0 only: the steps that cannot start without it
    closes_from_form: str = (
        ""  # Step 0: people, company or route, closed by what the form said; Step 5: claim (see FORMS)
    )
    question: str = ""  # asked first in this environment, e.g. "Does the portal already show it as done?"
    settles: Settles | None = None  # what an answer to the question settles
    starts_wait: str = ""  # the id of the wait that begins when this task is ticked
    expiry: Expiry | None = None  # what ends some day, once this is done
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED

    @property
    def step(self) -> int:
        return int(self.id.split(".", 1)[0])


@dataclass(frozen=True, slots=True)
class WaitAnswer:
    """A button of a wait's message: it closes a task, or rejects, or is only recorded and the wait goes on.

    `moves`: a task that it can close in other onboardings as well, since they wait for the same.
    """

    id: str
    label: str
    closes: str = ""
    rejects: bool = False
    moves: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait outside our hands: on whom, how long it may take, what to do meanwhile, when we ask."""

    id: str
    party: Party
    title: str
    meanwhile: str
    expected: timedelta | None = None
    clock: Clock = Clock.ELAPSED
    ask_after: tuple[timedelta, ...] = ()
    escalate_after_working_days: int | None = None
    escalation_text: str = ""  # ready words for a support ticket
    answers: tuple[WaitAnswer, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True, slots=True)
class WayOn:
    """What can be done after a rejection. `reopens` are the tasks that are done again in the next attempt."""

    id: str
    title: str
    text: str
    reopens: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is done again, in this order, when a secret that the step uses was posted. `kinds` are of `pki.secrets.SecretKind`,
    in lower case. A key whose public half is known counts for the step that has a CSR or certificate of it.
    """

    kinds: tuple[str, ...]
    reopens: tuple[str, ...]
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.INFERRED


@dataclass(frozen=True, slots=True)
class RowKind:
    """A step that is a list: what a row is called and holds. The step's tasks apply to the step; rows close one by one."""

    id: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]  # the fields that must be unique together


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    id: str
    title: str
    short: str  # the one or two words on the card
    goal: str
    owner: Role
    page: str  # the source tag of the step's page, or empty
    tasks: tuple[Task, ...]
    when: When = EVERYBODY
    needs: tuple[int, ...] = ()  # the steps that must be closed before this one opens
    opens_during_wait: str = ""  # the wait during which it may open early, if the process option allows it
    carried_from_uit: bool = False  # Production: closed as carried from the company's UIT track
    traps: tuple[Note, ...] = ()
    evidence: tuple[Note, ...] = ()
    waits: tuple[Wait, ...] = ()
    ways_on: tuple[WayOn, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    rows: RowKind | None = None
    sources: tuple[str, ...] = ()  # of goal and owner
    confidence: Confidence = Confidence.SOURCED

    def task(self, task_id: str) -> Task:
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(task_id)

    def wait(self, wait_id: str) -> Wait:
        for wait in self.waits:
            if wait.id == wait_id:
                return wait
        raise KeyError(wait_id)


@dataclass(frozen=True, slots=True)
class RoleInfo:
    role: Role
    title: str
    wants: str
    must_be_employee: bool = False
    advised_holders: int = 0  # Elexon's advice on how many people should hold it; 0 where it gives none
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True, slots=True)
class Choice:
    """A participant type, route or environment as people read it."""

    id: str
    title: str
    text: str = ""
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True, slots=True)
class RoleCode:
    """A DIP role code of Step 7. Never a reason to refuse an unknown one."""

    code: str
    meaning: str
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True, slots=True)
class Cadences:
    """When we ask again. Working days are counted in the asked person's own calendar."""

    remind_after_working_days: tuple[int, ...]  # counted from the ask, e.g. (1, 2, 4): at most three
    deputy_after_working_days: int
    lead_after_working_days: int
    then_every_working_days: int
    snooze_limit_days: int
    token_days: int  # life of a domain token that was not verified
    token_warn_days: tuple[int, ...]
    certificate_warn_days: tuple[int, ...]
    atlas_certificate_warn_days: tuple[int, ...]
    dns_look_again: tuple[tuple[timedelta, timedelta], ...]  # (until this long after the promise, look every)
    dns_watch_every: timedelta
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SOURCED


@dataclass(frozen=True)
class Process:
    """Asked for its steps and tasks many times with every click, so that it remembers where they stand."""

    version: str
    title: str
    steps: tuple[Step, ...]
    roles: tuple[RoleInfo, ...]
    participants: tuple[Choice, ...]
    routes: tuple[Choice, ...]
    environments: tuple[Choice, ...]
    role_codes: tuple[RoleCode, ...]
    cadences: Cadences
    sources: tuple[Source, ...]
    ids_during_vetting: bool = False
    after: tuple[Note, ...] = ()  # what the end of an onboarding says there is still to do
    terms: tuple[Note, ...] = field(default_factory=tuple)

    @cached_property
    def _steps(self) -> Mapping[int, Step]:
        return {step.number: step for step in self.steps}

    @cached_property
    def _tasks(self) -> Mapping[str, Task]:
        return {task.id: task for task in self.tasks()}

    @cached_property
    def _checked(self) -> Mapping[str, tuple[Task, ...]]:
        kinds = {task.check.kind for task in self.tasks() if task.check}
        return {kind: tuple(t for t in self.tasks() if t.check and t.check.kind == kind) for kind in kinds}

    def step(self, number: int) -> Step:
        return self._steps[number]

    def task(self, task_id: str) -> Task:
        return self._tasks[task_id]

    def has_task(self, task_id: str) -> bool:
        return task_id in self._tasks

    def checked_by(self, kind: str) -> tuple[Task, ...]:
        """The tasks that a check of this kind looks at, in the order of the process."""
        return self._checked.get(kind, ())

    @cached_property
    def _starting(self) -> Mapping[str, Task]:
        return {task.expiry.what: task for task in self.tasks() if task.expiry}

    def starts(self, what: str) -> Task | None:
        """The task that starts what ends; None for what the checks see the end of."""
        return self._starting.get(what)

    def role(self, role: Role) -> RoleInfo:
        for info in self.roles:
            if info.role is role:
                return info
        raise KeyError(role)

    def source(self, tag: str) -> Source:
        for source in self.sources:
            if source.tag == tag:
                return source
        raise KeyError(tag)

    def tasks(self) -> Iterator[Task]:
        for step in self.steps:
            yield from step.tasks
