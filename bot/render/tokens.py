"""Inserted values as tokens: what a template prints is kept beside the text and put in its place after parsing.

A token is a run of private-use characters that wrap an index. The Markdown parser sees a word without meaning, so no
value can begin a list, close a code span, open a link or mention anybody. Values and templates themselves cannot hold
a token: private-use characters of ours are taken out of the one and refused in the other.
"""

import re
from collections.abc import Iterator

from bot.render.values import Channel, Code, Day, Markdown, Moment, Person, Phrase, Printable, Span

OPEN, CLOSE = "\ue000", "\ue001"
_DIGIT_BASE = 0xE010
_TOKEN = re.compile(f"{OPEN}([\ue010-\ue019]+){CLOSE}")
OURS = re.compile("[\ue000-\ue019]")
"""The characters that a template may not contain."""

# Control characters, and those that turn the direction of what follows: a name must not be able to rearrange the
# sentence around it.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\ue019\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\u0085")
_SPACES = re.compile(r"\s+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotPrintable(TypeError):
    """A template printed something that has no form for people; the message names it and its type."""


class Tokens:
    """The values of one rendering, by index."""

    def __init__(self) -> None:
        self._values: list[Printable] = []

    def keep(self, value: object) -> str:
        """Puts the value away and gives the token that stands for it. Raises NotPrintable for None, booleans and
        bags.
        """
        if isinstance(value, bool) or not isinstance(
            value, str | int | Person | Channel | Moment | Day | Span | Code | Markdown | Phrase
        ):
            raise NotPrintable(
                f"a template printed {type(value).__name__}; only text, numbers, people, times and code can be"
            )
        self._values.append(value)
        index = "".join(chr(_DIGIT_BASE + int(digit)) for digit in str(len(self._values) - 1))
        return f"{OPEN}{index}{CLOSE}"

    def split(self, text: str) -> Iterator[str | tuple[Printable]]:
        """The text with each token replaced by its value, wrapped in a tuple of one so that it differs from template
        text.
        """
        at = 0
        for match in _TOKEN.finditer(text):
            if match.start() > at:
                yield text[at : match.start()]
            index = int("".join(str(ord(character) - _DIGIT_BASE) for character in match[1]))
            yield (self._values[index],)
            at = match.end()
        if at < len(text):
            yield text[at:]

    def plain(self, text: str) -> str:
        """The text with each value in its place as one line of literal text."""
        return "".join(part if isinstance(part, str) else one_line(str(part[0])) for part in self.split(text))

    def only(self, text: str) -> Printable | None:
        """The value, if the text is one token and nothing else."""
        match = _TOKEN.fullmatch(text.strip())
        if match is None:
            return None
        return next(part[0] for part in self.split(match[0]) if isinstance(part, tuple))


def visible(text: str) -> str:
    """The text without what cannot be seen or turns its direction; lines kept."""
    return _SURROGATE.sub("\ufffd", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str) -> str:
    """The visible text as one line; a space at its edge stays, since words of ours begin or end with one."""
    return _SPACES.sub(" ", visible(text))
