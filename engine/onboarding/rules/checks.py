"""Machine checks: asking for one, and what its answer means for the task (decision 16)."""

from collections.abc import Iterable

from msgspec.structs import replace

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.now import DNS_CHECK, looks_for_record, task_for_material
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_for, is_lead
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.tasks import start_wait_of
from engine.onboarding.rules.texts import LONGEST_NAME, sealed
from engine.onboarding.state import Life, TaskState
from engine.onboarding.values import CheckSeen, Grade, StepStatus, TaskStatus
from engine.process.model import Half, Task, TaskCheck

NOT_THERE = frozenset({"not_yet", "wrong"})
"""Verdicts that say: the record is not there as it should be. `broken` and `unknown` say that it could not be seen."""

_MOST_PENDING = 50
_LONGEST_MATERIAL = 200_000  # a chain of certificates as text; the paste box itself holds 3,000


def ask_check(draft: Draft, command: c.AskCheck) -> None:
    """Check now: makes the look due at once. Asked twice before it is answered, it is one look."""
    draft.only_people()
    task = draft.task(command.task)
    check = draft.process.task(command.task).check
    if check is None:
        raise Refused(RefusalCode.NO_CHECK, command.task)
    if check.kind != DNS_CHECK:
        raise Refused(RefusalCode.NEEDS_MATERIAL, command.task)
    if looks_for_record(draft.state, draft.process) is None:
        raise Refused(RefusalCode.NEEDS_CLAIM, command.task)
    if task.check_asked is None:
        draft.add(e.CheckAsked(*draft.stamp, command.task))


def record_check(draft: Draft, command: c.RecordCheck) -> None:
    """Told by the sweep. A result for an older claim, or one nobody waits for any more, is dropped."""
    draft.only_bot()
    task = draft.task(command.task)
    wanted = draft.process.task(command.task)
    if wanted.check is None or wanted.check.kind != command.kind:
        raise Refused(RefusalCode.NO_CHECK, command.task)
    claim = draft.state.claim
    if draft.state.life in (Life.CLOSED, Life.PAUSED):
        return
    awaited = looks_for_record(draft.state, draft.process) is not None
    if command.kind == DNS_CHECK and (claim is None or claim.number != command.claim or not awaited):
        return
    asked_by = command.asked_by or (task.check_asked.by if task.check_asked else None)
    recorded = e.CheckRecorded(
        *draft.stamp,
        command.task,
        command.kind,
        command.verdict,
        command.report,
        command.claim,
        command.ready_at,
        command.look_again_at,
        dict(command.ends),
        asked_by,
        slow=_takes_longer(draft, wanted, task.seen, command.verdict),
        cause=command.cause,
        agrees=command.agrees,
    )
    draft.add(recorded)
    _judge(draft, wanted, command.verdict, command.report, command.agrees)


def _takes_longer(draft: Draft, wanted: Task, seen: CheckSeen | None, verdict: str) -> bool:
    """The same "not yet" past the time at which it should have been over: said once."""
    if verdict != "not_yet" or seen is None or seen.verdict != verdict or seen.slow_told or seen.since is None:
        return False
    if seen.ready_at is not None:
        return draft.now > seen.ready_at
    expected = [wait.expected for wait in draft.process.step(wanted.step).waits if wait.expected]
    return bool(expected) and draft.now > seen.since + min(expected)


def proves(check: TaskCheck, verdict: str, agrees: Iterable[str]) -> bool:
    """Whether what a check saw counts as verified: its verdict closes, and each half that it must be compared with agrees.

    What is good only because there was nothing to compare it with proves nothing (decision 41).
    """
    return verdict in check.closes_on and not check.lacking(agrees)


def _judge(draft: Draft, wanted: Task, verdict: str, report: str, agrees: tuple[str, ...]) -> None:
    """Closes, verifies or reopens the task. `unknown` does nothing."""
    task = draft.state.task(wanted.id)
    closes = wanted.check is not None and proves(wanted.check, verdict, agrees)
    is_open = draft.state.step(wanted.step).status is StepStatus.OPEN
    if closes and task.status is TaskStatus.OPEN and is_open:
        draft.add(e.TaskClosed(*draft.stamp, task.id, Grade.VERIFIED, report=report))
        start_wait_of(draft, wanted, {})
    elif closes and _unproven(task):
        draft.add(e.TaskVerified(*draft.stamp, task.id, report))
    elif is_open and verdict in NOT_THERE and task.closing is not None and task.closing.grade is Grade.VERIFIED:
        draft.add(e.TaskReopened(*draft.stamp, task.id, e.Cause.RECORD_GONE))


def _unproven(task: TaskState) -> bool:
    return task.closing is not None and task.closing.grade is not Grade.VERIFIED


def note_file(draft: Draft, command: c.NoteFile) -> None:
    """A file shared in the thread, by anybody who can post there. Seen before or waiting already: nothing changes."""
    if command.file in draft.state.pending:
        return
    _room(draft)
    if command.task is not None:
        draft.task(command.task)
    name = sealed(draft.context, command.name, LONGEST_NAME * 2, "name")
    permalink = sealed(draft.context, command.permalink, name="permalink")
    draft.add(e.MaterialPending(*draft.stamp, command.file, command.task, command.file, name, permalink))


def submit_material(draft: Draft, command: c.SubmitMaterial) -> None:
    """A pasted CSR or certificate, for a task with such a check."""
    draft.only_people()
    draft.task(command.task)
    check = draft.process.task(command.task).check
    if check is None or check.kind == DNS_CHECK:
        raise Refused(RefusalCode.NO_CHECK, command.task)
    _room(draft)
    text = sealed(draft.context, command.text, _LONGEST_MATERIAL, "material")
    item = f"paste-{draft.state.seq + 1}"
    draft.add(e.MaterialPending(*draft.stamp, item, command.task, text=text))


def _room(draft: Draft) -> None:
    if len(draft.state.pending) >= _MOST_PENDING:
        raise Refused(RefusalCode.TOO_MANY_FILES, limit=str(_MOST_PENDING))


def record_file(draft: Draft, command: c.RecordFile) -> None:
    """Told by the sweep.

    What it turned out to be decides which task it counts for; handed in for another kind: for none.
    """
    draft.only_bot()
    item = draft.state.pending.get(command.item)
    if item is None:
        return
    command = _with_posted(draft, command)
    task = _counts_for(draft, item.task or _fitting(draft, command), command.kind)
    if task is None:
        draft.add(_read(draft, command, command.verdict, None))
        return
    check = draft.process.task(task).check
    against = check is not None and any(half in check.halves for half in command.disagrees)
    verdict = _AGAINST if against and check is not None and command.verdict in check.closes_on else command.verdict
    if not _may_hand_in(draft, task, item.by):
        draft.add(_read(draft, command, verdict, None, advice=task))
        return
    draft.add(_read(draft, command, verdict, task))
    if draft.state.life in (Life.OPEN, Life.FINISHED):
        _judge(draft, draft.process.task(task), verdict, command.report, command.agrees)


def _with_posted(draft: Draft, command: c.RecordFile) -> c.RecordFile:
    """Whether its key was ever posted is known here alone."""
    if not command.key:
        return command
    if command.key in draft.state.posted_keys:
        return replace(command, disagrees=(*command.disagrees, Half.UNPOSTED.value))
    return replace(command, agrees=(*command.agrees, Half.UNPOSTED.value))


_AGAINST = "bad"
"""The verdict on a file that is good by itself and belongs to something else."""


def _read(draft: Draft, command: c.RecordFile, verdict: str, task: str | None, advice: str = "") -> e.MaterialRead:
    ends = dict(command.ends) if task is not None and verdict != _AGAINST else {}
    return e.MaterialRead(
        *draft.stamp,
        command.item,
        command.kind,
        verdict,
        command.report,
        task,
        ends,
        agrees=command.agrees,
        key=command.key,
        advice=advice,
    )


def _may_hand_in(draft: Draft, task: str, person: str) -> bool:
    """Whoever acts for the task, its deputy, or a lead. From anybody else the answer is advice."""
    return acts_for(draft.state, draft.process, task).include(person) or is_lead(draft.state, person)


def _fitting(draft: Draft, command: c.RecordFile) -> str | None:
    """The task that the file's key tells, if it is one for such files."""
    check = draft.process.task(command.task).check if command.task else None
    return command.task if check is not None and check.kind == command.kind else None


def _counts_for(draft: Draft, task: str | None, kind: str) -> str | None:
    if task is None:
        return task_for_material(draft.state, draft.process, kind)
    check = draft.process.task(task).check
    return task if check is not None and check.kind == kind else None
