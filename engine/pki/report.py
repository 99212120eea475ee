"""A report as the JSON of `dipper.pki/1`: documented and versioned, because people script it."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from engine.findings import Finding
from engine.pki.case import is_authority
from engine.pki.compare import compare
from engine.pki.facts import Certificate
from engine.pki.model import Chain, ItemReport, Report

SCHEMA = "dipper.pki/1"


def to_json(report: Report) -> dict[str, Any]:
    """Ready for `json.dumps`. Holds no key material, no password and nothing from inside a locked file."""
    return {
        "schema": SCHEMA,
        "verdict": report.verdict,
        "renew_by": moment(report.renew_by),
        "renew_reason": report.renew_reason,
        "items": [_item(each) for each in report.items],
        "chain": chain(report.chain),
        "findings": [finding(each) for each in report.findings],
        "comparison": list(comparison(report)),
        "rules": {"silent": list(report.silent), "not_applicable": list(report.not_applicable)},
    }


def comparison(report: Report) -> tuple[str, ...]:
    """Where there are exactly two holders' certificates, what the later one changes."""
    values = [each.item.value for each in report.items]
    holders = {value.der: value for value in values if isinstance(value, Certificate) and not is_authority(value)}
    if len(holders) != 2:
        return ()
    old, new = sorted(holders.values(), key=lambda each: (each.not_before, each.not_after))
    return compare(old, new)


def finding(found: Finding) -> dict[str, Any]:
    return {
        "class": found.class_,
        "code": found.code,
        "severity": found.severity,
        "file": found.file,
        "summary": found.summary,
        "seen": found.seen,
        "why": found.why,
        "fix": found.fix,
        "source": found.source,
        "confidence": found.confidence,
    }


def chain(built: Chain | None) -> dict[str, Any] | None:
    if built is None:
        return None
    return {"order": list(built.order), "complete": built.complete, "trusted": built.trusted, "reason": built.reason}


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _item(reported: ItemReport) -> dict[str, Any]:
    item, value = reported.item, reported.item.value
    certificate = value if isinstance(value, Certificate) else None
    public = item.der and "private" not in item.traits
    return {
        "file": item.file,
        "index": item.index,
        "kind": item.kind,
        "subject": value.subject.text() if value else None,
        "names": list(value.names.all()) if value else [],
        "key": item.key.label if item.key else None,
        "signature": reported.signature,
        "spki_sha256": item.key.sha256 if item.key else None,
        "sha256": sha256(item.der).hexdigest() if public else None,
        "serial": certificate.serial_hex if certificate else None,
        "not_before": moment(certificate.not_before) if certificate else None,
        "not_after": moment(certificate.not_after) if certificate else None,
        "issuer": certificate.issuer.text() if certificate else None,
        "belongs_to": reported.belongs_to,
        "dress": list(item.repairs),
        "detail": item.detail or None,
    }
