"""YAML text -> nodes that know their file and line, without building any object that the text asks for.

Only plain data passes: no tags, no anchors or aliases, no second document, no key twice. Depth, size and number of nodes are
bounded, so a hostile or runaway file is refused with a reason before it costs anything. Values stay text; `reading` gives
them their types.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

MAX_CHARACTERS = 200_000
MAX_DEPTH = 20
MAX_NODES = 20_000
MAX_TEXT = 6_000


@dataclass(frozen=True, slots=True)
class Mark:
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a process file, and what to do about it. `line` 0: the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"
        return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


class ProcessInvalid(Exception):
    """The process cannot be used. Holds every problem that was found, in the order of files and lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Scalar:
    text: str
    quoted: bool
    at: Mark


@dataclass(slots=True)
class Listing:
    items: list["Node"]
    at: Mark


@dataclass(slots=True)
class Mapping:
    """`lines` says where each key stands."""

    entries: dict[str, "Node"]
    at: Mark
    lines: dict[str, Mark] = field(default_factory=dict)


Node = Scalar | Listing | Mapping


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not met yet; `key` waits for its value."""

    node: Listing | Mapping
    key: Scalar | None = None


class _Stop(Exception):
    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message


def parse(text: str, file: str) -> Mapping:
    """The mapping that the file holds. Raises ProcessInvalid with the line of the first thing that makes it unreadable."""
    try:
        return _parse(text, file)
    except _Stop as stop:
        raise ProcessInvalid((Problem(file, stop.line, stop.message),)) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else 0
        message = f"this is not YAML: {words}. Check the indentation and quotes of this line and the one before."
        raise ProcessInvalid((Problem(file, line, message),)) from None
    except YAMLError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"this is not YAML: {reason}. Save it as UTF-8 text without control characters."
        raise ProcessInvalid((Problem(file, 0, message),)) from None
    except (ValueError, OverflowError):  # what ruamel.yaml lets through for `"\UFFFFFFFF"`
        message = "this is not YAML: an escape in a quoted text names no character. Write the character itself."
        raise ProcessInvalid((Problem(file, 0, message),)) from None


def _parse(text: str, file: str) -> Mapping:
    if len(text) > MAX_CHARACTERS:
        raise _Stop(
            0, f"{len(text):,} characters are more than the {MAX_CHARACTERS:,} that a process file may have. Split it."
        )
    stack: list[_Open] = []
    root: Node | None = None
    documents = count = 0
    for event in _events(text):
        kind = type(event).__name__
        mark = getattr(event, "start_mark", None)
        line: int = mark.line + 1 if mark is not None else 0
        if kind == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                raise _Stop(line, "a second document begins here (`---`). Put it into a file of its own.")
        if kind in {"AliasEvent", "ScalarEvent", "SequenceStartEvent", "MappingStartEvent"}:
            count += 1
            _refuse_cleverness(event, kind, line, count)
        if kind in {"SequenceEndEvent", "MappingEndEvent"}:
            closed = stack.pop().node
            if not stack:
                root = closed
        elif kind in {"SequenceStartEvent", "MappingStartEvent"}:
            if len(stack) >= MAX_DEPTH:
                raise _Stop(line, f"this is nested more than {MAX_DEPTH} levels deep. No process needs that.")
            at = Mark(file, line)
            node: Listing | Mapping = Listing([], at) if kind == "SequenceStartEvent" else Mapping({}, at)
            _attach(stack, node)
            stack.append(_Open(node))
        elif kind == "ScalarEvent":
            scalar = Scalar(str(event.value), event.style is not None, Mark(file, line))  # type: ignore[attr-defined]  # events are untyped
            if len(scalar.text) > MAX_TEXT:
                raise _Stop(
                    line, f"this text has {len(scalar.text):,} characters; {MAX_TEXT:,} are allowed. Shorten it."
                )
            _attach(stack, scalar)
            root = root if stack else scalar
    if root is None or (isinstance(root, Scalar) and not root.text):
        raise _Stop(0, "the file is empty. Remove it, or fill it in.")
    if not isinstance(root, Mapping):
        raise _Stop(root.at.line, "the file has to be a mapping, `key: value` lines at its top.")
    return root


def _events(text: str) -> Iterator[object]:
    # The pure-Python parser is a state machine: its depth does not grow with that of the text.
    yield from YAML(typ="safe", pure=True).parse(text)


def _refuse_cleverness(event: object, kind: str, line: int, count: int) -> None:
    if count > MAX_NODES:
        raise _Stop(line, f"the file has more than {MAX_NODES:,} values. Split it.")
    if kind == "AliasEvent" or getattr(event, "anchor", None):
        raise _Stop(line, "anchors and aliases (`&name`, `*name`) are not allowed. Write the value out.")
    if (tag := getattr(event, "tag", None)) is not None:
        raise _Stop(line, f"the tag `{tag}` is not allowed. A process file holds plain text, lists and mappings only.")


def _attach(stack: list[_Open], value: Node) -> None:
    if not stack:
        return
    top = stack[-1]
    if isinstance(top.node, Listing):
        top.node.items.append(value)
    elif top.key is None:
        if not isinstance(value, Scalar):
            raise _Stop(value.at.line, "a key has to be plain text. Put the list or mapping behind a `key:`.")
        if value.text in top.node.entries:
            first = top.node.lines[value.text].line
            raise _Stop(
                value.at.line, f'"{value.text}" stands here a second time, first in line {first}. Keep one of them.'
            )
        top.key = value
    else:
        top.node.entries[top.key.text] = value
        top.node.lines[top.key.text] = top.key.at
        top.key = None
