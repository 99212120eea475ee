"""A channel that was lost (archived, or the bot removed) and can be used again."""

from sqlalchemy import Connection, select

from engine.store import outbox
from engine.store.tables import onboardings


def try_channel_again(connection: Connection, onboarding: str) -> None:
    """The channel is back, says a lead: send what is waiting for it."""
    channel = connection.execute(select(onboardings.c.channel).where(onboardings.c.id == onboarding)).scalar()
    if channel is not None:
        outbox.free_lane(connection, channel)
