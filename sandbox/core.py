"""The sandbox itself: the world with everything that moves it, shared by the Web API, the control API and the transports."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.delivery import Courier
from sandbox.events import EVENT_SCOPES
from sandbox.faults import Faults
from sandbox.live import Live
from sandbox.manifest import Manifest
from sandbox.modals import Modals
from sandbox.payloads import event_payload, message_json, user_json
from sandbox.rates import Rates
from sandbox.records import Records
from sandbox.shapes import Json
from sandbox.tickets import ResponseUrl, Tickets
from sandbox.world import Channel, File, Message, User, World

HISTORY_KIND = {"public": "message.channels", "private": "message.groups", "dm": "message.im"}


@dataclass(slots=True)
class Sandbox:
    world: World
    manifest: Manifest
    clock: Clock
    live: Live
    faults: Faults
    rates: Rates
    records: Records
    modals: Modals
    tickets: Tickets
    courier: Courier
    base_url: str = ""
    dns: Json | None = None
    upload_keys: dict[str, str] = field(default_factory=dict)

    # What the app may do

    @property
    def scopes(self) -> list[str]:
        removed = self.world.app.removed_scopes
        granted = [scope for scope in self.manifest.scopes if scope not in removed]
        return granted + [scope for scope in self.world.app.added_scopes if scope not in granted]

    def has_any_scope(self, needed: Iterable[str]) -> bool:
        wanted = set(needed)
        return not wanted or bool(wanted & set(self.scopes))

    # Messages

    def put_message(self, message: Message, change: str) -> None:
        """Stores it and tells the watchers; `change` is posted, edited, deleted or replied."""
        self.world.put_message(message)
        if message.only_for is not None:
            self.live.tell(
                "ephemeral", channel=message.channel, ts=message.ts, thread_ts=message.thread_ts, user=message.only_for
            )
        else:
            self.live.tell(
                "message", channel=message.channel, ts=message.ts, thread_ts=message.thread_ts, change=change
            )

    def post(self, message: Message) -> Message:
        """A new message by anybody: stored, shown, and told to the app as far as it may know."""
        self.put_message(message, "posted")
        if message.only_for is None:
            self._tell_app_of(message)
        return message

    def edit(self, message: Message, *, text: str, blocks: list[Json], editor: str, silent: bool = False) -> Message:
        """New content for a message; the old one is kept in its history."""
        before = message_json(message, self.world, self.base_url)
        message.history.append({"text": message.text, "blocks": message.blocks})
        message.text, message.blocks = text, blocks
        if not silent:
            message.edited = {"user": editor, "ts": f"{self.clock.now():.6f}"}
        self.put_message(message, "edited")
        if message.only_for is None:
            now = message_json(message, self.world, self.base_url)
            changed = {"subtype": "message_changed", "message": now, "previous_message": before}
            self._emit_message(self.world.channels[message.channel], changed, str(self.world.clock.now()))
        return message

    def delete(self, message: Message) -> None:
        """Gone; if it was a parent, its replies stay and its place says that it was deleted, as in Slack."""
        channel = self.world.channels[message.channel]
        before = message_json(message, self.world, self.base_url)
        replies = (
            []
            if message.is_reply
            else [r for r in self.world.replies(message.channel, message.ts) if r.only_for is None]
        )
        if replies:
            message.text, message.blocks, message.subtype, message.files = (
                "This message was deleted.",
                [],
                "tombstone",
                [],
            )
            message.user = "USLACKBOT" if "USLACKBOT" in self.world.users else message.user
            self.world.put_message(message)
        else:
            self.world.drop_message(message)
        self.live.tell("message", channel=message.channel, ts=message.ts, thread_ts=message.thread_ts, change="deleted")
        gone = {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before, "hidden": True}
        self._emit_message(channel, gone, self.world.next_ts())

    def sees(self, user: User, channel: Channel) -> bool:
        """Members see a channel; other members of the team see public ones; guests and strangers only their own."""
        if user.id in channel.members:
            return True
        return channel.kind == "public" and not user.is_guest and not user.is_bot and user.team_id == self.world.team.id

    def visible(self, message: Message, user: User) -> bool:
        return message.only_for in (None, user.id)

    def visible_timeline(self, channel: Channel, user: User) -> list[Message]:
        return [message for message in self.world.timeline(channel.id) if self.visible(message, user)]

    def visible_thread(self, channel: Channel, thread_ts: str, user: User) -> list[Message]:
        parent = self.world.messages.get((channel.id, thread_ts))
        replies = [reply for reply in self.world.replies(channel.id, thread_ts) if self.visible(reply, user)]
        return ([parent] if parent is not None else []) + replies

    # Events

    def emit(self, name: str, event: Json, channel: Channel | None = None) -> None:
        """Tells the app of an event if it subscribed to it, holds a scope for it, and is where it happened."""
        if name not in self.manifest.events or not self.has_any_scope(EVENT_SCOPES[name]):
            return
        if self.world.app.revoked and name not in ("tokens_revoked", "app_uninstalled"):
            return
        shared = channel is not None and channel.shared
        self.courier.announce(str(event["type"]), event_payload(self.world, event, shared=shared))

    def emit_user_change(self, user: User) -> None:
        body = user_json(user, self.clock.now(), with_email="users:read.email" in self.scopes)
        event = {"type": "user_change", "user": body, "cache_ts": int(self.clock.now()), "event_ts": self._event_ts()}
        self.live.tell("user", user=user.id)
        self.emit("user_change", event)

    def emit_file_shared(self, file: File, channel: Channel) -> None:
        if self.world.app.bot_user not in channel.members:
            return
        event = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": file.user,
            "file": {"id": file.id},
            "channel_id": channel.id,
            "event_ts": self._event_ts(),
        }
        self.emit("file_shared", event, channel)

    def set_member(self, channel: Channel, user: User, *, member: bool, inviter: str = "") -> None:
        """Joins or leaves; does nothing if that is so already."""
        if member == (user.id in channel.members):
            return
        app_was_in = self.world.app.bot_user in channel.members
        if member:
            channel.members.append(user.id)
        else:
            channel.members.remove(user.id)
        self.world.put_channel(channel)
        self.live.tell("channel", channel=channel.id)
        is_app = user.id == self.world.app.bot_user
        if is_app and not member:
            kind = "channel_left" if channel.kind == "public" else "group_left"
            self.emit(
                kind, {"type": kind, "channel": channel.id, "actor_id": inviter, "event_ts": self._event_ts()}, channel
            )
            return
        if not (app_was_in or is_app):
            return
        kind = "member_joined_channel" if member else "member_left_channel"
        event = {
            "type": kind,
            "user": user.id,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "public" else "G",
            "team": user.team_id,
            "event_ts": self._event_ts(),
        }
        if member and inviter:
            event["inviter"] = inviter
        self.emit(kind, event, channel)

    def set_archived(self, channel: Channel, *, archived: bool, by: str) -> None:
        if channel.archived == archived:
            return
        channel.archived = archived
        self.world.put_channel(channel)
        self.live.tell("channel", channel=channel.id)
        kind = ("channel_" if channel.kind == "public" else "group_") + ("archive" if archived else "unarchive")
        if channel.kind == "public" or self.world.app.bot_user in channel.members:
            event = {"type": kind, "channel": channel.id, "user": by, "is_moved": 0, "event_ts": self._event_ts()}
            self.emit(kind, event, channel)

    def set_shared(self, channel: Channel, *, shared: bool) -> None:
        if channel.shared == shared:
            return
        channel.shared = shared
        self.world.put_channel(channel)
        self.live.tell("channel", channel=channel.id)
        kind = "channel_shared" if shared else "channel_unshared"
        if self.world.app.bot_user in channel.members:
            event: Json = {
                "type": kind,
                "channel": channel.id,
                "connected_team_id": "T0EXAMPLEDNS",
                "event_ts": self._event_ts(),
            }
            if not shared:
                event = event | {"previously_connected_team_id": event.pop("connected_team_id"), "is_ext_shared": False}
            self.emit(kind, event, channel)

    def response_url(self, place: ResponseUrl) -> str:
        return f"{self.base_url}/response/{self.tickets.new_response_url(place)}"

    def _event_ts(self) -> str:
        return f"{self.clock.now():.6f}"

    def _tell_app_of(self, message: Message) -> None:
        channel = self.world.channels[message.channel]
        body = message_json(message, self.world, self.base_url)
        if message.files:
            body["subtype"] = "file_share"
        self._emit_message(channel, body, message.ts)
        app_user = self.world.app.bot_user
        mentioned = re.search(rf"<@{app_user}(\|[^>]*)?>", message.text) is not None
        if mentioned and message.bot_id is None and channel.kind != "dm" and app_user in channel.members:
            mention = {key: value for key, value in body.items() if key != "subtype"}
            self.emit(
                "app_mention", mention | {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}, channel
            )

    def _emit_message(self, channel: Channel, body: Json, event_ts: str) -> None:
        if self.world.app.bot_user not in channel.members:
            return
        kinds = {"public": "channel", "private": "group", "dm": "im"}
        event = {
            "type": "message",
            "channel": channel.id,
            "channel_type": kinds[channel.kind],
            "event_ts": event_ts,
            **body,
        }
        event["type"] = "message"
        event.setdefault("ts", event_ts)
        self.emit(HISTORY_KIND[channel.kind], event, channel)
