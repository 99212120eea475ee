"""`dipper db`, `audit` and `privacy`: what an operator reads, and the exit codes."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner

from bot.cli import audit, db, privacy
from engine.desk import Desk, Told
from engine.store.dialects import open_database
from engine.store.tables import journal

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path, url: str):
    """Runs a command of one of the groups with this database; returns exit code and output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIPPER_DATABASE_URL", url)

    def run_(group, *arguments: str, stdin: str = "") -> tuple[int, str]:
        result = CliRunner().invoke(group.app, list(arguments), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return run_


@pytest.fixture
async def told(desk: Desk, start) -> Told:
    return await start(desk, number="1234567")


def test_a_new_database_is_made_and_said_to_be_current(run, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("DIPPER_DATABASE_URL", f"sqlite:///{tmp_path}/var/new.db")
    assert run(db, "version")[0] in (1, 2)
    code, output = run(db, "upgrade")
    assert (code, "tables brought from nothing to" in output) == (0, True)
    assert "is up to date" in run(db, "upgrade")[1]
    assert run(db, "version")[0] == 0


def test_a_newer_database_ends_every_command_with_what_to_do(run, url: str):
    database = open_database(url)
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of-tomorrow'"))
    database.close()
    for group, *arguments in ((db, "upgrade"), (db, "rebuild"), (audit, "verify"), (privacy, "show")):
        code, output = run(group, *arguments)
        assert (code, "Run the newer Dipper" in output) == (2, True)


def test_an_unusable_address_is_said_without_a_trace(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIPPER_DATABASE_URL", "postgresql://dipper:hunter22@127.0.0.1:1/dipper")
    code, output = run(db, "version")
    assert (code, "does not answer" in output, "hunter22" in output) == (2, True, False)


def test_a_whole_record_is_said_to_be_whole(run, told: Told):
    code, output = run(audit, "verify")
    assert code == 0
    assert re.search(r"Looked at 1 onboarding, \d+ events, \d+ texts", output)
    assert output.endswith("The record is whole.\n")
    assert run(audit, "verify", told.state.short_id)[0] == 0
    assert run(audit, "verify", "XX-9999")[0] == 2


def test_a_broken_record_names_the_onboarding_and_the_first_broken_event(run, told: Told, url: str):
    database = open_database(url)
    with database.writer.begin() as connection:
        connection.execute(update(journal).where(journal.c.number == 2).values(data="{}"))
    database.close()
    code, output = run(audit, "verify")
    assert code == 1
    assert re.search(
        rf"BROKEN  {told.state.short_id} \(O\w+\), event 2: its chain is broken: \w+ does not follow", output
    )
    code, output = run(audit, "verify", "--json")
    found = json.loads(output)
    assert (code, found["schema"], found["whole"]) == (1, "dipper.audit/1", False)
    assert (found["broken"][0]["number"], found["broken"][0]["what"]) == (2, "link")


def test_rebuilding_says_how_many_were_made_anew(run, told: Told):
    assert run(db, "rebuild") == (0, "Made 1 onboarding anew from their events.\n")
    assert run(audit, "verify")[0] == 0


def test_erasing_asks_first_and_is_told_apart_from_a_break_afterwards(run, told: Told):
    assert run(privacy, "erase", "company", "1234567", stdin="n\n")[0] == 1
    code, output = run(privacy, "erase", "company", "1234567", stdin="y\n")
    assert code == 0
    assert re.search(r"Removed \d+ texts and 0 reports and files", output)
    code, output = run(audit, "verify")
    assert code == 0
    assert re.search(
        rf"{told.state.short_id}: \d+ texts and 0 reports removed on request \(company\) on .* by operator", output
    )
    assert "texts removed" in run(privacy, "show")[1]
    code, output = run(privacy, "erase", "company", "1234567", "--yes")
    assert (code, "No companies are known as 1234567" in output) == (2, True)


def test_a_person_and_an_onboarding_are_erased_by_their_ids(run, told: Told):
    assert run(privacy, "erase", "person", "ULEAD", "--yes")[0] == 0
    assert run(privacy, "erase", "onboarding", told.state.short_id, "--yes")[0] == 0
    assert run(privacy, "erase", "onboarding", "XX-9999", "--yes")[0] == 2
    assert run(audit, "verify")[0] == 0


async def test_the_record_of_an_onboarding_is_written_to_two_new_files(run, told: Told, tmp_path):
    code, output = run(audit, "export", told.state.short_id.lower())
    assert code == 0
    for ending in ("json", "csv"):
        assert (tmp_path / f"record-{told.state.short_id}.{ending}").is_file()
        assert f"record-{told.state.short_id}.{ending}" in output
    code, output = run(audit, "export", told.state.short_id)
    assert (code, "File exists" in output) == (2, True)
    assert run(audit, "export", "XX-9999")[0] == 2
