"""Samples of everything that is said in a channel, a thread, a direct message or a mail, and of every refusal.

Invented people and companies under `.example`. The states are made by hand, so that each face of a message can be
shown without walking an onboarding there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

from msgspec.structs import replace

from bot.render.sample_reports import REPORTS
from bot.render.values import Person
from bot.render.views import RenderFacts, digest, refusal, view_for
from engine.onboarding.outcome import Lane, Refused, Say
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.state import Claim, Life, Onboarding, Row, StepState, TaskState
from engine.onboarding.values import (
    Asked,
    Blocked,
    CheckSeen,
    Closing,
    Grade,
    Holder,
    SetAside,
    StepStatus,
    TaskStatus,
    TextRef,
    Waiting,
)
from engine.process.model import Environment, Participant, Party, Process, Role, Route, Step

NOW = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
LEAD, _USER, _PRIMARY, CERT, _DNS, _MESSAGE = "U0LENA", "U0UMA", "U0PRIYA", "U0CARL", "U0DORA", "U0MO"

PEOPLE = {
    LEAD: Person(LEAD, "Lena Lead"),
    _USER: Person(_USER, "Uma Usher"),
    _PRIMARY: Person(_PRIMARY, "Priya Patel"),
    CERT: Person(CERT, "Carl Carter"),
    _DNS: Person(_DNS, "Dora Dean"),
    _MESSAGE: Person(_MESSAGE, "Mo Mason"),
}

TEXTS = {
    "name": "Northwind Energy Ltd",
    "domain": "northwind.example",
    "value": "_globalsign-domain-verification=8gqZ0dL7sT2bYv5nKq1mXw3cRf6hJp9aUe4HYT",
    "old-value": "_globalsign-domain-verification=3kLm9oPq2rSt5uVw8xYz1aBc4dEf7gHi0jKlMn",
    "reason": "The supplier's panel is down until tomorrow",
    "outside": "Example DNS service desk, ticket 4711",
    "mpid": "NWND",
    "note": "They say it was entered by telephone",
}


@dataclass(frozen=True, slots=True)
class SampleCase:
    state: Onboarding
    process: Process
    texts: Mapping[str, str] = field(default_factory=lambda: dict(TEXTS))


@dataclass(frozen=True, slots=True)
class Sample:
    """`template` with one view to render it by; `face` tells several samples of one template apart."""

    template: str
    face: str
    view: object


def facts() -> RenderFacts:
    return RenderFacts(
        now=NOW,
        people=PEOPLE,
        report=REPORTS.get,
        link=lambda slot: (
            "https://northwind.slack.example/archives/C0DIP/p1795514700000100" if slot == "card" else None
        ),
    )


def _ref(name: str) -> TextRef:
    return TextRef(name, "0" * 64)


def onboarding(process: Process, at: int = 5) -> Onboarding:
    """An active market participant in UIT, with everything before step `at` done and the rest still to come."""
    steps = {step.number: _step(step, at) for step in process.steps}
    return Onboarding(
        id="ob-sample",
        short_id="NW-7F3K",
        team="T0NORTH",
        company="co-sample",
        name=_ref("name"),
        environment=Environment.UIT,
        participant=Participant.ACTIVE_MP,
        route=Route.SIT,
        process="sample",
        channel="C0DIP",
        leads=(LEAD,),
        started_at=NOW - timedelta(days=15),
        started_by=LEAD,
        nation="ENG",
        holders={
            Role.PRIMARY_USER_ADMIN: Holder(_USER),
            Role.PRIMARY_CERTIFICATE_ADMIN: Holder(_PRIMARY),
            Role.CERTIFICATE_ADMIN: Holder(CERT, deputy=_PRIMARY),
            Role.DNS_CONTACT: Holder(_DNS),
            Role.MESSAGE_ADMIN: Holder(_MESSAGE),
        },
        claim=Claim(
            2, _ref("domain"), _ref("value"), date(2026, 11, 24), (_ref("old-value"),), date(2026, 11, 27), CERT, NOW
        ),
        steps=steps,
        asked={"5.4": Asked(_DNS, NOW - timedelta(hours=2), reminders=3)},
        ends={"token": NOW + timedelta(days=30), "atlas_certificate": NOW + timedelta(days=1800)},
        last_at=NOW,
    )


def _step(step: Step, at: int) -> StepState:
    applying = [task for task in step.tasks if task.when.holds(Participant.ACTIVE_MP, Environment.UIT, Route.SIT)]
    done = step.number < at
    before_record = {"5.1", "5.2", "5.3"} if step.number == at == 5 else set()
    tasks = {
        task.id: _done_task(task.id) if done or task.id in before_record else TaskState(task.id) for task in applying
    }
    if done:
        return StepState(
            step.number, StepStatus.DONE, NOW - timedelta(days=9), NOW - timedelta(days=4), CERT, Grade.ATTESTED, tasks
        )
    status = StepStatus.OPEN if step.number == at else StepStatus.LOCKED
    return StepState(step.number, status, NOW - timedelta(hours=2) if status is StepStatus.OPEN else None, tasks=tasks)


def _done_task(task_id: str) -> TaskState:
    return TaskState(task_id, TaskStatus.DONE, Closing(Grade.ATTESTED, CERT, NOW - timedelta(days=4)))


def _with_step(state: Onboarding, number: int, step: StepState) -> Onboarding:
    return replace(state, steps={**state.steps, number: step})


def _seen(state: Onboarding, verdict: str) -> Onboarding:
    """Step 5 after a look at the DNS with that verdict."""
    step = state.step(5)
    seen = CheckSeen(
        "dns-txt", verdict, NOW, f"dns-{verdict}", 2, NOW - timedelta(hours=1), NOW + timedelta(minutes=10)
    )
    task = replace(step.tasks["5.4"], seen=seen)
    if verdict == "ready":
        task = replace(task, status=TaskStatus.DONE, closing=Closing(Grade.VERIFIED, "dipper", NOW, report=seen.report))
    return _with_step(state, 5, replace(step, tasks={**step.tasks, "5.4": task}))


def _waiting(state: Onboarding, number: int, wait: str | None, on: Party) -> Onboarding:
    waiting = Waiting(
        on,
        NOW - timedelta(hours=22),
        _PRIMARY,
        NOW + timedelta(days=2),
        None if wait else _ref("reason"),
        wait,
        asked=0,
    )
    return replace(_with_step(state, number, replace(state.step(number), waiting=waiting)), asked={})


def _blocked(state: Onboarding) -> Onboarding:
    blocked = Blocked(NOW - timedelta(days=1), CERT, _ref("reason"))
    return _with_step(state, 5, replace(state.step(5), blocked=blocked))


def _overdue(state: Onboarding) -> Onboarding:
    asked = Asked(_DNS, NOW - timedelta(days=6), reminders=3, lead_reminders=2)
    return replace(state, asked={"5.4": asked})


def _finished(state: Onboarding) -> Onboarding:
    ends = {**state.ends, "certificate": NOW + timedelta(days=252)}
    return replace(state, life=Life.FINISHED, finished_at=NOW, ends=ends, asked={})


def _closed(state: Onboarding, why: str) -> Onboarding:
    life = Life.PAUSED if why == "paused" else Life.CLOSED
    until = NOW + timedelta(days=20) if why == "paused" else None
    return replace(state, life=life, life_why=why, life_reason=_ref("reason"), paused_until=until, asked={})


def _outside(state: Onboarding) -> Onboarding:
    return replace(state, holders={**state.holders, Role.DNS_CONTACT: Holder(outside=_ref("outside"))})


def with_rows(state: Onboarding) -> Onboarding:
    rows = (
        Row("7#1", {"mpid": "NWND", "role": "SUP", "dip_id": "2200000001"}, TaskStatus.DONE, _done_task("7.1").closing),
        Row("7#2", {"mpid": "NWND", "role": "SDS"}),
    )
    return _with_step(state, 7, replace(state.step(7), rows=rows))


def _overridden(state: Onboarding) -> Onboarding:
    closing = Closing(Grade.ATTESTED, LEAD, NOW, reason=_ref("note"), against_check=True)
    step = state.step(5)
    task = TaskState("5.4", TaskStatus.DONE, closing)
    return _with_step(state, 5, replace(step, tasks={**step.tasks, "5.4": task}))


def _not_applicable(state: Onboarding) -> Onboarding:
    step = replace(state.step(4), status=StepStatus.NOT_APPLICABLE, grade=None, why_not=_ref("reason"))
    return _with_step(state, 4, step)


def _waived(state: Onboarding) -> Onboarding:
    step = state.step(0)
    task = TaskState("0.9", TaskStatus.WAIVED, aside=SetAside(LEAD, NOW, _ref("reason")))
    return _with_step(state, 0, replace(step, tasks={**step.tasks, "0.9": task}))


def _same(state: Onboarding) -> Onboarding:
    return state


Change = Callable[[Onboarding], Onboarding]


def _csr_task(process: Process) -> str:
    return next(task.id for task in process.step(6).tasks if task.check and task.check.kind == "csr")


def _sayings(csr_task: str) -> Iterator[tuple[str, str, int, Change, str, dict[str, str]]]:
    """template, face, step that is open, change of the state, subject, data"""
    yield "card", "now", 5, _same, "", {}
    yield "card", "before step 1", 0, _same, "", {}
    yield "card", "waiting", 3, lambda s: _waiting(s, 3, "vetting", Party.GLOBALSIGN), "", {}
    yield "card", "blocked", 5, _blocked, "", {}
    yield "card", "overdue", 5, _overdue, "", {}
    yield "card", "finished", 9, _finished, "", {}
    yield "card", "closed", 5, lambda s: _closed(s, "client_left"), "", {}
    yield "card", "paused", 5, lambda s: _closed(s, "paused"), "", {}
    for number in range(1, 9):
        yield "thread/step-open", f"step {number}", number, _same, str(number), {}
        yield "thread/step-done", f"step {number}", 9, with_rows, str(number), {}
    yield "thread/step-open", "a list", 7, with_rows, "7", {}
    yield "thread/step-open", "after a look", 5, lambda s: _seen(s, "not_yet"), "5", {}
    yield "thread/step-waiting", "on GlobalSign", 3, lambda s: _waiting(s, 3, "vetting", Party.GLOBALSIGN), "3", {}
    yield "thread/step-waiting", "with a reason", 5, lambda s: _waiting(s, 5, None, Party.DNS_CONTACT), "5", {}
    yield "thread/step-blocked", "", 5, _blocked, "5", {}
    yield "thread/step-locked", "", 5, _same, "6", {}
    yield "thread/step-done", "not applicable", 5, _not_applicable, "4", {}
    yield "thread/before-you-start", "", 0, _waived, "0", {}
    yield "thread/before-you-start-done", "", 1, _waived, "0", {}
    yield "thread/task-ask", "", 5, _same, "5.4", {"mention": _DNS}
    yield "thread/task-ask", "done", 6, _same, "5.4", {"done": "yes"}
    yield "thread/dns-request", "", 5, _same, "2", {"mention": _DNS}
    yield "thread/dns-request", "zone seen", 5, lambda s: _seen(s, "wrong"), "2", {"mention": _DNS}
    yield "thread/dns-request", "outside Slack", 5, _outside, "2", {"outside": "yes"}
    yield "thread/dns-request-replaced", "", 5, _same, "1", {}
    yield "thread/dns-request-replaced", "a new value is awaited", 5, _same, "2", {}
    yield "thread/dns-request-done", "", 5, lambda s: _seen(s, "ready"), "2", {}
    yield "mail/dns-request", "", 5, lambda s: _outside(_seen(s, "wrong")), "2", {}
    for verdict, name in _DNS_ANSWERS.items():
        data = {"report": f"dns-{verdict}", "verdict": verdict}
        yield f"answers/{name}", "", 5, partial(_seen, verdict=verdict), "5.4", data
    yield (
        "answers/dns-not-yet",
        "slow",
        5,
        lambda s: _seen(s, "not_yet"),
        "5.4",
        {"report": "dns-not_yet", "slow": "yes"},
    )
    yield "answers/dns-wrong", "nothing known", 5, lambda s: _seen(s, "wrong"), "5.4", {"report": "gone"}
    for verdict in ("good", "bad", "unknown"):
        data = {"report": f"pki-{verdict}", "verdict": verdict, "kind": "csr", "asked_by": CERT}
        yield f"answers/certificate-{verdict}", "", 6, _same, csr_task, data
    uncompared = {"report": "pki-uncompared", "verdict": "good", "kind": "certificate", "asked_by": CERT}
    yield "answers/certificate-uncompared", "", 6, _same, "6.7", uncompared
    yield "answers/certificate-uncompared", "advice", 6, _same, "", uncompared | {"advice": "6.7", "asked_by": _DNS}
    other = {"report": "pki-other-key", "verdict": "bad", "kind": "certificate", "asked_by": CERT}
    yield "answers/certificate-bad", "another key", 6, _same, "6.7", other
    yield "thread/secret-posted", "what rests on it", 6, _same, "pem_private_key", {"again": "6.4,6.5", "mention": CERT}
    yield (
        "thread/secret-posted",
        "in the other track",
        6,
        _same,
        "pem_private_key",
        {"again": "6.4", "elsewhere": "yes"},
    )
    yield "answers/certificate-good", "for no task", 5, _same, "", {"report": "pki-good", "kind": "csr"}
    yield "thread/wait-started", "vetting", 3, lambda s: _waiting(s, 3, "vetting", Party.GLOBALSIGN), "3", {}
    yield "thread/wait-started", "own", 5, lambda s: _waiting(s, 5, None, Party.DNS_CONTACT), "5", {}
    yield "thread/wait-over", "answered", 3, _same, "3", {"answer": "approved"}
    yield "thread/wait-over", "its date came", 3, _same, "3", {"ran_out": "yes"}
    yield "thread/rejected", "", 3, _same, "3", {"way": "new_identity", "attempt": "2", "by": _PRIMARY}
    yield "thread/reopened", "", 5, _same, "4", {"by": LEAD, "resting": "5,6", "reason": "reason"}
    yield "thread/overridden", "", 5, _overridden, "5.4", {"by": LEAD}
    yield "thread/handed-over", "a task", 5, _same, "5.4", {"by": _DNS, "mention": CERT}
    yield "thread/handed-over", "a role", 5, _same, "message_admin", {"by": _MESSAGE, "mention": CERT}
    stands_in = {"person": CERT, "mention": _MESSAGE, "roles": "lead,certificate_admin"}
    yield "thread/work-handed-over", "", 5, _same, CERT, stands_in
    yield "thread/work-handed-over", "until", 5, _same, CERT, stands_in | {"until": NOW.isoformat()}
    yield "thread/work-returned", "", 5, _same, CERT, {"person": _MESSAGE, "mention": CERT}
    yield "thread/role-assigned", "", 5, _same, "certificate_admin", {"by": LEAD, "mention": CERT}
    yield "thread/role-assigned", "outside Slack", 5, _outside, "dns_contact", {"by": LEAD}
    yield "thread/role-assigned", "nobody", 5, _same, "user_admin", {"by": LEAD}
    yield "thread/person-left", "", 5, _same, _DNS, {"person": _DNS}
    yield "thread/record-gone", "", 6, lambda s: _seen(s, "wrong"), "5.4", {"report": "dns-wrong", "verdict": "wrong"}
    yield "direct/record-gone", "", 6, lambda s: _seen(s, "wrong"), "5.4", {"report": "dns-wrong"}
    yield "direct/channel-lost", "", 5, _same, "", {"channel": "C0DIP", "reason": "archived"}
    yield "direct/channel-shared", "", 5, _same, "", {"channel": "C0DIP"}
    yield "direct/reminders-off", "", 5, _same, "", {"person": CERT}
    yield "thread/row-progress", "", 7, with_rows, "7", {}
    yield "thread/closed", "", 5, lambda s: _closed(s, "client_left"), "client_left", {"by": LEAD}
    yield "thread/closed", "paused", 5, lambda s: _closed(s, "paused"), "paused", {"by": LEAD}
    yield "thread/restored", "", 5, _same, "", {"by": LEAD}
    yield "thread/moved", "", 5, _same, "C0DIP", {"by": LEAD}
    yield "thread/secret-posted", "", 5, _same, "pem_private_key", {}
    yield "direct/secret-poster", "", 5, _same, "pem_private_key", {}
    yield "thread/finished", "", 9, _finished, "", {}
    for name in ("owner", "deputy", "lead", "snooze-over"):
        yield f"reminders/{name}", "", 5, _overdue, "5.4", {"mention": _DNS}
        yield f"reminders/{name}", "a whole step, late", 4, _same, "4", {"late": "yes"}
    yield "reminders/owner", "asked for by a lead", 5, _same, "5.4", {"mention": _DNS, "by": LEAD, "also": "0.4"}
    yield "reminders/dns-contact-outside", "", 5, _outside, "5.4", {"mention": CERT}
    yield "reminders/wait-question", "", 3, lambda s: _waiting(s, 3, "vetting", Party.GLOBALSIGN), "3", {}
    yield "reminders/wait-escalate", "", 3, lambda s: _waiting(s, 3, "vetting", Party.GLOBALSIGN), "3", {}
    yield "reminders/own", "", 3, lambda s: _waiting(s, 3, "vetting", Party.GLOBALSIGN), "", {"mention": LEAD}
    yield "reminders/own", "nothing waits", 5, lambda s: replace(s, asked={}), "", {"mention": LEAD, "late": "yes"}
    for key in ("token", "atlas_certificate", "certificate", "domain", "identity", "coco"):
        yield "reminders/ends", key, 9, _finished, key, {"days": "30"}


_DNS_ANSWERS = {
    "ready": "dns-ready",
    "not_yet": "dns-not-yet",
    "wrong": "dns-wrong",
    "broken": "dns-broken",
    "unknown": "dns-unknown",
}


_WITHOUT_ONBOARDING = (
    RefusalCode.UNKNOWN_ONBOARDING,
    RefusalCode.ALREADY_OPEN,
    RefusalCode.VALUE_MISSING,
    RefusalCode.VALUE_TOO_LONG,
    RefusalCode.BAD_TEXT,
    RefusalCode.BAD_CHOICE,
    RefusalCode.NOBODY_NAMED,
    RefusalCode.NOT_FINISHED_BEFORE,
)
"""What a start can be refused for, when there is no onboarding yet."""


def said_samples(
    process: Process, texts: Mapping[str, str] = TEXTS, given: RenderFacts | None = None
) -> tuple[Sample, ...]:
    """A sample of each message, some in several faces; with other `texts` or facts where a test wants them."""
    given = given or facts()
    found: list[Sample] = []
    for template, face, at, change, subject, data in _sayings(_csr_task(process)):
        case = SampleCase(change(onboarding(process, at)), process, texts)
        say = Say(template, Lane.THREAD, subject=subject, data=data)
        found.append(Sample(template, face, view_for(say, case, given)))
    case = SampleCase(onboarding(process), process, texts)
    reminded = Say("reminders/owner", Lane.DIRECT, person=_DNS, subject="5.4")
    found.append(Sample("reminders/digest", "", digest(given.people[_DNS], [(reminded, case, given)] * 3)))
    for code in RefusalCode:
        refused = Refused(
            code, "5.4" if code is not RefusalCode.STEP_LOCKED else "6", field="value", limit="3000", days="30"
        )
        found.append(Sample(f"refusals/{code}", "", refusal(refused, case, given)))
    for code in _WITHOUT_ONBOARDING:
        refused = Refused(code, field="company", limit="200", short_id="NW-7F3K")
        found.append(Sample(f"refusals/{code}", "without an onboarding", refusal(refused, None, given)))
    return tuple(found)
