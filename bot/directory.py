"""Who is who in Slack: people and channels, asked when needed, kept for a day, never listed.

Sources: Slack, users.info, conversations.info, conversations.members.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack_errors import code_of
from engine.desk import Desk
from engine.store import people
from engine.store.people import ChannelSeen, PersonSeen
from handlers.ports import ChannelFacts, Profile

_log = structlog.get_logger(__name__)

PERSON_AGE = timedelta(days=1)
PERSON_PATIENCE_SECONDS = 1.0
CHANNEL_PATIENCE_SECONDS = 1.0
"""How long `/dip start` may test a channel (decision 1)."""
_MEMBER_PAGES = 5  # of 200: whoever is not among the first thousand of a channel is asked to use the thread itself


class Directory:
    """Implements `handlers.ports.Directory`. Ages are in real time."""

    def __init__(self, client: AsyncWebClient, desk: Desk, clock: Clock) -> None:
        self._client = client
        self._desk = desk
        self._clock = clock
        self._stale: set[tuple[str, str]] = set()
        self._met: set[tuple[str, str]] = set()

    async def profile(self, team: str, person: str) -> Profile:
        """What is known of the person; asked of Slack where it is not, is old, or was said to have changed."""
        seen = await self._desk.read(people.person, team, person)
        if seen is None or (team, person) in self._stale or _is_old(seen.seen_at, self._clock()):
            seen = await self._ask_in_time(team, person) or seen
        if seen is None:
            return Profile(id=person, name=person)
        return Profile(seen.id, seen.name, seen.tz, guest=seen.guest, external=seen.external, gone=seen.gone)

    def strangers(self, team: str, persons: frozenset[str]) -> frozenset[str]:
        """Those of whom it is not certain that Slack was asked for them: after each click nearly always nobody."""
        return frozenset(person for person in persons if (team, person) not in self._met)

    async def learn(self, team: str, persons: frozenset[str]) -> bool:
        """Ask for those nobody has asked for yet; True if that taught us anything."""
        known = await self._desk.read(people.persons, team, persons)
        self._met.update((team, person) for person in known)
        unknown = [person for person in sorted(persons) if person not in known]
        found = await asyncio.gather(*(self._ask_person(team, person) for person in unknown))
        return any(found)

    async def channel(self, team: str, channel: str) -> ChannelFacts | None:
        """The channel as it stands now, or None where the bot cannot see it. Raises TimeoutError after a second."""
        async with asyncio.timeout(CHANNEL_PATIENCE_SECONDS):
            try:
                answer = await self._client.conversations_info(channel=channel)
            except SlackApiError as error:
                if code_of(error) in {"channel_not_found", "missing_scope"}:
                    return None
                raise
        seen = _channel_seen(team, answer["channel"], self._clock())
        await self._desk.write(people.keep_channel, seen)
        return ChannelFacts(seen.id, seen.name, seen.member, seen.archived, seen.shared, seen.private)

    async def is_in(self, channel: str, person: str) -> bool:
        """Whether the person is a member of the channel, among its first thousand.

        What cannot be asked, or not within a second, counts as no.
        """
        try:
            async with asyncio.timeout(CHANNEL_PATIENCE_SECONDS):
                return await self._finds_member(channel, person)
        except TimeoutError:
            _log.info("a channel's members could not be asked in time", channel=channel)
            return False

    async def _finds_member(self, channel: str, person: str) -> bool:
        cursor = ""
        for _ in range(_MEMBER_PAGES):
            try:
                page = await self._client.conversations_members(channel=channel, limit=200, cursor=cursor)
            except SlackApiError as error:
                _log.info("a channel's members cannot be asked", channel=channel, reason=code_of(error))
                return False
            except aiohttp.ClientError as error:
                _log.info("a channel's members cannot be asked", channel=channel, reason=type(error).__name__)
                return False
            if person in page["members"]:
                return True
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return False
        return False

    def forget(self, team: str, person: str) -> None:
        self._stale.add((team, person))

    async def _ask_in_time(self, team: str, person: str) -> PersonSeen | None:
        """For whoever cannot wait: what is not known within a second is done without."""
        try:
            async with asyncio.timeout(PERSON_PATIENCE_SECONDS):
                return await self._ask_person(team, person)
        except TimeoutError:
            _log.info("a person could not be asked for in time", person=person)
            return None

    async def _ask_person(self, team: str, person: str) -> PersonSeen | None:
        try:
            answer = await self._client.users_info(user=person)
        except SlackApiError as error:
            _log.info("a person cannot be asked for", person=person, reason=code_of(error))
            return None
        except aiohttp.ClientError as error:
            _log.info("a person cannot be asked for", person=person, reason=type(error).__name__)
            return None
        seen = _person_seen(team, answer["user"], self._clock())
        self._stale.discard((team, person))
        await self._desk.write(people.keep_person, seen)
        self._met.add((team, person))
        return seen


def _is_old(seen_at: datetime, now: datetime) -> bool:
    return now - seen_at > PERSON_AGE


def _person_seen(team: str, user: Mapping[str, Any], now: datetime) -> PersonSeen:
    profile = user.get("profile") or {}
    # The full name: outside Slack (a mail, the terminal, a screen reader's text) "carl" is nobody.
    name = user.get("real_name") or profile.get("real_name") or profile.get("display_name") or user.get("name")
    return PersonSeen(
        team=team,
        id=str(user["id"]),
        name=str(name or user["id"]),
        tz=str(user.get("tz") or "Europe/London"),
        gone=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        external=bool(user.get("is_stranger")) or str(user.get("team_id") or team) != team,
        seen_at=now,
    )


def _channel_seen(team: str, channel: Mapping[str, Any], now: datetime) -> ChannelSeen:
    return ChannelSeen(
        team=team,
        id=str(channel["id"]),
        name=str(channel.get("name") or ""),
        private=bool(channel.get("is_private")),
        archived=bool(channel.get("is_archived")),
        member=bool(channel.get("is_member")),
        shared=bool(channel.get("is_ext_shared")),
        seen_at=now,
    )
