"""Events and states as JSON bytes, and back.

A stored event carries its type and version. When the shape of an event changes, its version grows and `UPGRADES` gets a
function from the old data to the new, so that every journal ever written can be read.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from engine.onboarding.events import EVENTS, Event
from engine.onboarding.state import Onboarding

VERSIONS: dict[str, int] = dict.fromkeys(EVENTS, 1)
UPGRADES: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""(type, old version) -> the data of the next version."""

_encoder = msgspec.json.Encoder()
_decoders = {name: msgspec.json.Decoder(event) for name, event in EVENTS.items()}
_state_decoder = msgspec.json.Decoder(Onboarding)


class Unreadable(ValueError):
    """Stored bytes that are no event or state of this code: damaged, or written by newer code."""


def encode(event: Event) -> tuple[str, int, bytes]:
    """Type, version and data of an event. The same event always gives the same bytes."""
    name = type(event).__name__
    return name, VERSIONS[name], _encoder.encode(event)


def decode(type_: str, version: int, data: bytes) -> Event:
    """Raises Unreadable for an unknown type, a newer version or damaged data."""
    if type_ not in EVENTS:
        raise Unreadable(f"{type_} is no event that this version of Dipper knows")
    if not 1 <= version <= VERSIONS[type_]:
        raise Unreadable(f"{type_} has version {version}; this version of Dipper reads up to {VERSIONS[type_]}")
    try:
        if version == VERSIONS[type_]:
            return _decoders[type_].decode(data)
        fields = msgspec.json.decode(data, type=dict[str, Any])
        for old in range(version, VERSIONS[type_]):
            fields = UPGRADES[type_, old](fields)
        return msgspec.convert(fields, EVENTS[type_])
    except msgspec.MsgspecError as error:
        raise Unreadable(f"{type_} cannot be read: {error}") from error


def snapshot(state: Onboarding) -> bytes:
    """The state as JSON, to be restored without a replay."""
    return _encoder.encode(state)


def restore(data: bytes) -> Onboarding:
    """Raises Unreadable if the bytes are no state of this code; the journal can then rebuild it."""
    try:
        return _state_decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"the snapshot cannot be read: {error}") from error
