"""What was asked, told and warned of, and how often."""

from collections.abc import Callable

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import apply
from engine.onboarding.state import Onboarding
from engine.onboarding.values import Asked


def _on_ask(state: Onboarding, subject: str, change: Callable[[Asked], Asked]) -> Onboarding:
    return replace(state, asked={key: change(ask) if key == subject else ask for key, ask in state.asked.items()})


@apply.register
def _(event: e.Reminded, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, reminders=a.reminders + 1, last_at=event.at))


@apply.register
def _(event: e.DeputyReminded, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, deputy_at=event.at, last_at=event.at))


@apply.register
def _(event: e.LeadTold, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, lead_reminders=a.lead_reminders + 1, last_at=event.at))


@apply.register
def _(event: e.Nudged, state: Onboarding) -> Onboarding:
    return _on_ask(state, event.subject, lambda a: replace(a, last_at=event.at))


@apply.register
def _(event: e.ReminderSet, state: Onboarding) -> Onboarding:
    return replace(state, reminders={**state.reminders, event.by: event.when})


@apply.register
def _(event: e.ReminderCame, state: Onboarding) -> Onboarding:
    return replace(state, reminders={who: at for who, at in state.reminders.items() if who != event.person})


@apply.register
def _(event: e.ChannelWasLost, state: Onboarding) -> Onboarding:
    return replace(state, channel_lost=event.why)


@apply.register
def _(event: e.ChannelWasShared, state: Onboarding) -> Onboarding:
    return replace(state, channel_shared=True)


@apply.register
def _(event: e.Warned, state: Onboarding) -> Onboarding:
    return replace(state, warned={**state.warned, event.what: event.days})


@apply.register
def _(event: e.CardRefreshed, state: Onboarding) -> Onboarding:
    return replace(state, card_on=event.on)


@apply.register
def _(event: e.RemindersSwitched, state: Onboarding) -> Onboarding:
    return state


@apply.register
def _(event: e.SecretPosted, state: Onboarding) -> Onboarding:
    if not event.keys:
        return state
    return replace(state, posted_keys={**dict.fromkeys(event.keys, event.at), **state.posted_keys})
