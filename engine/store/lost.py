"""A channel in which nothing can be posted any more: its lane is parked, and the leads are asked for another, once."""

from datetime import datetime

from sqlalchemy import Connection, select

from engine.onboarding.outcome import Lane, Say
from engine.store import outbox, reads
from engine.store.outbox import NewMessage
from engine.store.tables import onboardings


def lose_channel(connection: Connection, team: str, channel: str, why: str, now: datetime) -> bool:
    """Park the channel's lane and ask each onboarding's leads where to go on. False if that was done before.

    `why` is `archived`, `removed` or Slack's own error code. Nothing that waits in the lane is lost.
    """
    if not outbox.park_lane(connection, channel, reason=why, now=now):
        return False
    messages = []
    for named in reads.in_channel(connection, team, channel):
        found = reads.case(connection, named.id)
        if found is None:
            continue
        for lead in found.state.leads:
            say = Say("direct/channel-lost", Lane.DIRECT, person=lead, data={"channel": channel, "why": why})
            messages.append(NewMessage(named.id, f"direct:{lead}", say, now))
    outbox.add(connection, messages)
    return True


def channel_shared(connection: Connection, team: str, channel: str, now: datetime) -> None:
    """Outsiders read along from now on: each onboarding's leads are told who will see what is said there."""
    messages = []
    for named in reads.in_channel(connection, team, channel):
        found = reads.case(connection, named.id)
        for lead in found.state.leads if found else ():
            say = Say("direct/channel-shared", Lane.DIRECT, person=lead, data={"channel": channel})
            messages.append(NewMessage(named.id, f"direct:{lead}", say, now))
    outbox.add(connection, messages)


def try_channel_again(connection: Connection, onboarding: str) -> None:
    """The channel is back, says a lead: send what is waiting for it."""
    channel = connection.execute(select(onboardings.c.channel).where(onboardings.c.id == onboarding)).scalar()
    if channel is not None:
        outbox.free_lane(connection, channel)
