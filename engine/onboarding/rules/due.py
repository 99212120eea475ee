"""Due work whose time has come: decided again with the present state. What no longer fits it does nothing."""

from collections.abc import Callable
from datetime import date, timedelta

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.due_keys import DueKind, parse
from engine.onboarding.now import Ask, asks
from engine.onboarding.outcome import Refused
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.life import PAUSED, restore_now
from engine.onboarding.rules.stand_ins import give, give_back
from engine.onboarding.state import Life, StepState
from engine.onboarding.values import Asked

_Parts = tuple[str, ...]
_ONE_MESSAGE = timedelta(hours=1)


def carry_out(draft: Draft, command: c.CarryOut) -> None:
    """Told by the sweep, with a key of `reminders.plan`."""
    draft.only_bot()
    parsed = parse(command.key)
    if parsed is None:
        return
    kind, parts = parsed
    how_many, rule = _RULES.get(kind, (0, _nothing))
    if len(parts) == how_many:
        rule(draft, parts, command.late)


def _nothing(draft: Draft, parts: _Parts, late: bool) -> None:
    """Checks and files are told as what they saw, never as a key."""


def _asked(draft: Draft, subject: str) -> tuple[Ask, Asked] | None:
    """The ask of a subject as it stands now, unless its step is snoozed."""
    ask = next((a for a in asks(draft.state, draft.process) if a.subject == subject), None)
    asked = draft.state.asked.get(subject)
    if ask is None or asked is None or ask.person != asked.person:
        return None
    snoozed = draft.state.step(ask.step).snoozed_until
    return None if snoozed is not None and snoozed > draft.now else (ask, asked)


def _remind(draft: Draft, parts: _Parts, late: bool) -> None:
    subject, person, number = parts
    found = _asked(draft, subject)
    muted = draft.state.muted.get(person)
    if found is None or (muted is not None and muted > draft.now):
        return
    _, asked = found
    others = [a.last_at for a in draft.state.asked.values() if a.person == person and a.last_at is not None]
    if any(draft.now - last < _ONE_MESSAGE for last in others):
        return  # they were just reminded here of something else; what else is open stood in that message
    if asked.person == person and number == str(asked.reminders + 1):
        draft.add(e.Reminded(*draft.stamp, subject, person, late))


def _own(draft: Draft, parts: _Parts, late: bool) -> None:
    """Whoever's turn it is now is asked in the name of the person who chose the time, be it that person."""
    person = parts[0]
    when = draft.state.reminders.get(person)
    if draft.state.life is not Life.OPEN or when is None or when > draft.now:
        return
    draft.add(e.ReminderCame(*draft.stamp, person, late))
    for ask in asks(draft.state, draft.process):
        asked = draft.state.asked.get(ask.subject)
        if asked is not None:
            draft.add(e.Nudged(draft.now, person, ask.subject, asked.person))


def _deputy(draft: Draft, parts: _Parts, late: bool) -> None:
    subject, person = parts
    found = _asked(draft, subject)
    if found is not None and found[0].actors.deputy == person and found[1].deputy_at is None:
        draft.add(e.DeputyReminded(*draft.stamp, subject, person, late))


def _lead(draft: Draft, parts: _Parts, late: bool) -> None:
    subject, person, number = parts
    found = _asked(draft, subject)
    if found is None or person not in draft.state.leads or number != str(found[1].lead_reminders + 1):
        return
    draft.add(e.LeadTold(*draft.stamp, subject, person, late))


def _open_step(draft: Draft, number: str) -> StepState | None:
    if draft.state.life is not Life.OPEN:
        return None
    return next((step for step in draft.state.open_steps() if str(step.number) == number), None)


def _wait_ask(draft: Draft, parts: _Parts, late: bool) -> None:
    step = _open_step(draft, parts[0])
    if step is not None and step.waiting is not None and parts[1] == str(step.waiting.asked + 1):
        draft.add(e.WaitAsked(*draft.stamp, step.number, late))


def _wait_escalate(draft: Draft, parts: _Parts, late: bool) -> None:
    step = _open_step(draft, parts[0])
    if step is not None and step.waiting is not None and step.waiting.wait and not step.waiting.escalated:
        draft.add(e.WaitEscalated(*draft.stamp, step.number, late))


def _wait_over(draft: Draft, parts: _Parts, late: bool) -> None:
    step = _open_step(draft, parts[0])
    if step is None or step.waiting is None or step.waiting.until is None or step.waiting.until > draft.now:
        return
    draft.add(e.WaitEnded(*draft.stamp, step.number, ran_out=True))


def _snooze_over(draft: Draft, parts: _Parts, late: bool) -> None:
    step = _open_step(draft, parts[0])
    if step is not None and step.snoozed_until is not None and step.snoozed_until <= draft.now:
        draft.add(e.SnoozeEnded(*draft.stamp, step.number, late))


def _warn(draft: Draft, parts: _Parts, late: bool) -> None:
    what, days = parts
    if draft.state.life in (Life.CLOSED, Life.PAUSED) or what not in draft.state.ends or not days.isdigit():
        return
    left = -((draft.now - draft.state.ends[what]) // timedelta(days=1))  # rounded up
    days_left = min(int(days), max(left, 0))  # told late, it stands for every distance that was passed meanwhile
    told = draft.state.warned.get(what)
    if told is None or days_left < told:
        draft.add(e.Warned(*draft.stamp, what, days_left, late))


def _card(draft: Draft, parts: _Parts, late: bool) -> None:
    if draft.state.life is not Life.OPEN:
        return
    try:
        day = date.fromisoformat(parts[0])
    except ValueError:
        return
    if draft.state.card_on is None or draft.state.card_on < day:
        draft.add(e.CardRefreshed(*draft.stamp, day))


def _hand_over(draft: Draft, parts: _Parts, late: bool) -> None:
    stand_in = draft.state.stand_ins.get(parts[0])
    if stand_in is not None and not stand_in.begun and stand_in.starts <= draft.now:
        if stand_in.until is not None and stand_in.until <= draft.now:
            give_back(draft, stand_in)  # both days passed while nobody was there to do it
        else:
            give(draft, stand_in)


def _hand_back(draft: Draft, parts: _Parts, late: bool) -> None:
    stand_in = draft.state.stand_ins.get(parts[0])
    if stand_in is not None and stand_in.begun and stand_in.until is not None and stand_in.until <= draft.now:
        give_back(draft, stand_in)


def _resume(draft: Draft, parts: _Parts, late: bool) -> None:
    state = draft.state
    if state.life is Life.PAUSED and state.paused_until is not None and state.paused_until <= draft.now:
        _resume_or_stay(draft)


def _resume_or_stay(draft: Draft) -> None:
    """The company may have begun anew meanwhile: then this one stays paused, without an end, for its lead to decide."""
    try:
        restore_now(draft)
    except Refused:
        draft.add(e.OnboardingClosed(*draft.stamp, PAUSED))


_RULES: dict[DueKind, tuple[int, Callable[[Draft, _Parts, bool], None]]] = {
    DueKind.REMIND: (3, _remind),
    DueKind.OWN: (1, _own),
    DueKind.DEPUTY: (2, _deputy),
    DueKind.LEAD: (3, _lead),
    DueKind.WAIT_ASK: (2, _wait_ask),
    DueKind.WAIT_ESCALATE: (1, _wait_escalate),
    DueKind.WAIT_OVER: (1, _wait_over),
    DueKind.SNOOZE_OVER: (1, _snooze_over),
    DueKind.WARN: (2, _warn),
    DueKind.CARD: (1, _card),
    DueKind.HAND_OVER: (1, _hand_over),
    DueKind.HAND_BACK: (1, _hand_back),
    DueKind.RESUME: (0, _resume),
}
