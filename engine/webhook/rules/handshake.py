"""handshake-refused (C13): the connection ends before it is secure.

Seen as: an alert, silence or a closed connection during the handshake, for another reason than a missing certificate.
Fix: read the alert's meaning below, and the server's own log at this minute.
Source: RFC 8446 section 6.2; RFC 5246 section 7.2. Confidence: measured.

No message can be delivered.

not-tls (C13): what answers does not speak TLS.

Seen as: an answer that is no TLS record.
Fix: point the address at the TLS port (443 usually), or switch TLS on.
Source: RFC 8446 section 5. Confidence: measured.

The DIP delivers over TLS only.

old-tls (C13): the server speaks nothing newer than TLS 1.1.

Seen as: neither TLS 1.2 nor TLS 1.3 is accepted.
Fix: switch TLS 1.2 and 1.3 on.
Source: RFC 8996. Confidence: measured.

Clients of today refuse to connect.

old-tls-accepted (C13): the server still accepts TLS 1.0 or 1.1.

Seen as: a handshake with an old version succeeds.
Fix: switch TLS 1.0 and 1.1 off.
Source: RFC 8996; NCSC guidance on TLS. Confidence: sourced.

It is no obstacle for the DIP, and a finding in the next security review.

server-name-ignored (C13): without a server name another certificate, or none, is shown.

Seen as: the connection without SNI gives another certificate or fails.
Fix: nothing, if the DIP sends the server name, as clients do; else make this the default site.
Source: RFC 6066 section 3. Confidence: inferred.

A client that sends no server name gets the wrong site.

alpn-refused (C13): the server does not agree to HTTP/1.1.

Seen as: an alert no_application_protocol.
Fix: let the server offer http/1.1.
Source: RFC 7301. Confidence: measured.

Most senders of webhooks speak HTTP/1.1.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.wording import codes
from engine.webhook.alerts import CERTIFICATE_CAUSES, words
from engine.webhook.seen import Attempt, Seen

report = codes(__doc__)

NO_APPLICATION_PROTOCOL = 120


def judge(seen: Seen) -> Iterator[Finding]:
    plain = seen.plain
    if plain is None or plain.stage == "connect":
        return
    modern = any(seen.versions.get(version) for version in ("TLSv1.2", "TLSv1.3"))
    old = [version for version in ("TLSv1", "TLSv1.1") if seen.versions.get(version)]
    if not plain.handshake_done:
        yield from _failed(plain, old if not modern else [])
    if old and modern:
        yield report("old-tls-accepted", "warning", ", ".join(old), None)
    bare = seen.bare
    if bare and plain.handshake_done and (not bare.handshake_done or bare.chain[:1] != plain.chain[:1]):
        yield report("server-name-ignored", "note", bare.error or "another certificate", None)


def _failed(plain: Attempt, only_old: list[str]) -> Iterator[Finding]:
    alert = plain.refusal
    if alert and alert.code == NO_APPLICATION_PROTOCOL:
        yield report("alpn-refused", "error", words(alert.code), None)
    elif only_old:
        yield report("old-tls", "error", f"only {', '.join(only_old)}", None)
    elif alert and plain.requested and alert.code in CERTIFICATE_CAUSES:
        return  # rules/client_certificate.py has the words for it
    elif alert:
        yield report("handshake-refused", "error", words(alert.code), None)
    elif "wrong version number" in (plain.error or "") or "http request" in (plain.error or ""):
        yield report("not-tls", "error", plain.error or "no TLS", None)
    elif plain.timed_out:
        yield report("handshake-refused", "error", "it takes the connection and says nothing: no answer in time", None)
    elif not plain.requested:
        yield report("handshake-refused", "error", plain.error or "the connection was closed", None)
