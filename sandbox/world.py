"""The world that the sandbox keeps: people, channels, messages, files and what the app published on its Home tab.

Plain mutable records with an index or two. It knows nothing of HTTP, sockets or permissions. Each change is reported to
`changed(kind, key, record)`, which is how the storage learns what to write.
"""

import bisect
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.shapes import Json, NotPossible

ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def new_id(prefix: str, length: int = 9) -> str:
    """A Slack-like id; the randomness is what keeps two sandboxes' ids apart."""
    return prefix + "".join(secrets.choice(ID_ALPHABET) for _ in range(length))


@dataclass(slots=True)
class Team:
    id: str
    name: str
    domain: str


@dataclass(slots=True)
class User:
    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    email: str = ""
    tz: str = "Europe/London"
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    color: str = "4b6cb7"

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted or self.is_stranger


@dataclass(slots=True)
class Channel:
    """`kind` is public, private or dm. A direct message has exactly two members and no name."""

    id: str
    name: str
    kind: str
    members: list[str] = field(default_factory=list)
    archived: bool = False
    shared: bool = False
    topic: str = ""
    creator: str = ""
    created: int = 0


@dataclass(slots=True)
class Message:
    """`only_for` names the one user who sees it (an ephemeral). `history` holds earlier texts and blocks, oldest first."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    edited: Json | None = None
    files: list[str] = field(default_factory=list)
    metadata: Json | None = None
    only_for: str | None = None
    broadcast: bool = False
    history: list[Json] = field(default_factory=list)
    state_values: Json = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class File:
    id: str
    name: str
    user: str
    size: int
    created: int
    content: bytes
    title: str = ""
    shared_in: list[list[str]] = field(default_factory=list)
    complete: bool = True


@dataclass(slots=True)
class View:
    """A modal or a Home tab as the app gave it (`body`), with what Slack adds: id, hash, the ids of the stack, the state."""

    id: str
    user: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class AppRecord:
    """The one app that is installed here, with its credentials."""

    id: str
    bot_id: str
    bot_user: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    revoked: bool = False
    removed_scopes: list[str] = field(default_factory=list)
    added_scopes: list[str] = field(default_factory=list)
    transport: str = ""
    request_url: str = ""

    def __repr__(self) -> str:
        return f"AppRecord(id={self.id!r}, credentials=***)"


Changed = Callable[[str, str, Any], None]


@dataclass(slots=True)
class World:
    clock: Clock
    team: Team
    app: AppRecord
    changed: Changed
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    last_ts: float = 0.0
    _timeline: dict[str, list[str]] = field(default_factory=dict)
    _threads: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    # People and channels

    def user(self, name_or_id: str) -> User:
        """By id, handle or `@handle`. Raises NotPossible if there is none."""
        wanted = name_or_id.removeprefix("@")
        if wanted in self.users:
            return self.users[wanted]
        for user in self.users.values():
            if user.name == wanted:
                return user
        raise NotPossible(f"There is no user {name_or_id}.", 404)

    def channel(self, name_or_id: str) -> Channel:
        """By id, name or `#name`. Raises NotPossible if there is none."""
        wanted = name_or_id.removeprefix("#")
        if wanted in self.channels:
            return self.channels[wanted]
        for channel in self.channels.values():
            if channel.name == wanted and channel.kind != "dm":
                return channel
        raise NotPossible(f"There is no channel {name_or_id}.", 404)

    def dm(self, one: str, other: str) -> Channel:
        """The direct message channel of the two, made if it is not there yet."""
        for channel in self.channels.values():
            if channel.kind == "dm" and set(channel.members) == {one, other}:
                return channel
        channel = Channel(new_id("D"), "", "dm", [one, other], creator=one, created=int(self.clock.now()))
        self.put_channel(channel)
        return channel

    def put_user(self, user: User) -> None:
        self.users[user.id] = user
        self.changed("user", user.id, user)

    def put_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.changed("channel", channel.id, channel)

    def put_file(self, file: File) -> None:
        self.files[file.id] = file
        self.changed("file", file.id, file)

    def put_home(self, view: View) -> None:
        self.homes[view.user] = view
        self.changed("home", view.user, view)

    def put_app(self) -> None:
        self.changed("app", "app", self.app)

    # Messages

    def next_ts(self) -> str:
        """A timestamp that no message has yet: the sandbox's time, always later than the one before."""
        self.last_ts = max(round(self.clock.now(), 6), round(self.last_ts + 0.000001, 6))
        return f"{self.last_ts:.6f}"

    def put_message(self, message: Message) -> None:
        """Adds or rewrites it. Ephemerals are kept in memory only: Slack forgets them on a reload, too."""
        key = (message.channel, message.ts)
        if key not in self.messages:
            self.index(message)
        self.messages[key] = message
        if message.only_for is None:
            self.changed("message", f"{message.channel}:{message.ts}", message)

    def index(self, message: Message) -> None:
        """Places a message in its channel's timeline or its thread; also used when the state is read back."""
        self.last_ts = max(self.last_ts, float(message.ts))
        if message.is_reply and message.thread_ts is not None:
            bisect.insort(self._threads.setdefault((message.channel, message.thread_ts), []), message.ts)
        if not message.is_reply or message.broadcast:
            bisect.insort(self._timeline.setdefault(message.channel, []), message.ts)

    def drop_message(self, message: Message) -> None:
        key = (message.channel, message.ts)
        del self.messages[key]
        if message.is_reply and message.thread_ts is not None:
            self._threads[(message.channel, message.thread_ts)].remove(message.ts)
        if not message.is_reply or message.broadcast:
            self._timeline[message.channel].remove(message.ts)
        self.changed("message", f"{message.channel}:{message.ts}", None)

    def timeline(self, channel: str) -> Iterator[Message]:
        """Messages that stand in the channel itself, oldest first, ephemerals included."""
        for ts in list(self._timeline.get(channel, ())):
            yield self.messages[(channel, ts)]

    def replies(self, channel: str, thread_ts: str) -> Iterator[Message]:
        """Replies of a thread without its parent, oldest first, ephemerals included."""
        for ts in list(self._threads.get((channel, thread_ts), ())):
            yield self.messages[(channel, ts)]

    def latest_ts(self, channel: str) -> str | None:
        line = self._timeline.get(channel)
        return line[-1] if line else None
