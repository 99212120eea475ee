"""Invented check reports for the samples, in the published forms `dipper.dns/1` and `dipper.pki/1`."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

_VALUE = "_globalsign-domain-verification=8gqZ0dL7sT2bYv5nKq1mXw3cRf6hJp9aUe4HYT"


def _server(name: str, address: str, serial: int, match: bool) -> Json:
    return {
        "name": name,
        "address": address,
        "zone": "northwind.example.",
        "rcode": "NOERROR",
        "authoritative": True,
        "serial": serial,
        "txt": [_VALUE] if match else ["v=spf1 -all"],
        "match": match,
        "error": None,
    }


def _finding(code: str, severity: str, summary: str, fix: str, **more: Any) -> Json:
    return {
        "class": "D13",
        "code": code,
        "severity": severity,
        "summary": summary,
        "seen": "seen at the name servers",
        "why": "",
        "servers": [],
        "who": "dns_admin",
        "fix": fix,
        "eta_seconds": None,
        "source": "RFC 1035",
        "confidence": "sourced",
        **more,
    }


def _dns(verdict: str, servers: list[Json], findings: list[Json], ready_at: str | None = None) -> Json:
    return {
        "schema": "dipper.dns/1",
        "domain": "northwind.example",
        "value": _VALUE,
        "checked_at": "2026-11-24T12:05:00Z",
        "verdict": verdict,
        "next_action": "Ask whoever runs the name servers.",
        "ready_at": ready_at,
        "recheck_at": "2026-11-24T12:15:00Z",
        "record": {"name": "@", "fqdn": "northwind.example.", "zone": "northwind.example.", "type": "TXT", "ttl": 3600},
        "findings": findings,
        "servers": servers,
        "resolvers": [],
    }


_LAG = _finding(
    "secondary-lag",
    "blocker",
    "ns2.dns.example copies the zone every 15 minutes and has an older copy.",
    "Nothing: it follows by itself.",
    eta_seconds=900,
)
_DOUBLED = _finding(
    "doubled-zone",
    "blocker",
    "The record is at northwind.example.northwind.example: the panel added the domain to the name.",
    "Put @, or leave the name empty, instead of northwind.example; the value is right.",
)
_CAA = _finding(
    "caa-forbids",
    "warning",
    "A CAA record names another certificate authority only.",
    "Add globalsign.com to it before Step 6.",
    confidence="inferred",
)


def _pki(verdict: str, items: list[Json], findings: list[Json], compared: Sequence[tuple[str, str, str]] = ()) -> Json:
    return {
        "compared": [{"half": half, "state": state, "why": why, "seen": ""} for half, state, why in compared],
        "schema": "dipper.pki/1",
        "verdict": verdict,
        "renew_by": None,
        "items": items,
        "findings": findings,
    }


_CSR = {
    "file": "dip.csr",
    "index": 0,
    "kind": "csr",
    "subject": "C=GB, O=Northwind Energy Ltd, CN=dip.northwind.example",
    "names": ["dip.northwind.example"],
    "key": "RSA 2048",
    "signature": "valid",
    "sha256": "ab" * 32,
}
_SMALL = _finding(
    "rsa-too-small", "error", "The key has 1024 bits.", "Make a new key of at least 2048 bits.", **{"class": "C2"}
)
_WILDCARD = _finding("wildcard", "warning", "One name is a wildcard.", "Name the host itself if you can.")

REPORTS: dict[str, Json] = {
    "dns-ready": _dns(
        "ready",
        [
            _server("ns1.dns.example.", "192.0.2.1", 2026112402, True),
            _server("ns2.dns.example.", "192.0.2.2", 2026112402, True),
        ],
        [_CAA],
    ),
    "dns-not_yet": _dns(
        "not_yet",
        [
            _server("ns1.dns.example.", "192.0.2.1", 2026112402, True),
            _server("ns2.dns.example.", "192.0.2.2", 2026112401, False),
        ],
        [_LAG, _CAA],
        "2026-11-24T12:20:00Z",
    ),
    "dns-wrong": _dns("wrong", [_server("ns1.dns.example.", "192.0.2.1", 2026112402, False)], [_DOUBLED, _CAA]),
    "dns-broken": _dns(
        "broken", [], [_finding("no-answer", "blocker", "No name server answers.", "Ask the provider.")]
    ),
    "dns-unknown": _dns("unknown", [], []),
    "pki-uncompared": _pki(
        "good", [_CSR], [], [("key", "missing", "csr-not-seen"), ("issuer", "missing", "nobody-named")]
    ),
    "pki-other-key": _pki("good", [_CSR], [], [("key", "disagrees", "another-key"), ("chain", "missing", "no-chain")]),
    "pki-good": _pki("good", [_CSR], [_WILDCARD]),
    "pki-bad": _pki("bad", [_CSR], [_SMALL, _WILDCARD]),
    "pki-unknown": _pki(
        "unknown", [], [_finding("nothing-recognised", "note", "Nothing in it is known.", "Send the CSR.")]
    ),
}
