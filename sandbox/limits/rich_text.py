"""Rich text: which parts a block has, and which pieces may stand in each part. Source: Slack's rich text block page."""

from collections.abc import Iterator

from sandbox.limits.problem import Flaw, count, items, keys, length, one_of
from sandbox.shapes import Json

# piece: (needed fields, optional fields)
PIECES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("text",), ("style",)),
    "link": (("url",), ("text", "unsafe", "style")),
    "emoji": (("name",), ("unicode", "style", "skin_tone")),
    "user": (("user_id",), ("style",)),
    "usergroup": (("usergroup_id",), ("style",)),
    "channel": (("channel_id",), ("style",)),
    "broadcast": (("range",), ("style",)),
    "date": (("timestamp", "format"), ("url", "fallback", "style")),
    "color": (("value",), ("style",)),
}
PREFORMATTED_PIECES = frozenset({"text", "link"})
STYLES = frozenset({"bold", "italic", "strike", "code", "underline"})
MENTION_STYLES = STYLES | {"highlight", "client_highlight", "unlink"}
DATE_TOKENS = ("{date", "{time", "{ago", "{day_divider")


def rich_text(block: object, at: str) -> Iterator[Flaw]:
    if not isinstance(block, dict):
        yield Flaw("must be an object", at)
        return
    yield from keys(block, at, ("elements",), ("block_id",))
    yield from count(block.get("elements"), f"{at}/elements", 1000)
    for index, part in enumerate(items(block.get("elements"))):
        yield from _part(part, f"{at}/elements/{index}")


def _part(part: object, at: str) -> Iterator[Flaw]:
    if not isinstance(part, dict):
        yield Flaw("must be an object", at)
        return
    match part.get("type"):
        case "rich_text_section":
            yield from keys(part, at, ("elements",), ())
            yield from _pieces(part, at)
        case "rich_text_list":
            yield from keys(part, at, ("elements", "style"), ("indent", "offset", "border"))
            yield from one_of(part.get("style"), f"{at}/style", ("bullet", "ordered"))
            yield from _whole(part, "indent", at, 8)
            yield from _whole(part, "border", at, 1)
            yield from count(part.get("elements"), f"{at}/elements", 1000)
            for index, row in enumerate(items(part.get("elements"))):
                here = f"{at}/elements/{index}"
                if not isinstance(row, dict) or row.get("type") != "rich_text_section":
                    yield Flaw("a list holds rich_text_section only", here)
                else:
                    yield from _pieces(row, here)
        case "rich_text_preformatted":
            yield from keys(part, at, ("elements",), ("border", "language"))
            yield from _whole(part, "border", at, 1)
            yield from _pieces(part, at, PREFORMATTED_PIECES)
        case "rich_text_quote":
            yield from keys(part, at, ("elements",), ("border",))
            yield from _whole(part, "border", at, 1)
            yield from _pieces(part, at)
        case other:
            yield Flaw(f"unsupported type: {other}", f"{at}/type")


def _whole(part: Json, key: str, at: str, most: int) -> Iterator[Flaw]:
    value = part.get(key, 0)
    if not isinstance(value, int) or not 0 <= value <= most:
        yield Flaw(f"must be a number from 0 to {most}", f"{at}/{key}")


def _pieces(part: Json, at: str, allowed: frozenset[str] = frozenset(PIECES)) -> Iterator[Flaw]:
    if not isinstance(part.get("elements"), list):
        yield Flaw("must be an array", f"{at}/elements")
    for index, piece in enumerate(items(part.get("elements"))):
        here = f"{at}/elements/{index}"
        if not isinstance(piece, dict):
            yield Flaw("must be an object", here)
        elif str(piece.get("type")) not in allowed:
            yield Flaw(f"unsupported type: {piece.get('type')}", f"{here}/type")
        else:
            yield from _piece(piece, here)


def _piece(piece: Json, at: str) -> Iterator[Flaw]:
    kind = str(piece["type"])
    needed, optional = PIECES[kind]
    yield from keys(piece, at, needed, optional)
    for key in needed:
        if key in piece and key != "timestamp":
            yield from length(piece[key], f"{at}/{key}", 3000 if key == "url" else 40_000)
    if kind == "link" and "text" in piece:
        yield from length(piece["text"], f"{at}/text", 40_000, least=0)
    if kind == "broadcast":
        yield from one_of(piece.get("range"), f"{at}/range", ("here", "channel", "everyone"))
    if kind == "date":
        yield from _date(piece, at)
    if "style" in piece:
        yield from _style(piece, at, MENTION_STYLES if kind in ("user", "usergroup", "channel") else STYLES)


def _date(piece: Json, at: str) -> Iterator[Flaw]:
    if not isinstance(piece.get("timestamp"), int):
        yield Flaw("must be a whole number of seconds", f"{at}/timestamp")
    if isinstance(piece.get("format"), str) and not any(token in piece["format"] for token in DATE_TOKENS):
        yield Flaw("must hold a date token, such as {date_short}", f"{at}/format")


def _style(piece: Json, at: str, allowed: frozenset[str]) -> Iterator[Flaw]:
    style = piece["style"]
    if not isinstance(style, dict):
        yield Flaw("must be an object", f"{at}/style")
        return
    for key, value in style.items():
        if key not in allowed:
            yield Flaw(f"invalid additional property: {key}", f"{at}/style")
        elif not isinstance(value, bool):
            yield Flaw("must be a boolean", f"{at}/style/{key}")
