"""What is wrong with a payload, in Slack's way of saying it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.shapes import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is the error that Slack answers; `pointer` says where (RFC 6901)."""

    code: str
    message: str
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]" if self.pointer else self.message


@dataclass(frozen=True, slots=True)
class Flaw:
    """A problem inside blocks: what and where; which error code it becomes depends on who asked."""

    message: str
    pointer: str


def keys(value: Json, at: str, needed: Iterable[str], optional: Iterable[str]) -> Iterable[Flaw]:
    """Missing and unknown fields; Slack refuses both."""
    needed = set(needed)
    for key in sorted(needed - set(value)):
        yield Flaw(f"missing required field: {key}", at)
    for key in sorted(set(value) - needed - set(optional) - {"type"}):
        yield Flaw(f"invalid additional property: {key}", at)


def length(value: object, at: str, most: int, least: int = 1) -> Iterable[Flaw]:
    """A string between `least` and `most` characters."""
    if not isinstance(value, str):
        yield Flaw("must be a string", at)
    elif len(value) > most:
        yield Flaw(f"must be less than {most + 1} characters", at)
    elif len(value) < least:
        yield Flaw(f"must be more than {least - 1} characters", at)


def count(value: object, at: str, most: int, least: int = 1) -> Iterable[Flaw]:
    """A list of between `least` and `most` items."""
    if not isinstance(value, list):
        yield Flaw("must be an array", at)
    elif len(value) > most:
        yield Flaw(f"no more than {most} items allowed", at)
    elif len(value) < least:
        yield Flaw(f"no fewer than {least} items allowed", at)


def one_of(value: object, at: str, allowed: Iterable[object]) -> Iterable[Flaw]:
    allowed = list(allowed)
    if value not in allowed:
        yield Flaw(f"must be one of {', '.join(map(str, allowed))}", at)


def items(value: object) -> list[object]:
    """A list as it is, anything else as nothing (somebody else complains of it)."""
    return value if isinstance(value, list) else []
