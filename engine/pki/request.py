"""The request to GlobalSign's API (`POST /certificates`) that a certificate was issued for, as far as it can be compared."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from engine.pki.model import Context, HvcaRequest, NamedBytes
from engine.pki.read import read


class BadRequest(ValueError):
    """The document is no such request; the message says why."""


def parse_request(text: str) -> HvcaRequest:
    """Reads the JSON document. Raises BadRequest if it is none, or a field has the wrong form."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise BadRequest("it is not JSON") from None
    if not isinstance(document, dict):
        raise BadRequest("it is no JSON object")
    san = document.get("san")
    names = san.get("dns_names") if isinstance(san, dict) else None
    others = [san.get(kind) for kind in ("ip_addresses", "emails", "uris")] if isinstance(san, dict) else []
    validity = document.get("validity")
    times = validity if isinstance(validity, dict) else {}
    usages = document.get("extended_key_usages")
    if isinstance(usages, dict):
        usages = usages.get("ekus")
    return HvcaRequest(
        subject=tuple(_subject(document.get("subject_dn"))) or None,
        dns_names=tuple(str(name) for name in names) if isinstance(names, list) else None,
        other_names=tuple(str(each) for kind in others if isinstance(kind, list) for each in kind)
        if isinstance(san, dict)
        else None,
        usages=tuple(str(usage) for usage in usages) if isinstance(usages, list) else None,
        not_before=_moment(times.get("not_before")),
        not_after=_moment(times.get("not_after")),
        spki_sha256=_key(document.get("public_key")),
    )


def _subject(value: Any) -> Iterator[tuple[str, str]]:
    for key, text in (value if isinstance(value, dict) else {}).items():
        for each in text if isinstance(text, list) else (text,):
            if isinstance(each, str):
                yield str(key), each


def _moment(value: Any) -> datetime | None:
    """Seconds since 1970; 0 stands for "as long as the policy allows"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value == 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadRequest("validity is not in seconds since 1970") from None


def _key(value: Any) -> str | None:
    """The API takes a public key or a CSR here, in PEM."""
    if not isinstance(value, str):
        return None
    items = read(NamedBytes("public_key", value.encode()), Context())
    return next((item.key.sha256 for item in items if item.key), None)
