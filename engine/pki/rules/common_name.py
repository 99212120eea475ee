"""common-name-not-among-names (C6): the common name is a host that is not among the alternative names.

Seen as: a common name such as meter.northwind.example without a dNSName of the same text.
Fix: ask for it as a dNSName too (`-addext subjectAltName=DNS:...`; `dipper csr` does). In a GlobalSign request give it
under san.dns_names.
Source: CA/Browser Forum Baseline Requirements 7.1.4.3; GlobalSign Atlas API uses only the key of a request.
Confidence: sourced.

Clients look at the alternative names alone. In a request it does no harm where names are given separately, as at
GlobalSign's API.

no-names (C6): the certificate has no alternative names.

Seen as: neither host names nor addresses in the certificate of a server.
Fix: have it issued again with the host as a dNSName.
Source: RFC 6125; RFC 9525. Confidence: sourced.

Today's clients refuse a server whose certificate has a common name only.
"""

from collections.abc import Iterator

from engine.findings import Finding, Severity
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate
from engine.pki.names import looks_like_host
from engine.pki.oids import SERVER_AUTH
from engine.pki.usage import usages_of
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        value = item.value
        if value is None or (isinstance(value, Certificate) and is_authority(value)):
            continue
        names = value.names
        present = {name.lower() for name in names.dns} | set(names.ips)
        weight = _weight(case, value)
        for common in value.subject.all("CN"):
            if looks_like_host(common) and common.lower() not in present:
                yield report("common-name-not-among-names", weight, f"CN={common}", item.file)
        if isinstance(value, Certificate) and weight == "error" and not names.all():
            yield report("no-names", "error", "no subject alternative name", item.file)


def _weight(case: Case, value: object) -> Severity:
    """An error for what servers show to everybody; else a warning."""
    if isinstance(value, Certificate):
        usages = usages_of(value.extensions)
        if case.context.usage == "server" or (usages is not None and SERVER_AUTH in usages):
            return "error"
    return "warning"
