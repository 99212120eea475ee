"""A diagnosis as JSON, exactly as scripts rely on it: schema dipper.dns/1."""

from datetime import UTC, datetime
from typing import Any

from engine.dns.diagnosis import Diagnosis, ResolverRow, ServerRow
from engine.dns.rules import DnsFinding

SCHEMA = "dipper.dns/1"


def to_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Plain values only, ready for a JSON encoder. Fields may be added within a schema, never renamed."""
    record = diagnosis.record
    return {
        "schema": SCHEMA,
        "domain": diagnosis.domain,
        "value": diagnosis.claim.value,
        "checked_at": _time(diagnosis.checked_at),
        "verdict": diagnosis.verdict,
        "next_action": diagnosis.next_action,
        "ready_at": _time(diagnosis.ready_at),
        "recheck_at": _time(diagnosis.recheck_at),
        "record": None
        if record is None
        else {
            "name": record.name,
            "fqdn": record.fqdn.to_text(),
            "zone": record.zone.to_text(),
            "type": "TXT",
            "value": record.value,
            "ttl": record.ttl,
        },
        "provider": None
        if diagnosis.provider is None
        else {"name": diagnosis.provider.name, "name_field": diagnosis.provider.name_field},
        "findings": [_finding(each) for each in diagnosis.findings],
        "not_judged": [{"rule": rule, "reason": reason} for rule, reason in diagnosis.skipped],
        "servers": [_server(each, diagnosis.claim.value is not None) for each in diagnosis.servers],
        "resolvers": [_resolver(each) for each in diagnosis.resolvers],
        "dnssec": {
            "status": diagnosis.dnssec.status,
            "reason": diagnosis.dnssec.reason,
            "expires_at": _time(diagnosis.dnssec.expires_at),
        },
        "caa": {
            "status": diagnosis.caa.status,
            "owner": diagnosis.caa.owner.to_text() if diagnosis.caa.owner else None,
            "records": list(diagnosis.caa.records),
        },
        "queries": diagnosis.queries,
        "elapsed_ms": round(diagnosis.elapsed.total_seconds() * 1000, 1),
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _finding(finding: DnsFinding) -> dict[str, Any]:
    return {
        "class": finding.class_,
        "code": finding.code,
        "severity": finding.severity,
        "summary": finding.summary,
        "seen": finding.seen,
        "why": finding.why,
        "servers": list(finding.servers),
        "who": finding.who,
        "fix": finding.fix,
        "eta_seconds": None if finding.eta is None else int(finding.eta.total_seconds()),
        "eta_reason": finding.eta_reason,
        "source": finding.source,
        "confidence": finding.confidence,
    }


def _server(row: ServerRow, wanted: bool) -> dict[str, Any]:
    reply = row.state.reply
    message = reply.message if reply else None
    return {
        "name": row.state.server.name,
        "address": row.state.server.address,
        "zone": row.zone.to_text(),
        "rcode": message.rcode if message else None,
        "authoritative": message.authoritative if message else None,
        "serial": row.state.serial,
        "txt": list(row.state.values),
        "match": row.state.holds if wanted and row.state.bad is None else None,
        "udp": row.udp,
        "tcp": row.tcp,
        "edns": row.edns,
        "rtt_ms": None if reply is None or reply.rtt_ms is None else round(reply.rtt_ms, 1),
        "error": row.error,
    }


def _resolver(row: ResolverRow) -> dict[str, Any]:
    return {
        "address": row.address,
        "system": row.system,
        "rcode": row.rcode,
        "match": row.match,
        "ttl": row.ttl_seconds,
        "authenticated": row.authenticated,
        "ede": row.ede,
    }
