"""state + command + what is known -> events, or a refusal. Pure: no clock, no randomness, no database.

`decide` finds the rule for the command, lets it draft its events, and settles what follows: steps that close, steps
that open, whose turn it is now. A command that changes nothing gives no events, so that a second click is harmless.
"""

from collections.abc import Callable
from typing import Any

from engine.onboarding import commands as c
from engine.onboarding.events import Event
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rules import (
    changes,
    checks,
    claims,
    due,
    life,
    people,
    rows,
    secrets,
    stand_ins,
    starting,
    tasks,
    waits,
)
from engine.onboarding.rules.draft import CompanyFacts, Context, Draft
from engine.onboarding.rules.settle import settle
from engine.onboarding.state import Life, Onboarding

__all__ = ["CompanyFacts", "Context", "decide"]

_RULES: dict[type[c.Command], Callable[[Draft, Any], None]] = {
    c.EditDetails: changes.edit_details,
    c.AssignRole: people.assign_role,
    c.HandOver: people.hand_over,
    c.TakeBack: stand_ins.take_back,
    c.PersonLeft: people.person_left,
    c.Nudge: people.nudge,
    c.RemindAt: waits.remind_at,
    c.SwitchReminders: people.switch_reminders,
    c.TickTasks: tasks.tick_tasks,
    c.Override: tasks.override,
    c.AnsweredElsewhere: tasks.answered_elsewhere,
    c.MarkNotApplicable: changes.mark_not_applicable,
    c.Reopen: changes.reopen,
    c.Reject: changes.reject,
    c.StartWithout: tasks.start_without,
    c.WaitOn: waits.wait_on,
    c.AnswerWait: waits.answer_wait,
    c.Block: waits.block,
    c.Unblock: waits.unblock,
    c.Snooze: waits.snooze,
    c.SetClaim: claims.set_claim,
    c.AddRows: rows.add_rows,
    c.ChangeRow: rows.change_row,
    c.AskCheck: checks.ask_check,
    c.RecordCheck: checks.record_check,
    c.NoteFile: checks.note_file,
    c.SubmitMaterial: checks.submit_material,
    c.RecordFile: checks.record_file,
    c.CarryOut: due.carry_out,
    c.Close: life.close,
    c.Restore: life.restore,
    c.StopWatching: life.stop_watching,
    c.MoveChannel: life.move_channel,
    c.ChannelLost: life.channel_lost,
    c.ChannelShared: life.channel_shared,
    c.RecordSecret: secrets.record_secret,
    c.AttachEvidence: tasks.attach_evidence,
}

_WHILE_CLOSED = frozenset(
    {
        c.Restore,
        c.Close,
        c.MoveChannel,
        c.ChannelLost,
        c.ChannelShared,
        c.PersonLeft,
        c.RecordSecret,
        c.CarryOut,
        c.RecordCheck,
        c.RecordFile,
    }
)
"""What is still heard of an onboarding that is closed or paused."""


def decide(state: Onboarding | None, command: c.Command, context: Context) -> tuple[Event, ...]:
    """The events that follow from a command; empty if it changes nothing. `state` is None only for `Start`.

    Raises Refused with a code of `refusals.RefusalCode`, and nothing else.
    """
    if isinstance(command, c.Start):
        return starting.start(state, command, context)
    if state is None or command.onboarding != state.id:
        raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
    if state.life in (Life.CLOSED, Life.PAUSED) and type(command) not in _WHILE_CLOSED:
        raise Refused(RefusalCode.ONBOARDING_CLOSED, state.id)
    draft = Draft(state, command.by, context)
    _RULES[type(command)](draft, command)
    if draft.events:
        settle(draft)
    return tuple(draft.events)
