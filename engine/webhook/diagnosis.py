"""From what was seen to a report: the server's chain is judged by the certificate engine, the rest by the rules here."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from engine.findings import Finding
from engine.pki import Context, NamedBytes, inspect
from engine.pki.facts import Certificate
from engine.pki.model import Chain, Item
from engine.pki.read import read
from engine.pki.read.text import armour
from engine.pki.report import chain as chain_json
from engine.pki.report import finding as finding_json
from engine.pki.report import moment
from engine.webhook.claim import Claim
from engine.webhook.probe import probe, probe_aside
from engine.webhook.rules import RULES
from engine.webhook.rules.client_certificate import refusal
from engine.webhook.seen import Seen

SCHEMA = "dipper.webhook/1"
ClientCertificate = Literal["required", "optional", "not_asked", "unknown"]

_SAYS_NOTHING = frozenset({"common-name-not-among-names", "client-authentication-ends", "wildcard"})
"""Findings about a certificate that say nothing about a server's."""


@dataclass(frozen=True, slots=True)
class Report:
    """The answer: `bad` if any finding is an error, `unknown` if nothing could be seen, else `good`."""

    seen: Seen
    verdict: Literal["good", "bad", "unknown"]
    chain: Chain | None
    findings: tuple[Finding, ...]
    client_certificate: ClientCertificate
    ends: datetime | None


def check(claim: Claim, now: datetime) -> Report:
    """Probes and judges. Blocking, for some seconds."""
    return judge(probe(claim, now))


async def check_aside(claim: Claim, now: datetime) -> Report:
    """The same for callers on an event loop, which goes on meanwhile."""
    return judge(await probe_aside(claim, now))


def judge(seen: Seen) -> Report:
    """Pure, but for reading the client certificate's file, whose issuers are compared with those that the server names."""
    at = seen.claim.at or seen.now
    sent = seen.plain.chain if seen.plain else ()
    certificates: tuple[Finding, ...] = ()
    ends = None
    if sent:
        bundle = b"".join(armour(der, "CERTIFICATE") for der in sent)
        context = Context(usage="server", host=seen.claim.url.host, trust=seen.claim.trust)
        looked = inspect([NamedBytes(seen.claim.url.host, bundle)], context, at)
        items = tuple(each.item for each in looked.items)
        seen = replace(seen, items=items, built=looked.chain)
        certificates = tuple(each for each in looked.findings if each.code not in _SAYS_NOTHING)
        ends = next((item.value.not_after for item in items if isinstance(item.value, Certificate)), None)
    if seen.claim.certificate:
        seen = replace(seen, own_issuers=_issuers(Path(seen.claim.certificate[0])))
    ours = tuple(finding for rule in RULES for finding in rule.judge(seen))
    if any(each.code == "server-chain-incomplete" for each in ours):
        certificates = tuple(each for each in certificates if each.code != "issuer-missing")  # the same in other words
    found = (*ours, *certificates)
    return Report(
        seen=seen,
        verdict=_verdict(seen, found),
        chain=seen.built,
        findings=tuple(dict.fromkeys(found)),
        client_certificate=_client_certificate(seen),
        ends=ends,
    )


def _issuers(path: Path) -> tuple[str, ...]:
    items: tuple[Item, ...] = read(NamedBytes(path.name, path.read_bytes()), Context())
    return tuple(item.value.issuer.text() for item in items if isinstance(item.value, Certificate))


def _verdict(seen: Seen, found: tuple[Finding, ...]) -> Literal["good", "bad", "unknown"]:
    if any(each.severity == "error" for each in found):
        return "bad"
    return "good" if seen.plain and seen.plain.chain else "unknown"


def _client_certificate(seen: Seen) -> ClientCertificate:
    plain = seen.plain
    if plain is None or not (plain.handshake_done or plain.requested):
        return "unknown"
    if refusal(plain):
        return "required"
    return "optional" if plain.requested else "not_asked"


def to_json(report: Report) -> dict[str, Any]:
    """The JSON of `dipper.webhook/1`."""
    seen, plain = report.seen, report.seen.plain
    http = (seen.own.http if seen.own and seen.own.http else plain.http) if plain else None
    return {
        "schema": SCHEMA,
        "url": seen.claim.url.text,
        "checked_at": moment(seen.now),
        "verdict": report.verdict,
        "addresses": list(seen.addresses),
        "tls": {
            "version": plain.version if plain else None,
            "cipher": plain.cipher if plain else None,
            "alpn": plain.alpn if plain else None,
            "versions": seen.versions,
            "client_certificate": report.client_certificate,
            "accepted_cas": list(plain.accepted) if plain else [],
        },
        "http": {"method": http.method, "status": http.status, "location": http.location} if http else None,
        "ends": moment(report.ends),
        "chain": chain_json(report.chain),
        "findings": [finding_json(each) for each in report.findings],
    }
