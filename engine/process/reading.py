"""Nodes -> the values of `model`, led by the types there, so that a file's keys are exactly the fields of those classes.

Every problem is noted and reading goes on with a stand-in, so that one run tells all that is wrong. The stand-ins never leave:
whoever calls looks at `problems` first.
"""

import difflib
import re
import types
import unicodedata
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from engine.process import model
from engine.process.nodes import Listing, Mapping, Mark, Node, Problem, Scalar

_DURATION = re.compile(r"(?P<count>\d{1,4}) (?P<unit>min|h|days?|working days?)")
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "day": timedelta(days=1),
    "working day": timedelta(days=1),
}
_NOUNS: dict[type, tuple[str, str]] = {
    model.Step: ("step", "id"),
    model.Task: ("task", "id"),
    model.Field: ("field", "id"),
    model.Wait: ("wait", "id"),
    model.WaitAnswer: ("answer", "id"),
    model.WayOn: ("way on", "id"),
    model.RowKind: ("row", "id"),
    model.Note: ("note", ""),
    model.TaskCheck: ("check", "kind"),
    model.RoleInfo: ("role", "role"),
    model.Choice: ("choice", "id"),
    model.RoleCode: ("role code", "code"),
    model.Source: ("source", "tag"),
    model.Cadences: ("cadences", ""),
    model.When: ("when", ""),
    model.ProfileFor: ("profile", "profile"),
    model.Answered: ("answered", ""),
    model.Exposure: ("exposure", ""),
    model.Settles: ("settles", ""),
    model.Expiry: ("expiry", "what"),
}


class Reader:
    """Reads values of the model and remembers where each stood, for those who check what belongs together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._places: dict[int, tuple[object, Mapping]] = {}

    def note(self, at: Mark, message: str) -> None:
        self.problems.append(Problem(at.file, at.line, message))

    def place(self, value: object, key: str = "") -> Mark:
        """Where a value that was read stands, or its `key`."""
        node = self._places[id(value)][1]
        return node.lines.get(key, node.at)

    def read(self, kind: Any, node: Node, what: str) -> Any:
        """The value of type `kind`; `what` names it to people. What cannot be read is noted and stood in for."""
        origin = get_origin(kind)
        if origin in {Union, types.UnionType}:
            inner = next(option for option in get_args(kind) if option is not type(None))
            return None if _is_null(node) else self.read(inner, node, what)
        if origin is tuple:
            return self._tuple(get_args(kind), node, what)
        if origin is frozenset:
            return frozenset(self._items(get_args(kind)[0], node, what))
        if is_dataclass(kind) and isinstance(kind, type):
            return self._dataclass(kind, node, what)
        if not isinstance(node, Scalar):
            self.note(node.at, f"{what} has to be one value here, not a list or mapping.")
            return stand_in(kind)
        return self._scalar(kind, node, what)

    def _tuple(self, kinds: tuple[Any, ...], node: Node, what: str) -> tuple[Any, ...]:
        if kinds[-1] is Ellipsis:
            return tuple(self._items(kinds[0], node, what))
        if not isinstance(node, Listing) or len(node.items) != len(kinds):
            self.note(node.at, f"{what} has to be a list of {len(kinds)} values, such as `[20 min, 2 min]`.")
            return tuple(stand_in(kind) for kind in kinds)
        return tuple(self.read(kind, item, what) for kind, item in zip(kinds, node.items, strict=True))

    def _items(self, kind: Any, node: Node, what: str) -> Iterable[Any]:
        if not isinstance(node, Listing):
            self.note(node.at, f"{what} has to be a list. Write `[...]`, or lines that begin with `- `.")
            return
        for item in node.items:
            yield self.read(kind, item, what)

    def _dataclass(self, kind: type, node: Node, what: str) -> Any:
        noun, key = _NOUNS.get(kind, ("file", ""))
        if not isinstance(node, Mapping):
            self.note(node.at, f"{what} has to be a mapping with the keys {_listed(_fields(kind))}.")
            node = Mapping({}, node.at)
        label = _label(noun, key, node, what)
        known = _fields(kind)
        for name, at in node.lines.items():
            if name not in known:
                self.note(at, f'{label} has an unknown key "{name}". {closest(name, known)}')
        hints = _hints(kind)
        values: dict[str, Any] = {}
        for name, declared in known.items():
            if name in node.entries:
                values[name] = self.read(hints[name], node.entries[name], f"{label}: {name}")
            elif declared.default is MISSING and declared.default_factory is MISSING:
                self.note(node.at, f"{label} has no {name}. {_add(name, hints[name])}")
                values[name] = stand_in(hints[name])
        value = kind(**values)
        self._places[id(value)] = (value, node)
        return value

    def _scalar(self, kind: Any, node: Scalar, what: str) -> Any:
        text = node.text
        if kind is str:
            if bad := next(
                (c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} and c != "\n"), None
            ):
                self.note(node.at, f"{what} holds the invisible character U+{ord(bad):04X}. Remove it.")
            return text
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return self._enum(kind, node, what)
        if kind is bool and text in {"true", "false"}:
            return text == "true"
        if kind is int and re.fullmatch(r"\d{1,9}", text):
            return int(text)
        if kind is timedelta and (found := _DURATION.fullmatch(text)):
            return int(found["count"]) * _UNITS[found["unit"].removesuffix("s")]
        expected = {
            bool: "`true` or `false`",
            int: "a whole number",
            timedelta: "a time such as `20 min`, `72 h`, `30 days` or `3 working days`",
        }[kind]
        self.note(node.at, f'{what} is "{_short(text)}". Write {expected}.')
        return stand_in(kind)

    def _enum(self, kind: type[StrEnum], node: Scalar, what: str) -> StrEnum:
        try:
            return kind(node.text)
        except ValueError:
            self.note(node.at, f'{what} is "{_short(node.text)}". {closest(node.text, list(kind))}')
            return next(iter(kind))


def closest(name: str, known: Iterable[str]) -> str:
    """ "Did you mean …?" where something is near, and what there is unless that is a long list beside a good guess."""
    names = [str(one) for one in known]
    near = difflib.get_close_matches(name, names, n=1)
    guess = f'Did you mean "{near[0]}"?' if near else ""
    if guess and len(names) > 10:
        return guess
    return f"{guess} Known are {_listed(names)}.".strip() if names else "There is none."


def stand_in(kind: Any) -> Any:
    """A value of the type that lets reading go on after a problem was noted."""
    if get_origin(kind) in {Union, types.UnionType}:
        return None
    if get_origin(kind) in {tuple, frozenset}:
        return get_origin(kind)()
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: stand_in(hints[name]) for name in _fields(kind)})
    return {str: "", int: 0, bool: False, timedelta: timedelta()}[kind]


def _add(name: str, kind: Any) -> str:
    if kind is model.Role:
        return f"Add `{name}: certificate_admin` or another role: {_listed(model.Role)}."
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        options = list(kind)
        return f"Add `{name}: {options[0]}` or another of {_listed(options)}."
    example = {int: "1", timedelta: "72 h", bool: "true"}.get(kind, "..." if kind is str else "[...]")
    return f"Add `{name}: {example}`."


def _label(noun: str, key: str, node: Mapping, what: str) -> str:
    named = node.entries.get(key)
    if isinstance(named, Scalar) and named.text:
        return f'{noun} "{_short(named.text)}"'
    return what if what.endswith(noun) or not key else f"{noun} in {what}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(str(name) for name in names)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.quoted and node.text in {"", "~", "null"}


@cache
def _fields(kind: type) -> dict[str, Field[Any]]:
    return {one.name: one for one in fields(kind)}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
