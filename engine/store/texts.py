"""Personal and free text, kept beside the journal so that it can be erased. The journal holds salted digests only."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from engine.onboarding.values import TextRef
from engine.store.names import Randomness, new_id, storable
from engine.store.tables import texts

PERSONAL_FIELDS = frozenset({"reason", "note"})
"""Fields in which people write in their own words: erased with their writer. The rest is about the company."""
OUTSIDE_FIELDS = frozenset({"holder", "holders"})
"""Fields that name somebody who is not in Slack."""


def digest(salt: bytes, body: str) -> str:
    return hashlib.sha256(salt + body.encode()).hexdigest()


@dataclass(slots=True)
class Sealer:
    """`seal` puts a text away; `rows` are then what is to be kept of those that an event really names."""

    randomness: Randomness
    bodies: dict[str, tuple[bytes, str]] = field(default_factory=dict, repr=False)

    def seal(self, text: str) -> TextRef:
        body, salt = storable(text), self.randomness(16)
        reference = TextRef(new_id("T", self.randomness), digest(salt, body))
        self.bodies[reference.id] = (salt, body)
        return reference

    def rows(self, onboarding: str, by: str, events: Iterable[object]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for event in events if self.bodies else ():
            for name, reference in references(event):
                if (kept := self.bodies.pop(reference.id, None)) is not None:
                    salt, body = kept
                    rows.append(
                        {
                            "id": reference.id,
                            "onboarding": onboarding,
                            "field": name,
                            "by": by,
                            "salt": salt,
                            "body": body,
                        }
                    )
        return rows


def references(value: object, name: str = "") -> Iterator[tuple[str, TextRef]]:
    """Every text that a value names, with the field it stands in (the outermost, so `values` for what a form held)."""
    if isinstance(value, TextRef):
        yield name, value
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from references(item, name)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item, name)
    elif isinstance(value, Struct):
        for field_name in value.__struct_fields__:
            yield from references(getattr(value, field_name), name or field_name)


def bodies(connection: Connection, onboarding: str) -> dict[str, str]:
    """The texts of an onboarding by id; what was erased is absent."""
    query = select(texts.c.id, texts.c.body).where(texts.c.onboarding == onboarding, texts.c.body.is_not(None))
    return {row.id: row.body for row in connection.execute(query)}


def body_of(connection: Connection, reference: TextRef | None) -> str | None:
    if reference is None:
        return None
    return connection.execute(select(texts.c.body).where(texts.c.id == reference.id)).scalar()
