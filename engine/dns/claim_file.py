"""A domain claim as GlobalSign's API gives it: status, until when its value can be used, and the log of attempts."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dns.name

from engine.dns.claim import BadInput, LogEntry, parse_domain


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """What matters of a claim. `domain` None: the file does not say."""

    domain: dns.name.Name | None
    status: str | None
    assert_by: datetime | None
    log: tuple[LogEntry, ...]


def parse_claim_file(text: str) -> ClaimFile:
    """Reads the JSON of `GET /claims/domains/{id}`; times are Unix seconds or ISO 8601. Raises BadInput with the reason."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BadInput(f"The claim file is no JSON: {error}.") from error
    if not isinstance(data, dict):
        raise BadInput("The claim file holds no JSON object.")
    domain = data.get("domain")
    status = data.get("status")
    entries = data.get("log") or []
    if not isinstance(entries, list):
        raise BadInput("The claim file's log is no list.")
    return ClaimFile(
        domain=parse_domain(domain)[0] if isinstance(domain, str) and domain else None,
        status=status.upper() if isinstance(status, str) else None,
        assert_by=_moment(data["assert_by"], "assert_by") if data.get("assert_by") else None,
        log=tuple(_entry(entry) for entry in entries),
    )


def _entry(entry: Any) -> LogEntry:
    if not isinstance(entry, dict) or not isinstance(entry.get("status"), str):
        raise BadInput("The claim file's log has an entry without a status.")
    description = entry.get("description")
    return LogEntry(
        status=entry["status"].upper(),
        description=description if isinstance(description, str) else "",
        at=_moment(entry.get("timestamp"), "timestamp"),
    )


def _moment(value: object, field: str) -> datetime:
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(f"The claim file's {field} is no time: {error}.") from error
    raise BadInput(f"The claim file's {field} is no time.")
