"""Whoever runs through the delivered process reaches its end: no task, wait or list in it is a dead end."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from engine.onboarding import commands as c
from engine.onboarding.decide import CompanyFacts, Context, decide
from engine.onboarding.evolve import evolve
from engine.onboarding.state import Life, Onboarding, StepState
from engine.onboarding.values import BOT, TaskStatus, TextRef
from engine.process.loader import process_hash
from engine.process.model import Environment, Field, FieldKind, Participant, Process, Role, Route, Task

SAMPLES = {
    FieldKind.TEXT: "something",
    FieldKind.DATE: "2026-11-20",
    FieldKind.DOMAIN: "northwind.example",
    FieldKind.TXT_VALUE: "_globalsign-domain-verification=abc",
    FieldKind.URL: "https://hook.northwind.example/",
    FieldKind.CODE: "X1",
}


class Walk:
    """One person who holds every role does whatever is open first. `settle`: gives the answers that settle other tasks."""

    def __init__(self, process: Process, settle: bool) -> None:
        self.process, self.settle = process, settle
        self.state: Onboarding | None = None
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)
        self.sealed = itertools.count(1)

    def tell(self, command: c.Command) -> None:
        self.now += timedelta(minutes=1)
        context = Context(self.now, self.process, self._seal, CompanyFacts(), process_hash(self.process))
        for event in decide(self.state, command, context):
            self.state = evolve(self.state, event)

    def _seal(self, text: str) -> TextRef:
        return TextRef(f"t{next(self.sealed)}", hashlib.sha256(text.encode()).hexdigest())

    def start(self, participant: Participant, environment: Environment, route: Route) -> None:
        everything: dict[Role, c.NewHolder] = {role: c.NewHolder(person="U1") for role in Role if role is not Role.LEAD}
        self.tell(
            c.Start(
                "O1", "U1", team="T1", short_id="NW-7F3K", company="C1", name="Northwind Energy Ltd", number="01234567",
                description="Supplier", environment=environment, participant=participant, route=route, channel="C1",
                leads=("U1",), holders=everything,
            )
        )  # fmt: skip

    def goes_on(self) -> bool:
        """Does one thing; False if there is none."""
        assert self.state is not None
        return any(self._in(step) for step in self.state.open_steps())

    def _in(self, step: StepState) -> bool:
        of_step = self.process.step(step.number)
        if step.waiting is not None and step.waiting.wait:
            answers = of_step.wait(step.waiting.wait).answers
            self.tell(c.AnswerWait("O1", "U1", step=step.number, answer=next(one.id for one in answers if one.closes)))
        elif of_step.rows is not None and not step.rows:
            self.tell(c.AddRows("O1", "U1", step=step.number, rows=(self._values(of_step.rows.fields),)))
        elif rows := [row for row in step.rows if row.status is TaskStatus.OPEN]:
            self.tell(c.ChangeRow("O1", "U1", row=rows[0].id, done=True))
        elif tasks := [task for task in step.tasks.values() if task.status is TaskStatus.OPEN]:
            self._do(self.process.task(tasks[0].id))
        else:
            return False
        return True

    def _do(self, task: Task) -> None:
        assert self.state is not None
        values = self._values(task.fields)
        if task.settles:
            options = next(one.options for one in task.fields if one.id == task.settles.field)
            other = next(option for option in options if option != task.settles.answer)
            values[task.settles.field] = task.settles.answer if self.settle else other
        if task.closes_from_form == "claim":
            self.tell(c.SetClaim("O1", "U1", domain="northwind.example", value=SAMPLES[FieldKind.TXT_VALUE]))
        elif task.check and task.check.kind == "dns-txt":
            claim = self.state.claim.number if self.state.claim else 0
            self.tell(
                c.RecordCheck(
                    "O1",
                    BOT,
                    task=task.id,
                    kind="dns-txt",
                    verdict="ready",
                    report="r",
                    claim=claim,
                    agrees=("domain", "value"),
                )
            )
        elif task.check and not task.check.attestable:
            self.tell(c.Override("O1", "U1", task=task.id, reason="seen elsewhere"))
        else:
            self.tell(c.TickTasks("O1", "U1", step=task.step, ticks=(c.Tick(task.id, True, values),)))

    @staticmethod
    def _values(fields: tuple[Field, ...]) -> dict[str, str]:
        return {one.id: one.options[0] if one.options else SAMPLES[one.kind] for one in fields}


@pytest.mark.parametrize("settle", [False, True], ids=["all-anew", "already-done"])
@pytest.mark.parametrize("who", list(itertools.product(Participant, Environment, Route)), ids="-".join)
def test_every_kind_of_onboarding_can_be_brought_to_its_end(
    process: Process, who: tuple[Participant, Environment, Route], settle: bool
) -> None:
    walk = Walk(process, settle)
    walk.start(*who)
    assert walk.state is not None
    for _ in range(200):
        if walk.state.life is Life.FINISHED or not walk.goes_on():
            break
    left = {
        step.number: [task.id for task in step.tasks.values() if task.status is TaskStatus.OPEN]
        for step in walk.state.open_steps()
    }
    assert (walk.state.life, left) == (Life.FINISHED, {})
