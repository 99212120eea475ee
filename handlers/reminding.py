"""Reminders by command: asking now, asking at a time of one's own, being quiet until a time, none at all."""

from datetime import datetime

from engine.onboarding import now as present
from engine.onboarding.commands import Nudge, RemindAt, Snooze
from engine.reminders.calendar import DEFAULT_NATION, PersonFacts
from engine.store.reads import Case
from handlers.deadline import switch_reminders, tell
from handlers.ids import Verb
from handlers.parse import Typed, unescaped
from handlers.ports import Office
from handlers.replies import OpenForm, Reply, Show, facts_of, find_first, which
from handlers.when import moment


async def remind(office: Office, typed: Typed) -> Reply:
    """Now, or at a time that was typed: whoever's turn it is, in the thread."""
    how = typed.words.text.lower()
    if how in {"on", "off"}:
        await switch_reminders(office, typed.team, typed.person, off=how == "off", once=typed.key)
        return Show(await office.words.answer("reminders-switched", facts_of(office, typed, subject=how)))
    about, target = await find_first(office, typed)
    if about.words.rest and await _time(office, about) is None:
        return await _unreadable(office, about)
    if target.case is None:
        return await which(office, typed, target, (typed.words.name, *typed.words.rest))
    case, step = target.case, str(_current(target.case))
    if (when := await _time(office, about, case)) is not None:
        await tell(office, RemindAt(case.state.id, typed.person, when), once=typed.key)
        facts = facts_of(office, typed, case=case, data={"until": when})
        return Show(await office.words.answer("reminder-set", facts))
    await tell(office, Nudge(case.state.id, typed.person, step), once=typed.key)
    return Show(await office.words.answer("reminded", facts_of(office, typed, case=case, subject=step)))


async def snooze(office: Office, typed: Typed) -> Reply:
    """Until a time that was typed; without one a form asks."""
    about, target = await find_first(office, typed)
    if about.words.rest and await _time(office, about) is None:
        return await _unreadable(office, about)
    if target.case is None:
        return await which(office, typed, target, (typed.words.name, *typed.words.rest))
    case = target.case
    until = await _time(office, about, case)
    if until is None:
        return OpenForm(Verb.SNOOZE, facts_of(office, typed, case=case, subject=str(_current(case))))
    await tell(office, Snooze(case.state.id, typed.person, until), once=typed.key)
    return Show(await office.words.answer("snoozed", facts_of(office, typed, case=case, data={"until": until})))


async def _time(office: Office, typed: Typed, case: Case | None = None) -> datetime | None:
    """What was typed as a time where the asker lives; None where nothing was, or nothing that can be read."""
    profile = await office.directory.profile(typed.team, typed.person)
    nation = case.state.nation if case else DEFAULT_NATION
    closures = frozenset(case.state.closures) if case else frozenset()
    return moment(typed.words.text, office.now(), PersonFacts(tz=profile.tz, nation=nation, closures=closures))


async def _unreadable(office: Office, typed: Typed) -> Reply:
    return Show(
        await office.words.answer("time-unknown", facts_of(office, typed, text=unescaped(typed.words.text)[:80]))
    )


def _current(case: Case) -> int:
    open_steps = present.open_steps(case.state)
    return open_steps[-1].number if open_steps else 8
