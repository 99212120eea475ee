"""How a TXT value that was found differs from the one that is wanted: one kind of misfit, or nothing to do with it."""

import re
import unicodedata
from enum import StrEnum
from urllib.parse import unquote

from engine.dns.tokens import PREFIX, PREFIX_IN_TEXT, distance, is_globalsign_shaped, token_of


class Misfit(StrEnum):
    """What went wrong with a value; each is the code of a finding."""

    QUOTES = "quotes-in-value"
    BLANKS = "blanks-in-value"
    INVISIBLE = "invisible-characters"
    NO_PREFIX = "prefix-missing"
    PREFIX_TWICE = "prefix-doubled"
    PREFIX_UNDERSCORE = "prefix-without-underscore"
    NAME_PASTED = "name-pasted-with-value"
    IN_SPF = "value-inside-spf"
    MERGED = "value-merged-with-other-text"
    CASE = "case-changed"
    URL_ENCODED = "url-encoded"
    PADDED = "padding-added"
    CUT_OFF = "value-cut-off"
    TYPO = "value-mistyped"
    PREVIOUS = "earlier-value"
    FOREIGN = "value-of-another-claim"


_QUOTES = "\"'“”‘’`«»„‚"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u00a0\u2007\u202f]")
MAX_EDITS = 3


def misfit(found: str, wanted: str, previous: tuple[str, ...] = ()) -> Misfit | None:
    """The kind of misfit of a found value, or None if it is the wanted one or has nothing to do with it."""
    if found == wanted or len(found) > 4096:
        return None
    if found in previous:
        return Misfit.PREVIOUS
    return _dress(found, wanted) or _prefix(found, wanted) or _inside(found, wanted) or _letters(found, wanted)


def _dress(found: str, wanted: str) -> Misfit | None:
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", found))
    bare = visible.replace("\\", "").translate({ord(char): None for char in _QUOTES})
    if re.sub(r"\s+", "", bare) != re.sub(r"\s+", "", wanted):
        return None
    if bare != visible:
        return Misfit.QUOTES
    return Misfit.INVISIBLE if visible != found else Misfit.BLANKS


def _prefix(found: str, wanted: str) -> Misfit | None:
    token = token_of(wanted)
    if token == wanted:
        return None
    bare = found.strip().strip(_QUOTES)
    if bare in (token, f"={token}"):
        return Misfit.NO_PREFIX
    if PREFIX_IN_TEXT.match(token_of(bare)) and token_of(token_of(bare)) == token:
        return Misfit.PREFIX_TWICE
    if bare.lower().startswith(PREFIX[1:]) and wanted.lower().startswith(PREFIX) and token_of(bare) == token:
        return Misfit.PREFIX_UNDERSCORE
    return None


def _inside(found: str, wanted: str) -> Misfit | None:
    extra = found.replace(wanted, "", 1)
    if wanted not in found or (len(extra) <= MAX_EDITS and not re.search(r"\s", extra)):
        return None
    if found.lower().lstrip(_QUOTES).startswith("v=spf1"):
        return Misfit.IN_SPF
    before = found[: found.index(wanted)].strip().strip(_QUOTES).lower()
    after = found[found.index(wanted) + len(wanted) :].strip().strip(_QUOTES)
    if not after and re.search(r"(name|host|value|txt|@|=|:|\bin\b)\s*$", before.rstrip(_QUOTES + " ")):
        return Misfit.NAME_PASTED
    return Misfit.MERGED


def _letters(found: str, wanted: str) -> Misfit | None:
    if found.casefold() == wanted.casefold():
        return Misfit.CASE
    if "%" in found and unquote(found) == wanted:
        return Misfit.URL_ENCODED
    if found.rstrip("=") == wanted.rstrip("=") and found != wanted:
        return Misfit.PADDED
    if len(shown := found.rstrip(". …")) >= 10 and wanted.startswith(shown):
        return Misfit.CUT_OFF
    if len(found) > 12 and distance(found, wanted, MAX_EDITS) <= MAX_EDITS:
        return Misfit.TYPO
    if len(token := token_of(wanted)) >= 16 and token != wanted and token in found:
        return Misfit.NO_PREFIX
    return Misfit.FOREIGN if is_globalsign_shaped(found) else None
