"""A memory for what comes by again and again, and only for that: what is long is worked out anew, so that nobody can fill it."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Text = TypeVar("Text", str, bytes)
Value = TypeVar("Value")


def remembering(count: int, longest: int) -> Callable[[Callable[[Text], Value]], Callable[[Text], Value]]:
    """For a pure function of a text or of bytes: keeps the last `count` results of arguments no longer than `longest`."""

    def wrap(function: Callable[[Text], Value]) -> Callable[[Text], Value]:
        remembered = lru_cache(maxsize=count)(function)

        def look(text: Text) -> Value:
            return remembered(text) if len(text) <= longest else function(text)

        look.__doc__ = function.__doc__
        return look

    return wrap
