"""What happens to people and channels in Slack: somebody leaves, a channel is lost or shared, the app is removed."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from engine.onboarding.commands import ChannelLost, ChannelShared, PersonLeft
from engine.onboarding.values import BOT
from engine.store import outbox, reads
from handlers.parse import team_of
from handlers.ports import Office


def register(app: AsyncApp, office: Office) -> None:
    @app.event("user_change")
    async def changed(body: dict[str, Any]) -> None:
        user = body["event"]["user"]
        team, person = team_of(body), str(user["id"])
        office.directory.forget(team, person)
        if user.get("deleted"):
            for row in await office.desk.read(reads.of_person, team, person):
                item = row.state
                await office.desk.tell(PersonLeft(item.id, BOT, person), once=f"event:{body['event_id']}:{item.id}")

    async def lost(body: dict[str, Any], why: str) -> None:
        event = body["event"]
        team, channel = team_of(body), str(event["channel"])
        await office.desk.write(outbox.park_lane, channel, reason=why, now=office.now())
        for item in await office.desk.read(reads.in_channel, team, channel):
            await office.desk.tell(ChannelLost(item.id, BOT, channel, why), once=f"event:{body['event_id']}:{item.id}")

    @app.event("channel_archive")
    async def channel_archived(body: dict[str, Any]) -> None:
        await lost(body, "archived")

    @app.event("group_archive")
    async def group_archived(body: dict[str, Any]) -> None:
        await lost(body, "archived")

    @app.event("channel_left")
    async def channel_left(body: dict[str, Any]) -> None:
        await lost(body, "removed")

    @app.event("group_left")
    async def group_left(body: dict[str, Any]) -> None:
        await lost(body, "removed")

    @app.event("channel_shared")
    async def channel_shared(body: dict[str, Any]) -> None:
        event = body["event"]
        team, channel = team_of(body), str(event["channel"])
        for item in await office.desk.read(reads.in_channel, team, channel):
            await office.desk.tell(ChannelShared(item.id, BOT, channel), once=f"event:{body['event_id']}:{item.id}")

    @app.event("tokens_revoked")
    async def revoked() -> None:
        office.health.disconnected("Slack has revoked the app's tokens: install the app again, then set the new token.")

    @app.event("app_uninstalled")
    async def uninstalled() -> None:
        office.health.disconnected("The app was removed from the workspace: install it again, then set the new token.")
