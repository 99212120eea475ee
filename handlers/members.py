"""Who is given forms: members of this workspace. Guests and people of other workspaces get plain buttons (decision 6)."""

from handlers.ports import Office


async def gets_forms(office: Office, team: str, person: str) -> bool:
    """Who cannot be asked for in time counts as a member: the form is tried."""
    profile = await office.directory.profile(team, person)
    return not (profile.guest or profile.external)
