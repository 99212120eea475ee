"""A document -> text without any markup: for a terminal, for a mail or ticket, and as the words that a screen reader
speaks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.render.document import (
    Block,
    Button,
    Document,
    Heading,
    Inline,
    Link,
    Listing,
    Paragraph,
    Pre,
    Quote,
    Rule,
    Table,
    Text,
    line_of,
    words_of,
)

FALLBACK_LIMIT = 3_900
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Manner:
    """`buttons`: they are said, in brackets. `addresses`: a link's address stands behind its words."""

    buttons: bool
    addresses: bool


TERMINAL = Manner(buttons=True, addresses=True)
MAIL = Manner(buttons=False, addresses=True)
SPOKEN = Manner(buttons=True, addresses=False)


def text_of(document: Document, manner: Manner) -> str:
    """The whole document as text, paragraphs apart by an empty line."""
    parts = ("\n".join(_lines(block, manner)) for block in document.blocks)
    return "\n\n".join(part for part in parts if part.strip())


def fallback_of(document: Document) -> str:
    """The `text` of a Slack message: the whole meaning, below 4,000 characters, with Slack's three characters escaped.

    Escaped first and cut then, never inside an entity, since Slack counts what it is sent.
    """
    text = text_of(document, SPOKEN)
    whole = text.translate(_ESCAPES)
    if len(whole) <= FALLBACK_LIMIT:
        return whole
    escaped: list[str] = []
    room = FALLBACK_LIMIT
    for character in text:
        written = character.translate(_ESCAPES)
        room -= len(written)
        if room < 0:
            return "".join(escaped).rsplit(None, 1)[0] + "…"
        escaped.append(written)
    raise AssertionError("a text that is too long does not end before the limit")


def _lines(block: Block, manner: Manner) -> Iterator[str]:
    match block:
        case Paragraph(inlines=inlines) | Heading(inlines=inlines):
            if line := _line(inlines, manner):
                yield from line.split("\n")
        case Pre(text=text):
            yield from text.split("\n")
        case Quote(blocks=blocks):
            yield from (f"> {line}" for inner in blocks for line in _lines(inner, manner))
        case Listing(ordered=ordered, start=start, items=items):
            for number, item in enumerate(items, start):
                mark = f"{number}. " if ordered else "- "
                lines = [line for inner in item for line in _lines(inner, manner)]
                for index, line in enumerate(lines):
                    yield (mark if index == 0 else " " * len(mark)) + line
        case Table(rows=rows):
            yield from _columns([[line_of(cell) for cell in row] for row in rows])
        case Rule():
            yield "-" * 20


def _line(inlines: Sequence[Inline], manner: Manner) -> str:
    if all(isinstance(inline, Button) or not words_of(inline).strip() for inline in inlines):
        inlines = [part for button in inlines if isinstance(button, Button) for part in (button, Text(" "))]
    said: list[str] = []
    for inline in inlines:
        match inline:
            case Button(url=url) if not manner.buttons:
                said.append(f"{inline.label}: {url}" if url else "")
            case Link(url=url, text=text) if manner.addresses and url != text:
                said.append(f"{text} ({url})")
            case _:
                said.append(words_of(inline))
    return "\n".join(line.rstrip() for line in "".join(said).strip().split("\n"))


def _columns(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
