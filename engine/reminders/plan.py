"""What is due when, for one onboarding: a pure function of its state, so there is no reminder to cancel and nothing to
lose.

The plan is made anew after each event and replaces the one before. An item whose time has come is decided again
(`CarryOut`) with the state of that moment; checks and files are looked at, and told as what was seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.onboarding.due_keys import DueKind, key
from engine.onboarding.now import Ask, asks, dns_task, ending, next_look, running_wait
from engine.onboarding.rights import acts_for_end, acts_for_step
from engine.onboarding.state import Life, Onboarding, StepState
from engine.onboarding.values import Asked, Waiting
from engine.process.model import Cadences, Clock, Process
from engine.reminders.calendar import (
    OPENS,
    PersonFacts,
    add_working_days,
    is_working_day,
    next_working_moment,
    next_working_morning,
    zone,
)

__all__ = ["Due", "DueKind", "plan"]

_BETWEEN_TWO_QUESTIONS = timedelta(hours=1)
_THE_END = 0  # days: said once more when it has come


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done at a time.

    `subject`: a step, a task, a pending item or what ends. `person`: whom it goes to.
    """

    key: str
    kind: DueKind
    at: datetime
    subject: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the planners look at."""

    state: Onboarding
    process: Process
    people: Mapping[str, PersonFacts]
    now: datetime
    asked: tuple[Ask, ...]

    def facts(self, person: str | None) -> PersonFacts:
        default = PersonFacts(nation=self.state.nation, closures=frozenset(self.state.closures))
        return self.people.get(person, default) if person else default

    @property
    def lead(self) -> str | None:
        return next((lead for lead in self.state.leads if not self.facts(lead).gone), None)

    @property
    def cadences(self) -> Cadences:
        return self.process.cadences


def plan(
    state: Onboarding,
    process: Process,
    people: Mapping[str, PersonFacts],
    now: datetime,
    asked: tuple[Ask, ...] | None = None,
) -> tuple[Due, ...]:
    """All due work of an onboarding, earliest first. Times may lie in the past: then it is due at once.

    `people` may lack somebody: then the defaults hold. `asked`: what `asks` says of the state, if that is known already.
    Closed: nothing; paused: only the end of the pause.
    """
    if asked is None:
        asked = asks(state, process)
    desk = _Desk(state, process, people, max(now, state.last_at or now), asked)  # the clock may have been set back
    if state.life is Life.CLOSED:
        return ()
    if state.life is Life.PAUSED:
        return tuple(_resume(desk))
    found = [*_checks(desk), *_files(desk), *_ends(desk), *_stand_ins(desk)]
    if state.life is Life.OPEN:
        found += [*_asks(desk), *_own(desk), *_waits(desk), *_snoozes(desk), *_card(desk)]
    return tuple(sorted(found, key=lambda due: (due.at, due.key)))


def _resume(desk: _Desk) -> Iterator[Due]:
    if desk.state.paused_until is not None:
        yield Due(key(DueKind.RESUME), DueKind.RESUME, desk.state.paused_until, "")


# -- reminders of what is asked ------------------------------------------------------------------------------


def _asks(desk: _Desk) -> Iterator[Due]:
    for ask in desk.asked:
        asked = desk.state.asked.get(ask.subject)
        if asked is None or asked.person != ask.person:
            continue
        begins = asked.since
        snoozed = desk.state.step(ask.step).snoozed_until
        if snoozed is not None:
            begins = max(begins, snoozed)
        yield from _reminder(desk, ask, asked, begins)
        yield from _deputy(desk, ask, asked, begins)
        yield from _lead(desk, ask, asked, begins)


def _others_lead(desk: _Desk, person: str) -> str | None:
    """The lead whom an escalation goes to; nobody is told of himself."""
    return next((lead for lead in desk.state.leads if lead != person and not desk.facts(lead).gone), None)


def _last_reminded(desk: _Desk, person: str) -> datetime | None:
    """Of anything in this onboarding: its due items for one person are one message a day, which names the others."""
    return max((a.last_at for a in desk.state.asked.values() if a.person == person and a.last_at), default=None)


def _spaced(at: datetime, last: datetime | None, facts: PersonFacts) -> datetime:
    """Not on the heels of the one before, as after an outage that swallowed several."""
    if last is not None:
        at = max(at, add_working_days(last, 1, facts))
    return next_working_moment(at, facts)


def _reminder(desk: _Desk, ask: Ask, asked: Asked, begins: datetime) -> Iterator[Due]:
    facts = desk.facts(asked.person)
    if facts.gone or facts.reminders_off:
        return
    days = desk.cadences.remind_after_working_days
    if asked.reminders < len(days):
        at = add_working_days(begins, days[asked.reminders], facts)
    elif _others_lead(desk, asked.person) is None:
        at = add_working_days(asked.last_at or begins, desk.cadences.then_every_working_days, facts)
    else:
        return
    at = _spaced(at, _last_reminded(desk, asked.person), facts)
    muted = desk.state.muted.get(asked.person)
    if muted is not None and muted > at:
        at = next_working_moment(muted, facts)
    name = key(DueKind.REMIND, ask.subject, asked.person, asked.reminders + 1)
    yield Due(name, DueKind.REMIND, at, ask.subject, asked.person)


def _deputy(desk: _Desk, ask: Ask, asked: Asked, begins: datetime) -> Iterator[Due]:
    deputy = ask.actors.deputy
    if deputy is None or deputy == asked.person or asked.deputy_at is not None:
        return
    facts = desk.facts(deputy)
    if facts.gone or facts.reminders_off:
        return
    at = _spaced(add_working_days(begins, desk.cadences.deputy_after_working_days, facts), asked.last_at, facts)
    yield Due(key(DueKind.DEPUTY, ask.subject, deputy), DueKind.DEPUTY, at, ask.subject, deputy)


def _lead(desk: _Desk, ask: Ask, asked: Asked, begins: datetime) -> Iterator[Due]:
    lead = _others_lead(desk, asked.person)
    if lead is None:
        return
    facts = desk.facts(lead)
    every, first = desk.cadences.then_every_working_days, desk.cadences.lead_after_working_days
    days = first + every * asked.lead_reminders
    at = add_working_days(begins, days, facts)
    if asked.lead_reminders and asked.last_at is not None:
        at = max(at, add_working_days(asked.last_at, every, facts))
    name = key(DueKind.LEAD, ask.subject, lead, asked.lead_reminders + 1)
    yield Due(name, DueKind.LEAD, _spaced(at, asked.last_at, facts), ask.subject, lead)


def _own(desk: _Desk) -> Iterator[Due]:
    """At the chosen time, or when the working hours of whoever's turn it is begin next; one's own turn comes at once."""
    turns = [ask.person for ask in desk.asked if ask.person]
    for person, when in desk.state.reminders.items():
        others = [turn for turn in turns if turn != person]
        at = next_working_moment(when, desk.facts(others[0])) if others else when
        yield Due(key(DueKind.OWN, person), DueKind.OWN, at, "", person)


def _stand_ins(desk: _Desk) -> Iterator[Due]:
    for person, one in desk.state.stand_ins.items():
        if not one.begun:
            yield Due(key(DueKind.HAND_OVER, person), DueKind.HAND_OVER, one.starts, "")
        elif one.until is not None:
            yield Due(key(DueKind.HAND_BACK, person), DueKind.HAND_BACK, one.until, "")


# -- waits and snoozes ---------------------------------------------------------------------------------------


def _waits(desk: _Desk) -> Iterator[Due]:
    for step in desk.state.open_steps():
        if step.waiting is None:
            continue
        if step.waiting.until is not None:
            number = str(step.number)
            yield Due(key(DueKind.WAIT_OVER, number), DueKind.WAIT_OVER, step.waiting.until, number)
            continue
        yield from _question(desk, step, step.waiting)
        yield from _escalation(desk, step, step.waiting)


def _question(desk: _Desk, step: StepState, waiting: Waiting) -> Iterator[Due]:
    """The questions of the process' wait; after its last, and for other waits, at the pace of the reminders' long tail."""
    if step.snoozed_until is not None and step.snoozed_until > desk.now:
        return
    person = acts_for_step(desk.state, desk.process, step.number).owner
    facts = desk.facts(person)
    wait = running_wait(desk.state, desk.process, step.number)
    after = wait.ask_after if wait else ()
    if wait is not None and waiting.asked < len(after):
        at = _later(waiting.since, after[waiting.asked], wait.clock, facts)
    else:
        at = add_working_days(waiting.last_at or waiting.since, desk.cadences.then_every_working_days, facts)
    if waiting.last_at is not None:
        at = max(at, waiting.last_at + _BETWEEN_TWO_QUESTIONS)
    number = str(step.number)
    name = key(DueKind.WAIT_ASK, number, waiting.asked + 1)
    yield Due(name, DueKind.WAIT_ASK, next_working_moment(at, facts), number, person)


def _later(since: datetime, after: timedelta, clock: Clock, facts: PersonFacts) -> datetime:
    if clock is Clock.ELAPSED:
        return since + after
    return add_working_days(since, after.days, facts) + (after - timedelta(days=after.days))


def _escalation(desk: _Desk, step: StepState, waiting: Waiting) -> Iterator[Due]:
    wait = running_wait(desk.state, desk.process, step.number)
    if wait is None or wait.escalate_after_working_days is None or waiting.escalated or desk.lead is None:
        return
    at = add_working_days(waiting.since, wait.escalate_after_working_days, desk.facts(desk.lead))
    number = str(step.number)
    yield Due(key(DueKind.WAIT_ESCALATE, number), DueKind.WAIT_ESCALATE, at, number, desk.lead)


def _snoozes(desk: _Desk) -> Iterator[Due]:
    for step in desk.state.open_steps():
        if step.snoozed_until is not None:
            number = str(step.number)
            yield Due(key(DueKind.SNOOZE_OVER, number), DueKind.SNOOZE_OVER, step.snoozed_until, number)


# -- looks and what ends -------------------------------------------------------------------------------------


def _checks(desk: _Desk) -> Iterator[Due]:
    task, at = dns_task(desk.state, desk.process), next_look(desk.state, desk.process)
    if task is not None and at is not None:
        yield Due(key(DueKind.CHECK, task.id), DueKind.CHECK, at, task.id)


def _files(desk: _Desk) -> Iterator[Due]:
    for item in desk.state.pending.values():
        yield Due(key(DueKind.FILE, item.id), DueKind.FILE, item.at, item.id, item.by)


def _ends(desk: _Desk) -> Iterator[Due]:
    """What ends is told at or past each distance that was not told yet; of several passed only the nearest."""
    state = desk.state
    if state.life is not Life.OPEN and not state.watching:
        return
    for what, ends in ending(state).items():
        owner = acts_for_end(state, desk.process, what).owner
        facts = desk.facts(owner)
        told = state.warned.get(what)
        left = [days for days in (*distances(desk.process, what), _THE_END) if told is None or days < told]
        if not left:
            continue
        passed = [days for days in left if ends - timedelta(days=days) <= desk.now]
        days = min(passed) if passed else max(left)
        at = next_working_moment(ends - timedelta(days=days), facts)
        yield Due(key(DueKind.WARN, what, days), DueKind.WARN, at, what, owner)


def distances(process: Process, what: str) -> tuple[int, ...]:
    """How many days before its end something is told of, the first time first."""
    cadences, task = process.cadences, process.starts(what)
    if task is not None and task.expiry is not None:
        return task.expiry.warn_days
    if what == "token":  # said as days since it was shown
        return tuple(cadences.token_days - days for days in cadences.token_warn_days)
    if what == "atlas_certificate":
        return cadences.atlas_certificate_warn_days
    return cadences.certificate_warn_days


def _card(desk: _Desk) -> Iterator[Due]:
    """Once each working morning, in the lead's calendar."""
    facts = desk.facts(desk.lead)
    local = zone(facts.tz)
    today = desk.now.astimezone(local).date()
    done = desk.state.card_on or desk.state.started_at.astimezone(local).date()
    if done < today and is_working_day(today, facts) and desk.now.astimezone(local).time() >= OPENS:
        at = datetime.combine(today, OPENS, local).astimezone(UTC)
    else:
        at = next_working_morning(max(desk.now, datetime.combine(done, OPENS, local)), facts)
    day = at.astimezone(local).date()
    yield Due(key(DueKind.CARD, day.isoformat()), DueKind.CARD, at, "")
