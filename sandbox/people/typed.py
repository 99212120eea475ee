"""What the client makes of typed text before it sends it: escapes, and ids in place of handles and channel names."""

import re

from sandbox.core import Sandbox


def with_mentions(sandbox: Sandbox, text: str) -> str:
    """The text as the client sends it: `&`, `<`, `>` escaped, `@handle` and `#channel` as ids. Ready-made `<@U…>` stay."""
    pieces = re.split(r"(<(?:@[A-Z0-9]+|#[A-Z0-9]+)(?:\|[^<>]*)?>)", text)
    escaped = [
        piece if index % 2 else piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for index, piece in enumerate(pieces)
    ]
    return handles_to_ids(sandbox, "".join(escaped), plain=True)


def handles_to_ids(sandbox: Sandbox, text: str, *, plain: bool) -> str:
    users = {user.name: user.id for user in sandbox.world.users.values()}
    channels = {channel.name: channel.id for channel in sandbox.world.channels.values() if channel.name}

    def person(match: re.Match[str]) -> str:
        id_ = users.get(match[1])
        return match[0] if id_ is None else f"<@{id_}>" if plain else f"<@{id_}|{match[1]}>"

    def place(match: re.Match[str]) -> str:
        id_ = channels.get(match[1])
        return match[0] if id_ is None else f"<#{id_}>" if plain else f"<#{id_}|{match[1]}>"

    text = re.sub(r"(?<![\w<&])@([a-z0-9._-]*[a-z0-9])", person, text)
    return re.sub(r"(?<![\w<&])#([a-z0-9_-]+)", place, text)
