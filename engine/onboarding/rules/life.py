"""The onboarding as a whole: closed, paused, restored, moved; and the secret that was posted in it."""

from datetime import timedelta

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.texts import sealed_or_none
from engine.onboarding.state import Life
from engine.onboarding.values import BOT

_CLOSINGS = ("cancelled", "duplicate", "client_left")
PAUSED = "paused"
_LONGEST_PAUSE = timedelta(days=731)


def close(draft: Draft, command: c.Close) -> None:
    """By a lead. Reminders and watches stop; nothing is erased."""
    draft.only_lead()
    why = PAUSED if command.until is not None else command.why
    if why not in (*_CLOSINGS, PAUSED):
        raise Refused(RefusalCode.UNKNOWN_CLOSING, why[:20])
    if command.until is not None:
        if command.until.tzinfo is None or command.until <= draft.now:
            raise Refused(RefusalCode.DATE_PAST)
        if command.until > draft.now + _LONGEST_PAUSE:
            raise Refused(RefusalCode.TOO_FAR, days=str(_LONGEST_PAUSE.days))
    state = draft.state
    if state.life in (Life.CLOSED, Life.PAUSED) and (state.life_why, state.paused_until) == (why, command.until):
        return
    reason = sealed_or_none(draft.context, command.reason, name="reason")
    draft.add(e.OnboardingClosed(*draft.stamp, why, reason, command.until))


def restore(draft: Draft, command: c.Restore) -> None:
    """By a lead. Refused while the company has another open onboarding in this environment."""
    draft.only_lead()
    restore_now(draft)


def restore_now(draft: Draft) -> None:
    state = draft.state
    if state.life not in (Life.CLOSED, Life.PAUSED):
        return
    other = draft.context.company.open.get(state.environment, state.short_id)
    if other != state.short_id:
        raise Refused(RefusalCode.ALREADY_OPEN, short_id=other)
    draft.add(e.OnboardingRestored(*draft.stamp))


def stop_watching(draft: Draft, command: c.StopWatching) -> None:
    draft.only_lead()
    if draft.state.watching:
        draft.add(e.WatchingStopped(*draft.stamp))


def move_channel(draft: Draft, command: c.MoveChannel) -> None:
    if draft.by != BOT:
        draft.only_lead()
    if not command.channel:
        raise Refused(RefusalCode.VALUE_MISSING, field="channel")
    if command.channel != draft.state.channel:
        draft.add(e.ChannelMoved(*draft.stamp, command.channel))
        if command.shared:
            draft.add(e.ChannelWasShared(*draft.stamp, command.channel))


def channel_lost(draft: Draft, command: c.ChannelLost) -> None:
    draft.only_bot()
    if command.channel == draft.state.channel and not draft.state.channel_lost:
        draft.add(e.ChannelWasLost(*draft.stamp, command.channel, command.why))


def channel_shared(draft: Draft, command: c.ChannelShared) -> None:
    draft.only_bot()
    if command.channel == draft.state.channel and not draft.state.channel_shared:
        draft.add(e.ChannelWasShared(*draft.stamp, command.channel))
