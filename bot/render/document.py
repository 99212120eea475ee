"""A message as a tree, between the template and its Slack, terminal and spoken forms. No Slack and no Markdown in
here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.render.values import Channel, Moment, Person


@dataclass(frozen=True, slots=True)
class Style:
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Mention:
    who: Person | Channel
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Date:
    moment: Moment
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Button:
    """`verb` and `subject` of a `do:` link, or a `url` to open. `look` is "", "primary" or "danger"; `confirm` is
    asked first.
    """

    label: str
    verb: str = ""
    subject: str = ""
    url: str = ""
    look: str = ""
    confirm: str = ""
    onboarding: str = ""  # another than the message's own


Inline = Text | Mention | Date | Link | Button


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Pre:
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    pass


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. `start` is the first number of an ordered one. An item's first block is its line, the others stand
    below it.
    """

    ordered: bool
    start: int
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first row is the header."""

    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


Block = Paragraph | Heading | Pre | Rule | Quote | Listing | Table


@dataclass(frozen=True, slots=True)
class Document:
    """`cut`: a value was longer than a message has room for, so the reader is offered the rest."""

    blocks: tuple[Block, ...]
    cut: bool = False


def words_of(inline: Inline) -> str:
    """What an inline says, without any format."""
    match inline:
        case Text(text=text) | Link(text=text):
            return text
        case Mention(who=who):
            return str(who)
        case Date(moment=moment):
            return str(moment)
        case Button(label=label):
            return f"[{label}]"


def line_of(inlines: tuple[Inline, ...]) -> str:
    return "".join(words_of(inline) for inline in inlines)


def size_of(block: Block) -> int:
    """Characters, as a message's budget counts them."""
    match block:
        case Paragraph(inlines=inlines) | Heading(inlines=inlines):
            return sum(len(words_of(inline)) + 1 for inline in inlines)
        case Pre(text=text):
            return len(text)
        case Quote(blocks=blocks):
            return sum(size_of(inner) for inner in blocks)
        case Listing(items=items):
            return sum(size_of(inner) for item in items for inner in item)
        case Table(rows=rows):
            return sum(len(line_of(cell)) + 1 for row in rows for cell in row)
        case Rule():
            return 0


def buttons_of(block: Block) -> Iterator[Button]:
    match block:
        case Paragraph(inlines=inlines) | Heading(inlines=inlines):
            yield from (inline for inline in inlines if isinstance(inline, Button))
        case Quote(blocks=blocks):
            for inner in blocks:
                yield from buttons_of(inner)
        case Listing(items=items):
            for item in items:
                for inner in item:
                    yield from buttons_of(inner)
        case Table(rows=rows):
            for row in rows:
                for cell in row:
                    yield from (inline for inline in cell if isinstance(inline, Button))
        case Pre() | Rule():
            return


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word where one ends near, with an ellipsis for what is left out."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at_word = head.rsplit(None, 1)[0] if not text[limit - 1].isspace() else head
    if len(at_word) < limit // 2:
        at_word = head
    return at_word.rstrip() + "…"


def fit(blocks: tuple[Block, ...], characters: int) -> tuple[tuple[Block, ...], bool]:
    """As much of the blocks as fits into so many characters, and whether something was left out. Buttons are kept by
    the caller.
    """
    kept: list[Block] = []
    left = characters
    for block in blocks:
        size = size_of(block)
        if size <= left:
            kept.append(block)
            left -= size
            continue
        if (part := _part_of(block, left)) is not None:
            kept.append(part)
        return tuple(kept), True
    return tuple(kept), False


def _part_of(block: Block, room: int) -> Block | None:
    if room < 2:
        return None
    match block:
        case Paragraph(inlines=inlines):
            return Paragraph(_cut_inlines(inlines, room))
        case Heading(level=level, inlines=inlines):
            return Heading(level, _cut_inlines(inlines, room))
        case Pre(text=text):
            return Pre(shorten(text, room))
        case Quote(blocks=blocks):
            inner, _ = fit(blocks, room)
            return Quote(inner) if inner else None
        case Listing(ordered=ordered, start=start, items=items):
            kept: list[tuple[Block, ...]] = []
            for item in items:
                part, cut = fit(item, room)
                if part:
                    kept.append(part)
                if cut:
                    break
                room -= sum(size_of(inner) for inner in item)
            return Listing(ordered, start, tuple(kept)) if kept else None
        case Table(rows=rows):
            fitting: list[tuple[tuple[Inline, ...], ...]] = []
            for row in rows:
                room -= sum(len(line_of(cell)) + 1 for cell in row)
                if room < 0:
                    break
                fitting.append(row)
            return Table(tuple(fitting)) if fitting else None
        case Rule():
            return block


def _cut_inlines(inlines: tuple[Inline, ...], room: int) -> tuple[Inline, ...]:
    kept: list[Inline] = []
    for inline in inlines:
        size = len(words_of(inline)) + 1
        if size <= room:
            kept.append(inline)
            room -= size
            continue
        if isinstance(inline, Text | Link) and room > 1:
            kept.append(replace(inline, text=shorten(inline.text, room)))
        else:
            kept.append(Text("…"))
        break
    return tuple(kept)
