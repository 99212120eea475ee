"""A DNS diagnosis for the terminal: the verdict first, then what to do, then a table per server."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from engine.dns import Diagnosis, DnsFinding
from engine.dns.names import quoted, text

_WORDS = {
    "ready": ("Ready", "bold green"),
    "not_yet": ("Not yet", "bold yellow"),
    "wrong": ("Wrong", "bold red"),
    "broken": ("Broken", "bold red"),
    "unknown": ("Unknown", "bold magenta"),
}
_WHO = {
    "dns_admin": "whoever edits the DNS zone",
    "dns_provider": "the DNS provider",
    "certificate_admin": "the Certificate Admin",
    "network_admin": "whoever runs our network",
    "nobody": "nobody",
}
_SEVERITY = {"blocker": "bold red", "warning": "yellow", "note": "dim", "error": "bold red"}


def render(diagnosis: Diagnosis, *, asked_resolvers: bool) -> Iterator[RenderableType]:
    """Every part in order. Values from DNS are put in as literal text, with control characters written out."""
    word, style = _WORDS[diagnosis.verdict]
    yield Text.assemble((word, style), f": {diagnosis.domain}")
    yield Text(f"Next: {diagnosis.next_action}")
    if diagnosis.ready_at and diagnosis.ready_at > diagnosis.checked_at:
        yield Text(f"Right by: {diagnosis.ready_at:%Y-%m-%d %H:%M %Z}")
    if diagnosis.record and diagnosis.record.value:
        record = diagnosis.record
        yield Text(f"Record: zone {text(record.zone)}, name {record.name}, type TXT, value on one line:")
        yield Text(f"  {record.value}", no_wrap=True, overflow="ignore")
    if diagnosis.provider:
        host = diagnosis.record.name if diagnosis.record else "@"
        yield Text(f"DNS host: {diagnosis.provider.name}. {diagnosis.provider.sentence(host)}")
    for finding in diagnosis.findings:
        yield _finding(finding)
    if diagnosis.servers:
        yield _servers(diagnosis)
    if diagnosis.resolvers:
        yield _resolvers(diagnosis)
    elif asked_resolvers:
        yield Text("No resolver was compared.", style="dim")
    expires = (
        f", first signature ends {diagnosis.dnssec.expires_at:%Y-%m-%d %H:%M %Z}" if diagnosis.dnssec.expires_at else ""
    )
    yield Text(f"DNSSEC: {diagnosis.dnssec.status}{expires}. {diagnosis.dnssec.reason}")
    owner = f" at {text(diagnosis.caa.owner)}" if diagnosis.caa.owner else ""
    yield Text(f"CAA: {diagnosis.caa.status}{owner}. {diagnosis.caa.reason}".rstrip())
    yield Text(f"{diagnosis.queries} queries, {diagnosis.elapsed.total_seconds():.2f} s", style="dim")


def _finding(finding: DnsFinding) -> Text:
    lines = Text()
    lines.append(f"{finding.severity} ", style=_SEVERITY[finding.severity])
    lines.append(f"{finding.summary}", style="bold")
    lines.append(f" ({finding.class_} {finding.code})\n", style="dim")
    lines.append(f"  Seen: {finding.seen}\n  Why: {finding.why}\n  Do: {finding.fix} Who: {_WHO[finding.who]}.")
    if finding.eta_reason:
        lines.append(f"\n  Time: {finding.eta_reason}.")
    lines.append(f"\n  Source: {finding.source} ({finding.confidence})", style="dim")
    return lines


def _servers(diagnosis: Diagnosis) -> Table:
    table = Table(title="Name servers", title_justify="left")
    for column in ("Name", "Address", "Answer", "Serial", "Value", "UDP", "TCP", "EDNS", "ms"):
        table.add_column(column, overflow="fold")
    for row in diagnosis.servers:
        state = row.state
        message = state.reply.message if state.reply else None
        rtt = state.reply.rtt_ms if state.reply else None
        table.add_row(
            Text(text_of(state.server.name)),
            state.server.address,
            Text(row.error or (message.rcode if message else "none")),
            "" if state.serial is None else str(state.serial),
            Text("yes" if state.holds else "; ".join(quoted(each, 60) for each in state.values) or "no"),
            _yes(row.udp),
            _yes(row.tcp),
            _yes(row.edns),
            "" if rtt is None else f"{rtt:.0f}",
        )
    return table


def _resolvers(diagnosis: Diagnosis) -> Table:
    table = Table(title="Resolvers", title_justify="left")
    for column in ("Address", "Answer", "Value", "Kept for", "DNSSEC", "Says"):
        table.add_column(column, overflow="fold")
    for row in diagnosis.resolvers:
        table.add_row(
            f"{row.address} (this machine's)" if row.system else row.address,
            row.rcode or "no answer",
            _yes(row.match),
            "" if row.ttl_seconds is None else f"{row.ttl_seconds} s",
            _yes(row.authenticated),
            Text(row.ede or ""),
        )
    return table


def _yes(flag: bool | None) -> str:
    return "?" if flag is None else "yes" if flag else "no"


def text_of(name: str) -> str:
    """A server's name without its final dot."""
    return name.removesuffix(".")
