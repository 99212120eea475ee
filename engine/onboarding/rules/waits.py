"""Waiting, blocked and snoozed: why a step does not move, and until when."""

from datetime import datetime, timedelta

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.now import running_wait
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_for
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.ends import ends_of
from engine.onboarding.rules.texts import reason, sealed_or_none
from engine.onboarding.values import Grade, TaskStatus

_LONGEST_WAIT_DAYS = 366


def _ahead(draft: Draft, until: datetime, longest_days: int) -> datetime:
    if until.tzinfo is None or until <= draft.now:
        raise Refused(RefusalCode.DATE_PAST)
    if until > draft.now + timedelta(days=longest_days):
        raise Refused(RefusalCode.TOO_FAR, days=str(longest_days))
    return until


def wait_on(draft: Draft, command: c.WaitOn) -> None:
    """A wait on a party that the process describes becomes that wait, with its questions.

    A second one replaces the first.
    """
    step = draft.open_step(command.step)
    draft.only_actors_or_lead(command.step)
    until = _ahead(draft, command.until, _LONGEST_WAIT_DAYS) if command.until else None
    why = sealed_or_none(draft.context, command.reason, name="reason")
    known = next((wait.id for wait in draft.process.step(command.step).waits if wait.party is command.on), None)
    since = draft.now
    if step.waiting is not None:
        if (step.waiting.on, step.waiting.until, why) == (command.on, until, None):
            return
        if step.waiting.on is command.on:
            since = step.waiting.since
        else:
            draft.add(e.WaitEnded(*draft.stamp, command.step))
    draft.add(e.WaitStarted(*draft.stamp, command.step, command.on, since, until, why, known))


def answer_wait(draft: Draft, command: c.AnswerWait) -> None:
    """An answer of the process closes its task and ends the wait, or is only recorded; an empty one just ends it."""
    step = draft.open_step(command.step)
    draft.only_actors_or_lead(command.step)
    if step.waiting is None:
        raise Refused(RefusalCode.NOT_WAITING, str(command.step))
    if not command.answer:
        draft.add(e.WaitEnded(*draft.stamp, command.step))
        return
    wait = running_wait(draft.state, draft.process, command.step)
    answer = next((a for a in wait.answers if a.id == command.answer), None) if wait else None
    if answer is None:
        raise Refused(RefusalCode.UNKNOWN_ANSWER, str(command.step))
    if answer.rejects:
        raise Refused(RefusalCode.CHOOSE_A_WAY, str(command.step))
    if not answer.closes:
        draft.add(e.WaitAnswered(*draft.stamp, command.step, answer.id))
        return
    draft.add(e.WaitEnded(*draft.stamp, command.step, answer.id))
    task = step.tasks.get(answer.closes)
    if task is not None and task.status is TaskStatus.OPEN:
        actors = acts_for(draft.state, draft.process, task.id)
        for_person = None if actors.include(draft.by) else actors.owner
        ends = ends_of(draft.process.task(task.id), task.values, draft.now.date())
        draft.add(e.TaskClosed(*draft.stamp, task.id, Grade.ATTESTED, for_person=for_person, ends=ends))


def block(draft: Draft, command: c.Block) -> None:
    draft.open_step(command.step)
    draft.only_actors_or_lead(command.step)
    draft.add(e.StepBlocked(*draft.stamp, command.step, reason(draft.context, command.reason)))


def unblock(draft: Draft, command: c.Unblock) -> None:
    step = draft.open_step(command.step)
    draft.only_actors_or_lead(command.step)
    if step.blocked is not None:
        draft.add(e.StepUnblocked(*draft.stamp, command.step))


def remind_at(draft: Draft, command: c.RemindAt) -> None:
    draft.only_people()
    when = _ahead(draft, command.when, _LONGEST_WAIT_DAYS)
    if draft.state.reminders.get(draft.by) != when:
        draft.add(e.ReminderSet(*draft.stamp, when))


def snooze(draft: Draft, command: c.Snooze) -> None:
    """For oneself, or for the whole step (its owner or a lead); at most as long as the process allows (decision 27)."""
    draft.only_people()
    until = _ahead(draft, command.until, draft.process.cadences.snooze_limit_days)
    if command.step is None:
        if draft.state.muted.get(draft.by) != until:
            draft.add(e.PersonSnoozed(*draft.stamp, draft.by, until))
        return
    step = draft.open_step(command.step)
    draft.only_actors_or_lead(command.step)
    if step.snoozed_until != until:
        draft.add(e.StepSnoozed(*draft.stamp, command.step, until))
