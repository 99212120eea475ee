"""Plays an onboarding against the core: tells commands, keeps what happened and what was said, and checks what always holds."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from onboarding.small_process import small_process

from engine.onboarding import commands as c
from engine.onboarding.announce import announce
from engine.onboarding.decide import CompanyFacts, Context, decide
from engine.onboarding.events import Event
from engine.onboarding.evolve import evolve
from engine.onboarding.now import asks
from engine.onboarding.outcome import Refused, Say
from engine.onboarding.state import Life, Onboarding
from engine.onboarding.values import BOT, TextRef
from engine.process.model import Environment, Field, FieldKind, Half, Participant, Process, Role, Route

LOOKED_AT = (Half.DOMAIN.value, Half.VALUE.value)
ALL = tuple(half.value for half in Half if half is not Half.UNPOSTED)
"""What a check can compare; whether a key was posted the core knows by itself."""

ID = "O1"
LEAD, USER, PRIMARY, CERT, DNS, MESSAGE = "ULEAD", "UUSER", "UPRIMARY", "UCERT", "UDNS", "UMESSAGE"
DEPUTY, STRANGER = "UDEPUTY", "USTRANGER"
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOLDERS = {
    Role.PRIMARY_USER_ADMIN: c.NewHolder(USER),
    Role.PRIMARY_CERTIFICATE_ADMIN: c.NewHolder(PRIMARY),
    Role.CERTIFICATE_ADMIN: c.NewHolder(CERT, deputy=DEPUTY),
    Role.DNS_CONTACT: c.NewHolder(DNS),
    Role.MESSAGE_ADMIN: c.NewHolder(MESSAGE),
}


@dataclass
class Story:
    process: Process = field(default_factory=small_process)
    now: datetime = MONDAY
    state_: Onboarding | None = None
    company: CompanyFacts = field(default_factory=CompanyFacts)
    log: list[Event] = field(default_factory=list)
    events: tuple[Event, ...] = ()
    says: tuple[Say, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    watch: Callable[[Onboarding | None], None] = lambda before: None
    """Told of the state before each command, once it is through."""

    @property
    def state(self) -> Onboarding:
        assert self.state_ is not None
        return self.state_

    def seal(self, text: str) -> TextRef:
        id_ = f"T{len(self.texts) + 1}"
        self.texts[id_] = text
        return TextRef(id_, hashlib.sha256(f"{id_}{text}".encode()).hexdigest())

    def context(self) -> Context:
        def read(ref: TextRef) -> str | None:
            return self.texts.get(ref.id)

        return Context(self.now, self.process, self.seal, self.company, "hash", read)

    def tell(self, command: c.Command, after: timedelta = timedelta(minutes=1)) -> tuple[Event, ...]:
        """Has it decided `after` the last command."""
        self.now += after
        before = self.state_
        self.events = decide(before, command, self.context())
        for event in self.events:
            self.state_ = evolve(self.state_, event)
        self.log.extend(self.events)
        self.says = announce(before, self.events, self.state, self.process)
        self.watch(before)
        return self.events

    def refuses(self, command: c.Command) -> str:
        """The code with which it is refused. Nothing happens."""
        try:
            decide(self.state_, command, self.context())
        except Refused as refused:
            return str(refused.code)
        raise AssertionError(f"{command} was not refused")

    # -- what people do ------------------------------------------------------------------------------------------------------

    def start(self, **changes: object) -> "Story":
        given = {
            "team": "T1",
            "short_id": "NW-7F3K",
            "company": "C1",
            "name": "Northwind Energy Ltd",
            "environment": Environment.UIT,
            "participant": Participant.ACTIVE_MP,
            "route": Route.OTHER,
            "channel": "C1",
            "leads": (LEAD,),
            "number": "01234567",
            "description": "Supplier",
            "holders": HOLDERS,
        }
        self.tell(c.Start(ID, LEAD, **(given | changes)))
        return self

    def tick(self, person: str, task: str, *, for_owner: bool = False, done: bool = True, **values: str) -> None:
        step = int(task.split(".", 1)[0])
        self.tell(c.TickTasks(ID, person, step, (c.Tick(task, done, values),), for_owner))

    def claim(self, value: str = "_globalsign-domain-verification=8gqZ", person: str = CERT, **more: object) -> None:
        self.tell(c.SetClaim(ID, person, "northwind.example", value, **more))

    def look(self, verdict: str, *, after: timedelta = timedelta(minutes=1), **more: object) -> None:
        """The record's check has seen this."""
        assert self.state.claim is not None
        claim = more.pop("claim", self.state.claim.number)
        look = c.RecordCheck(ID, BOT, "5.2", "dns-txt", verdict, f"R-{verdict}", claim=claim, agrees=LOOKED_AT, **more)
        self.tell(look, after)

    def hand_in(
        self,
        person: str,
        task: str,
        verdict: str = "good",
        kind: str | None = None,
        agrees: tuple[str, ...] = ALL,
        **more: object,
    ) -> None:
        """Paste something for a task, and have it checked; every half agrees where nothing else is said."""
        self.tell(c.SubmitMaterial(ID, person, task, "-----BEGIN SOMETHING-----"))
        check = self.process.task(task).check
        assert check is not None
        item = list(self.state.pending)[-1]
        more = {"key": "ab" * 32} | more
        self.tell(c.RecordFile(ID, BOT, item, kind or check.kind, verdict, f"R-{verdict}", agrees=agrees, **more))

    def until_step(self, number: int) -> "Story":
        """Walk on until this step is open, each task done by whoever's turn it is."""
        return self.walk(lambda story: any(step.number == number for step in story.state.open_steps()))

    def to_the_end(self) -> "Story":
        return self.walk(lambda story: story.state.life is not Life.OPEN)

    def walk(self, is_there: Callable[["Story"], bool]) -> "Story":
        for _ in range(400):
            if is_there(self):
                return self
            self.one_step_on()
        raise AssertionError("the walk does not arrive")

    def one_step_on(self) -> None:
        todo = asks(self.state, self.process)
        waiting = [step for step in self.state.open_steps() if step.waiting]
        if waiting and (not todo or waiting[0].number == 0):
            step = waiting[0]
            assert step.waiting and step.waiting.wait
            wait = self.process.step(step.number).wait(step.waiting.wait)
            self.tell(c.AnswerWait(ID, LEAD, step.number, next(a.id for a in wait.answers if a.closes)))
            return
        ask = todo[0]
        assert ask.person
        if ask.tasks:
            self._do(ask.person, ask.tasks[0])
        elif rows := [row for row in self.state.step(ask.step).rows if row.closing is None]:
            self.tell(c.ChangeRow(ID, ask.person, rows[0].id, done=True))
        else:
            self.tell(c.AddRows(ID, ask.person, ask.step, (self._row(ask.step),), done=True))

    def _row(self, number: int) -> dict[str, str]:
        rows = self.process.step(number).rows
        assert rows
        return {
            f.id: "https://hook.example" if f.kind is FieldKind.URL else "2200000001" for f in rows.fields if f.required
        }

    def _do(self, person: str, task_id: str) -> None:
        task = self.process.task(task_id)
        if task.closes_from_form == "claim":
            self.claim(person=person, shown_on=self.now.date())
        elif task.check and task.check.kind == "dns-txt":
            assert self.state.claim
            look = c.RecordCheck(
                ID, BOT, task_id, "dns-txt", "ready", "R-ready", claim=self.state.claim.number, agrees=LOOKED_AT
            )
            self.tell(look)
        elif task.check:
            self.hand_in(person, task_id)
        else:
            self.tick(person, task_id, **{f.id: self.value_of(f) for f in task.fields if f.required})

    def value_of(self, field: Field) -> str:
        if field.kind is FieldKind.DATE:
            return self.now.date().isoformat()
        return field.options[-1] if field.options else "something"

    # -- what was said -------------------------------------------------------------------------------------------------------

    def said(self) -> list[str]:
        return [say.template for say in self.says]

    def say(self, template: str) -> Say:
        [found] = [say for say in self.says if say.template == template]
        return found


def day(text: str) -> date:
    return date.fromisoformat(text)


def names(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]
