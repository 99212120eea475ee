"""What is dropped or erased because its time is over."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from engine.store.privacy import erase_onboarding
from engine.store.tables import inbox, onboardings, texts
from engine.store.transaction import Transaction


def forget_old_deliveries(connection: Connection, before: datetime) -> int:
    """Drop the repeat keys of deliveries that Slack no longer repeats (older than 24 h); returns how many."""
    return connection.execute(delete(inbox).where(inbox.c.at < before)).rowcount


def retire(transaction: Transaction, closed_before: datetime, *, by: str, now: datetime) -> int:
    """Erase what was closed or finished before a time and has not changed since; returns how many had anything left."""
    with_text = select(texts.c.onboarding).where(texts.c.body.is_not(None))
    over = select(onboardings.c.id).where(
        onboardings.c.life.in_(["closed", "finished"]),
        onboardings.c.changed_at < closed_before,
        onboardings.c.id.in_(with_text),
    )
    transaction.flush()
    ids = list(transaction.connection.execute(over.order_by(onboardings.c.id)).scalars())
    for onboarding in ids:
        erase_onboarding(transaction, onboarding, by=by, now=now, what="retention")
    return len(ids)
