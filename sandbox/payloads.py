"""The world in Slack's own JSON shapes: users, channels, messages, views, and the frames of events."""

import time
import zoneinfo
from datetime import datetime
from urllib.parse import quote

from sandbox.shapes import Json
from sandbox.world import Channel, File, Message, Team, User, View, World, new_id


def tz_offset(user: User, now: float) -> int:
    """Seconds east of UTC at that moment."""
    offset = datetime.fromtimestamp(now, zoneinfo.ZoneInfo(user.tz)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def user_json(user: User, now: float, *, with_email: bool = True) -> Json:
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": "" if user.is_bot else user.name,
        "display_name_normalized": "" if user.is_bot else user.name,
        "title": user.title,
        "team": user.team_id,
    }
    if with_email and user.email:
        profile["email"] = user.email
    body: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.deleted:
        return body
    return body | {
        "tz": user.tz,
        "tz_label": datetime.fromtimestamp(now, zoneinfo.ZoneInfo(user.tz)).tzname() or user.tz,
        "tz_offset": tz_offset(user, now),
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": user.is_stranger,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def channel_json(channel: Channel, world: World) -> Json:
    app_user = world.app.bot_user
    body: Json = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.archived,
        "is_im": channel.kind == "dm",
        "is_mpim": False,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_org_shared": False,
        "context_team_id": world.team.id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "dm":
        other = next((member for member in channel.members if member != app_user), app_user)
        return body | {"user": other, "is_user_deleted": world.users[other].deleted, "is_open": True, "priority": 0}
    return body | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "is_private": channel.kind == "private",
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_pending_ext_shared": False,
        "is_member": app_user in channel.members,
        "unlinked": 0,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def file_json(file: File, base_url: str) -> Json:
    extension = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": "text/plain"
        if extension in ("txt", "pem", "csr", "csv", "crt", "cer")
        else "application/octet-stream",
        "filetype": extension or "binary",
        "pretty_type": extension.upper() or "Binary",
        "user": file.user,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": f"{base_url}/files-pri/{file.id}/{quote(file.name, safe='')}",
        "url_private_download": f"{base_url}/files-pri/{file.id}/download/{quote(file.name, safe='')}",
        "permalink": f"{base_url}/files/{file.id}",
        "file_access": "visible",
        "channels": [where[0] for where in file.shared_in if where[0].startswith("C")],
        "groups": [where[0] for where in file.shared_in if where[0].startswith("G")],
        "ims": [where[0] for where in file.shared_in if where[0].startswith("D")],
        "shares": _shares(file),
    }


def _shares(file: File) -> Json:
    shares: Json = {}
    for channel, ts, thread_ts in file.shared_in:
        kind = "public" if channel.startswith("C") else "private"
        share: Json = {"ts": ts}
        if thread_ts:
            share["thread_ts"] = thread_ts
        shares.setdefault(kind, {}).setdefault(channel, []).append(share)
    return shares


def message_json(
    message: Message, world: World, base_url: str, *, with_metadata: bool = False, viewer: str | None = None
) -> Json:
    """A message as history and payloads carry it; a parent says how its thread stands."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": world.users[message.user].team_id,
    }
    if message.bot_id is not None:
        body |= {"bot_id": message.bot_id, "app_id": world.app.id}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.subtype is not None:
        body["subtype"] = message.subtype
    if message.edited is not None:
        body["edited"] = message.edited
    if message.files:
        body["files"] = [file_json(world.files[id_], base_url) for id_ in message.files if id_ in world.files]
    if message.metadata is not None and with_metadata:
        body["metadata"] = message.metadata
    if message.is_reply:
        body["thread_ts"] = message.thread_ts
        parent = world.messages.get((message.channel, str(message.thread_ts)))
        if parent is not None:
            body["parent_user_id"] = parent.user
        return body
    replies = [
        reply
        for reply in world.replies(message.channel, message.ts)
        if reply.only_for is None or reply.only_for == viewer
    ]
    if replies:
        body |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
            "reply_users_count": len({reply.user for reply in replies}),
            "latest_reply": replies[-1].ts,
        }
    return body


def view_json(view: View, world: World) -> Json:
    """Slack's view object: the app's own body and what Slack adds."""
    return {
        "id": view.id,
        "team_id": world.team.id,
        "state": {"values": view.values},
        "hash": view.hash,
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": world.app.id,
        "app_installed_team_id": world.team.id,
        "bot_id": world.app.bot_id,
        "external_id": "",
        "private_metadata": "",
        "callback_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "submit": None,
        "close": None,
        **view.body,
    }


def event_payload(world: World, event: Json, *, shared: bool = False) -> Json:
    """The frame around an event, as the Events API sends it."""
    return {
        "token": world.app.verification_token,
        "team_id": world.team.id,
        "context_team_id": world.team.id,
        "context_enterprise_id": None,
        "api_app_id": world.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev", 10),
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team.id,
                "user_id": world.app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": new_id("EC", 20),
    }


def who(user: User, team: Team) -> Json:
    """The `user` of interactive payloads."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id or team.id}


def action_ts() -> str:
    return f"{time.time_ns() / 1_000_000_000:.6f}"
