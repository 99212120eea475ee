"""What is removed on request or when its time is over. The chain of events stays provable: only texts beside it go.

What goes: the bodies of texts, reports and files. What stays: events with Slack ids, dates and digests, the last of them
saying what was removed, when and by whom.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, update

from engine.onboarding.events import ContentRemoved
from engine.onboarding.evolve import evolve
from engine.store.names import name_key, number_key, storable
from engine.store.tables import checks, companies, files, journal, onboardings, outbox, people, preferences, texts
from engine.store.texts import OUTSIDE_FIELDS, PERSONAL_FIELDS
from engine.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was removed: `texts` are fields of the record, `reports` what checks saw and the files they were about."""

    texts: int
    reports: int


def erase_person(transaction: Transaction, person: str, *, by: str, now: datetime) -> Erased:
    """Remove what a person wrote in their own words and all that Slack or they told us of them.

    `person` is a Slack id, or the name, address or number by which somebody outside Slack was entered, exactly as it was.
    """
    transaction.flush()
    transaction.connection.execute(delete(people).where(people.c.id == person))
    transaction.connection.execute(delete(preferences).where(preferences.c.person == person))
    wrote = (texts.c.by == person) & texts.c.field.in_(PERSONAL_FIELDS)
    named = texts.c.field.in_(OUTSIDE_FIELDS) & (texts.c.body == storable(person))
    kept = select(texts.c.onboarding).where(or_(wrote, named), texts.c.body.is_not(None)).distinct()
    found = list(transaction.connection.execute(kept.order_by(texts.c.onboarding)).scalars())
    return _sum(_erase(transaction, one, "person", by, now, or_(wrote, named), whole=False) for one in found)


def erase_onboarding(
    transaction: Transaction, onboarding: str, *, by: str, now: datetime, what: str = "onboarding"
) -> Erased:
    """Remove every text, report and file of an onboarding. `what` is recorded: on request, or `retention`."""
    transaction.flush()
    return _erase(transaction, onboarding, what, by, now)


def erase_company(transaction: Transaction, company: str, *, by: str, now: datetime) -> Erased:
    """Remove every text, report and file of all the company's onboardings, and the names by which it was found."""
    transaction.flush()
    connection = transaction.connection
    ids = list(connection.execute(select(onboardings.c.id).where(onboardings.c.company == company)).scalars())
    connection.execute(update(companies).where(companies.c.id == company).values(name_key=None, number_key=None))
    return _sum([_erase(transaction, one, "company", by, now) for one in sorted(ids)])


def companies_named(connection: Connection, text: str, *, team: str | None = None) -> tuple[str, ...]:
    """The ids of the companies with this id, number, name, or an onboarding of this short id."""
    of = select(onboardings.c.company).where(onboardings.c.short_id == text.strip().upper())
    query = select(companies.c.id).where(
        or_(
            companies.c.id == text,
            companies.c.number_key == number_key(text),
            companies.c.name_key == name_key(text),
            companies.c.id.in_(of),
        ),
    )
    if team is not None:
        query = query.where(companies.c.team == team)
    return tuple(connection.execute(query.order_by(companies.c.id)).scalars())


def onboardings_named(connection: Connection, text: str, *, team: str | None = None) -> tuple[str, ...]:
    """The ids of the onboardings with this id or short id."""
    same = (onboardings.c.id == text) | (onboardings.c.short_id == text.strip().upper())
    query = select(onboardings.c.id).where(same)
    if team is not None:
        query = query.where(onboardings.c.team == team)
    return tuple(connection.execute(query.order_by(onboardings.c.id)).scalars())


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much is stored, by kind."""

    onboardings: int
    events: int
    texts: int
    erased_texts: int
    reports: int
    files: int
    people: int
    messages: int


def holdings(connection: Connection) -> Holdings:
    return Holdings(
        onboardings=_count(connection, onboardings),
        events=_count(connection, journal),
        texts=_count(connection, texts, texts.c.body.is_not(None)),
        erased_texts=_count(connection, texts, texts.c.body.is_(None)),
        reports=_count(connection, checks),
        files=_count(connection, files),
        people=_count(connection, people),
        messages=_count(connection, outbox),
    )


def _count(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def _sum(parts: Iterable[Erased]) -> Erased:
    each = list(parts)
    return Erased(sum(one.texts for one in each), sum(one.reports for one in each))


def _erase(
    transaction: Transaction,
    onboarding: str,
    what: str,
    by: str,
    now: datetime,
    which: ColumnElement[bool] | None = None,
    *,
    whole: bool = True,
) -> Erased:
    """Blank bodies of one onboarding and say so in its chain; `whole`: reports, files and its name in lists go too.

    The salt goes with the body, so that nobody can try names against the digest.
    """
    loaded = transaction.load(onboarding)
    if loaded is None:
        return Erased(0, 0)
    connection = transaction.connection
    blanked = texts.c.onboarding == onboarding, texts.c.body.is_not(None), *(() if which is None else (which,))
    ids = tuple(connection.execute(select(texts.c.id).where(*blanked).order_by(texts.c.id)).scalars())
    connection.execute(update(texts).where(*blanked).values(body=None, salt=b""))
    reports = sum(_empty(connection, table, onboarding) for table in (checks, files)) if whole else 0
    if ids or reports:
        at = max(now, loaded.state.last_at or now)
        event = ContentRemoved(at, by, what, ids, reports)
        name_key = None if whole else loaded.name_key
        transaction.append(loaded, evolve(loaded.state, event), [event], name_key)
        transaction.flush()
    return Erased(len(ids), reports)


def _empty(connection: Connection, table: Table, onboarding: str) -> int:
    gone = update(table).where(table.c.onboarding == onboarding, table.c.body.is_not(None)).values(body=None)
    return connection.execute(gone).rowcount
