"""The only file that knows SQLite from PostgreSQL: how to open them, insert or leave alone, what their errors mean.

What only one of them needs is imported when it is used: PostgreSQL's driver alone takes as long as half of the start.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Select, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.sql.dml import Insert, UpdateBase

from engine.store.errors import BadAddress, Trouble, Unavailable
from engine.store.tables import microseconds

BUSY_SECONDS = 2.0
"""How long a write waits for another program's lock: less than the 2.5 s in which a click must be answered."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database with an engine for the one writer and one for readers. `repr` hides the password."""

    url: URL
    writer: Engine
    reader: Engine

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The address without its password, and without its options, which may hold it too."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    @property
    def is_there(self) -> bool:
        """Whether there is an SQLite file. Merely to look would make one, which others on this machine could read."""
        return not (self.is_sqlite and self.url.database) or Path(self.url.database).exists()

    def make_folder(self) -> None:
        """Make an SQLite file and its folder, for this user alone, if they are not there. Raises Unavailable."""
        if not (self.is_sqlite and self.url.database):
            return
        file = Path(self.url.database).absolute()
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
        except OSError as error:
            raise Unavailable(Trouble.AWAY, f"{file} cannot be made: {error.strerror}") from error

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def open_database(address: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Prepare the engines; connects to nothing yet. Raises BadAddress."""
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        return Database(url, _sqlite(url, busy_seconds, writes=True), _sqlite(url, busy_seconds, writes=False))
    return Database(url, _postgres(url, busy_seconds, writes=True), _postgres(url, busy_seconds, writes=False))


def _url(address: str) -> URL:
    try:
        url = make_url(address)
        backend = url.get_backend_name()
        if backend in ("postgresql", "postgres"):
            return url.set(drivername="postgresql+psycopg")
        if backend == "sqlite":
            if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
                raise BadAddress("the SQLite database needs a file, such as sqlite:///dipper.db")
            return url.set(drivername="sqlite+pysqlite")
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadAddress("the database's address is not of the form sqlite:///FILE or postgresql://...") from error
    raise BadAddress(f"no support for {backend}: use sqlite:///FILE or postgresql://USER@HOST/NAME")


def _sqlite(url: URL, busy_seconds: float, *, writes: bool) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": busy_seconds, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's "begin" below starts each transaction, not the driver
        cursor = connection.cursor()
        if writes:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA temp_store=MEMORY")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres(url: URL, busy_seconds: float, *, writes: bool) -> Engine:
    milliseconds = int(busy_seconds * 1000)
    options = f"-c lock_timeout={milliseconds} -c timezone=UTC"
    if not writes:
        options += " -c default_transaction_read_only=on"
    arguments: dict[str, Any] = {"options": options, "application_name": "dipper"}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = max(2, round(busy_seconds))
    # A reader's several questions are to see one moment; a writer must see what another process has just committed.
    isolation: Any = "READ COMMITTED" if writes else "REPEATABLE READ"
    return create_engine(
        url, hide_parameters=True, connect_args=arguments, pool_pre_ping=not writes, isolation_level=isolation
    )


def write(connection: Connection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement of those that nearly every click runs, for all rows together; they all hold the same columns.

    The statement must be one that is kept, since its text is made once: to build it each time, and to look for what each value's
    type wants, takes several times as long as the database does.
    """
    text, places = _text(connection.dialect, statement, tuple(rows[0]))
    plain = [{name: _as_kept(value) for name, value in row.items()} for row in rows]
    if places is None:
        connection.exec_driver_sql(text, plain)
    else:
        connection.exec_driver_sql(text, [tuple(map(row.__getitem__, places)) for row in plain])


@lru_cache(maxsize=64)
def _text(dialect: Dialect, statement: UpdateBase, names: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
    """The SQL of a statement, and the names of its parameters in their order where the driver goes by that."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup) if compiled.positional else None


def _as_kept(value: Any) -> Any:
    return microseconds(value) if isinstance(value, datetime) else value


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves a row alone that is already there."""
    return _insert_new(connection.dialect.name, table)


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    new: Insert = _insert(dialect, table).on_conflict_do_nothing()
    return new


def insert_or_replace(connection: Connection, table: Table, *keep: str) -> Insert:
    """An insert that overwrites a row with the same primary key, but for the columns in `keep`."""
    return _insert_or_replace(connection.dialect.name, table, keep)


@cache
def _insert_or_replace(dialect: str, table: Table, keep: tuple[str, ...]) -> Insert:
    key = [column.name for column in table.primary_key]
    left = {*key, *keep}
    new = _insert(dialect, table)
    replacing: Insert = new.on_conflict_do_update(
        index_elements=key, set_={c.name: new.excluded[c.name] for c in table.c if c.name not in left}
    )
    return replacing


def _insert(dialect: str, table: Table) -> Any:
    """The insert of this database: what it does about a conflict is written alike for both."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def for_claiming(connection: Connection, select: Select[Any]) -> Select[Any]:
    """Lock the rows found, passing over those that another process is claiming. SQLite has only one writer anyway."""
    return select if connection.dialect.name == "sqlite" else select.with_for_update(skip_locked=True)


def lock_for_upgrade(connection: Connection) -> None:
    """Let one process at a time change the tables. SQLite's BEGIN IMMEDIATE does it already."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7391650218)")


def transaction_id(connection: Connection) -> str | None:
    """What to ask `was_committed` for if the answer to a commit is lost; None where a commit has always an answer."""
    if connection.dialect.name == "sqlite":
        return None
    return str(connection.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar() or "") or None


def was_committed(connection: Connection, id_: str) -> bool:
    """Whether the server committed the transaction, asked over another connection. Waits up to 2 s while it is under way."""
    for _ in range(40):
        status = connection.exec_driver_sql("SELECT pg_xact_status(%s::text::xid8)", (id_,)).scalar()
        if status != "in progress":
            break
        connection.exec_driver_sql("SELECT pg_sleep(0.05)")
    return status == "committed"


_SQLITE_TROUBLE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}

_SQLSTATE_TROUBLE: Sequence[tuple[str, Trouble]] = (
    ("53100", Trouble.FULL),
    ("53", Trouble.AWAY),  # too many connections, out of memory
    ("55P03", Trouble.BUSY),  # lock_timeout
    ("25006", Trouble.READ_ONLY),
    ("08", Trouble.AWAY),
    ("57P", Trouble.AWAY),  # shut down, starting up
    ("XX001", Trouble.DAMAGED),
    ("XX002", Trouble.DAMAGED),
)


def trouble_of(error: BaseException) -> Unavailable | None:
    """The database's own trouble behind an error, or None if the error is about what was asked of it."""
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        trouble = None if code is None else _SQLITE_TROUBLE.get(code & 0xFF)
        return None if trouble is None else Unavailable(trouble, cause.sqlite_errorname)
    state = _sqlstate(error)
    for prefix, trouble in _SQLSTATE_TROUBLE:
        if state.startswith(prefix):
            return Unavailable(trouble, f"SQLSTATE {state}")
    if error.connection_invalidated or (isinstance(error, OperationalError) and not state):
        return Unavailable(Trouble.AWAY, type(cause).__name__)
    return None


def _sqlstate(error: BaseException) -> str:
    """What PostgreSQL says of an error, as psycopg hands it on; empty if it said nothing."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def is_race(error: BaseException) -> bool:
    """Whether another process wrote the same rows in between, so that a second try may well go through."""
    if isinstance(error, IntegrityError):
        return True
    return _sqlstate(error) in ("40001", "40P01")
