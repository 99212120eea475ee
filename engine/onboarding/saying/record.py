"""The TXT record: its request, what looks at it saw, and what was read of files and pasted material."""

from collections.abc import Iterator

from engine.onboarding import events as e
from engine.onboarding.evolve import step_of
from engine.onboarding.now import DNS_CHECK, dns_task, enters_claim, looks_for_record
from engine.onboarding.outcome import Say
from engine.onboarding.saying.base import Scene, of, thread, to_leads
from engine.onboarding.values import ABSENT, StepStatus, TaskStatus

_DNS_ANSWERS = {
    "ready": "answers/dns-ready",
    "not_yet": "answers/dns-not-yet",
    "wrong": "answers/dns-wrong",
    "broken": "answers/dns-broken",
}
_NOT_READ = "secret"
_MATERIAL_ANSWERS = {"good": "answers/certificate-good", "bad": "answers/certificate-bad"}


@of.register
def _(event: e.ClaimSet, scene: Scene) -> Iterator[Say]:
    old = scene.before.claim if scene.before else None
    if old is not None and old.value is not None:
        yield thread("thread/dns-request-replaced", f"dns-request/{old.number}", str(old.number))
    if event.value is not None and _is_asked_for(scene):
        yield thread("thread/dns-request", f"dns-request/{event.number}", str(event.number), **_dns_mention(scene))


def _is_asked_for(scene: Scene) -> bool:
    """Nobody is asked to add a record that was proven before Dipper."""
    record = dns_task(scene.after, scene.process)
    return record is None or scene.after.task(record.id).status is TaskStatus.OPEN


def _dns_mention(scene: Scene) -> dict[str, str]:
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


@of.register
def _(event: e.TaskClosed, scene: Scene) -> Iterator[Say]:
    claim = scene.after.claim
    if _is_record(event.task, scene) and claim is not None and claim.value is not None:
        yield thread("thread/dns-request-done", f"dns-request/{claim.number}", str(claim.number))
    if event.against_check:
        yield thread("thread/overridden", None, event.task, by=event.by)
    if enters_claim(scene.process.task(event.task)) and not any(isinstance(o, e.ClaimSet) for o in scene.events):
        yield from request_again(scene)  # the value is the one that was there


@of.register
def _(event: e.TaskReopened, scene: Scene) -> Iterator[Say]:
    claim = scene.after.claim
    if not _is_record(event.task, scene) or claim is None or claim.value is None:
        return
    if event.cause is e.Cause.RECORD_GONE:
        data = {"report": _report(scene, event.task), "still_open": "yes", **_record_mention(scene)}
        yield thread("thread/record-gone", None, event.task, **data)
    if event.cause is not e.Cause.NEW_CLAIM:
        yield from request_again(scene)


def request_again(scene: Scene) -> Iterator[Say]:
    """The request as it stands now: asked again, or, while a new value is awaited, not to be used any more."""
    claim, record = scene.after.claim, dns_task(scene.after, scene.process)
    if claim is None or claim.value is None or record is None:
        return
    slot, number = f"dns-request/{claim.number}", str(claim.number)
    if looks_for_record(scene.after, scene.process) is None:
        yield thread("thread/dns-request-replaced", slot, number)
    elif scene.after.task(record.id).status is TaskStatus.OPEN:
        own = {"self": "yes"} if "self" in _dns_mention(scene) else {}
        yield thread("thread/dns-request", slot, number, again="yes", **own)


def _record_mention(scene: Scene) -> dict[str, str]:
    """Whoever is asked for the record."""
    record = dns_task(scene.after, scene.process)
    people = [ask.person for ask in scene.asked if record is not None and record.id in ask.tasks and ask.person]
    return {"mention": people[0]} if people else {}


def _is_record(task_id: str, scene: Scene) -> bool:
    record = dns_task(scene.after, scene.process)
    return record is not None and record.id == task_id


def _report(scene: Scene, task_id: str) -> str:
    seen = scene.after.task(task_id).seen
    return seen.report if seen else ""


def answer_changed(event: e.CheckRecorded, scene: Scene) -> bool:
    """Another verdict, or another cause of the same one. That nothing is there yet is no news at the first look."""
    seen = scene.before.task(event.task).seen if scene.before else None
    if seen is None or seen.claim != event.claim:
        return event.cause != ABSENT
    return (seen.verdict, seen.cause) != (event.verdict, event.cause)


@of.register
def _(event: e.CheckRecorded, scene: Scene) -> Iterator[Say]:
    if _is_first_look(event, scene):
        yield from request_again(scene)  # zone and servers are known from now on
    changed = answer_changed(event, scene)
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
            yield from to_leads(scene, "direct/record-gone", event.task, report=event.report)
        elif event.asked_by:
            yield thread(_DNS_ANSWERS[event.verdict], None, event.task, **data)
        return
    if event.verdict == "ready" and not event.asked_by and _was_proven(event, scene) and not _was_gone(event, scene):
        return  # the daily look found what it should, perhaps after a day without an answer
    yield thread(_DNS_ANSWERS.get(event.verdict, "answers/dns-unknown"), None, event.task, **data, **_next(scene))


def _is_first_look(event: e.CheckRecorded, scene: Scene) -> bool:
    """At the record of this claim."""
    seen = scene.before.task(event.task).seen if scene.before else None
    return _is_record(event.task, scene) and (seen is None or seen.claim != event.claim)


def _was_proven(event: e.CheckRecorded, scene: Scene) -> bool:
    """The step of the record was closed already: from then on its absence is an alert."""
    return scene.before is not None and scene.before.step(step_of(event.task)).status is StepStatus.DONE


def _was_gone(event: e.CheckRecorded, scene: Scene) -> bool:
    seen = scene.before.task(event.task).seen if scene.before else None
    return seen is not None and seen.verdict in ("wrong", "not_yet", "broken")


def _next(scene: Scene) -> dict[str, str]:
    """Who goes on from here, to be mentioned where the record's answer passes the turn."""
    if not any(isinstance(event, e.TurnPassed) for event in scene.events):
        return {}
    now = [ask for ask in scene.asked if ask.person]
    record = dns_task(scene.after, scene.process)
    here = [ask.person for ask in now if record is not None and ask.step == record.step and ask.person]
    return {"mention": here[0]} if here else {}


@of.register
def _(event: e.MaterialRead, scene: Scene) -> Iterator[Say]:
    if event.kind == _NOT_READ:
        return  # the incident itself is said
    template = _MATERIAL_ANSWERS.get(event.verdict, "answers/certificate-unknown")
    data = {"report": event.report, "verdict": event.verdict, "item": event.item, "kind": event.kind}
    if event.advice:
        data["advice"] = event.advice
    check = scene.process.task(event.task or event.advice).check if event.task or event.advice else None
    if event.verdict == "good" and (event.advice or (check is not None and check.lacking(event.agrees))):
        template = "answers/certificate-uncompared"
    pending = scene.before.pending.get(event.item) if scene.before else None
    if pending is not None:
        data["asked_by"] = pending.by
    yield thread(template, None, event.task or "", **data)
