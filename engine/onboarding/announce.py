"""What is to be said about what happened: one message a step, updated in place; a mention once; a watch only when its
answer changes.

Pure, and without a text: each `Say` names a template and what it is about. Its words are made from the state when it is
sent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import singledispatch

from engine.onboarding import events as e
from engine.onboarding.evolve import step_of
from engine.onboarding.now import (
    DNS_CHECK,
    Ask,
    asks,
    dns_task,
    enters_claim,
    looks_for_record,
    missing_prerequisites,
    steps_before,
)
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.rights import acts_for_step, holds_role
from engine.onboarding.state import Life, Onboarding, StepState
from engine.onboarding.values import ABSENT, CheckSeen, StepStatus, TaskStatus
from engine.process.model import Process, Role

_QUIET = (e.CardRefreshed, e.Warned, e.Reminded, e.DeputyReminded, e.LeadTold, e.WaitAsked, e.WaitEscalated)
_QUIET_TOO = (
    e.Nudged,
    e.ChannelWasLost,
    e.ChannelWasShared,
    e.SecretPosted,
    e.PersonSnoozed,
    e.MaterialPending,
    e.CheckAsked,
)
"""What changes nothing that the card or a step's message shows."""

_ANY = datetime.min.replace(tzinfo=UTC)
"""Stands for a time that makes no difference."""

_DNS_ANSWERS = {
    "ready": "answers/dns-ready",
    "not_yet": "answers/dns-not-yet",
    "wrong": "answers/dns-wrong",
    "broken": "answers/dns-broken",
}
_MATERIAL_ANSWERS = {"good": "answers/certificate-good", "bad": "answers/certificate-bad"}


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a rule may look at."""

    before: Onboarding | None
    after: Onboarding
    events: tuple[e.Event, ...]
    process: Process
    asked_before: tuple[Ask, ...]
    asked: tuple[Ask, ...]  # as it is after the events


def announce(
    before: Onboarding | None, events: Iterable[e.Event], after: Onboarding, process: Process
) -> tuple[Say, ...]:
    """The messages that follow from the events of one command, in the order to be sent; of those for one slot the last."""
    happened = tuple(events)
    if not happened:
        return ()
    asked_before = asks(before, process) if before else ()
    scene = _Scene(before, after, happened, process, asked_before, asks(after, process))
    says: list[Say] = []
    if _shows_on_card(scene):
        says.append(Say("card", Lane.CHANNEL, slot="card"))
    for event in scene.events:
        says.extend(_of(event, scene))
    says.extend(_steps(scene))
    says.extend(_task_asks(scene))
    if any(isinstance(event, e.Finished) for event in scene.events):
        says.append(thread("thread/finished"))
    return _last_of_each_slot(says)


def _last_of_each_slot(says: list[Say]) -> tuple[Say, ...]:
    """Keeps the place of the first and the content of the last, so that an update never comes before what it updates."""
    result: dict[str, Say] = {}
    for number, say in enumerate(says):
        result[say.slot or f"#{number}"] = say
    return tuple(result.values())


def _shows_on_card(scene: _Scene) -> bool:
    return any(
        isinstance(event, e.CardRefreshed)
        or (isinstance(event, e.CheckRecorded) and _answer_changed(event, scene))
        or not isinstance(event, (*_QUIET, *_QUIET_TOO, e.CheckRecorded))
        for event in scene.events
    )


def thread(template: str, slot: str | None = None, subject: str = "", **data: str) -> Say:
    return Say(template, Lane.THREAD, slot=slot, subject=subject, data=data)


def _to_leads(scene: _Scene, template: str, subject: str, **data: str) -> Iterator[Say]:
    for lead in scene.after.leads:
        yield Say(template, Lane.DIRECT, person=lead, subject=subject, data=data)


# -- the message of each step --------------------------------------------------------------------------------


def _steps(scene: _Scene) -> Iterator[Say]:
    """A new face for each step's message that changed.

    One that never spoke speaks when it opens, is done, or waits its turn.
    """
    for number in scene.after.steps:
        after = scene.after.step(number)
        before = scene.before.step(number) if scene.before else None
        if not (_looks_different(scene, number) or (_held(scene, number) and _turned(scene, number))):
            continue
        template = _face(scene, number, before, after)
        if template:
            yield thread(template, f"step/{number}", str(number), **_mention(scene, number, before, after))


def _looks_different(scene: _Scene, number: int) -> bool:
    """Whether the step's message would read otherwise:

    its state but for looks with the same answer, or whose turn it is.
    """
    if scene.before is None:
        return True
    before, after = scene.before.step(number), scene.after.step(number)
    if before is not after and _visible(before) != _visible(after):
        return True
    return _asked_in(scene.asked_before, number) != _asked_in(scene.asked, number)


def _visible(step: StepState) -> StepState:
    tasks = {key: replace(task, check_asked=None, seen=_answer(task.seen)) for key, task in step.tasks.items()}
    waiting = replace(step.waiting, asked=0, escalated=False, last_at=None) if step.waiting else None
    return replace(step, tasks=tasks, waiting=waiting)


def _answer(seen: CheckSeen | None) -> CheckSeen | None:
    return replace(seen, report="", at=_ANY, since=None, look_again_at=None, ready_at=None) if seen else None


def _asked_in(asked: tuple[Ask, ...], number: int) -> list[tuple[str, str | None]]:
    return [(ask.subject, ask.person) for ask in asked if ask.step == number]


def _face(scene: _Scene, number: int, before: StepState | None, after: StepState) -> str | None:
    if after.status is StepStatus.LOCKED:
        if before is not None and before.status is not StepStatus.LOCKED:
            return "thread/step-locked"
        return "thread/step-locked" if _held(scene, number) else None
    if number == 0:
        return "thread/before-you-start" if after.status is StepStatus.OPEN else "thread/before-you-start-done"
    if after.status is StepStatus.OPEN:
        if after.waiting:
            return "thread/step-waiting"
        return "thread/step-blocked" if after.blocked else "thread/step-open"
    never_spoke = before is None or before.status is not StepStatus.OPEN
    if never_spoke and (after.before or (after.status is StepStatus.NOT_APPLICABLE and after.why_not is None)):
        return None  # before Dipper, or not for this company: the card says so
    return "thread/step-done"


def _held(scene: _Scene, number: int) -> bool:
    """Nothing but prerequisites holds a step whose turn it is:

    it says what it waits for (Step 0's own message does for Step 1).
    """
    after = scene.after
    return (
        number > 1
        and after.life is Life.OPEN
        and after.step(number).status is StepStatus.LOCKED
        and not steps_before(after, scene.process, number)
        and bool(missing_prerequisites(after, scene.process, number))
    )


def _turned(scene: _Scene, number: int) -> bool:
    """The step has only now come to be held, or by something else."""
    if scene.before is None:
        return True
    held_then = missing_prerequisites(scene.before, scene.process, number)
    held_now = missing_prerequisites(scene.after, scene.process, number)
    return bool(steps_before(scene.before, scene.process, number)) or held_then != held_now


def _mention(scene: _Scene, number: int, before: StepState | None, after: StepState) -> dict[str, str]:
    """The person whose turn it is, the first time this step speaks."""
    if after.status is not StepStatus.OPEN or (before is not None and before.status is StepStatus.OPEN):
        return {}
    people = [ask.person for ask in scene.asked if ask.step == number and ask.person]
    return {"mention": people[0]} if people else {}


def _task_asks(scene: _Scene) -> Iterator[Say]:
    """An ask of its own for somebody who is not the step's owner.

    The DNS contact has the request instead; Step 0 lists all.
    """
    record = dns_task(scene.after, scene.process)
    not_asked = {record.id} if record else set()
    before = set(scene.before.asked) if scene.before else set()
    for subject, asked in scene.after.asked.items():
        known = scene.before.asked.get(subject) if scene.before else None
        if _own_ask(subject, not_asked) and (known is None or known.person != asked.person):
            goes_on = scene.before is not None and any(
                ask.person == asked.person and step_of(key) == step_of(subject)
                for key, ask in scene.before.asked.items()
            )
            mention = {} if goes_on else {"mention": asked.person}
            yield thread("thread/task-ask", f"ask/{subject}", subject, person=asked.person, **mention)
    for subject in before - set(scene.after.asked):
        if _own_ask(subject, not_asked) and _is_closed(scene.after, subject):
            yield thread("thread/task-ask", f"ask/{subject}", subject, done="yes")


def _own_ask(subject: str, not_asked: set[str]) -> bool:
    return "." in subject and not subject.startswith("0.") and subject not in not_asked


def _is_closed(state: Onboarding, task_id: str) -> bool:
    step = state.step(step_of(task_id))
    return task_id not in step.tasks or step.tasks[task_id].status is not TaskStatus.OPEN


# -- what single events say ----------------------------------------------------------------------------------


@singledispatch
def _of(event: e.Event, scene: _Scene) -> Iterable[Say]:
    return ()


@_of.register
def _(event: e.ClaimSet, scene: _Scene) -> Iterator[Say]:
    old = scene.before.claim if scene.before else None
    if old is not None and old.value is not None:
        yield thread("thread/dns-request-replaced", f"dns-request/{old.number}", str(old.number))
    if event.value is not None:
        yield thread("thread/dns-request", f"dns-request/{event.number}", str(event.number), **_dns_mention(scene))


def _dns_mention(scene: _Scene) -> dict[str, str]:
    """The DNS contact is mentioned, unless that is whoever entered the claim, or somebody outside Slack."""
    record = dns_task(scene.after, scene.process)
    if record is None:
        return {}
    for ask in scene.asked:
        if record.id in ask.tasks:
            if ask.actors.outside is not None:
                return {"outside": "yes", **({"passes_on": ask.person} if ask.person else {})}
            itself = scene.after.claim is not None and ask.person == scene.after.claim.by
            return {"self": "yes"} if itself else {"mention": ask.person} if ask.person else {}
    return {}


@_of.register
def _(event: e.TaskClosed, scene: _Scene) -> Iterator[Say]:
    claim = scene.after.claim
    if _is_record(event.task, scene) and claim is not None and claim.value is not None:
        yield thread("thread/dns-request-done", f"dns-request/{claim.number}", str(claim.number))
    if event.against_check:
        yield thread("thread/overridden", None, event.task, by=event.by)
    if enters_claim(scene.process.task(event.task)) and not any(isinstance(o, e.ClaimSet) for o in scene.events):
        yield from _request_again(scene)  # the value is the one that was there


@_of.register
def _(event: e.TaskReopened, scene: _Scene) -> Iterator[Say]:
    claim = scene.after.claim
    if not _is_record(event.task, scene) or claim is None or claim.value is None:
        return
    if event.cause is e.Cause.RECORD_GONE:
        data = {"report": _report(scene, event.task), "still_open": "yes", **_record_mention(scene)}
        yield thread("thread/record-gone", None, event.task, **data)
    if event.cause is not e.Cause.NEW_CLAIM:
        yield from _request_again(scene)


def _request_again(scene: _Scene) -> Iterator[Say]:
    """The request as it stands now: asked again, or, while a new value is awaited, not to be used any more."""
    claim, record = scene.after.claim, dns_task(scene.after, scene.process)
    if claim is None or claim.value is None or record is None:
        return
    slot, number = f"dns-request/{claim.number}", str(claim.number)
    if looks_for_record(scene.after, scene.process) is None:
        yield thread("thread/dns-request-replaced", slot, number)
    elif scene.after.task(record.id).status is TaskStatus.OPEN:
        yield thread("thread/dns-request", slot, number, again="yes")


def _record_mention(scene: _Scene) -> dict[str, str]:
    """Whoever is asked for the record."""
    record = dns_task(scene.after, scene.process)
    people = [ask.person for ask in scene.asked if record is not None and record.id in ask.tasks and ask.person]
    return {"mention": people[0]} if people else {}


def _is_record(task_id: str, scene: _Scene) -> bool:
    record = dns_task(scene.after, scene.process)
    return record is not None and record.id == task_id


def _report(scene: _Scene, task_id: str) -> str:
    seen = scene.after.task(task_id).seen
    return seen.report if seen else ""


def _answer_changed(event: e.CheckRecorded, scene: _Scene) -> bool:
    """Another verdict, or another cause of the same one. That nothing is there yet is no news at the first look."""
    seen = scene.before.task(event.task).seen if scene.before else None
    if seen is None or seen.claim != event.claim:
        return event.cause != ABSENT
    return (seen.verdict, seen.cause) != (event.verdict, event.cause)


@_of.register
def _(event: e.CheckRecorded, scene: _Scene) -> Iterator[Say]:
    changed = _answer_changed(event, scene)
    if not (changed or event.slow or event.asked_by):
        return
    data = {"report": event.report, "verdict": event.verdict}
    if event.asked_by:
        data["asked_by"] = event.asked_by
    if event.slow:
        data["slow"] = "yes"
    if event.kind != DNS_CHECK:
        yield thread(_MATERIAL_ANSWERS.get(event.verdict, "answers/certificate-unknown"), None, event.task, **data)
        return
    if any(isinstance(other, e.TaskReopened) and other.cause is e.Cause.RECORD_GONE for other in scene.events):
        return  # thread/record-gone says it
    if _was_proven(event, scene) and event.verdict in ("wrong", "not_yet", "broken"):
        if changed:
            yield thread("thread/record-gone", None, event.task, **data)
            yield from _to_leads(scene, "thread/record-gone", event.task, report=event.report)
        elif event.asked_by:
            yield thread(_DNS_ANSWERS[event.verdict], None, event.task, **data)
        return
    if event.verdict == "ready" and not event.asked_by and _was_proven(event, scene) and not _was_gone(event, scene):
        return  # the daily look found what it should, perhaps after a day without an answer
    yield thread(_DNS_ANSWERS.get(event.verdict, "answers/dns-unknown"), None, event.task, **data, **_next(scene))


def _was_proven(event: e.CheckRecorded, scene: _Scene) -> bool:
    """The step of the record was closed already: from then on its absence is an alert."""
    return scene.before is not None and scene.before.step(step_of(event.task)).status is StepStatus.DONE


def _was_gone(event: e.CheckRecorded, scene: _Scene) -> bool:
    seen = scene.before.task(event.task).seen if scene.before else None
    return seen is not None and seen.verdict in ("wrong", "not_yet", "broken")


def _next(scene: _Scene) -> dict[str, str]:
    """Who goes on from here, to be mentioned where the record's answer passes the turn."""
    if not any(isinstance(event, e.TurnPassed) for event in scene.events):
        return {}
    now = [ask for ask in scene.asked if ask.person]
    record = dns_task(scene.after, scene.process)
    here = [ask.person for ask in now if record is not None and ask.step == record.step and ask.person]
    return {"mention": here[0]} if here else {}


@_of.register
def _(event: e.MaterialRead, scene: _Scene) -> Iterator[Say]:
    template = _MATERIAL_ANSWERS.get(event.verdict, "answers/certificate-unknown")
    data = {"report": event.report, "verdict": event.verdict, "item": event.item, "kind": event.kind}
    pending = scene.before.pending.get(event.item) if scene.before else None
    if pending is not None:
        data["asked_by"] = pending.by
    yield thread(template, None, event.task or "", **data)


@_of.register
def _(event: e.WaitStarted, scene: _Scene) -> Iterator[Say]:
    yield thread("thread/wait-started", _wait_slot(scene.after, event.step), str(event.step))


@_of.register
def _(event: e.WaitEnded, scene: _Scene) -> Iterator[Say]:
    if scene.before is None:
        return
    ran_out = {"ran_out": "yes"} if event.ran_out else {}
    answer = {"answer": event.answer} if event.answer else {}
    yield thread(
        "thread/wait-over",
        _wait_slot(scene.before, event.step),
        str(event.step),
        **ran_out,
        **answer,
        **(_step_mention(scene, event.step) if event.ran_out else {}),
    )


def _wait_slot(state: Onboarding, number: int) -> str:
    """One message a wait: the second wait of a step is not an edit of the first."""
    return f"wait/{number}/{state.step(number).waits}"


def _step_mention(scene: _Scene, number: int) -> dict[str, str]:
    people = [ask.person for ask in scene.asked if ask.step == number and ask.person]
    return {"mention": people[0]} if people else {}


@_of.register
def _(event: e.WaitAnswered, scene: _Scene) -> Iterator[Say]:
    yield thread("thread/wait-started", _wait_slot(scene.after, event.step), str(event.step), answer=event.answer)


@_of.register
def _(event: e.WaitAsked, scene: _Scene) -> Iterator[Say]:
    yield thread("reminders/wait-question", None, str(event.step), **_late(event.late), **_owner_of(scene, event.step))


def _owner_of(scene: _Scene, number: int) -> dict[str, str]:
    owner = acts_for_step(scene.after, scene.process, number).owner
    return {"mention": owner} if owner else {}


@_of.register
def _(event: e.WaitEscalated, scene: _Scene) -> Iterator[Say]:
    yield from _to_leads(scene, "reminders/wait-escalate", str(event.step), **_late(event.late))


@_of.register
def _(event: e.SnoozeEnded, scene: _Scene) -> Iterator[Say]:
    yield thread(
        "reminders/snooze-over", None, str(event.step), **_late(event.late), **_step_mention(scene, event.step)
    )


@_of.register
def _(event: e.Rejected, scene: _Scene) -> Iterator[Say]:
    data = {"way": event.way, "attempt": str(event.attempt), "by": event.by, **_step_mention(scene, event.step)}
    yield thread("thread/rejected", None, str(event.step), **data)


@_of.register
def _(event: e.StepReopened, scene: _Scene) -> Iterator[Say]:
    resting = ",".join(str(number) for number in event.resting)
    yield thread(
        "thread/reopened",
        None,
        str(event.step),
        by=event.by,
        resting=resting,
        **({"reason": event.reason.id} if event.reason else {}),
        **_step_mention(scene, event.step),
    )


@_of.register
def _(event: e.TaskHandedOver, scene: _Scene) -> Iterator[Say]:
    if event.to is not None and not _left(scene):
        yield thread("thread/handed-over", None, event.task, by=event.by, mention=event.to)


@_of.register
def _(event: e.RoleAssigned, scene: _Scene) -> Iterator[Say]:
    if _left(scene):
        return
    template = "thread/handed-over" if event.handed_over else "thread/role-assigned"
    person = event.holder.person or event.holder.deputy
    yield thread(template, None, event.role.value, by=event.by, **({"mention": person} if person else {}))


@_of.register
def _(event: e.LeadsChanged, scene: _Scene) -> Iterator[Say]:
    if not _left(scene):
        template = "thread/handed-over" if event.handed_over else "thread/role-assigned"
        mention = {"mention": event.leads[0]} if event.leads else {}
        yield thread(template, None, "lead", by=event.by, **mention)


def _left(scene: _Scene) -> bool:
    return any(isinstance(event, e.PersonDeparted) for event in scene.events)


@_of.register
def _(event: e.PersonDeparted, scene: _Scene) -> Iterator[Say]:
    """The leads are told in private; with no lead left, the thread is, so that its absence is said."""
    if scene.after.leads:
        yield from _to_leads(scene, "thread/person-left", event.person, person=event.person)
    else:
        yield thread("thread/person-left", None, event.person, person=event.person, no_lead="yes")


def _row_progress(event: e.RowAdded | e.RowChanged | e.RowClosed | e.RowReopened | e.RowRemoved) -> Say:
    number = step_of(event.row)
    return thread("thread/row-progress", f"rows/{number}", str(number))


@_of.register(e.RowAdded)
@_of.register(e.RowChanged)
@_of.register(e.RowClosed)
@_of.register(e.RowReopened)
@_of.register(e.RowRemoved)
def _(event: e.RowAdded | e.RowChanged | e.RowClosed | e.RowReopened | e.RowRemoved, scene: _Scene) -> Iterator[Say]:
    yield _row_progress(event)


@_of.register
def _(event: e.Reminded, scene: _Scene) -> Iterator[Say]:
    yield _reminder(scene, event.subject, event.person, **_late(event.late))


def _reminder(scene: _Scene, subject: str, person: str, **data: str) -> Say:
    ask = next((a for a in scene.asked if a.subject == subject), None)
    outside = ask is not None and ask.actors.outside is not None
    template = "reminders/dns-contact-outside" if outside else "reminders/owner"
    return thread(template, None, subject, mention=person, **data)


@_of.register
def _(event: e.Nudged, scene: _Scene) -> Iterator[Say]:
    yield _reminder(scene, event.subject, event.person, by=event.by)


@_of.register
def _(event: e.ChannelWasLost, scene: _Scene) -> Iterator[Say]:
    yield from _to_leads(scene, "direct/channel-lost", "", channel=event.channel, reason=event.why)


@_of.register
def _(event: e.ChannelWasShared, scene: _Scene) -> Iterator[Say]:
    yield from _to_leads(scene, "direct/channel-shared", "", channel=event.channel)


@_of.register
def _(event: e.DeputyReminded, scene: _Scene) -> Iterator[Say]:
    yield thread("reminders/deputy", None, event.subject, mention=event.person, **_late(event.late))


@_of.register
def _(event: e.LeadTold, scene: _Scene) -> Iterator[Say]:
    yield Say("reminders/lead", Lane.DIRECT, person=event.person, subject=event.subject, data=_late(event.late))


@_of.register
def _(event: e.Warned, scene: _Scene) -> Iterator[Say]:
    owner = holds_role(scene.after, Role.CERTIFICATE_ADMIN).owner
    mention = {"mention": owner} if owner else {}
    yield thread("reminders/ends", None, event.what, days=str(event.days), **mention, **_late(event.late))


def _late(late: bool) -> dict[str, str]:
    return {"late": "yes"} if late else {}


@_of.register
def _(event: e.SecretPosted, scene: _Scene) -> Iterator[Say]:
    yield thread("thread/secret-posted", None, event.kind)
    yield Say("direct/secret-poster", Lane.DIRECT, person=event.person, subject=event.kind)


@_of.register
def _(event: e.OnboardingClosed, scene: _Scene) -> Iterator[Say]:
    yield thread("thread/closed", None, event.why, by=event.by)


@_of.register
def _(event: e.OnboardingRestored, scene: _Scene) -> Iterator[Say]:
    yield thread("thread/restored", None, by=event.by)


@_of.register
def _(event: e.ChannelMoved, scene: _Scene) -> Iterator[Say]:
    yield thread("thread/moved", None, event.channel, by=event.by)
