"""The hash chain over a journal: each link covers the one before, so that no event can be changed, dropped or inserted
unseen.

    genesis = SHA-256("dipper/1 " + onboarding id)
    link    = SHA-256(previous hex + " " + number + " " + type + " " + version + "\\n" + data)

All in UTF-8; the data are the bytes as stored. Texts stand in the data only as salted digests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Link:
    """One journal row as it is stored."""

    number: int
    type: str
    version: int
    data: bytes
    hash: str


def genesis(onboarding: str) -> str:
    """The hash that the first event of an onboarding is linked to, in hex."""
    return sha256(b"dipper/1 " + onboarding.encode()).hexdigest()


def link(previous: str, number: int, type_: str, version: int, data: bytes) -> str:
    """The hash of an event, in hex. `number` counts from 1 within the onboarding."""
    return sha256(f"{previous} {number} {type_} {version}\n".encode() + data).hexdigest()


def first_broken(onboarding: str, rows: Iterable[Link]) -> int | None:
    """The index of the first row that does not follow from those before it, or None if the chain holds.

    A row is broken if its number is not the next, or its hash is not the hash of what it says. Rows cut off at the end
    leave the rest whole: compare the last number with the one that the snapshot or an earlier export names.
    """
    previous = genesis(onboarding)
    for index, row in enumerate(rows):
        if row.number != index + 1 or row.hash != link(previous, row.number, row.type, row.version, row.data):
            return index
        previous = row.hash
    return None
