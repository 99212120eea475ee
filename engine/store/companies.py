"""Which company an onboarding belongs to: the workspace and its number, else its name as it is compared."""

from sqlalchemy import Connection, select, update

from engine.onboarding.codec import restore
from engine.onboarding.state import Onboarding
from engine.process.model import Environment
from engine.store.dialects import insert_new
from engine.store.names import name_key, number_key
from engine.store.tables import companies, onboardings


def find_company(connection: Connection, team: str, name: str, number: str | None) -> str | None:
    """The id of the company with this number, else of one with this name and no other number; None if it is new."""
    ours = companies.c.team == team
    if number:
        query = select(companies.c.id).where(ours, companies.c.number_key == number_key(number))
        if (found := connection.execute(query).scalar()) is not None:
            return str(found)
    query = select(companies.c.id).where(ours, companies.c.name_key == name_key(name))
    if number:
        query = query.where(companies.c.number_key.is_(None))
    found = connection.execute(query.order_by(companies.c.id).limit(1)).scalar()
    return None if found is None else str(found)


def keep_company(connection: Connection, company: str, team: str, name: str | None, number: str | None) -> None:
    """Make the company, or set by what it is found; a number that another company of the team has is left there."""
    connection.execute(insert_new(connection, companies), {"id": company, "team": team})
    changes = {} if name is None else {"name_key": name_key(name)}
    if number:
        key = number_key(number)
        taken = select(companies.c.id).where(
            companies.c.team == team, companies.c.number_key == key, companies.c.id != company
        )
        if connection.execute(taken).first() is None:
            changes["number_key"] = key
    if changes:
        connection.execute(update(companies).where(companies.c.id == company).values(**changes))


def open_onboardings(connection: Connection, company: str) -> dict[Environment, str]:
    """The short id of the company's open onboarding in each environment."""
    query = select(onboardings.c.environment, onboardings.c.short_id).where(
        onboardings.c.company == company, onboardings.c.is_open
    )
    return {Environment(row.environment): row.short_id for row in connection.execute(query)}


def uit_track(connection: Connection, company: str) -> Onboarding | None:
    """The company's latest onboarding in UIT that was not closed without an end."""
    query = (
        select(onboardings.c.snapshot)
        .where(
            onboardings.c.company == company,
            onboardings.c.environment == Environment.UIT.value,
            onboardings.c.life != "closed",
        )
        .order_by(onboardings.c.started_at.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return None if found is None else restore(found)
