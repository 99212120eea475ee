"""A file that somebody shares where an onboarding lives: noted at once, looked at by the sweep, not by the handler.

Slack's file_shared event names the file and the channel only; thread, name and size come with files.info later.
"""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from engine.store import reads
from handlers.parse import team_of
from handlers.ports import Office


def register(app: AsyncApp, office: Office) -> None:
    @app.event("file_shared")
    async def shared(body: dict[str, Any]) -> None:
        event = body["event"]
        channel = str(event.get("channel_id") or "")
        team = team_of(body)
        here = await office.desk.read(reads.in_channel, team, channel)
        if here:
            file, person, once = str(event["file_id"]), str(event.get("user_id") or ""), f"event:{body['event_id']}"
            await office.desk.note_file(team, channel, file, person, once=once)
