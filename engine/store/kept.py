"""Reports of checks and the files they were about, by id."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from engine.store.tables import checks, files


class Shelf(StrEnum):
    CHECKS = "checks"  # what a check saw
    FILES = "files"  # a CSR or certificate, or name, permalink and SHA-256 of evidence


@dataclass(frozen=True, slots=True)
class Kept:
    """Something to keep beside a command's events. `body` is written as JSON; an id that is there stays as it is."""

    id: str
    kind: str
    body: dict[str, Any] = field(repr=False)
    shelf: Shelf = Shelf.CHECKS


@dataclass(frozen=True, slots=True)
class Found:
    """`body` is None once it was erased."""

    id: str
    onboarding: str
    kind: str
    at: datetime
    body: dict[str, Any] | None = field(repr=False)


_TABLES = {Shelf.CHECKS: checks, Shelf.FILES: files}


def kept_rows(kept: Iterable[tuple[str, datetime, Kept]]) -> dict[Table, list[dict[str, Any]]]:
    rows: dict[Table, list[dict[str, Any]]] = {}
    for onboarding, at, one in kept:
        body = msgspec.json.encode(one.body).decode()
        row = {"id": one.id, "onboarding": onboarding, "kind": one.kind, "at": at, "body": body}
        rows.setdefault(_TABLES[one.shelf], []).append(row)
    return rows


def find(connection: Connection, id_: str, shelf: Shelf = Shelf.CHECKS) -> Found | None:
    table = _TABLES[shelf]
    row = connection.execute(select(table).where(table.c.id == id_)).one_or_none()
    if row is None:
        return None
    body = None if row.body is None else msgspec.json.decode(row.body, type=dict[str, Any])
    return Found(row.id, row.onboarding, row.kind, row.at, body)


def of_onboarding(connection: Connection, onboarding: str, shelf: Shelf = Shelf.CHECKS) -> tuple[Found, ...]:
    """Oldest first."""
    table = _TABLES[shelf]
    ids = connection.execute(
        select(table.c.id).where(table.c.onboarding == onboarding).order_by(table.c.at, table.c.id)
    )
    found = (find(connection, id_, shelf) for id_ in ids.scalars())
    return tuple(one for one in found if one is not None)
