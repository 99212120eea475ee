"""Makes every copy anew from the journal: states and their columns, people, companies and due work."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from engine.onboarding.codec import decode
from engine.onboarding.evolve import replay
from engine.onboarding.state import Onboarding
from engine.reminders.plan import plan
from engine.store import duework, people
from engine.store.columns import columns_of, people_of
from engine.store.companies import keep_company
from engine.store.names import name_key
from engine.store.processes import stored_process
from engine.store.tables import companies, due, journal, members, onboardings
from engine.store.texts import body_of


def rebuild(connection: Connection, now: datetime, tell: Callable[[int], None] | None = None) -> int:
    """Replace all copies in this transaction; returns how many onboardings there are. `tell` hears of each.

    Raises Unreadable if an event cannot be read; then nothing is changed. Run it while the bot is stopped.
    """
    for table in (members, companies, onboardings):
        connection.execute(delete(table))
    connection.execute(delete(due).where(due.c.onboarding != duework.NO_ONBOARDING))
    ids = list(connection.execute(select(journal.c.onboarding).distinct().order_by(journal.c.onboarding)).scalars())
    for done, onboarding in enumerate(ids, 1):
        rows = connection.execute(
            select(journal).where(journal.c.onboarding == onboarding).order_by(journal.c.number)
        ).all()
        state = replay(decode(row.type, row.version, row.data.encode()) for row in rows)
        _write(connection, state, rows[-1].link, now)
        if tell is not None:
            tell(done)
    return len(ids)


def _write(connection: Connection, state: Onboarding, head: str, now: datetime) -> None:
    name = body_of(connection, state.name)
    keep_company(connection, state.company, state.team, name, body_of(connection, state.number))
    connection.execute(onboardings.insert(), columns_of(state, head, None if name is None else name_key(name)))
    involved = people_of(state)
    connection.execute(
        members.insert(),
        [{"onboarding": state.id, "person": person, "leads": leads} for person, leads in involved.items()],
    )
    process = stored_process(connection, state.process)
    facts = people.facts(state, involved, people.known(connection, state.team, involved))
    duework.replace(connection, {state.id: plan(state, process, facts, now)})
