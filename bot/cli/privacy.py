"""`dipper privacy`: what is stored, and its removal on request. The commands act at once; the bot may go on running."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from bot.cli.db import database, fail

if TYPE_CHECKING:
    from datetime import datetime

    from engine.store.privacy import Erased
    from engine.store.transaction import Transaction

app = typer.Typer(help="What is stored of people and companies, and its removal on request.", no_args_is_help=True)
erase = typer.Typer(
    help="Remove texts, reports and files. Events stay (Slack ids, dates, digests), so that the record can be proven.",
    no_args_is_help=True,
)
app.add_typer(erase, name="erase")

_YES = typer.Option(False, "--yes", help="Do not ask first.")
_TEAM = typer.Option("", "--team", help="The workspace's id (T…), needed only if the database holds several.")
_BY = "operator"


@app.command()
def show() -> None:
    """Say how much is stored, by kind."""
    from engine.store import schema
    from engine.store.privacy import holdings

    with database() as opened:
        schema.require_current(opened)
        with opened.reader.connect() as connection:
            held = holdings(connection)
    for label, number in (
        ("onboardings", held.onboardings),
        ("events (Slack ids, dates, numbers, digests)", held.events),
        ("texts (names, addresses, reasons, values)", held.texts),
        ("texts removed", held.erased_texts),
        ("reports of checks", held.reports),
        ("files (CSRs, certificates; of evidence only name, link and hash)", held.files),
        ("people (name, time zone, as Slack told us)", held.people),
        ("messages (which template was said where; not their words)", held.messages),
    ):
        typer.echo(f"{number:>9,}  {label}")


@erase.command()
def person(
    who: str = typer.Argument(help="Slack id (U…), or a name, e-mail address or ticket exactly as it was entered."),
    yes: bool = _YES,
) -> None:
    """Remove what a person wrote in their own words, and what Slack told us of them."""
    from engine.store.privacy import erase_person

    _confirm(f"Remove what is stored of {who}?", yes)
    _erase(lambda transaction, now: erase_person(transaction, who, by=_BY, now=now))


@erase.command()
def company(
    which: str = typer.Argument(help="Company number, name, or the short id of one of its onboardings."),
    yes: bool = _YES,
    team: str = _TEAM,
) -> None:
    """Remove every text, report and file of a company, in all its onboardings."""
    from engine.store.privacy import companies_named, erase_company

    with database() as opened, opened.reader.connect() as connection:
        found = companies_named(connection, which, team=team or None)
    if len(found) != 1:
        fail(f"{len(found) or 'No'} companies are known as {which}. Give its number, or the short id of an onboarding.")
    _confirm(f"Remove all texts, reports and files of {which}?", yes)
    _erase(lambda transaction, now: erase_company(transaction, found[0], by=_BY, now=now))


@erase.command()
def onboarding(
    short_id: str = typer.Argument(help="Short id such as NW-7F3K."), yes: bool = _YES, team: str = _TEAM
) -> None:
    """Remove every text, report and file of one onboarding. Close it first, or it goes on without its names."""
    from engine.store.privacy import erase_onboarding, onboardings_named

    with database() as opened, opened.reader.connect() as connection:
        found = onboardings_named(connection, short_id, team=team or None)
    if len(found) != 1:
        fail(f"{len(found) or 'No'} onboardings are known as {short_id}.")
    _confirm(f"Remove all texts, reports and files of {short_id}?", yes)
    _erase(lambda transaction, now: erase_onboarding(transaction, found[0], by=_BY, now=now))


def _confirm(question: str, yes: bool) -> None:
    if not yes:
        typer.confirm(f"{question} This cannot be undone.", abort=True)


def _erase(remove: Callable[[Transaction, datetime], Erased]) -> None:
    from bot.clock import system_clock
    from engine.store import schema
    from engine.store.transaction import Transaction

    with database() as opened:
        schema.require_current(opened)
        with opened.writer.begin() as connection:
            erased = remove(Transaction(connection), system_clock())
    typer.echo(
        f"Removed {erased.texts} texts and {erased.reports} reports and files. It is recorded that they were removed."
    )
    typer.echo("Messages in Slack stay as they are: who may delete them there can do so.")
