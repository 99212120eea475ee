"""What Slack's client makes of typed text before it sends it: escapes, ids in place of handles and channel names, links.

Links are made of URLs, e-mail addresses and bare domains, so an app that is asked about northwind.example receives
`<http://northwind.example|northwind.example>`. Text between backticks stays as it is.
"""

import re

from sandbox.world import World

READY = r"<(?:@[A-Z0-9]+|#[A-Z0-9]+)(?:\|[^<>]*)?>"
CODE = r"```.*?```|`[^`\n]+`"
LINKED_ENDINGS = "com|net|org|uk|io|eu|dev|example"
LINKS = re.compile(
    r"(?<![\w@/.=_-])(?:"
    r"(?P<url>https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<domain>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{LINKED_ENDINGS})(?![\w.-]*\w)(?:/[^\s<>|`]*)?)"
    r")",
    re.IGNORECASE,
)


def with_mentions(world: World, text: str) -> str:
    """A message as the client sends it. Ready-made `<@U…>` and `<#C…>` stay."""
    return "".join(
        piece if is_ready else piece if is_code else _links(_handles(world, piece, named=False))
        for piece, is_ready, is_code in _pieces(text)
    )


def escaped_command(world: World, text: str) -> str:
    """A command's text when the manifest says should_escape: ids with their names, and links."""
    return "".join(
        _with_name(world, piece) if is_ready else piece if is_code else _links(_handles(world, piece, named=True))
        for piece, is_ready, is_code in _pieces(text)
    )


def _pieces(text: str) -> list[tuple[str, bool, bool]]:
    """The text in order as (escaped piece, is a ready-made mention, is code)."""
    found = []
    for index, piece in enumerate(re.split(f"({READY}|{CODE})", text, flags=re.DOTALL)):
        special, is_ready = index % 2 == 1, piece.startswith("<")
        if special and is_ready:
            found.append((piece, True, False))
        else:
            escaped = piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            found.append((escaped, False, special))
    return found


def _handles(world: World, text: str, *, named: bool) -> str:
    users = {user.name: user.id for user in world.users.values()}
    channels = {channel.name: channel.id for channel in world.channels.values() if channel.name}

    def person(match: re.Match[str]) -> str:
        id_ = users.get(match[1])
        return match[0] if id_ is None else f"<@{id_}|{match[1]}>" if named else f"<@{id_}>"

    def place(match: re.Match[str]) -> str:
        id_ = channels.get(match[1])
        return match[0] if id_ is None else f"<#{id_}|{match[1]}>" if named else f"<#{id_}>"

    text = re.sub(r"(?<![\w<&.+-])@([a-z0-9._-]*[a-z0-9])", person, text)
    return re.sub(r"(?<![\w<&/])#([a-z0-9_-]+)", place, text)


def _with_name(world: World, mention: str) -> str:
    """`<@U1>` as `<@U1|name>`; a name that is there stays."""
    match = re.fullmatch(r"<([@#])([A-Z0-9]+)>", mention)
    if match is None:
        return mention
    known = world.users.get(match[2]) if match[1] == "@" else world.channels.get(match[2])
    return mention if known is None else f"<{match[1]}{match[2]}|{known.name}>"


def _links(text: str) -> str:
    def link(match: re.Match[str]) -> str:
        if match["url"]:
            return f"<{match['url']}>"
        if match["mail"]:
            return f"<mailto:{match['mail']}|{match['mail']}>"
        return f"<http://{match['domain']}|{match['domain']}>"

    parts = re.split(r"(<[^<>]*>)", text)
    return "".join(part if index % 2 else LINKS.sub(link, part) for index, part in enumerate(parts))
