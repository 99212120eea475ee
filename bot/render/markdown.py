"""The Markdown parser that templates and wording are read by: markdown-it-py, set up for messages.

Raw HTML, images, automatic links, indented code, underlined headings and link references are switched off.
"""

from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType

from bot.render.tokens import CLOSE, OPEN


class _State(StateInline):
    """Takes an inserted value for a neighbour that emphasis may begin or end at, whatever it will turn out to be.

    CommonMark looks at the characters beside `**`: `**Done.**{{ more }}` would not be bold, because a full stop stands
    before the marks and something like a letter behind.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        behind = self.src[end] if end < self.posMax else " "
        opens, closes = scanned.can_open, scanned.can_close
        if behind == OPEN or before == CLOSE:
            opens = opens or not behind.isspace()
            closes = closes or not before.isspace()
        return Scanned(opens, closes, scanned.length)


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    parser.inline = _Inline()
    parser.configure("commonmark").enable(["strikethrough", "table"])
    parser.disable(["html_block", "html_inline", "image", "autolink", "code", "lheading", "reference"])
    # Addresses are judged when tokens have got their values; until then they stay as written.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]  # the library's own way to configure it
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # as above
    return parser


_PARSER = _parser()


@lru_cache(maxsize=64)
def tree_of(markdown: str) -> Sequence[SyntaxTreeNode]:
    """The text's top-level blocks, to be read only.

    With tokens in the place of values, messages of the same shape are the same text: it need not be parsed with each.
    """
    return SyntaxTreeNode(_PARSER.parse(markdown)).children
