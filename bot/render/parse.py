"""Markdown with tokens -> a document. The parser is markdown-it-py; what is ours is only the walk over its tree.

Line ends inside a template's paragraph are kept, since a template is written line by line as it is read; those inside
trusted wording are spaces, since wording in data is wrapped. Raw HTML, images, automatic links, indented code and
link references are switched off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markdown_it.tree import SyntaxTreeNode

from bot.render.document import (
    PLAIN,
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
    line_of,
    shorten,
)
from bot.render.markdown import tree_of
from bot.render.tokens import Tokens, one_line, visible
from bot.render.values import Channel, Code, Markdown, Moment, Person, Phrase, Printable

LITERAL_LIMIT = 1_000
"""Characters of one inserted text in a message; what is longer is cut at a word and the rest is offered."""

CODE_LIMIT = 3_500

_SUBJECT = re.compile(r"[A-Za-z0-9_.#:/+=@-]{0,200}\Z")
_VERB = re.compile(r"[a-z]+(?:-[a-z]+)*\Z")
_WEB = re.compile(r"https?://[^\s<>|\"\\^`{}]{1,2900}\Z")
_LOOK = re.compile(r"(?P<look>primary|danger|plain)(?::\s*(?P<confirm>.+))?\Z", re.DOTALL)


class BadTemplate(ValueError):
    """A template cannot be rendered; the message says what is wrong and how to right it."""


@dataclass(slots=True)
class _Walk:
    """One walk over one text. `cut` becomes true when a value was shortened; `trusted_wording` allows no buttons."""

    tokens: Tokens
    limited: bool
    verbs: frozenset[str]
    trusted_wording: bool = False
    cut: bool = False

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> tuple[Block, ...]:
        found: list[Block] = []
        for node in nodes:
            found.extend(self._block(node))
        return tuple(found)

    def _block(self, node: SyntaxTreeNode) -> tuple[Block, ...]:
        match node.type:
            case "paragraph":
                return self._paragraph(node)
            case "heading":
                return (Heading(int(node.tag[1:]), self._inlines(node.children, PLAIN)),)
            case "bullet_list" | "ordered_list":
                items = tuple(self.blocks(item.children) for item in node.children)
                start = int(node.attrs.get("start", 1))
                return (Listing(node.type == "ordered_list", start, tuple(item for item in items if item)),)
            case "fence":
                return (Pre(self._literal_lines(node.content)),)
            case "blockquote":
                return (Quote(self.blocks(node.children)),)
            case "hr":
                return (Rule(),)
            case "table":
                return (Table(tuple(self._row(row) for part in node.children for row in part.children)),)
            case other:
                raise BadTemplate(f"`{other}` has no form in a message; use paragraphs, lists, code, quotes or a table")

    def _row(self, row: SyntaxTreeNode) -> tuple[tuple[Inline, ...], ...]:
        return tuple(self._inlines(cell.children, PLAIN) for cell in row.children)

    def _paragraph(self, node: SyntaxTreeNode) -> tuple[Block, ...]:
        match self.tokens.only(node.children[0].content):
            case Code(text=text):
                return (Pre(self._cut(visible(text).strip("\n"), CODE_LIMIT)),)
            case Markdown() as wording:
                return self._wording(wording)
        inlines = self._inlines(node.children, PLAIN)
        return (Paragraph(inlines),) if line_of(inlines).strip() else ()

    def _wording(self, wording: Markdown) -> tuple[Block, ...]:
        inner = _Walk(Tokens(), self.limited, self.verbs, trusted_wording=True)
        found = inner.blocks(tree_of(visible(wording.text)))
        self.cut = self.cut or inner.cut
        return found

    def _inlines(self, nodes: Sequence[SyntaxTreeNode], style: Style) -> tuple[Inline, ...]:
        found: list[Inline] = []
        for node in nodes:
            found.extend(self._inline(node, style))
        return _joined(found)

    def _inline(self, node: SyntaxTreeNode, style: Style) -> tuple[Inline, ...]:
        match node.type:
            case "inline":
                return self._inlines(node.children, style)
            case "text" | "text_special":
                return self._text(node.content, style)
            case "softbreak":
                return (Text(" " if self.trusted_wording else "\n", style),)
            case "hardbreak":
                return (Text("\n", style),)
            case "strong":
                return self._inlines(node.children, replace(style, bold=True))
            case "em":
                return self._inlines(node.children, replace(style, italic=True))
            case "s":
                return self._inlines(node.children, replace(style, strike=True))
            case "code_inline":
                return (Text(self._cut(self.tokens.plain(node.content), LITERAL_LIMIT), replace(style, code=True)),)
            case "link":
                return self._link(node, style)
            case other:
                raise BadTemplate(f"`{other}` has no form in a line of a message")

    def _text(self, content: str, style: Style) -> tuple[Inline, ...]:
        found: list[Inline] = []
        for part in self.tokens.split(content):
            if isinstance(part, str):
                found.append(Text(part, style))
            else:
                found.extend(self._value(part[0], style))
        return tuple(found)

    def _value(self, value: Printable, style: Style) -> tuple[Inline, ...]:
        match value:
            case Person() if value.mentionable:
                return (Mention(replace(value, name=self._cut(one_line(value.name), 80)), style),)
            case Channel() if value.linkable:
                return (Mention(replace(value, name=self._cut(one_line(value.name), 80)), style),)
            case Moment():
                return (Date(value, style),)
            case Markdown():
                return _flat(self._wording(value), style)
            case Phrase(parts=parts):
                return tuple(inline for part in parts for inline in self._value(part, style))
            case Code(text=text):
                return (Text(self._cut(one_line(text), LITERAL_LIMIT), replace(style, code=True)),)
            case _:
                return (Text(self._cut(one_line(str(value)), LITERAL_LIMIT), style),)

    def _link(self, node: SyntaxTreeNode, style: Style) -> tuple[Inline, ...]:
        address = self.tokens.plain(str(node.attrs.get("href", "")))
        title = self.tokens.plain(str(node.attrs.get("title", "")))
        label = line_of(self._inlines(node.children, PLAIN)).strip()
        if address.startswith("do:"):
            return (self._button(address, title, label),)
        if not _WEB.match(address):
            return self._inlines(node.children, style)
        if title == "button" and not self.trusted_wording:
            return (Button(label, url=address),)
        return (Link(address, label or address, style),)

    def _button(self, address: str, title: str, label: str) -> Button:
        verb, _, subject = address.removeprefix("do:").partition("/")
        verb, _, onboarding = verb.partition("@")
        if self.trusted_wording:
            raise BadTemplate(f"[{label}]({address}): the process' wording makes no buttons; put it into the template")
        if not _VERB.match(verb) or verb not in self.verbs:
            raise BadTemplate(f"[{label}]({address}): `{verb}` is no verb of handlers/ids.py")
        if not _SUBJECT.match(subject) or not _SUBJECT.match(onboarding):
            raise BadTemplate(f"[{label}](do:{verb}/…): what follows the verb must be an id")
        if not label:
            raise BadTemplate(f"[]({address}): a button needs words")
        match = _LOOK.match(title) if title else None
        if title and match is None:
            looks = "the look is primary, danger or plain, then perhaps `: question`"
            raise BadTemplate(f'[{label}]({address} "{title}"): {looks}')
        look = "" if match is None or match["look"] == "plain" else match["look"]
        confirm = (match["confirm"] or "") if match else ""
        return Button(label, verb, subject, look=look, confirm=confirm, onboarding=onboarding)

    def _literal_lines(self, content: str) -> str:
        parts = (
            part if isinstance(part, str) else self._cut(visible(str(part[0])).strip("\n"), CODE_LIMIT)
            for part in self.tokens.split(content.rstrip("\n"))
        )
        return "".join(parts)

    def _cut(self, text: str, limit: int) -> str:
        if not self.limited or len(text) <= limit:
            return text
        self.cut = True
        return shorten(text, limit)


def _joined(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """Neighbouring texts of one style as one, empty ones gone."""
    found: list[Inline] = []
    for inline in inlines:
        last = found[-1] if found else None
        if isinstance(inline, Text) and not inline.text:
            continue
        if isinstance(inline, Text) and isinstance(last, Text) and inline.style == last.style:
            found[-1] = Text(last.text + inline.text, last.style)
        else:
            found.append(inline)
    return tuple(found)


def _flat(blocks: Sequence[Block], style: Style) -> tuple[Inline, ...]:
    """Blocks of wording as part of a line: paragraphs and items on lines of their own."""
    found: list[Inline] = []
    for block in blocks:
        if found:
            found.append(Text("\n", style))
        match block:
            case Paragraph(inlines=inlines) | Heading(inlines=inlines):
                found.extend(_styled(inline, style) for inline in inlines)
            case Pre(text=text):
                found.append(Text(text, replace(style, code=True)))
            case Quote(blocks=inner):
                found.extend(_flat(inner, style))
            case Listing(ordered=ordered, start=start, items=items):
                for number, item in enumerate(items, start):
                    mark = f"{number}. " if ordered else "• "
                    found.append(Text(("" if number == start else "\n") + mark, style))
                    found.extend(_flat(item, style))
            case Table(rows=rows):
                found.extend(Text(" · ".join(line_of(cell) for cell in row) + "\n", style) for row in rows)
            case Rule():
                pass
    return _joined(found)


def _styled(inline: Inline, style: Style) -> Inline:
    if isinstance(inline, Button):
        return inline
    own = inline.style
    return replace(
        inline,
        style=Style(
            own.bold or style.bold, own.italic or style.italic, own.strike or style.strike, own.code or style.code
        ),
    )


def parse(markdown: str, tokens: Tokens, verbs: frozenset[str], *, limited: bool = True) -> Document:
    """The document that the rendered Markdown says, values in their places.

    `limited`: values that are too long for a message are cut, and the document says so. Raises BadTemplate.
    """
    walk = _Walk(tokens, limited, verbs)
    blocks = walk.blocks(tree_of(markdown))
    return Document(blocks, walk.cut)
