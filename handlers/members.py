"""What a person's membership decides: who is given forms, and in which channels they may have an onboarding.

Guests and people of other workspaces get plain buttons (decision 6).
"""

from handlers.ports import ChannelFacts, Directory, Office


async def gets_forms(office: Office, team: str, person: str) -> bool:
    """Who cannot be asked for in time counts as a member: the form is tried."""
    profile = await office.directory.profile(team, person)
    return not (profile.guest or profile.external)


async def channel_for(directory: Directory, team: str, channel: str, person: str) -> ChannelFacts | None:
    """The channel, if the bot is in it. A private one that the person is not in is, to them, as one that the bot is not in.

    Raises TimeoutError if Slack does not say in time.
    """
    facts = await directory.channel(team, channel)
    if facts is None or not facts.member or (facts.private and not await directory.is_in(channel, person)):
        return None
    return facts
