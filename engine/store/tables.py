"""The tables, as the newest migration leaves them.

Truth: journal, texts, processes, inbox, outbox, slots, lanes, checks, files, preferences. Copies that can be
made again: onboardings, members, companies, due (from the journal), people, channels (from Slack).
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(value: datetime) -> int:
    """A time as it is kept. Raises ValueError if it has no zone."""
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be kept: {value.isoformat()}")
    return (value - _EPOCH) // _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """A time with a zone, kept as whole microseconds since 1970 in UTC: the same and sortable in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_OPEN = text("is_open")
_UNSENT = text("status IN ('waiting', 'sending')")

journal = Table(
    "journal",
    metadata,
    Column("onboarding", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", Text, nullable=False),  # the event as JSON; its UTF-8 bytes are what the chain is over
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("link", Text, nullable=False),  # this event's place in the chain, from the link before and its data
    PrimaryKeyConstraint("onboarding", "number"),
)

texts = Table(
    "texts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("onboarding", Text, nullable=False, index=True),
    Column("field", Text, nullable=False),  # where in its event it stands: name, reason, outside ...
    Column("by", Text, nullable=False, index=True),
    Column("salt", LargeBinary, nullable=False),
    Column("body", Text),  # empty once removed, which the journal says
)

processes = Table(
    "processes",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

companies = Table(
    "companies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("number_key", Text),
    Column("name_key", Text),
    UniqueConstraint("team", "number_key"),
    Index(None, "team", "name_key"),
)

onboardings = Table(
    "onboardings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("short_id", Text, nullable=False),
    Column("company", Text, nullable=False, index=True),
    Column("environment", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("life", Text, nullable=False),
    Column("is_open", Boolean(create_constraint=False), nullable=False),
    Column("process", Text, nullable=False),
    Column("name_text", Text, nullable=False),
    Column("name_key", Text),
    Column("step", Integer),  # the first open step; empty when none is
    Column("waiting_on", Text),
    Column("next_end", Moment),
    Column("started_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", Text, nullable=False),  # the last link of its chain
    Column("snapshot", LargeBinary, nullable=False),
    UniqueConstraint("team", "short_id"),
    Index(None, "team", "channel"),
    Index(None, "team", "name_key"),
    Index("uq_onboardings_one_open", "company", "environment", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

members = Table(
    "members",
    metadata,
    Column("onboarding", Text, nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("leads", Boolean(create_constraint=False), nullable=False),
    PrimaryKeyConstraint("onboarding", "person"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("key", Text, primary_key=True),
    Column("onboarding", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("onboarding", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("place", Text, nullable=False),  # engine.onboarding.outcome.Lane
    Column("template", Text, nullable=False),
    Column("slot", Text),
    Column("person", Text),
    Column("subject", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("status", Text, nullable=False),  # engine.store.outbox.Status
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Moment),
    Column("lease_until", Moment),
    Column("may_be_repeat", Boolean(create_constraint=False), nullable=False),
    Column("error", Text),
    Column("channel", Text),
    Column("ts", Text),
    Column("ended_at", Moment),
    Index("ix_outbox_unsent", "lane", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
    Index(None, "onboarding", "slot"),
    Index(None, "channel", "ts"),
    sqlite_autoincrement=True,
)

slots = Table(
    "slots",
    metadata,
    Column("onboarding", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    PrimaryKeyConstraint("onboarding", "slot"),
    Index(None, "channel", "ts"),
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("parked_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
)

due = Table(
    "due",
    metadata,
    Column("onboarding", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("person", Text),
    Column("lease_until", Moment),
    PrimaryKeyConstraint("onboarding", "key"),
)

checks = Table(
    "checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("onboarding", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text),  # the report as JSON; empty once erased
)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("onboarding", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text),
)

people = Table(
    "people",
    metadata,
    Column("team", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("tz", Text, nullable=False),
    Column("gone", Boolean(create_constraint=False), nullable=False),
    Column("guest", Boolean(create_constraint=False), nullable=False),
    Column("external", Boolean(create_constraint=False), nullable=False),
    Column("seen_at", Moment, nullable=False),
    PrimaryKeyConstraint("team", "id"),
)

channels = Table(
    "channels",
    metadata,
    Column("team", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("private", Boolean(create_constraint=False), nullable=False),
    Column("archived", Boolean(create_constraint=False), nullable=False),
    Column("member", Boolean(create_constraint=False), nullable=False),
    Column("shared", Boolean(create_constraint=False), nullable=False),
    Column("seen_at", Moment, nullable=False),
    PrimaryKeyConstraint("team", "id"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("team", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("reminders_off", Boolean(create_constraint=False), nullable=False),
    Column("nation", Text),
    PrimaryKeyConstraint("team", "person"),
)
