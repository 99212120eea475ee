"""Recognises a DNS host by its name servers, so that advice can speak its panel's language. The facts are data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from engine.findings import Confidence


@dataclass(frozen=True, slots=True)
class Provider:
    """A DNS host and its panel. None means not known; `apex` is what to enter for the domain itself, perhaps nothing."""

    key: str
    name: str
    patterns: tuple[str, ...]
    name_field: str
    apex: str
    appends_zone: bool | None
    adds_quotes: bool | None
    splits: bool | None
    signs_live: bool
    """Signs each answer as it is asked, with signatures that live a day or two: their end is no sign of trouble."""
    note: str | None
    source: str | None
    """The page that shows the panel's name field, by title; None where that is general knowledge (inferred)."""
    confidence: Confidence

    def sentence(self, host: str) -> str:
        """How to enter a record of that host name in this panel, as a sentence or two."""
        known = "" if self.source else ", as far as we know"
        words = f"At {self.name}, {self.name_to_enter(host)} goes into the field {self.name_field}{known}."
        if self.note:
            words += f" {self.note}"
        elif self.adds_quotes:
            words += " Enter the value without quotes; the panel adds them."
        return words

    def name_to_enter(self, host: str) -> str:
        """What goes into the panel's name field, in words: `@`, an empty field, or the host part."""
        if host != "@":
            return f"`{host}`"
        return f"`{self.apex}`" if self.apex else "nothing (leave it empty)"


class BadProviders(ValueError):
    """The data file is not as it should be; the message names the provider and the field."""


def provider_of(servers: Iterable[str]) -> Provider | None:
    """The provider to which the most of these name servers belong; None if none is known."""
    counts: dict[str, int] = {}
    for server in servers:
        for provider in providers():
            if _matches(provider.patterns, server):
                counts[provider.key] = counts.get(provider.key, 0) + 1
    if not counts:
        return None
    best = max(counts, key=lambda key: counts[key])
    return next(provider for provider in providers() if provider.key == best)


def is_parking(servers: Iterable[str]) -> bool:
    """Whether every one of these name servers belongs to a service that parks domains."""
    names = tuple(servers)
    return bool(names) and all(_matches(_data()[1], name) for name in names)


def providers() -> tuple[Provider, ...]:
    """All known providers. Raises BadProviders if the data file is broken."""
    return _data()[0]


def _matches(patterns: tuple[str, ...], server: str) -> bool:
    name = server.rstrip(".").lower()
    return any(_pattern(pattern).fullmatch(name) for pattern in patterns)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))


@cache
def _data() -> tuple[tuple[Provider, ...], tuple[str, ...]]:
    text = resources.files("engine.dns.data").joinpath("providers.yaml").read_text("utf-8")
    raw = YAML(typ="safe").load(text)
    return tuple(_provider(entry) for entry in raw["providers"]), tuple(raw["parking"])


def _provider(entry: dict[str, Any]) -> Provider:
    try:
        confidence = entry["confidence"]
        if confidence not in ("measured", "sourced", "inferred"):
            raise BadProviders(f"providers.yaml: {entry['key']}: confidence is {confidence}")
        if (confidence == "inferred") != (entry["source"] is None):
            raise BadProviders(f"providers.yaml: {entry['key']}: a source is for what is not inferred")
        return Provider(
            key=entry["key"],
            name=entry["name"],
            patterns=tuple(entry["ns"]),
            name_field=entry["name_field"],
            apex=entry["apex"],
            appends_zone=entry["appends_zone"],
            adds_quotes=entry["adds_quotes"],
            splits=entry["splits"],
            signs_live=entry.get("signs_live", False),
            note=entry.get("note"),
            source=entry["source"],
            confidence=confidence,
        )
    except KeyError as error:
        raise BadProviders(f"providers.yaml: {entry.get('key', entry)} has no {error}") from error
