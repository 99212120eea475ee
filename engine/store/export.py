"""The record of one onboarding for whoever must show it: everything as JSON, the events as CSV, with the proof of the chain.

A text that was removed stays removed, its salt too, so that nobody can try out what it was.
"""

import csv
import io
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from engine.store import kept
from engine.store.audit import verify
from engine.store.kept import Found, Shelf
from engine.store.tables import journal, onboardings, texts

SCHEMA = "dipper.record/1"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def record(connection: Connection, onboarding: str) -> dict[str, Any]:
    """Ready for JSON. `data` of an event is the very text that its link in the chain is over."""
    events = connection.execute(
        select(journal).where(journal.c.onboarding == onboarding).order_by(journal.c.number)
    ).all()
    words = connection.execute(select(texts).where(texts.c.onboarding == onboarding).order_by(texts.c.id)).all()
    proof = verify(connection, onboarding)
    return {
        "schema": SCHEMA,
        "onboarding": onboarding,
        "short_id": connection.execute(select(onboardings.c.short_id).where(onboardings.c.id == onboarding)).scalar(),
        "proof": {
            "whole": proof.holds,
            "events": proof.events,
            "head": events[-1].link if events else "",
            "broken": [asdict(broken) for broken in proof.broken],
        },
        "events": [
            {
                "number": row.number,
                "at": row.at.isoformat(),
                "by": row.by,
                "type": row.type,
                "version": row.version,
                "data": row.data,
                "link": row.link,
            }
            for row in events
        ],
        "texts": [
            {
                "id": row.id,
                "field": row.field,
                "body": row.body,
                "salt": row.salt.hex() if row.body is not None else None,
            }
            for row in words
        ],
        "checks": [_kept(one) for one in kept.of_onboarding(connection, onboarding)],
        "files": [_kept(one) for one in kept.of_onboarding(connection, onboarding, Shelf.FILES)],
    }


def onboarding_called(connection: Connection, short_id: str) -> str | None:
    """The id of the onboarding with this short id, or with this id."""
    ids = select(onboardings.c.id).where(
        (onboardings.c.id == short_id) | (onboardings.c.short_id == short_id.strip().upper())
    )
    return connection.execute(ids).scalar()


def _kept(one: Found) -> dict[str, Any]:
    return {"id": one.id, "kind": one.kind, "at": one.at.isoformat(), "body": one.body}


def as_json(found: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode()


def as_csv(found: dict[str, Any]) -> str:
    """One row an event, its texts in place of their ids. No cell is taken for a formula by a spreadsheet."""
    bodies = {text["id"]: text["body"] for text in found["texts"]}
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("number", "at", "by", "what", "details", "link"))
    for event in found["events"]:
        data = msgspec.json.decode(event["data"])
        details = {name: _said(value, bodies) for name, value in data.items() if name not in {"at", "by"} and value}
        cells = (event["by"], event["type"], msgspec.json.encode(details).decode())
        plain = (f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
        rows.writerow((event["number"], event["at"], *plain, event["link"]))
    return written.getvalue()


def _said(value: Any, bodies: dict[str, str | None]) -> Any:
    """A reference to a text becomes the text, wherever in the event it stands."""
    if isinstance(value, dict):
        if set(value) == {"id", "digest"}:
            body = bodies.get(value["id"])
            return "(removed)" if body is None else body
        return {name: _said(one, bodies) for name, one in value.items()}
    return [_said(one, bodies) for one in value] if isinstance(value, list) else value
