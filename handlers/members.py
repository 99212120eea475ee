"""Who is given forms: members of this workspace. Guests and people of other workspaces get plain buttons (decision 6)."""

import asyncio

from handlers.ports import Office

_PATIENCE_SECONDS = 1.0


async def gets_forms(office: Office, team: str, person: str) -> bool:
    """Asked of Slack where the person is not known yet; if Slack is slow, the form is tried."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            profile = await office.directory.profile(team, person)
    except TimeoutError:
        return True
    return not (profile.guest or profile.external)
