"""How names are compared, how ids are made, and what text can be kept at all."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct, structs

T = TypeVar("T")
Randomness = Callable[[int], bytes]
"""So many random bytes, handed in from outside (`os.urandom` in the running bot)."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What can be read aloud and typed again: no 0 and O, no 1, I and L, no U beside V."""

_NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
_ENDINGS = {"public limited company": "plc", "limited": "ltd", "company": "co"}
"""The longer first: only one is replaced."""


def storable(text: str) -> str:
    """The text with U+FFFD for what no database and no UTF-8 can hold: NUL and lone surrogates."""
    return _NOT_KEPT.sub("\N{REPLACEMENT CHARACTER}", text) if _NOT_KEPT.search(text) else text


def cleaned(value: T) -> T:
    """A command with every text in it made `storable`; the same object where nothing had to change."""
    return _cleaned(value)  # type: ignore[no-any-return]  # walks values of any type


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return storable(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, Struct):
        changes = {}
        for name in value.__struct_fields__:
            before = getattr(value, name)
            if (after := _cleaned(before)) != before:
                changes[name] = after
        return structs.replace(value, **changes) if changes else value
    return value


def name_key(name: str) -> str:
    """A company's name as it is compared: case, width, accents' form, punctuation and Limited or Ltd do not matter."""
    folded = unicodedata.normalize("NFKC", storable(name)).casefold()
    words = " ".join(re.findall(r"\w+", folded))
    for long, short in _ENDINGS.items():
        if words.endswith(" " + long):
            return words.removesuffix(long) + short
    return words or folded.strip()


def number_key(number: str) -> str:
    """A company number as it is compared: no spaces, upper case, digits filled up to eight as Companies House does."""
    compact = re.sub(r"\s+", "", storable(number)).upper()
    return compact.zfill(8) if compact.isascii() and compact.isdigit() else compact


def new_id(prefix: str, randomness: Randomness) -> str:
    """An id that nobody can guess: 80 random bits."""
    return f"{prefix}{randomness(10).hex()}"


def short_id(name: str, randomness: Randomness) -> str:
    """An id to say aloud, such as NW-7F3K: two letters from the name, four that nothing can be mistaken for."""
    number = int.from_bytes(randomness(8))
    code = ""
    for _ in range(4):
        number, index = divmod(number, len(_ALPHABET))
        code += _ALPHABET[index]
    return f"{_initials(name)}-{code}"


def _initials(name: str) -> str:
    """The first letters of the first two words, or a word's first letter and its next consonant; X where there is none."""
    split = unicodedata.normalize("NFKD", storable(name))
    plain = "".join(letter for letter in split if not unicodedata.combining(letter)).upper()
    words: list[str] = re.findall("[A-Z]+", plain)
    if not words:
        return "XX"
    if len(words) > 1:
        return words[0][0] + words[1][0]
    first, rest = words[0][0], list(words[0][1:])
    consonants = [letter for letter in rest if letter not in "AEIOU"]
    return first + (consonants or rest or ["X"])[0]
