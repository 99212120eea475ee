"""Lists over several onboardings: what waits for the asker, and what a lead leads."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.onboarding import now as present
from engine.store import reads
from engine.store.reads import BoardRow, Case
from handlers.parse import Typed, person_in, unescaped
from handlers.ports import Facts, Office, Rendered
from handlers.replies import Reply, Show, facts_of


async def mine_typed(office: Office, typed: Typed) -> Reply:
    return Show(await mine(office, facts_of(office, typed)))


async def mine(office: Office, facts: Facts) -> Rendered:
    """The asker's pending work over all onboardings, oldest first."""
    rows = await office.desk.read(reads.of_person, facts.team, facts.person)
    cases = [await office.desk.read(reads.case, row.state.id) for row in rows]
    return await office.words.answer("mine", replace(facts, cases=tuple(case for case in cases if case is not None)))


async def list_typed(office: Office, typed: Typed) -> Reply:
    """`csv` behind what is to be listed sends it by direct message: that holds any number, and can be copied."""
    rest, as_csv = typed.words.rest, typed.words.rest[-1:] in {("csv",), ("CSV",)}
    rest = rest[:-1] if as_csv else rest
    what = rest[0].lower() if rest else "mine"
    if what not in {"mine", "stuck", "all", "waiting"}:
        return Show(await office.words.answer("help", facts_of(office, typed, subject="list")))
    whom = " ".join(rest[1:]) if what == "waiting" else ""
    if what == "mine":
        rows = await office.desk.read(reads.of_person, typed.team, typed.person)
    else:
        rows = await office.desk.read(_led_by, typed.team, typed.person)
    cases = await office.desk.read(_cases, tuple(row.state.id for row in rows))
    cases = tuple(case for case in cases if _is_listed(case, what, whom, office.now()))
    if (person := person_in(whom)) is not None:
        whom = (await office.directory.profile(typed.team, person)).name
    facts = facts_of(office, typed, cases=cases, subject=what, text=unescaped(whom)[:80])
    if not as_csv or not cases:
        return Show(await office.words.answer("list", facts))
    office.errands.run("send a list as CSV", _send_csv(office, facts))
    return Show(await office.words.answer("list-csv-sent", facts))


async def _send_csv(office: Office, facts: Facts) -> None:
    """As a file where the app may send one, else as text to copy."""
    csv = await office.words.list_csv(facts)
    if await office.slack.send_file(facts.person, csv.name, csv.text, csv.about):
        return
    for message in csv.messages:
        await office.slack.tell_privately(facts.person, message)


_SOON_DAYS, _MOST_DAYS = 60, 3650


async def expiring_typed(office: Office, typed: Typed) -> Reply:
    """What ends in the asker's onboardings within so many days, the finished ones included."""
    asked = typed.words.rest[0] if typed.words.rest else str(_SOON_DAYS)
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked) <= _MOST_DAYS):
        return Show(await office.words.answer("help", facts_of(office, typed, subject="expiring")))
    rows = await office.desk.read(reads.of_person, typed.team, typed.person)
    before = office.now() + timedelta(days=int(asked))
    ids = tuple(row.state.id for row in rows if any(at <= before for at in present.ending(row.state).values()))
    cases = await office.desk.read(_cases, ids)
    facts = facts_of(office, typed, cases=cases, subject=asked, data={"before": before})
    return Show(await office.words.answer("expiring", facts))


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
