"""Migrations and tables agree, and a database that does not fit is refused with what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from services.postgres import Postgres
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from engine.store import schema
from engine.store.dialects import Database, open_database
from engine.store.errors import BadAddress, Unavailable, WrongDatabase
from engine.store.migrating import migrate, revisions
from engine.store.schema import NEWEST, Fit, require_current, upgrade, version
from engine.store.tables import inbox, metadata, texts


def test_the_migrations_lead_to_exactly_the_tables_of_the_code(database: Database):
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        partial = {"outbox": "ix_outbox_unsent", "onboardings": "uq_onboardings_one_open"}
        for table, name in partial.items():
            index = next(one for one in inspect(connection).get_indexes(table) if one["name"] == name)
            assert any(key.endswith("_where") for key in index["dialect_options"])


def test_the_newest_migration_is_the_one_that_the_code_takes_for_it():
    assert revisions()[0] == NEWEST


def test_a_database_of_an_earlier_migration_is_said_to_be_older(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schema, "NEWEST", "0000-of-tomorrow")
    assert version(database).fit is Fit.OLDER


def test_an_upgraded_database_is_current_and_upgrading_it_again_changes_nothing(database: Database):
    assert version(database).fit is Fit.CURRENT
    assert upgrade(database).fit is Fit.CURRENT
    require_current(database)


@pytest.mark.parametrize("revision", revisions()[1:])
def test_a_database_of_an_earlier_migration_keeps_its_texts_when_it_is_brought_up(tmp_path: Path, revision: str):
    database = open_database(f"sqlite:///{tmp_path}/var/old.db")
    database.make_folder()
    with database.writer.begin() as connection:
        migrate(connection, revision)
        row = {"id": "T1", "onboarding": "O1", "field": "name", "by": "U1", "salt": b"salt", "body": "Northwind"}
        connection.execute(texts.insert().values(row))
    assert version(database).fit is Fit.OLDER
    upgrade(database)
    require_current(database)
    with database.reader.connect() as connection:
        assert connection.execute(select(texts)).mappings().one() == row
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_empty_database_is_refused_until_it_is_upgraded(tmp_path: Path):
    database = open_database(f"sqlite:///{tmp_path}/var/new.db")
    database.make_folder()
    with pytest.raises(WrongDatabase, match=r"has no tables yet\. Run `dipper db upgrade`"):
        require_current(database)
    assert upgrade(database).fit is Fit.EMPTY
    require_current(database)


def test_a_newer_database_is_refused_and_left_as_it_is(database: Database):
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of-tomorrow'"))
    for refused in (upgrade, require_current):
        with pytest.raises(WrongDatabase, match=r"newer Dipper \(its tables are of-tomorrow, this one knows up to 0"):
            refused(database)
    assert version(database).found == "of-tomorrow"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://root:secret@db/x", "no support for mysql"),
        ("not an address with secret", "not of the form"),
    ],
)
def test_an_unusable_address_is_named_without_its_password(address: str, words: str):
    with pytest.raises(BadAddress, match=words) as raised:
        open_database(address)
    assert "secret" not in str(raised.value)


def test_the_password_of_an_address_is_never_shown():
    database = open_database("postgresql://dipper:hunter22@db.example/dipper")
    assert "hunter22" not in repr(database) + database.name
    database.close()


def test_a_new_sqlite_file_and_its_folder_belong_to_this_user_alone(tmp_path: Path):
    database = open_database(f"sqlite:///{tmp_path}/var/new.db")
    upgrade(database)
    database.close()
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "var").iterdir())


def test_an_error_of_the_database_never_holds_what_was_to_be_written(database: Database):
    row = {"id": "T1", "onboarding": "O1", "field": "name", "by": "U1", "salt": b"", "body": "Northwind Energy Ltd"}
    with pytest.raises(IntegrityError) as raised, database.writer.begin() as connection:
        connection.execute(texts.insert(), row)
        connection.execute(texts.insert(), row)
    assert "Northwind" not in str(raised.value)


def test_what_a_reader_sees_does_not_change_between_its_questions(database: Database):
    with database.reader.connect() as reader:
        assert reader.execute(select(func.count()).select_from(inbox)).scalar() == 0
        with database.writer.begin() as writer:
            writer.execute(inbox.insert(), {"key": "k", "onboarding": "O1", "at": datetime(2026, 11, 24, tzinfo=UTC)})
        assert reader.execute(select(func.count()).select_from(inbox)).scalar() == 0
    with database.reader.connect() as reader:
        assert reader.execute(select(func.count()).select_from(inbox)).scalar() == 1


def test_a_reader_cannot_write(database: Database):
    with pytest.raises(DBAPIError), database.reader.begin() as reader:
        reader.execute(inbox.insert(), {"key": "k", "onboarding": "O1", "at": datetime(2026, 11, 24, tzinfo=UTC)})


def test_a_time_without_a_zone_cannot_be_kept(database: Database):
    with pytest.raises(StatementError, match="without a zone"), database.writer.begin() as connection:
        connection.execute(inbox.insert(), {"key": "k", "onboarding": "O1", "at": datetime(2026, 11, 24)})  # noqa: DTZ001 -- meant


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path):
    (tmp_path / "notes.db").write_bytes(b"these are only some notes, not a database" * 50)
    database = open_database(f"sqlite:///{tmp_path}/notes.db")
    with pytest.raises(Unavailable, match="damaged or is not a database"):
        upgrade(database)


@pytest.mark.postgres
def test_a_server_that_is_away_is_said_to_be_away(postgres_server: Postgres):
    database = open_database(f"postgresql://postgres@/nothing?host={postgres_server.folder}/elsewhere")
    with pytest.raises(Unavailable, match="does not answer"):
        version(database)
