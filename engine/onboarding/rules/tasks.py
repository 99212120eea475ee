"""Ticking: how a task is closed by a person, and how a prerequisite is waived."""

from datetime import UTC, date, datetime, timedelta

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.events import Values
from engine.onboarding.evolve import step_of
from engine.onboarding.now import DNS_CHECK, dns_task, enters_claim, looks_for_record, missing_prerequisites
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import Actors, acts_for
from engine.onboarding.rules.claims import put_claim
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.ends import ends_of
from engine.onboarding.rules.texts import a_date, filled, reason, require, same, sealed
from engine.onboarding.state import TaskState
from engine.onboarding.values import CheckSeen, Grade, StepStatus, TaskStatus, TextRef
from engine.process.model import FieldKind, Task, TaskCheck


def tick_tasks(draft: Draft, command: c.TickTasks) -> None:
    """All ticks of one form, or none of them."""
    draft.open_step(command.step)
    for tick in command.ticks:
        if draft.task(tick.task).id.split(".", 1)[0] != str(command.step):
            raise Refused(RefusalCode.UNKNOWN_TASK, tick.task)
        task = draft.open_task(tick.task)
        for_person = _for_whom(draft, tick.task, for_owner=command.for_owner)
        if not tick.done:
            if task.status is TaskStatus.DONE:
                _untick(draft, tick.task)
        elif task.status is TaskStatus.OPEN:
            _tick(draft, task, tick, for_person)
        elif task.status is TaskStatus.DONE:
            _correct(draft, task, tick)


_MOST_EVIDENCE = 50


def attach_evidence(draft: Draft, command: c.AttachEvidence) -> None:
    """A message kept for a task, by anybody of the onboarding. The same link twice is one."""
    draft.only_people()
    task = draft.task(command.task)
    if any(draft.context.read(kept.link) == command.link for kept in task.evidence):
        return
    if len(task.evidence) >= _MOST_EVIDENCE:
        raise Refused(RefusalCode.TOO_MANY_FILES, command.task, limit=str(_MOST_EVIDENCE))
    link = sealed(draft.context, command.link, name="link")
    note = sealed(draft.context, command.note, name="note") if command.note else None
    draft.add(e.EvidenceAttached(*draft.stamp, command.task, link, note))


def _for_whom(draft: Draft, task_id: str, *, for_owner: bool) -> str | None:
    """None for one's own task; the owner for somebody else's, if it is to be recorded so; else refused."""
    actors = acts_for(draft.state, draft.process, task_id)
    if actors.include(draft.by):
        return None
    draft.only_people()
    if not for_owner:
        raise _not_yours(task_id, actors)
    return actors.owner


def _not_yours(task_id: str, actors: Actors) -> Refused:
    return Refused(RefusalCode.NOT_YOURS, task_id, owner=actors.owner or "", role=actors.role.value)


def _tick(draft: Draft, task: TaskState, tick: c.Tick, for_person: str | None) -> None:
    wanted = draft.process.task(task.id)
    if enters_claim(wanted):
        _tick_claim(draft, wanted, tick)
        return
    values = filled(draft.context, wanted.fields, tick.values, task.id)
    if wanted.check is not None and wanted.check.closes_on:
        _tick_checked(draft, task, wanted, values, for_person)
        return
    require(wanted.fields, {**task.values, **values}, task.id)
    _attest(draft, wanted, values, for_person)


def _attest(draft: Draft, wanted: Task, values: Values, for_person: str | None) -> None:
    known = {**draft.state.task(wanted.id).values, **values}
    ends = ends_of(wanted, known, draft.now.date())
    draft.add(e.TaskClosed(*draft.stamp, wanted.id, Grade.ATTESTED, values=values, for_person=for_person, ends=ends))
    _settle_others(draft, wanted, values)
    start_wait_of(draft, wanted, values)


def _correct(draft: Draft, task: TaskState, tick: c.Tick) -> None:
    """A done task whose fields were filled in otherwise: the correction is kept, and the task stays done."""
    wanted = draft.process.task(task.id)
    if enters_claim(wanted):
        if any(tick.values.values()):
            _tick_claim(draft, wanted, tick)
        return
    given = {name: text for name, text in tick.values.items() if not _is_there(draft, task, name, text)}
    values = filled(draft.context, wanted.fields, given, task.id)
    if values:
        ends = ends_of(wanted, {**task.values, **values}, task.closing.at.date() if task.closing else None)
        draft.add(e.TaskFilled(*draft.stamp, task.id, values, ends))


def _is_there(draft: Draft, task: TaskState, name: str, text: str) -> bool:
    kept = task.values.get(name)
    return same(draft.context, kept, text) if isinstance(kept, TextRef) else kept == text.strip()


def _settle_others(draft: Draft, wanted: Task, values: Values) -> None:
    """An answer such as "already shown as done": the tasks that its answer settles need not be done again."""
    settles = wanted.settles
    if settles is None or values.get(settles.field) != settles.answer:
        return
    step = draft.state.step(wanted.step)
    for task_id in settles.tasks:
        if task_id in step.tasks and step.tasks[task_id].status is TaskStatus.OPEN:
            draft.add(e.TaskMarkedNotApplicable(*draft.stamp, task_id, settled_by=wanted.id))


def _untick(draft: Draft, task_id: str) -> None:
    """With an answer goes what it settled, and the wait that it began."""
    draft.add(e.TaskReopened(*draft.stamp, task_id, e.Cause.UNTICKED))
    waiting = draft.state.step(step_of(task_id)).waiting
    if waiting is not None and waiting.wait and waiting.wait == draft.process.task(task_id).starts_wait:
        draft.add(e.WaitEnded(*draft.stamp, step_of(task_id)))
    for task in draft.state.step(step_of(task_id)).tasks.values():
        if task.aside is not None and task.aside.settled_by == task_id:
            draft.add(e.TaskReopened(*draft.stamp, task.id, e.Cause.UNTICKED))


def _tick_claim(draft: Draft, wanted: Task, tick: c.Tick) -> None:
    """A task whose fields are the claim's: entering them does it."""
    checked = dns_task(draft.state, draft.process)
    by_kind = {field.kind: tick.values.get(field.id, "") for field in wanted.fields}
    domain, value = by_kind.get(FieldKind.DOMAIN, ""), by_kind.get(FieldKind.TXT_VALUE, "")
    shown = by_kind.get(FieldKind.DATE, "")
    if checked is None or not domain or not value:
        raise Refused(RefusalCode.NEEDS_CLAIM, wanted.id)
    put_claim(draft, checked, domain, value, a_date(shown, "shown_on") if shown else None, None)


def _tick_checked(draft: Draft, task: TaskState, wanted: Task, values: Values, for_person: str | None) -> None:
    """A task with a machine check closes when the check agrees: at once if it has, else the tick asks it to look."""
    check = wanted.check
    if check is None:
        raise Refused(RefusalCode.NO_CHECK, task.id)
    seen = task.seen
    claim = draft.state.claim
    if check.kind == DNS_CHECK and looks_for_record(draft.state, draft.process) is None:
        raise Refused(RefusalCode.NEEDS_CLAIM, task.id)
    current = seen is not None and (check.kind != DNS_CHECK or (claim is not None and seen.claim == claim.number))
    if seen is not None and current and seen.verdict in check.closes_on:
        _close_seen(draft, wanted, check, seen, values, for_person)
        return
    if check.attestable:
        require(wanted.fields, {**task.values, **values}, task.id)
        _attest(draft, wanted, values, for_person)
        return
    if check.kind != DNS_CHECK:
        raise Refused(RefusalCode.NEEDS_MATERIAL, task.id)
    if values:
        draft.add(e.TaskFilled(*draft.stamp, task.id, values))
    if task.check_asked is None:
        draft.add(e.CheckAsked(*draft.stamp, task.id))


def _close_seen(
    draft: Draft, wanted: Task, check: TaskCheck, seen: CheckSeen, values: Values, for_person: str | None
) -> None:
    """Verified if every half was compared; else attested by whoever says so, with what could not be compared."""
    lacks = check.lacking(seen.agrees)
    if lacks:
        require(wanted.fields, {**draft.state.task(wanted.id).values, **values}, wanted.id)
    draft.add(
        e.TaskClosed(
            *draft.stamp,
            wanted.id,
            Grade.ATTESTED if lacks else Grade.VERIFIED,
            values=values,
            for_person=for_person,
            report=seen.report,
            lacks=tuple(lacks),
        )
    )
    start_wait_of(draft, wanted, values)


def start_wait_of(draft: Draft, wanted: Task, values: Values) -> None:
    """The wait that begins when a task is done. A date given with it that lies in the past is the wait's real start."""
    if not wanted.starts_wait or draft.state.step(wanted.step).status is not StepStatus.OPEN:
        return
    if draft.state.step(wanted.step).waiting is not None:
        return
    wait = draft.process.step(wanted.step).wait(wanted.starts_wait)
    days = [values[f.id] for f in wanted.fields if f.kind is FieldKind.DATE and f.id in values]
    since = draft.now
    if days and isinstance(days[0], str) and (day := date.fromisoformat(days[0])) < draft.now.date():
        since = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    draft.add(e.WaitStarted(*draft.stamp, wanted.step, wait.party, since, wait=wait.id))


def override(draft: Draft, command: c.Override) -> None:
    """A lead closes a task against its check, or without waiting for it."""
    draft.only_lead()
    task = draft.open_task(command.task)
    wanted = draft.process.task(command.task)
    if wanted.check is None or not wanted.check.closes_on or task.status is not TaskStatus.OPEN:
        raise Refused(RefusalCode.NOTHING_TO_OVERRIDE, command.task)
    why = reason(draft.context, command.reason)
    report = task.seen.report if task.seen else None
    draft.add(e.TaskClosed(*draft.stamp, command.task, Grade.ATTESTED, reason=why, report=report, against_check=True))
    start_wait_of(draft, wanted, {})


def answered_elsewhere(draft: Draft, command: c.AnsweredElsewhere) -> None:
    """Somebody who does not use Dipper said so by another way. Where a check decides, it is asked to look."""
    draft.only_people()
    task = draft.open_task(command.task)
    if command.on > draft.now.date() + timedelta(days=1):
        raise Refused(RefusalCode.BAD_DATE, command.task, field="on")
    if task.status is not TaskStatus.OPEN:
        return
    note = reason(draft.context, command.note)
    wanted = draft.process.task(command.task)
    if wanted.check is not None and wanted.check.closes_on and not wanted.check.attestable:
        if wanted.check.kind != DNS_CHECK:
            raise Refused(RefusalCode.NEEDS_MATERIAL, command.task)
        if looks_for_record(draft.state, draft.process) is None:
            raise Refused(RefusalCode.NEEDS_CLAIM, command.task)
        draft.add(e.CheckAsked(*draft.stamp, command.task, note, command.on))
        return
    actors = acts_for(draft.state, draft.process, command.task)
    for_person = None if actors.include(draft.by) else actors.owner
    ends = ends_of(wanted, task.values, command.on)
    draft.add(
        e.TaskClosed(
            *draft.stamp, command.task, Grade.ATTESTED, for_person=for_person, reason=note, on=command.on, ends=ends
        )
    )
    start_wait_of(draft, wanted, {})


def start_without(draft: Draft, command: c.StartWithout) -> None:
    """Waives prerequisites, each with its reason.

    Those that hold Step 1 are waived together, so that it opens (decision 19).
    """
    draft.only_lead()
    draft.open_step(0)
    if not command.reasons:
        raise Refused(RefusalCode.REASON_MISSING)
    for task_id in command.reasons:
        if not draft.open_task(task_id) or not draft.process.task(task_id).holds:
            raise Refused(RefusalCode.NOT_HOLDING, task_id)
    holding_first = missing_prerequisites(draft.state, draft.process, 1)
    if any(task_id in command.reasons for task_id in holding_first):
        left = [task_id for task_id in holding_first if task_id not in command.reasons]
        if left:
            raise Refused(RefusalCode.REASON_MISSING, left[0])
    for task_id, why in command.reasons.items():
        if draft.state.task(task_id).status is TaskStatus.OPEN:
            draft.add(e.TaskWaived(*draft.stamp, task_id, reason(draft.context, why)))
