"""The small views of answers that only the asker sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.render.values import Code, Moment, Phrase
from bot.render.views.certificates import ITEMS_SHOWN, ItemLine, item_line
from bot.render.views.dns import (
    FINDINGS_SHOWN,
    SERVERS_SHOWN,
    FindingLine,
    ServerLine,
    finding_line,
    findings_by_weight,
    rows_of,
    server_line,
)
from bot.render.views.look import Turn


@dataclass(frozen=True, slots=True)
class TextView:
    """`text` is what was typed or named; `near` what comes closest to it; `topic` what help is about."""

    text: str = ""
    near: str = ""
    topic: str = ""
    verb: str = ""
    subject: str = ""
    onboarding: str = ""


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """`text`: how many months after its end an onboarding's texts are kept; empty for ever. `admins`: who runs Dipper."""

    text: str
    admins: Phrase | None


@dataclass(frozen=True, slots=True)
class CsvView:
    """One part of a list as CSV."""

    number: int
    of: int
    total: int
    text: Code


@dataclass(frozen=True, slots=True)
class CaseView:
    """Something that was just done to an onboarding."""

    onboarding: str
    about: str
    company: str
    environment: str
    short_id: str
    role: str = ""
    turn: Turn | None = None
    step: str = ""
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    state: str
    what: str
    seen: str
    fix: str


@dataclass(frozen=True, slots=True)
class DoctorView:
    findings: tuple[FindingRow, ...]
    wrong: int


@dataclass(frozen=True, slots=True)
class DnsLookView:
    domain: str
    bad_input: str
    verdict: str
    next_action: str
    servers: tuple[ServerLine, ...]
    more_servers: int
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class WebhookView:
    """`client_certificate`: whether the server asked for one, in the report's words."""

    host: str
    bad_input: str
    verdict: str
    tls: str
    client_certificate: str
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class MaterialView:
    secret: str
    unreadable: str
    verdict: str
    items: tuple[ItemLine, ...]
    more_items: int
    findings: tuple[FindingLine, ...]


def doctor(findings: Sequence[Mapping[str, str]]) -> DoctorView:
    rows = tuple(FindingRow(one["state"], one["what"], one["seen"], one.get("fix", "")) for one in findings)
    return DoctorView(rows, sum(row.state == "wrong" for row in rows))


def dns_look(domain: str, data: Mapping[str, Any]) -> DnsLookView:
    report = data.get("report") or {}
    servers = tuple(server_line(row) for row in rows_of(report, "servers"))
    return DnsLookView(
        domain=domain,
        bad_input=str(data.get("bad_input") or ""),
        verdict=str(report.get("verdict") or ""),
        next_action=str(report.get("next_action") or ""),
        servers=servers[:SERVERS_SHOWN],
        more_servers=max(0, len(servers) - SERVERS_SHOWN),
        findings=_findings(report),
    )


def webhook(host: str, data: Mapping[str, Any]) -> WebhookView:
    report = data.get("report") or {}
    tls = report.get("tls") or {}
    return WebhookView(
        host=host,
        bad_input=str(data.get("bad_input") or ""),
        verdict=str(report.get("verdict") or ""),
        tls=" ".join(str(tls[name]) for name in ("version", "cipher") if tls.get(name)),
        client_certificate=str(tls.get("client_certificate") or "").replace("_", " "),
        findings=_findings(report),
    )


def material(data: Mapping[str, Any]) -> MaterialView:
    report = data.get("report") or {}
    items = tuple(item_line(row) for row in rows_of(report, "items"))
    return MaterialView(
        secret=str(data.get("secret") or ""),
        unreadable=str(data.get("unreadable") or ""),
        verdict=str(report.get("verdict") or ""),
        items=items[:ITEMS_SHOWN],
        more_items=max(0, len(items) - ITEMS_SHOWN),
        findings=_findings(report),
    )


def _findings(report: Mapping[str, Any]) -> tuple[FindingLine, ...]:
    rows = findings_by_weight(rows_of(report, "findings"))[:FINDINGS_SHOWN]
    return tuple(finding_line(row) for row in rows)
