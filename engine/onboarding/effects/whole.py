"""The end, the pauses and the moves of an onboarding."""

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import apply
from engine.onboarding.state import Life, Onboarding


@apply.register
def _(event: e.Finished, state: Onboarding) -> Onboarding:
    return replace(state, life=Life.FINISHED, finished_at=event.at)


@apply.register
def _(event: e.OnboardingClosed, state: Onboarding) -> Onboarding:
    life = Life.PAUSED if event.why == "paused" else Life.CLOSED
    return replace(state, life=life, life_why=event.why, life_reason=event.reason, paused_until=event.until)


@apply.register
def _(event: e.OnboardingRestored, state: Onboarding) -> Onboarding:
    life = Life.OPEN if state.finished_at is None else Life.FINISHED
    return replace(state, life=life, life_why="", life_reason=None, paused_until=None)


@apply.register
def _(event: e.ContentRemoved, state: Onboarding) -> Onboarding:
    return state  # it names texts only by their ids, and so does the state


@apply.register
def _(event: e.WatchingStopped, state: Onboarding) -> Onboarding:
    return replace(state, watching=False)


@apply.register
def _(event: e.ChannelMoved, state: Onboarding) -> Onboarding:
    return replace(state, channel=event.channel, channel_lost="", channel_shared=False)
