"""What is removed on request or when its time is over. The chain of events stays provable: only texts beside it go.

What goes: the bodies of texts, reports and files. What stays: events with Slack ids, dates and digests, and who removed
what.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, update

from engine.store.names import name_key, number_key, storable
from engine.store.tables import (
    checks,
    companies,
    erasures,
    files,
    journal,
    onboardings,
    outbox,
    people,
    preferences,
    texts,
)
from engine.store.texts import OUTSIDE_FIELDS, PERSONAL_FIELDS


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was removed: `texts` are fields of the record, `reports` what checks saw and the files they were about."""

    texts: int
    reports: int


def erase_person(connection: Connection, person: str, *, by: str, now: datetime) -> Erased:
    """Remove what a person wrote in their own words and all that Slack or they told us of them.

    `person` is a Slack id, or the name, address or number by which somebody outside Slack was entered, exactly as it was.
    """
    connection.execute(delete(people).where(people.c.id == person))
    connection.execute(delete(preferences).where(preferences.c.person == person))
    wrote = (texts.c.by == person) & texts.c.field.in_(PERSONAL_FIELDS)
    named = texts.c.field.in_(OUTSIDE_FIELDS) & (texts.c.body == storable(person))
    removed = _blank(connection, or_(wrote, named), by, now)
    subject = person if person[:1] in ("U", "W") and person.isalnum() and person.isupper() else "somebody outside Slack"
    _record(connection, "person", subject, by, now, removed)
    return Erased(removed, 0)


def erase_onboarding(
    connection: Connection, onboarding: str, *, by: str, now: datetime, what: str = "onboarding"
) -> Erased:
    """Remove every text, report and file of an onboarding. `what` is recorded: on request, or `retention`."""
    erased = _erase_all(connection, [onboarding], by, now)
    _record(connection, what, onboarding, by, now, erased.texts + erased.reports)
    return erased


def erase_company(connection: Connection, company: str, *, by: str, now: datetime) -> Erased:
    """Remove every text, report and file of all the company's onboardings, and the names by which it was found."""
    ids = list(connection.execute(select(onboardings.c.id).where(onboardings.c.company == company)).scalars())
    erased = _erase_all(connection, ids, by, now)
    connection.execute(update(companies).where(companies.c.id == company).values(name_key=None, number_key=None))
    _record(connection, "company", company, by, now, erased.texts + erased.reports)
    return erased


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


def _erase_all(connection: Connection, ids: list[str], by: str, now: datetime) -> Erased:
    removed = _blank(connection, texts.c.onboarding.in_(ids), by, now)
    reports = 0
    for table in (checks, files):
        gone = update(table).where(table.c.onboarding.in_(ids), table.c.body.is_not(None)).values(body=None)
        reports += connection.execute(gone).rowcount
    connection.execute(update(onboardings).where(onboardings.c.id.in_(ids)).values(name_key=None))
    return Erased(removed, reports)


def _blank(connection: Connection, which: ColumnElement[bool], by: str, now: datetime) -> int:
    """Blank bodies; the salt goes too, so that nobody can try names against the digest."""
    values = {"body": None, "salt": b"", "erased_at": now, "erased_by": by}
    return connection.execute(update(texts).where(which, texts.c.body.is_not(None)).values(**values)).rowcount


def _record(connection: Connection, what: str, subject: str, by: str, now: datetime, removed: int) -> None:
    row = {"what": what, "subject": subject, "at": now, "by": by, "removed": removed}
    connection.execute(erasures.insert(), row)
