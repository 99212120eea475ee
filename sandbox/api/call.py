"""One call of the Web API: its arguments as they came, read with Slack's leniency and its errors."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.core import Sandbox
from sandbox.shapes import ApiError, Json
from sandbox.world import Channel, User


@dataclass(slots=True)
class Call:
    """`problems` and `warnings` end up in the record of payloads."""

    sandbox: Sandbox
    method: str
    args: Json
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name, default)
        return value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else str(value)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            raise ApiError(error, [f"missing required field: {name}"] if error == "invalid_arguments" else None)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name, default)
        return value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.args.get(name, default))
        except (TypeError, ValueError) as error:
            raise ApiError("invalid_arguments", [f"{name} must be a number"]) from error

    def structure(self, name: str, error: str) -> Any:
        """A JSON value that came as itself or as text; None if it was not given. Raises ApiError `error` if it is no JSON."""
        value = self.args.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError as problem:
                raise ApiError(error) from problem
        return value

    def need_scope(self, *any_of: str) -> None:
        if not self.sandbox.has_any_scope(any_of):
            raise ApiError("missing_scope", needed=",".join(any_of), provided=",".join(self.sandbox.scopes))

    def channel(self, name: str = "channel") -> Channel:
        """A channel that the app can see. Raises channel_not_found, as Slack does for private ones, too."""
        given = self.needed(name, "channel_not_found")
        channel = self.sandbox.world.channels.get(given)
        if channel is None or (channel.kind != "public" and self.sandbox.world.app.bot_user not in channel.members):
            raise ApiError("channel_not_found")
        return channel

    def user(self, name: str = "user") -> User:
        user = self.sandbox.world.users.get(self.needed(name, "user_not_found"))
        if user is None:
            raise ApiError("user_not_found")
        return user
