"""What makes a step wait, and what is silent until when."""

from collections.abc import Callable

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import apply, on_step, step_of
from engine.onboarding.state import Onboarding, StepState
from engine.onboarding.values import Asked, Waiting


@apply.register
def _(event: e.WaitStarted, state: Onboarding) -> Onboarding:
    waiting = Waiting(event.on, since=event.since, by=event.by, until=event.until, reason=event.reason, wait=event.wait)
    return on_step(state, event.step, lambda step: replace(step, waiting=waiting, waits=step.waits + 1))


def _on_wait(state: Onboarding, number: int, change: Callable[[Waiting], Waiting]) -> Onboarding:
    return on_step(state, number, lambda step: replace(step, waiting=change(step.waiting) if step.waiting else None))


@apply.register
def _(event: e.WaitAnswered, state: Onboarding) -> Onboarding:
    return _on_wait(state, event.step, lambda wait: replace(wait, last_at=event.at))


@apply.register
def _(event: e.WaitAsked, state: Onboarding) -> Onboarding:
    return _on_wait(state, event.step, lambda wait: replace(wait, asked=wait.asked + 1, last_at=event.at))


@apply.register
def _(event: e.WaitEscalated, state: Onboarding) -> Onboarding:
    return _on_wait(state, event.step, lambda wait: replace(wait, escalated=True, last_at=event.at))


@apply.register
def _(event: e.WaitEnded, state: Onboarding) -> Onboarding:
    def end(step: StepState) -> StepState:
        waited = int((event.at - step.waiting.since).total_seconds()) if step.waiting else 0
        return replace(step, waiting=None, waited_seconds=step.waited_seconds + max(waited, 0))

    return on_step(state, event.step, end)


@apply.register
def _(event: e.PersonSnoozed, state: Onboarding) -> Onboarding:
    return replace(state, muted={**state.muted, event.person: event.until})


@apply.register
def _(event: e.StepSnoozed, state: Onboarding) -> Onboarding:
    return on_step(state, event.step, lambda step: replace(step, snoozed_until=event.until))


@apply.register
def _(event: e.SnoozeEnded, state: Onboarding) -> Onboarding:
    state = on_step(state, event.step, lambda step: replace(step, snoozed_until=None))
    asked = {
        key: Asked(ask.person, since=event.at) if step_of(key) == event.step else ask
        for key, ask in state.asked.items()
    }
    return replace(state, asked=asked)
