"""A document -> Slack blocks, within Slack's limits by construction.

All words go into `rich_text`, whose text elements Slack shows literally: it looks for no mention, link or format in
them. Buttons leave the line they stand in and follow the block they belong to, five a row. Limits: Slack's pages on
blocks and block elements; the total of 12,000 characters is measured by others, so we stay well below.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.render.document import (
    Block,
    Button,
    Date,
    Document,
    Heading,
    Inline,
    Link,
    Listing,
    Mention,
    Paragraph,
    Pre,
    Quote,
    Rule,
    Style,
    Table,
    Text,
    buttons_of,
    fit,
    line_of,
    shorten,
    words_of,
)
from bot.render.values import Person, Show
from handlers import ids

Json = dict[str, Any]

LABEL_LIMIT = 75
VALUE_LIMIT = 2_000
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
HEADER_LIMIT = 150
BUTTONS_A_ROW = 5
TABLE_ROWS, TABLE_COLUMNS = 100, 20

_FORMATS = {Show.AT: "{date_short_pretty} at {time}", Show.DAY: "{date_short_pretty}", Show.TIME: "{time}"}
_DO_NOTHING = "Cancel"


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_BLOCKS = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
_CHARACTERS = {Surface.MESSAGE: 10_000, Surface.MODAL: 40_000, Surface.HOME: 40_000}


@dataclass(frozen=True, slots=True)
class Frame:
    """What buttons need to know of the message they stand in. `rest` is where "Show the rest" leads, if the text had
    to be cut.
    """

    onboarding: str = ""
    about: str = ""
    rest: Button | None = None
    surface: Surface = Surface.MESSAGE


def blocks_of(document: Document, frame: Frame) -> list[Json]:
    """The document as blocks: at most as many, and as many characters, as the surface holds; what does not fit is
    offered by `rest`.
    """
    fitting, over = fit(document.blocks, _CHARACTERS[frame.surface])
    lost = _lost_buttons(document.blocks, fitting) if over else ()
    room = _BLOCKS[frame.surface] - (1 if frame.rest else 0)
    writer = _Writer(frame)
    written = list(writer.write((*fitting, Paragraph((Text("…"),))) if over else fitting))
    written.extend(writer.actions(lost))
    if len(written) > room:
        over = True
        written = _within(written, room)
    if (over or document.cut) and frame.rest:
        written.extend(writer.actions((frame.rest,)))
    return written


def _lost_buttons(whole: Sequence[Block], fitting: Sequence[Block]) -> tuple[Button, ...]:
    """The buttons of what was cut away: an answer must be possible even where the text is too long."""
    kept = [button for block in fitting for button in buttons_of(block)]
    every = [button for block in whole for button in buttons_of(block)]
    return tuple(button for button in every if button not in kept)


def _within(written: list[Json], room: int) -> list[Json]:
    """Texts from the end are left out first, then rows of buttons."""
    surplus = len(written) - room
    texts = [index for index, block in enumerate(written) if block["type"] != "actions"]
    gone = set(texts[max(1, len(texts) - surplus) :])
    return [block for index, block in enumerate(written) if index not in gone][:room]


class _Writer:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._ids: set[str] = set()
        self._tables = 0

    def write(self, blocks: Iterable[Block]) -> Iterator[Json]:
        elements: list[Json] = []
        pending: list[Button] = []
        for block in blocks:
            starts_anew = isinstance(block, Paragraph | Heading | Rule | Table)
            if starts_anew and (elements or pending) and not (isinstance(block, Paragraph) and _only_buttons(block)):
                yield from self._flush(elements, pending)
                elements, pending = [], []
            match block:
                case Rule():
                    yield {"type": "divider"}
                case Heading(level=1, inlines=inlines):
                    yield from _header(inlines)
                case Table() if self._frame.surface is not Surface.MODAL and not self._tables:
                    self._tables += 1
                    yield _table(block)
                case _:
                    elements.extend(_elements(block))
            pending.extend(buttons_of(block))
        yield from self._flush(elements, pending)

    def _flush(self, elements: list[Json], buttons: Sequence[Button]) -> Iterator[Json]:
        if elements:
            yield {"type": "rich_text", "elements": elements}
        yield from self.actions(buttons)

    def actions(self, buttons: Sequence[Button]) -> Iterator[Json]:
        for start in range(0, len(buttons), BUTTONS_A_ROW):
            row = buttons[start : start + BUTTONS_A_ROW]
            yield {"type": "actions", "elements": [self._button(button) for button in row]}

    def _button(self, button: Button) -> Json:
        element: Json = {"type": "button", "text": _plain(button.label, LABEL_LIMIT), "action_id": self._id(button)}
        if button.url:
            element["url"] = button.url
        else:
            onboarding = button.onboarding or self._frame.onboarding
            element["value"] = ids.action_value(onboarding, button.subject)[:VALUE_LIMIT]
        if self._frame.about:
            element["accessibility_label"] = shorten(f"{button.label}: {self._frame.about}", LABEL_LIMIT)
        if button.look:
            element["style"] = button.look
        if button.confirm:
            element["confirm"] = {
                "title": _plain(button.label, CONFIRM_TITLE),
                "text": _plain(button.confirm, CONFIRM_TEXT),
                "confirm": _plain(button.label, CONFIRM_BUTTON),
                "deny": _plain(_DO_NOTHING, CONFIRM_BUTTON),
            }
        return element

    def _id(self, button: Button) -> str:
        """Unique in the message, also where two buttons say the same of the same."""
        wanted = ids.action_id(ids.Verb.OPEN if button.url else ids.Verb(button.verb), button.subject)
        found, number = wanted, 1
        while found in self._ids:
            number += 1
            found = f"{wanted[:250]}:{number}"
        self._ids.add(found)
        return found


def _plain(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": False}


def _only_buttons(paragraph: Paragraph) -> bool:
    return not _said(paragraph.inlines)


def _said(inlines: Iterable[Inline]) -> list[Inline]:
    """The inlines without buttons and without the spaces that stood around them."""
    said: list[Inline] = [inline for inline in inlines if not isinstance(inline, Button)]
    while said and isinstance(last := said[-1], Text) and not last.style.code:
        trimmed = last.text.rstrip()
        said.pop()
        if trimmed:
            said.append(Text(trimmed, last.style))
            break
    return said


def _header(inlines: Sequence[Inline]) -> Iterator[Json]:
    if words := line_of(tuple(_said(inlines))).strip():
        yield {"type": "header", "text": _plain(words.replace("\n", " "), HEADER_LIMIT)}


def _elements(block: Block) -> Iterator[Json]:
    """The rich text elements of one block."""
    match block:
        case Paragraph(inlines=inlines):
            if parts := _parts(_said(inlines)):
                yield {"type": "rich_text_section", "elements": parts}
        case Heading(inlines=inlines):
            if words := line_of(tuple(_said(inlines))).strip():
                yield {"type": "rich_text_section", "elements": [_text(Text(words, Style(bold=True)))]}
        case Pre(text=text):
            if text:
                yield {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
        case Quote(blocks=blocks):
            lines: list[Inline] = []
            for inner in blocks:
                lines.extend(([Text("\n")] if lines else []) + _lines(inner))
            if parts := _parts(_said(lines)):
                yield {"type": "rich_text_quote", "elements": parts}
        case Listing():
            yield from _list(block, 0)
        case Table(rows=rows):
            yield from _list(_rows_as_list(rows), 0)
        case Rule():
            return


def _list(listing: Listing, indent: int) -> Iterator[Json]:
    """Slack's lists hold lines only: what stands below an item's line interrupts the list, which then goes on with
    its number.
    """
    style = "ordered" if listing.ordered else "bullet"
    sections: list[Json] = []
    first = listing.start

    def closed() -> Iterator[Json]:
        if sections:
            element: Json = {
                "type": "rich_text_list",
                "style": style,
                "indent": min(indent, 8),
                "elements": list(sections),
            }
            if listing.ordered and first > 1:
                element["offset"] = first - 1
            yield element
            sections.clear()

    for number, item in enumerate(listing.items, listing.start):
        line: list[Inline] = []
        below: list[Block] = []
        for block in item:
            if isinstance(block, Paragraph | Heading) and not below:
                line.extend(([Text("\n")] if line else []) + list(block.inlines))
            else:
                below.append(block)
        if parts := _parts(_said(line)):
            if not sections:
                first = number
            sections.append({"type": "rich_text_section", "elements": parts})
        if below:
            yield from closed()
            for block in below:
                yield from (_list(block, indent + 1) if isinstance(block, Listing) else _elements(block))
    yield from closed()


def _lines(block: Block) -> list[Inline]:
    match block:
        case Paragraph(inlines=inlines) | Heading(inlines=inlines):
            return list(inlines)
        case Pre(text=text):
            return [Text(text, Style(code=True))] if text else []
        case Listing(ordered=ordered, start=start, items=items):
            found: list[Inline] = []
            for number, item in enumerate(items, start):
                found.append(Text(("\n" if found else "") + (f"{number}. " if ordered else "• ")))
                for inner in item:
                    found.extend(_lines(inner))
            return found
        case Quote(blocks=blocks):
            return [line for inner in blocks for line in _lines(inner)]
        case Table(rows=rows):
            return _lines(_rows_as_list(rows))
        case Rule():
            return []


def _rows_as_list(rows: Sequence[Sequence[tuple[Inline, ...]]]) -> Listing:
    """A table where no table may stand: one item a row, each value with its column's name."""
    header, *body = rows
    items: list[tuple[Block, ...]] = []
    for row in body:
        line: list[Inline] = []
        for name, cell in zip(header, row, strict=True):
            line.append(Text(("; " if line else "") + line_of(name) + ": "))
            line.extend(cell)
        items.append((Paragraph(tuple(line)),))
    return Listing(ordered=False, start=1, items=tuple(items))


def _table(table: Table) -> Json:
    return {"type": "table", "rows": [[_cell(cell) for cell in row[:TABLE_COLUMNS]] for row in table.rows[:TABLE_ROWS]]}


def _cell(inlines: Sequence[Inline]) -> Json:
    parts = _parts(_said(inlines)) or [{"type": "text", "text": "–"}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}


def _parts(inlines: Sequence[Inline]) -> list[Json]:
    return [part for inline in inlines if (part := _part(inline))]


def _part(inline: Inline) -> Json | None:
    match inline:
        case Text():
            return _text(inline) if inline.text else None
        case Link(url=url, text=text, style=style):
            return _with_style({"type": "link", "url": url, "text": text or url}, style)
        case Mention(who=Person(id=person), style=style):
            return _with_style({"type": "user", "user_id": person}, style)
        case Mention(who=who, style=style):
            return _with_style({"type": "channel", "channel_id": who.id}, style)
        case Date(moment=moment, style=style):
            stamp = int(moment.at.timestamp())
            date: Json = {
                "type": "date",
                "timestamp": stamp,
                "format": _FORMATS[moment.show],
                "fallback": words_of(inline),
            }
            return _with_style(date, style)
        case Button():
            return None


def _text(text: Text) -> Json:
    return _with_style({"type": "text", "text": text.text}, text.style)


def _with_style(element: Json, style: Style) -> Json:
    flags = {"bold": style.bold, "italic": style.italic, "strike": style.strike, "code": style.code}
    if on := {name: True for name, value in flags.items() if value}:
        element["style"] = on
    return element
