"""server-chain-incomplete (C13): the server does not send its intermediate certificate.

Seen as: its own certificate comes without its issuer's.
Fix: configure the full chain (nginx: the bundle in ssl_certificate; `dipper pfx convert` puts it in order).
Source: RFC 8446 section 4.4.2. Confidence: measured.

Browsers fetch the missing one, machines do not: the DIP's client would refuse.

self-signed-server (C13): the server's certificate is signed by itself.

Seen as: issuer and subject are the same, and it is no known anchor.
Fix: use a certificate of an authority that the DIP trusts.
Source: RFC 5280 section 6. Confidence: inferred.

Nobody but you can trust it.

intercepted (C13): something between here and the server opens the connection.

Seen as: the server's certificate is issued by a product that inspects traffic.
Fix: run this check from outside your network, or have the address exempted from inspection.
Source: names of common inspection products. Confidence: inferred.

What is seen here is the inspector's certificate, not the server's.

no-server-certificate (C13): the server's certificate was not seen.

Seen as: the handshake ended before it came.
Fix: clear the finding about the handshake first.
Source: RFC 8446 section 4.4.2. Confidence: measured.

Name, chain and dates could not be checked.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.facts import Certificate
from engine.pki.wording import codes
from engine.webhook.seen import Seen

report = codes(__doc__)

INSPECTORS = (
    "zscaler", "fortinet", "fortigate", "netskope", "palo alto", "blue coat", "bluecoat", "sophos", "mitmproxy",
    "cisco umbrella", "forcepoint", "mcafee web gateway", "burp", "charles proxy", "kaspersky", "bitdefender", "avast",
)  # fmt: skip


def judge(seen: Seen) -> Iterator[Finding]:
    if seen.plain is None or seen.plain.stage == "connect":
        return
    if not seen.plain.chain:
        yield report("no-server-certificate", "note", seen.plain.error or "no certificate", None)
        return
    certificates = [item.value for item in seen.items if isinstance(item.value, Certificate)]
    if not certificates:
        return
    leaf = certificates[0]
    issuer = leaf.issuer.text()
    trusted = seen.built is not None and seen.built.trusted
    if product := next((name for name in INSPECTORS if name in issuer.casefold()), None):
        yield report("intercepted", "warning", f"issued by {issuer} ({product})", None)
    if leaf.self_issued:
        if not trusted:
            yield report("self-signed-server", "error", leaf.subject.text(), None)
    elif not trusted and not any(each.subject.same_as(leaf.issuer) for each in certificates):
        yield report("server-chain-incomplete", "error", f"its issuer {issuer} was not sent", None)
