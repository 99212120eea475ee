"""Certificate profiles as data, in the shape of HVCA's validation policy, with the source and confidence of each rule.

A policy document fetched from the API is a profile too: it has no `sources`, and every rule in it counts as sourced from
the account's own policy. Patterns are applied as HVCA applies them: found anywhere, not anchored.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from io import StringIO
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Presence = Literal["OPTIONAL", "REQUIRED", "FORBIDDEN", "STATIC"]
Trust = Literal["sourced", "inferred", "unknown"]
SHIPPED = ("signing", "mtls", "dual-purpose", "atlas-api")
MAX_PATTERN = 4096
"""A list of every country's code is a pattern of 750 characters."""


NO_LIMIT = 1_000_000
"""What stands for "any number" where a list of patterns gives no maxcount."""


class BadProfile(ValueError):
    """The document is no profile; the message names the field and what it should be."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value: whether it must be there, and the pattern it must match (for STATIC: the value itself)."""

    presence: Presence
    format: str = ""


@dataclass(frozen=True, slots=True)
class ListRule:
    """A list of values: how many, and the patterns one of which each must match (for static: the values themselves).

    `required` goes beyond HVCA's shape: values that must be among them.
    """

    static: bool
    patterns: tuple[str, ...]
    mincount: int
    maxcount: int
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule is from and how far it can be trusted. `unknown` turns what it finds into a note."""

    source: str
    confidence: Trust


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A set of rules for one kind of certificate. `subject` and `san` are keyed as HVCA names the fields.

    Equal to itself alone, so that what follows from it can be remembered.
    """

    name: str
    seconds_min: int | None = None
    seconds_max: int | None = None
    subject: Mapping[str, Field | ListRule] = field(default_factory=dict)
    san: Mapping[str, ListRule] = field(default_factory=dict)
    usages: ListRule | None = None
    key_usages: Mapping[str, Presence] = field(default_factory=dict)
    key_types: tuple[str, ...] = ()
    key_lengths: tuple[int, ...] = ()
    key_length_min: int | None = None
    key_format: str | None = None
    hashes: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    default_origin: Origin = Origin("the account's validation policy", "sourced")

    def origin(self, path: str) -> Origin:
        """Of the rule at this path (`subject_dn.country`), or of the nearest one above it."""
        while path:
            if found := self.origins.get(path):
                return found
            path = path.rpartition(".")[0]
        return self.default_origin

    def unproven(self) -> tuple[str, ...]:
        """The rules that nobody has seen written down, by their paths; what they find are notes."""
        return tuple(path for path, origin in self.origins.items() if origin.confidence == "unknown")


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """A profile's pattern, compiled once. Raises re.error."""
    return re.compile(text)


@lru_cache(maxsize=8)
def shipped(name: str) -> Profile:
    """One of SHIPPED. Raises BadProfile for another name."""
    if name not in SHIPPED:
        raise BadProfile(f"no profile is called {name!r}; there are {', '.join(SHIPPED)}, or give a file")
    return parse((files("engine.pki.profiles") / f"{name}.yaml").read_text("utf-8"), name)


def parse(text: str, name: str) -> Profile:
    """A profile from YAML or JSON text. Raises BadProfile naming the field that is wrong."""
    try:
        document = YAML(typ="safe", pure=True).load(StringIO(text))
    except (YAMLError, ValueError, RecursionError) as broken:
        raise BadProfile(f"{name}: neither YAML nor JSON: {str(broken)[:200]}") from None
    if not isinstance(document, dict) or not document.keys() & _SECTIONS:
        raise BadProfile(f"{name}: none of {', '.join(sorted(_SECTIONS))} at the top level")
    return _build(document, name)


def _build(document: dict[str, Any], name: str) -> Profile:
    validity = _mapping(document, "validity", name)
    key = _mapping(document, "public_key", name)
    signature = _mapping(document, "signature", name)
    key_rule, types = f"{name}: public_key", key.get("key_type")
    usages = _mapping(document, "extended_key_usages", name)
    longest = _number(validity, "secondsmax", f"{name}: validity")
    return Profile(
        name=str(document.get("name", name)),
        seconds_min=_number(validity, "secondsmin", f"{name}: validity"),
        seconds_max=longest if longest and longest > 0 else None,  # nothing could last no time: it is no limit
        subject={
            field_name: _rule(value, f"{name}: subject_dn.{field_name}")
            for field_name, value in _mapping(document, "subject_dn", name).items()
            if value is not None
        },
        san={
            field_name: _list(value, f"{name}: san.{field_name}")
            for field_name, value in _mapping(document, "san", name).items()
            if isinstance(value, dict) and value
        },
        usages=_list(usages.get("ekus", usages), f"{name}: extended_key_usages") if usages else None,
        key_usages={
            str(usage): _presence(value, f"{name}: key_usages.{usage}")
            for usage, value in _mapping(document, "key_usages", name).items()
            if isinstance(value, str)
        },
        key_types=tuple(each.upper() for each in _texts([types] if isinstance(types, str) else types, key_rule)),
        key_lengths=tuple(_lengths(key.get("allowed_lengths"), f"{key_rule}.allowed_lengths")),
        key_length_min=_number(key, "minimum_length", key_rule),
        key_format=key.get("key_format"),
        hashes=tuple(_hashes(signature, f"{name}: signature.hash_algorithm")),
        origins=dict(_origins(document, name)),
        default_origin=_default_origin(document),
    )


def _hashes(signature: Mapping[str, Any], where: str) -> Iterable[str]:
    rule = signature.get("hash_algorithm")
    listed = rule.get("list") if isinstance(rule, dict) else None
    return (each.lower().replace("sha-", "sha") for each in _texts(listed, where))


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadProfile(f"{where}: a list is expected, not {value!r}")
    return tuple(str(each) for each in value)


def _lengths(value: Any, where: str) -> Iterable[int]:
    for each in _texts(value, where):
        if not (each.isascii() and each.isdigit()):
            raise BadProfile(f"{where}: {each!r} is no length in bits")
        yield int(each)


def _origins(document: Mapping[str, Any], name: str) -> Iterable[tuple[str, Origin]]:
    for path, value in _mapping(document, "sources", name).items():
        if not isinstance(value, dict) or value.get("confidence") not in {"sourced", "inferred", "unknown"}:
            raise BadProfile(f"{name}: sources.{path} needs `source` and `confidence` (sourced, inferred or unknown)")
        yield str(path), Origin(str(value.get("source", "not said")), value["confidence"])


def _default_origin(document: Mapping[str, Any]) -> Origin:
    if "sources" in document:
        return Origin("the profile does not say", "unknown")
    return Origin("the account's validation policy", "sourced")


def _rule(value: Any, where: str) -> Field | ListRule:
    if isinstance(value, dict) and "presence" in value:
        pattern = str(value.get("format") or "")
        presence = _presence(value["presence"], where)
        if presence != "STATIC":
            _check_pattern(pattern, where)
        return Field(presence, pattern)
    return _list(value, where)


def _list(value: Any, where: str) -> ListRule:
    if not isinstance(value, dict):
        raise BadProfile(f"{where}: needs presence and format, or static, list, mincount and maxcount")
    static = bool(value.get("static", False))
    patterns = _texts(value.get("list"), f"{where}.list")
    if not static:
        for pattern in patterns:
            _check_pattern(pattern, where)
    low, high = _number(value, "mincount", where) or 0, _number(value, "maxcount", where)
    required = _texts(value.get("required"), f"{where}.required")
    if high is None:
        high = len(patterns) if static else NO_LIMIT
    return ListRule(static, patterns, low, high, required)


def _presence(value: Any, where: str) -> Presence:
    if value in ("OPTIONAL", "REQUIRED", "FORBIDDEN", "STATIC"):
        return value  # type: ignore[no-any-return]  # narrowed by the tuple above, which mypy does not follow
    raise BadProfile(f"{where}: presence is OPTIONAL, REQUIRED, FORBIDDEN or STATIC, not {value!r}")


def _check_pattern(text: str, where: str) -> None:
    if len(text) > MAX_PATTERN:
        raise BadProfile(f"{where}: a pattern of more than {MAX_PATTERN} characters")
    try:
        pattern(text)
    except re.error as broken:
        raise BadProfile(f"{where}: {text!r} is no regular expression: {broken}") from None


def _mapping(document: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadProfile(f"{name}: {key} must be a mapping")
    return value


def _number(values: Mapping[str, Any], key: str, where: str) -> int | None:
    value = values.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise BadProfile(f"{where}: {key} must be a whole number")


_SECTIONS = {
    "validity",
    "subject_dn",
    "san",
    "extended_key_usages",
    "key_usages",
    "public_key",
    "public_key_signature",
    "signature",
}
