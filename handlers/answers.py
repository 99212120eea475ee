"""What `/dip …` and `@dipper …` answer: one function a command, the same for both surfaces.

A function gives back something to show to the asker alone, or a form to open. What changes anything goes to the desk
first.
"""

import difflib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from engine.onboarding.commands import AssignRole, NewHolder
from engine.onboarding.outcome import Refused
from engine.process.model import Role
from engine.store import reads
from handlers import handing_over
from handlers.deadline import tell
from handlers.exporting import export_typed
from handlers.ids import Verb
from handlers.listing import expiring_typed, list_typed, mine_typed
from handlers.members import gets_forms
from handlers.parse import Typed, channel_in, person_in, unescaped
from handlers.ports import Office, Rendered
from handlers.reminding import remind, snooze
from handlers.replies import Later, OpenForm, Reply, Show, about, facts_of, find_first, find_meant, which

Command = Callable[[Office, Typed], Awaitable[Reply]]


async def reply_to(office: Office, typed: Typed) -> Reply:
    """The answer to a typed command. A refusal of the desk becomes its words; other errors pass through."""
    command = COMMANDS.get(typed.words.name)
    if command is None:
        near = difflib.get_close_matches(typed.words.name, COMMANDS, n=1)
        facts = facts_of(office, typed, text=unescaped(typed.words.name)[:80], subject=near[0] if near else "")
        return Show(await office.words.answer("unknown-command", facts))
    try:
        reply = await command(office, typed)
    except Refused as refused:
        about = (await find_meant(office, typed)).case
        return Show(await office.words.refusal(refused, facts_of(office, typed, case=about)))
    if isinstance(reply, OpenForm) and not await gets_forms(office, typed.team, typed.person):
        return Show(await office.words.answer("plain-buttons", reply.facts))
    return reply


async def _menu(office: Office, typed: Typed) -> Reply:
    target = await find_meant(office, typed)
    facts = facts_of(office, typed, case=target.case, named=target.choices)
    return Show(await office.words.answer("menu", facts))


async def _start(office: Office, typed: Typed) -> Reply:
    channel = (channel_in(typed.words.rest[0]) if typed.words.rest else None) or typed.channel
    return OpenForm(Verb.START, facts_of(office, typed, channel=channel, text=unescaped(typed.words.text)))


async def _import(office: Office, typed: Typed) -> Reply:
    return OpenForm(Verb.IMPORT, facts_of(office, typed))


async def _status(office: Office, typed: Typed) -> Reply:
    target = await find_meant(office, typed, unescaped(typed.words.text))
    return await about(office, typed, target, "status")


async def _next(office: Office, typed: Typed) -> Reply:
    target = await find_meant(office, typed, unescaped(typed.words.text))
    return await about(office, typed, target, "next")


async def _assign(office: Office, typed: Typed) -> Reply:
    typed, target = await find_first(office, typed)
    if target.case is None:
        return await which(office, typed, target, (typed.words.name, *typed.words.rest))
    people = [person for person in map(person_in, typed.words.rest) if person]
    named = "_".join(word.lower() for word in typed.words.rest if person_in(word) is None).replace("-", "_")
    roles = {role.value: role for role in Role}
    near = difflib.get_close_matches(named, roles, n=1, cutoff=0.75)
    if not near or not people:
        return OpenForm(Verb.NAME, facts_of(office, typed, case=target.case, subject=near[0] if near else ""))
    holder = NewHolder(person=people[0], deputy=people[1] if len(people) > 1 else None)
    assign = AssignRole(target.case.state.id, typed.person, roles[near[0]], holder)
    told = await tell(office, assign, once=typed.key)
    facts = facts_of(office, typed, case=await office.desk.read(reads.case, told.state.id), subject=near[0])
    return Show(await office.words.answer("assigned", facts))


async def _check(office: Office, typed: Typed) -> Reply:
    kind = typed.words.rest[0].lower() if typed.words.rest else ""
    rest = tuple(unescaped(word) for word in typed.words.rest[1:])
    if kind == "cert":
        target = await find_meant(office, typed)
        return OpenForm(Verb.MATERIAL, facts_of(office, typed, case=target.case))
    if kind == "webhook" and rest:
        return await _check_webhook(office, typed, rest[0])
    if kind != "dns" or not rest:
        return Show(await office.words.answer("help", facts_of(office, typed, subject="check")))
    domain, value = rest[0], (" ".join(rest[1:]) or None)
    if (refusal := await _refuse_check(office, typed, domain)) is not None:
        return Show(refusal)

    async def look() -> Rendered:
        seen = await office.checks.dns(domain, value)
        return await office.words.answer("check-dns", facts_of(office, typed, text=domain[:253], data=seen))

    return Later(await office.words.answer("check-started", facts_of(office, typed, text=domain[:253])), look)


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
        return await office.words.answer("check-webhook", facts_of(office, typed, text=host[:253], data=seen))

    return Later(await office.words.answer("check-started", facts_of(office, typed, text=host[:253])), look)


async def _refuse_check(office: Office, typed: Typed, host: str) -> Rendered | None:
    """In words why this person may not have this checked, or not now."""
    if not await _may_check(office, typed, host):
        return await office.words.answer("check-not-yours", facts_of(office, typed, text=host[:253]))
    if not office.checks_by_person.let_in(typed.person, office.now()):
        return await office.words.answer("check-too-many", facts_of(office, typed))
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


async def _doctor(office: Office, typed: Typed) -> Reply:
    if typed.person not in office.admins:
        return Show(await office.words.answer("admins-only", facts_of(office, typed)))

    async def examine() -> Rendered:
        findings = await office.doctor.examine()
        return await office.words.answer("doctor", facts_of(office, typed, data={"findings": findings}))

    return Later(await office.words.answer("check-started", facts_of(office, typed, text="doctor")), examine)


async def _privacy(office: Office, typed: Typed) -> Reply:
    return Show(await office.words.answer("privacy", facts_of(office, typed)))


async def _help(office: Office, typed: Typed) -> Reply:
    topic = typed.words.rest[0].lower() if typed.words.rest else ""
    if topic and topic not in COMMANDS:
        near = difflib.get_close_matches(topic, COMMANDS, n=1)
        topic = near[0] if near else ""
    return Show(await office.words.answer("help", facts_of(office, typed, subject=topic)))


COMMANDS: dict[str, Command] = {
    "": _menu,
    "start": _start,
    "import": _import,
    "handover": handing_over.typed,
    "status": _status,
    "mine": mine_typed,
    "next": _next,
    "list": list_typed,
    "expiring": expiring_typed,
    "assign": _assign,
    "check": _check,
    "remind": remind,
    "snooze": snooze,
    "export": export_typed,
    "privacy": _privacy,
    "doctor": _doctor,
    "help": _help,
}
