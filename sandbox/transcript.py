"""Block Kit as plain text, the way a person reads it: for transcripts kept as golden files, and for error texts.

Times are shown as they are; whoever wants stable files hands in `when`, which words a timestamp.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.shapes import Json

When = Callable[[int, str], str]


def plain_when(timestamp: int, fmt: str) -> str:
    """A Slack date element in UTC, whatever its format asks for."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M")


def unstable_when(timestamp: int, fmt: str) -> str:
    """For golden files: the date's format in place of the date."""
    return fmt


@dataclass(frozen=True, slots=True)
class Words:
    """How ids and times are worded."""

    users: dict[str, str]
    channels: dict[str, str]
    when: When = plain_when

    def user(self, user_id: str) -> str:
        return "@" + self.users.get(user_id, user_id)

    def channel(self, channel_id: str) -> str:
        return "#" + self.channels.get(channel_id, channel_id)

    def mrkdwn(self, text: str) -> str:
        """Mentions, links and dates spelled out; formatting marks stay, since they are what was written."""

        def spelled(match: re.Match[str]) -> str:
            inner, _, label = match[1].partition("|")
            if inner.startswith("@"):
                return self.user(inner[1:])
            if inner.startswith("#"):
                return self.channel(inner[1:])
            if inner.startswith("!date^"):
                _, stamp, fmt, *_ = inner.split("^")
                return self.when(int(stamp), fmt)
            if inner.startswith("!"):
                return "@" + inner[1:]
            if label and inner in (f"http://{label}", f"mailto:{label}"):
                return label
            return f"{label} <{inner}>" if label else f"<{inner}>"

        spelled_out = re.sub(r"<([^<>]+)>", spelled, text)
        return spelled_out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def text(self, value: object) -> str:
        """A text object, plain or mrkdwn."""
        if not isinstance(value, dict):
            return ""
        text = str(value.get("text", ""))
        return self.mrkdwn(text) if value.get("type") == "mrkdwn" else text


def lines_of_blocks(blocks: list[Json], words: Words) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, words)


def _block(block: Json, words: Words) -> Iterator[str]:
    match block.get("type"):
        case "section":
            yield from words.text(block.get("text")).splitlines()
            for field in block.get("fields", ()):
                yield from (f"| {line}" for line in words.text(field).splitlines())
            if isinstance(block.get("accessory"), dict):
                yield element(block["accessory"], words)
        case "header":
            yield f"# {words.text(block['text'])}"
        case "context":
            parts = (f"({e['alt_text']})" if e.get("type") == "image" else words.text(e) for e in block["elements"])
            yield from (f"~ {line}" for line in " ".join(parts).splitlines())
        case "divider":
            yield "---"
        case "actions":
            yield " ".join(element(entry, words) for entry in block["elements"])
        case "rich_text":
            yield from rich_text_lines(block, words)
        case "image":
            yield f"(image: {block['alt_text']})"
        case "markdown":
            yield from str(block["text"]).splitlines()
        case "table":
            for row in block["rows"]:
                cells = (
                    " / ".join(rich_text_lines(c, words)) if c["type"] == "rich_text" else str(c["text"]) for c in row
                )
                yield "| " + " | ".join(cells) + " |"
        case "input":
            yield from _input(block, words)
        case other:
            yield f"({other})"


def element(entry: Json, words: Words) -> str:
    """One control: buttons as [label], selects as [placeholder v], boxes with their marks."""
    kind = entry["type"]
    match kind:
        case "button":
            return f"[{words.text(entry['text'])}]"
        case "image":
            return f"(image: {entry['alt_text']})"
        case "overflow":
            return "[… " + " / ".join(words.text(option["text"]) for option in entry["options"]) + "]"
        case "checkboxes" | "radio_buttons":
            chosen = [*entry.get("initial_options", ()), entry.get("initial_option")]
            marks = ("[x]", "[ ]") if kind == "checkboxes" else ("(x)", "( )")
            return " ".join(
                f"{marks[option not in chosen]} {words.text(option['text'])}" for option in entry["options"]
            )
        case _:
            return f"[{_shown(entry, words)} v]" if kind.endswith(("select", "picker")) else f"[{_shown(entry, words)}]"


def _shown(entry: Json, words: Words) -> str:
    """What an input shows before anybody touches it: its initial value, else its placeholder."""
    if isinstance(entry.get("initial_option"), dict):
        return words.text(entry["initial_option"]["text"])
    if entry.get("initial_options"):
        return ", ".join(words.text(option["text"]) for option in entry["initial_options"])
    if entry.get("initial_user"):
        return words.user(entry["initial_user"])
    if entry.get("initial_users"):
        return ", ".join(words.user(user) for user in entry["initial_users"])
    for key in ("initial_conversation", "initial_channel"):
        if entry.get(key):
            return words.channel(entry[key])
    for key in ("initial_value", "initial_date", "initial_time"):
        if entry.get(key):
            return str(entry[key])
    return words.text(entry.get("placeholder"))


def _input(block: Json, words: Words) -> Iterator[str]:
    optional = " (optional)" if block.get("optional") else ""
    yield f"{words.text(block['label'])}{optional}: {element(block['element'], words)}"
    if "hint" in block:
        yield f"    {words.text(block['hint'])}"


def rich_text_lines(block: Json, words: Words) -> Iterator[str]:
    for part in block.get("elements", ()):
        match part["type"]:
            case "rich_text_list":
                for number, row in enumerate(part["elements"], start=1 + part.get("offset", 0)):
                    mark = f"{number}." if part["style"] == "ordered" else "•"
                    first, *rest = (_pieces(row, words) or " ").splitlines()
                    indent = "  " * part.get("indent", 0)
                    yield f"{indent}{mark} {first}"
                    yield from (f"{indent}  {line}" for line in rest)
            case "rich_text_preformatted":
                yield "```"
                yield from _pieces(part, words).splitlines()
                yield "```"
            case "rich_text_quote":
                yield from (f"> {line}" for line in _pieces(part, words).splitlines())
            case _:
                yield from _pieces(part, words).splitlines()


def _pieces(part: Json, words: Words) -> str:
    return "".join(_piece(piece, words) for piece in part.get("elements", ()))


def _piece(piece: Json, words: Words) -> str:
    style = piece.get("style") or {}
    match piece["type"]:
        case "text":
            mark = "`" if style.get("code") else "*" if style.get("bold") else "_" if style.get("italic") else ""
            text = str(piece["text"])
            core = text.strip()
            return text.replace(core, f"{mark}{core}{mark}", 1) if mark and core else text
        case "link":
            return f"{piece['text']} <{piece['url']}>" if piece.get("text") else f"<{piece['url']}>"
        case "user":
            return words.user(piece["user_id"])
        case "channel":
            return words.channel(piece["channel_id"])
        case "usergroup":
            return f"@{piece['usergroup_id']}"
        case "broadcast":
            return f"@{piece['range']}"
        case "emoji":
            return f":{piece['name']}:"
        case "date":
            return words.when(int(piece["timestamp"]), str(piece["format"]))
        case _:
            return ""


def lines_of_view(view: Json, words: Words) -> Iterator[str]:
    """A modal or the Home tab, with its buttons at the end and the app's objections under the inputs."""
    if view.get("title"):
        yield f"=== {words.text(view['title'])} ==="
    for block in view.get("blocks", ()):
        yield from _block(block, words)
        error = view.get("errors", {}).get(block.get("block_id"))
        if error:
            yield f"    ! {error}"
    buttons = [f"[{words.text(view[key])}]" for key in ("close", "submit") if view.get(key)]
    if buttons:
        yield " ".join(buttons)


def lines_of_message(message: Json, words: Words, *, with_history: bool = False) -> Iterator[str]:
    """Who, whether it is private or edited, and what it says; with the earlier states if wanted."""
    notes = [
        note
        for note, true in (("only you can see this", message.get("ephemeral")), ("edited", message.get("edited")))
        if true
    ]
    yield words.user(message["user"]) + (f" ({', '.join(notes)})" if notes else "")
    if with_history:
        for number, before in enumerate(message.get("history", ()), start=1):
            yield f"  state {number}:"
            yield from (f"    {line}".rstrip() for line in _content(before, words))
    yield from (f"  {line}".rstrip() for line in _content(message, words))
    for file in message.get("files", ()):
        yield f"  (file: {file['name']})"


def _content(message: Json, words: Words) -> Iterator[str]:
    if message.get("blocks"):
        yield from lines_of_blocks(message["blocks"], words)
    else:
        yield from words.mrkdwn(message.get("text") or "").splitlines()
