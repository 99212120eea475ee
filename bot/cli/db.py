"""`dipper db`: the database's tables and copies."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.dialects import Database

app = typer.Typer(
    help="The database: bring it up to date, look at its version, make its copies anew.", no_args_is_help=True
)


@app.command()
def upgrade() -> None:
    """Bring the database up to this version of Dipper. Makes it if there is none; a newer one is refused.

    Copy the database first (for SQLite its file, while Dipper is stopped): there is no way back.
    """
    from engine.store import schema

    with database() as opened:
        before = schema.upgrade(opened)
        if before.fit is schema.Fit.CURRENT:
            typer.echo(f"{opened.name} is up to date (tables {before.wanted}).")
        else:
            typer.echo(f"{opened.name}: tables brought from {before.found or 'nothing'} to {before.wanted}.")


@app.command()
def version() -> None:
    """Say which tables the database has and which this Dipper wants. Exit code 1 if they differ."""
    from engine.store import schema

    with database() as opened:
        seen = schema.version(opened)
        typer.echo(f"{opened.name}: tables {seen.found or 'none'}, this Dipper wants {seen.wanted}: {seen.fit.value}.")
        if seen.fit is not schema.Fit.CURRENT:
            raise typer.Exit(1)


@app.command()
def rebuild() -> None:
    """Make states, lists and due work anew from the record of events. Run it while Dipper is stopped.

    Needed only if `dipper audit verify` finds a state that does not follow from its events.
    """
    from bot.clock import system_clock
    from engine.onboarding.codec import Unreadable
    from engine.store import schema
    from engine.store.rebuild import rebuild as rebuild_all

    with database() as opened:
        schema.require_current(opened)
        try:
            with opened.writer.begin() as connection:
                count = rebuild_all(connection, system_clock())
        except (Unreadable, LookupError) as error:
            fail(f"Nothing was changed: {error}. `dipper audit verify` says where.", code=1)
        typer.echo(f"Made {count} onboarding{'' if count == 1 else 's'} anew from their events.")


@contextmanager
def database() -> Iterator[Database]:
    """The database of the settings. What cannot be used ends the command with the reason: exit code 2."""
    import os
    from pathlib import Path

    from sqlalchemy.exc import DBAPIError

    from bot.settings import SettingsError, load_settings
    from engine.store.dialects import open_database, trouble_of
    from engine.store.errors import BadAddress, Unavailable, WrongDatabase

    try:
        settings = load_settings(os.environ, Path.cwd())
        opened = open_database(settings.database.url.get_secret_value())
    except (SettingsError, BadAddress) as error:
        fail(str(error))
    try:
        yield opened
    except (WrongDatabase, Unavailable) as error:
        fail(str(error))
    except DBAPIError as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        fail(str(trouble))
    finally:
        opened.close()


def fail(why: str, *, code: int = 2) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(code)
