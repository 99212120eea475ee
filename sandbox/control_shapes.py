"""How the control API shows things: Slack's shapes with what a client needs beside them."""

from sandbox.api.chat import permalink
from sandbox.core import Sandbox
from sandbox.payloads import message_json, user_json, view_json
from sandbox.shapes import Json
from sandbox.world import Channel, Message, User, View


def world_shape(box: Sandbox, connections: int) -> Json:
    """GET /control/world."""
    now = box.clock.now()
    users = []
    for user in box.world.users.values():
        shape = user_json(user, now)
        users.append(
            {
                "tz": user.tz,
                "tz_offset": 0,
                **shape,
                **shape["profile"],
                "display_name": user.name,
                "title": user.title,
            }
        )
    return {
        "team": {"id": box.world.team.id, "name": box.world.team.name, "domain": box.world.team.domain},
        "teams": [{"id": team.id, "name": team.name} for team in box.world.teams.values()],
        "app": {
            "id": box.world.app.id,
            "name": box.manifest.name,
            "bot_id": box.world.app.bot_id,
            "bot_user": box.world.app.bot_user,
            "commands": [
                {"command": entry.command, "description": entry.description, "usage_hint": entry.usage_hint}
                for entry in box.manifest.commands
            ],
            "shortcuts": [
                {
                    "callback_id": entry.callback_id,
                    "name": entry.name,
                    "description": entry.description,
                    "type": entry.type,
                }
                for entry in box.manifest.shortcuts
            ],
            "home": box.manifest.home_tab,
            "scopes": box.scopes,
            "connections": connections,
            "transport": box.courier.transport,
        },
        "dns": box.dns,
        "channels": [
            {"id": channel.id, "name": channel.name, "kind": channel.kind}
            for channel in box.world.channels.values()
            if channel.kind != "dm"
        ],
        "clock": box.clock.as_json(),
        "users": users,
    }


def channel_shape(box: Sandbox, channel: Channel, user: User | None) -> Json:
    app_user = box.world.app.bot_user
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "is_member": user is not None and user.id in channel.members,
        "archived": channel.archived,
        "shared": channel.shared,
        "topic": channel.topic,
        "members": channel.members,
        "latest": box.world.latest_ts(channel.id),
        "app_is_member": app_user in channel.members,
    }
    if channel.kind == "dm" and user is not None:
        shape["with"] = next((member for member in channel.members if member != user.id), user.id)
    return shape


def message_shape(box: Sandbox, message: Message, user: User) -> Json:
    shape = message_json(message, box.world, box.base_url, viewer=user.id)
    return shape | {
        "channel": message.channel,
        "ephemeral": message.only_for is not None,
        "mine": message.user == user.id,
        "permalink": permalink(box.base_url, message),
        "history": message.history,
    }


def view_shape(box: Sandbox, view: View) -> Json:
    return view_json(view, box.world) | {"errors": view.errors}
