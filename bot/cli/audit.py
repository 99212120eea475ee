"""`dipper audit`: prove that the record is whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.db import database, fail

if TYPE_CHECKING:
    from engine.store.audit import Proof

app = typer.Typer(help="The record of what happened: prove that nothing in it was changed.", no_args_is_help=True)

_WORDS = {
    "link": "its chain is broken",
    "cut_off": "its last events are missing",
    "text_changed": "a text was changed",
    "text_missing": "a text is missing",
    "text_back": "a removed text is there again",
    "unreadable": "an event cannot be read",
    "snapshot": "its state is out of step",
}


@app.command()
def verify(
    onboarding: str | None = typer.Argument(None, help="Short id such as NW-7F3K; without it, the whole record."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object on stdout."),
) -> None:
    """Check every link of every chain, every text against its digest and every state against its events.

    Texts that were removed on request break nothing. Exit code: 0 whole, 1 broken, 2 could not look.
    """
    from engine.store import schema
    from engine.store.audit import verify as verify_all

    with database() as opened:
        schema.require_current(opened)
        with opened.reader.connect() as connection:
            proof = verify_all(connection, onboarding)
    if onboarding is not None and not proof.onboardings:
        fail(f"There is no onboarding {onboarding} in the record.")
    if as_json:
        typer.echo(_json(proof))
    else:
        _print(proof)
    if not proof.holds:
        raise typer.Exit(1)


@app.command()
def export(
    onboarding: str = typer.Argument(help="Short id such as NW-7F3K."),
    folder: Path = typer.Option(Path(), "--to", help="Where the two files go; existing ones are never overwritten."),
) -> None:
    """Write the record of one onboarding: everything as JSON, its events as CSV, with the proof of its chain."""
    from engine.store import schema
    from engine.store.export import as_csv, as_json, onboarding_called, record

    with database() as opened:
        schema.require_current(opened)
        with opened.reader.connect() as connection:
            id_ = onboarding_called(connection, onboarding)
            if id_ is None:
                fail(f"There is no onboarding {onboarding} in the record.")
            found = record(connection, id_)
    for ending, text in (("json", as_json(found)), ("csv", as_csv(found))):
        path = folder / f"record-{found['short_id']}.{ending}"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            fail(f"{path} cannot be written: {error.strerror}.")
        typer.echo(f"{path}")


def _print(proof: Proof) -> None:
    typer.echo(
        f"Looked at {_count(proof.onboardings, 'onboarding')}, {_count(proof.events, 'event')}, {_count(proof.texts, 'text')}."
    )
    for one in proof.removals:
        why = "at the end of its time" if one.what == "retention" else "on request"
        typer.echo(
            f"{one.short_id}: {_count(one.texts, 'text')} and {_count(one.reports, 'report')} removed {why}"
            f" ({one.what}) on {one.at:%d %b %Y} by {one.by}."
        )
    for broken in proof.broken:
        where = f"event {broken.number}" if broken.number else "as a whole"
        words = _WORDS[broken.what.value]
        typer.echo(f"BROKEN  {broken.short_id} ({broken.onboarding}), {where}: {words}: {broken.detail}.")
    if proof.holds:
        typer.echo("The record is whole.")
    else:
        typer.echo(
            f"The record is not whole: {_count(len(proof.broken), 'break')}, the first of each onboarding's chain first."
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _json(proof: Proof) -> str:
    import msgspec

    return msgspec.json.encode(
        {"schema": "dipper.audit/1", "whole": proof.holds, **msgspec.to_builtins(proof)}
    ).decode()
