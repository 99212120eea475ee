"""Brings a database's tables to this version of Dipper, and says when they do not fit.

Alembic is imported only where they do not: most starts find the tables as they should be.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from engine.store.dialects import Database, lock_for_upgrade, trouble_of
from engine.store.errors import WrongDatabase

NEWEST = "0002"
"""The last of the migrations, which leaves the tables as `tables` has them."""


class Fit(StrEnum):
    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Version:
    """`found` is the revision of the database's tables, None where there are none; `wanted` is this code's."""

    fit: Fit
    found: str | None
    wanted: str


def version(database: Database) -> Version:
    """How the database's tables relate to this code. Raises Unavailable."""
    if not database.is_there:
        return Version(Fit.EMPTY, None, NEWEST)
    try:
        with database.reader.connect() as connection:
            return _version(connection)
    except DBAPIError as error:
        raise trouble_of(error) or error from error


def upgrade(database: Database) -> Version:
    """Bring the tables to this code's revision, in one transaction; return what was there before.

    Raises WrongDatabase if they are newer, Unavailable if the database cannot be written.
    """
    database.make_folder()
    try:
        with database.writer.begin() as connection:
            lock_for_upgrade(connection)
            before = _version(connection)
            if before.fit is Fit.NEWER:
                raise WrongDatabase(_newer(database, before))
            if before.fit is not Fit.CURRENT:
                _migrations().migrate(connection)
            return before
    except DBAPIError as error:
        raise trouble_of(error) or error from error


def require_current(database: Database) -> None:
    """Raises WrongDatabase, with what to do, unless the tables are this code's."""
    seen = version(database)
    if seen.fit is Fit.NEWER:
        raise WrongDatabase(_newer(database, seen))
    if seen.fit is not Fit.CURRENT:
        state = f"is older than this Dipper (its tables are {seen.found})"
        if seen.fit is Fit.EMPTY:
            state = "has no tables yet" if database.is_there else "is not there yet"
        raise WrongDatabase(f"The database {database.name} {state}. Run `dipper db upgrade`; it keeps what is there.")


def _newer(database: Database, seen: Version) -> str:
    return (
        f"The database {database.name} was written by a newer Dipper (its tables are {seen.found}, this one knows up "
        f"to {seen.wanted}). Run the newer Dipper, or restore a copy made before its upgrade; nothing was changed."
    )


def _version(connection: Connection) -> Version:
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        return Version(Fit.EMPTY, None, NEWEST)
    if found == NEWEST:
        return Version(Fit.CURRENT, found, NEWEST)
    return Version(Fit.OLDER if found in _migrations().revisions() else Fit.NEWER, found, NEWEST)


def _migrations() -> ModuleType:
    from engine.store import migrating  # noqa: PLC0415 -- Alembic takes long to import, and most starts do without

    return migrating
