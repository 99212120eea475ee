"""What `/dip …` and `@dipper …` answer: one function a command, the same for both surfaces.

A function gives back something to show to the asker alone, or a form to open. What changes anything goes to the desk
first.
"""

import difflib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection

from engine.onboarding import now as present
from engine.onboarding.commands import AssignRole, NewHolder, Nudge, Snooze
from engine.onboarding.outcome import Refused
from engine.process.model import Role
from engine.reminders.calendar import PersonFacts, until_day, zone
from engine.store import reads
from engine.store.reads import BoardRow, Case
from handlers.deadline import switch_reminders, tell
from handlers.ids import Verb
from handlers.members import gets_forms
from handlers.parse import Typed, Words, channel_in, person_in, unescaped
from handlers.ports import Facts, Office, Rendered
from handlers.targets import Target, find, visible_case


@dataclass(frozen=True, slots=True)
class Show:
    """Say this to the asker alone."""

    message: Rendered


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open this form; where there is no trigger (a mention), a button that opens it is shown instead."""

    verb: Verb
    facts: Facts


@dataclass(frozen=True, slots=True)
class Later:
    """Say `now` at once; `then` makes the answer that follows (a check takes seconds)."""

    now: Rendered
    then: Callable[[], Awaitable[Rendered]]


Reply = Show | OpenForm | Later
Command = Callable[[Office, Typed], Awaitable[Reply]]


async def reply_to(office: Office, typed: Typed) -> Reply:
    """The answer to a typed command. A refusal of the desk becomes its words; other errors pass through."""
    command = COMMANDS.get(typed.words.name)
    if command is None:
        near = difflib.get_close_matches(typed.words.name, COMMANDS, n=1)
        facts = _facts(office, typed, text=unescaped(typed.words.name)[:80], subject=near[0] if near else "")
        return Show(await office.words.answer("unknown-command", facts))
    try:
        reply = await command(office, typed)
    except Refused as refused:
        about = (await _find(office, typed)).case
        return Show(await office.words.refusal(refused, _facts(office, typed, case=about)))
    if isinstance(reply, OpenForm) and not await gets_forms(office, typed.team, typed.person):
        return Show(await office.words.answer("plain-buttons", reply.facts))
    return reply


async def _menu(office: Office, typed: Typed) -> Reply:
    target = await _find(office, typed)
    facts = _facts(office, typed, case=target.case, named=target.choices)
    return Show(await office.words.answer("menu", facts))


async def _start(office: Office, typed: Typed) -> Reply:
    channel = (channel_in(typed.words.rest[0]) if typed.words.rest else None) or typed.channel
    return OpenForm(Verb.START, _facts(office, typed, channel=channel, text=unescaped(typed.words.text)))


async def _status(office: Office, typed: Typed) -> Reply:
    target = await _find(office, typed, unescaped(typed.words.text))
    return await _about(office, typed, target, "status")


async def _next(office: Office, typed: Typed) -> Reply:
    target = await _find(office, typed, unescaped(typed.words.text))
    return await _about(office, typed, target, "next")


async def _mine(office: Office, typed: Typed) -> Reply:
    return Show(await mine(office, _facts(office, typed)))


async def mine(office: Office, facts: Facts) -> Rendered:
    """The asker's pending work over all onboardings, oldest first."""
    rows = await office.desk.read(reads.of_person, facts.team, facts.person)
    cases = [await office.desk.read(reads.case, row.state.id) for row in rows]
    return await office.words.answer("mine", replace(facts, cases=tuple(case for case in cases if case is not None)))


async def _list(office: Office, typed: Typed) -> Reply:
    what = typed.words.rest[0].lower() if typed.words.rest else "mine"
    if what not in {"mine", "stuck", "all", "waiting"}:
        return Show(await office.words.answer("help", _facts(office, typed, subject="list")))
    whom = " ".join(typed.words.rest[1:]) if what == "waiting" else ""
    if what == "mine":
        rows = await office.desk.read(reads.of_person, typed.team, typed.person)
    else:
        rows = await office.desk.read(_led_by, typed.team, typed.person)
    cases = await office.desk.read(_cases, tuple(row.state.id for row in rows[:_MOST_LISTED]))
    cases = tuple(case for case in cases if _is_listed(case, what, whom, office.now()))
    if (person := person_in(whom)) is not None:
        whom = (await office.directory.profile(typed.team, person)).name
    facts = _facts(office, typed, cases=cases, subject=what, text=unescaped(whom)[:80])
    return Show(await office.words.answer("list", facts))


_MOST_LISTED = 200


def _led_by(connection: Connection, team: str, lead: str) -> tuple[BoardRow, ...]:
    return reads.board(connection, team, lead=lead)


def _cases(connection: Connection, ids: tuple[str, ...]) -> tuple[Case, ...]:
    return tuple(case for one in ids if (case := reads.case(connection, one)) is not None)


_STUCK_AFTER = timedelta(days=3)


def _is_listed(case: Case, what: str, whom: str, now: datetime) -> bool:
    """Stuck: an open step that nobody moved for three days, waiting and blocked ones included.

    Waiting: for a party outside; with `whom`, for that party, or for the person whose turn it is.
    """
    if what == "stuck":
        opened = [step.opened_at for step in present.open_steps(case.state)]
        return any(at is not None and now - at > _STUCK_AFTER for at in opened)
    if what == "waiting":
        turns = present.turns(case.state, case.process)
        person, party = person_in(whom), whom.lower().replace(" ", "_")
        if person is not None:
            return any(turn.person == person for turn in turns)
        return any(turn.party is not None and party in turn.party.value for turn in turns)
    return True


async def _assign(office: Office, typed: Typed) -> Reply:
    typed, target = await _find_first(office, typed)
    if target.case is None:
        return await _which(office, typed, target, (typed.words.name, *typed.words.rest))
    people = [person for person in map(person_in, typed.words.rest) if person]
    named = "_".join(word.lower() for word in typed.words.rest if person_in(word) is None).replace("-", "_")
    roles = {role.value: role for role in Role}
    near = difflib.get_close_matches(named, roles, n=1, cutoff=0.75)
    if not near or not people:
        return OpenForm(Verb.NAME, _facts(office, typed, case=target.case, subject=near[0] if near else ""))
    holder = NewHolder(person=people[0], deputy=people[1] if len(people) > 1 else None)
    assign = AssignRole(target.case.state.id, typed.person, roles[near[0]], holder)
    told = await tell(office, assign, once=typed.key)
    facts = _facts(office, typed, case=await office.desk.read(reads.case, told.state.id), subject=near[0])
    return Show(await office.words.answer("assigned", facts))


async def _check(office: Office, typed: Typed) -> Reply:
    kind = typed.words.rest[0].lower() if typed.words.rest else ""
    rest = tuple(unescaped(word) for word in typed.words.rest[1:])
    if kind == "cert":
        target = await _find(office, typed)
        return OpenForm(Verb.MATERIAL, _facts(office, typed, case=target.case))
    if kind == "webhook" and rest:
        return await _check_webhook(office, typed, rest[0])
    if kind != "dns" or not rest:
        return Show(await office.words.answer("help", _facts(office, typed, subject="check")))
    domain, value = rest[0], (" ".join(rest[1:]) or None)
    if (refusal := await _refuse_check(office, typed, domain)) is not None:
        return Show(refusal)

    async def look() -> Rendered:
        seen = await office.checks.dns(domain, value)
        return await office.words.answer("check-dns", _facts(office, typed, text=domain[:253], data=seen))

    return Later(await office.words.answer("check-started", _facts(office, typed, text=domain[:253])), look)


async def _check_webhook(office: Office, typed: Typed, address: str) -> Reply:
    """Slack sends a typed address as a link without its scheme; a webhook's is https."""
    url = address if "://" in address else f"https://{address}"
    try:
        host = urlsplit(url).hostname or address
    except ValueError:
        host = address  # the check itself says what is wrong with it
    if (refusal := await _refuse_check(office, typed, host)) is not None:
        return Show(refusal)

    async def look() -> Rendered:
        seen = await office.checks.webhook(url)
        return await office.words.answer("check-webhook", _facts(office, typed, text=host[:253], data=seen))

    return Later(await office.words.answer("check-started", _facts(office, typed, text=host[:253])), look)


async def _refuse_check(office: Office, typed: Typed, host: str) -> Rendered | None:
    """In words why this person may not have this checked, or not now."""
    if not await _may_check(office, typed, host):
        return await office.words.answer("check-not-yours", _facts(office, typed, text=host[:253]))
    if not office.checks_by_person.let_in(typed.person, office.now()):
        return await office.words.answer("check-too-many", _facts(office, typed))
    return None


async def _may_check(office: Office, typed: Typed, domain: str) -> bool:
    """Hosts of one's own onboardings; leads and Dipper admins any."""
    if typed.person in office.admins:
        return True
    wanted = domain.lower().rstrip(".")
    for row in await office.desk.read(reads.of_person, typed.team, typed.person):
        case = await office.desk.read(reads.case, row.state.id)
        if case is None:
            continue
        if typed.person in case.state.leads:
            return True
        claim = case.state.claim
        own = case.texts.get(claim.domain.id, "") if claim else ""
        if own and (wanted == own or wanted.endswith("." + own)):
            return True
    return False


async def _remind(office: Office, typed: Typed) -> Reply:
    how = typed.words.text.lower()
    if how in {"on", "off"}:
        await switch_reminders(office, typed.team, typed.person, off=how == "off", once=typed.key)
        return Show(await office.words.answer("reminders-switched", _facts(office, typed, subject=how)))
    if how:
        return Show(await office.words.answer("help", _facts(office, typed, subject="remind")))
    target = await _find(office, typed)
    if target.case is None:
        return await _which(office, typed, target, (typed.words.name, *typed.words.rest))
    step = _current(target.case)
    await tell(office, Nudge(target.case.state.id, typed.person, str(step)), once=typed.key)
    return Show(await office.words.answer("reminded", _facts(office, typed, case=target.case, subject=str(step))))


async def _snooze(office: Office, typed: Typed) -> Reply:
    typed, target = await _find_first(office, typed)
    if target.case is None:
        return await _which(office, typed, target, (typed.words.name, *typed.words.rest))
    profile = await office.directory.profile(typed.team, typed.person)
    person = PersonFacts(tz=profile.tz, nation=target.case.state.nation)
    until = snooze_end(typed.words.text, office.now(), person)
    if until is None:
        step = str(_current(target.case))
        return OpenForm(Verb.SNOOZE, _facts(office, typed, case=target.case, subject=step))
    await tell(office, Snooze(target.case.state.id, typed.person, until), once=typed.key)
    return Show(await office.words.answer("snoozed", _facts(office, typed, case=target.case, data={"until": until})))


async def _doctor(office: Office, typed: Typed) -> Reply:
    if typed.person not in office.admins:
        return Show(await office.words.answer("admins-only", _facts(office, typed)))

    async def examine() -> Rendered:
        findings = await office.doctor.examine()
        return await office.words.answer("doctor", _facts(office, typed, data={"findings": findings}))

    return Later(await office.words.answer("check-started", _facts(office, typed, text="doctor")), examine)


async def _help(office: Office, typed: Typed) -> Reply:
    topic = typed.words.rest[0].lower() if typed.words.rest else ""
    if topic and topic not in COMMANDS:
        near = difflib.get_close_matches(topic, COMMANDS, n=1)
        topic = near[0] if near else ""
    return Show(await office.words.answer("help", _facts(office, typed, subject=topic)))


COMMANDS: dict[str, Command] = {
    "": _menu,
    "start": _start,
    "status": _status,
    "mine": _mine,
    "next": _next,
    "list": _list,
    "assign": _assign,
    "check": _check,
    "remind": _remind,
    "snooze": _snooze,
    "doctor": _doctor,
    "help": _help,
}


_HOURS = re.compile(r"(\d{1,3})h(?:ours?)?")


def snooze_end(text: str, now: datetime, person: PersonFacts) -> datetime | None:
    """The end of a snooze from "1 h", "tomorrow" or a date (2026-11-24); None where the text is none of these."""
    words = text.lower().replace("until", " ").split()
    if not words:
        return None
    hours = _HOURS.fullmatch("".join(words))
    if hours:
        return now + timedelta(hours=int(hours[1]))
    if words[0] == "tomorrow":
        return until_day(now.astimezone(zone(person.tz)).date() + timedelta(days=1), person)
    try:
        day = date.fromisoformat(words[0])
    except ValueError:
        return None
    return until_day(day, person)


def _current(case: Case) -> int:
    open_steps = present.open_steps(case.state)
    return open_steps[-1].number if open_steps else 8


async def _find(office: Office, typed: Typed, words: str = "") -> Target:
    if typed.chosen:
        return Target(case=await visible_case(office, typed.person, typed.chosen, typed.channel))
    return await find(office, typed.team, typed.person, typed.channel, typed.thread, words)


_SHORT_ID = re.compile(r"[A-Z0-9]{2}-[0-9A-Z]{4}", re.IGNORECASE)


async def _find_first(office: Office, typed: Typed) -> tuple[Typed, Target]:
    """The onboarding whose short id stands before the rest of what was typed, else as `_find`; and that rest."""
    first, *rest = typed.words.rest or ("",)
    if not _SHORT_ID.fullmatch(first):
        return typed, await _find(office, typed)
    return replace(typed, words=Words(typed.words.name, tuple(rest))), await _find(office, typed, first)


async def _about(office: Office, typed: Typed, target: Target, answer: str) -> Reply:
    """The rest of what was typed named the onboarding, so it is no part of what is done for a chosen one."""
    if target.case is not None:
        return Show(await office.words.answer(answer, _facts(office, typed, case=target.case)))
    return await _which(office, typed, target, (typed.words.name,))


async def _which(office: Office, typed: Typed, target: Target, command: tuple[str, ...]) -> Reply:
    """Several to choose from, each with a button that carries out this command for it; or none."""
    name = "not-found" if target.text else ("which" if target.choices else "none-here")
    facts = _facts(office, typed, named=target.choices, text=target.text[:80], subject=" ".join(command))
    return Show(await office.words.answer(name, facts))


def _facts(office: Office, typed: Typed, **more: object) -> Facts:
    more.setdefault("channel", typed.channel)
    return office.facts(typed.team, typed.person, thread=typed.thread or "", **more)
