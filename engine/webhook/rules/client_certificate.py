"""no-client-certificate-asked (C13): the server does not ask for a client certificate.

Seen as: no CertificateRequest in the handshake.
Fix: switch mutual TLS on: the server has to ask for a certificate and to know the issuer of the DIP's.
Source: DIP specification, as quoted by the DIP simulator's pages: all communication is secured with mTLS. Confidence:
sourced.

Anybody could deliver messages to it. Some servers (IIS, Azure) ask only after the request: that is seen with TLS 1.2
(renegotiation) and TLS 1.3 (post-handshake authentication), for the path that was asked. A server that speaks both and
asks by renegotiation alone is spoken to with TLS 1.3 here, as the DIP's client probably does, and does not ask.

refused-without-certificate (C13): without a client certificate the server refuses, as it should.

Seen as: an alert during the handshake (TLS 1.2), just after it (TLS 1.3), or an answer of 400, 401, 403 or 496.
Fix: nothing. This shows that mutual TLS is on; whether the DIP's certificate is accepted cannot be seen from here.
Source: RFC 5246 section 7.4.6; RFC 8446 section 4.4.2.4. Confidence: measured.

The DIP comes with a certificate, this check came without.

accepted-without-certificate (C13): the server asks for a client certificate and does without.

Seen as: the request was answered although no certificate was given.
Fix: make the certificate obligatory (nginx: `ssl_verify_client on`), or have the application check it.
Source: DIP specification, as quoted by the DIP simulator's pages: all communication is secured with mTLS. Confidence:
sourced.

Anybody could deliver messages to it, unless the application refuses what comes without one.

own-certificate-accepted (C13): with the client certificate that was given the server answers.

Seen as: a handshake with it and an HTTP answer, where the server asked for a certificate.
Fix: nothing. The DIP's certificate is accepted likewise if the same authority issued it.
Source: RFC 8446 section 4.4.2. Confidence: measured.

The server knows the issuer and found the certificate in date, or does not look.

own-certificate-refused (C13): the server refuses the client certificate that was given.

Seen as: an alert or a closed connection, where the handshake with the certificate was tried.
Fix: read the alert's meaning. Often the server does not know the issuer: add it to the list of client authorities.
Source: RFC 8446 section 6.2. Confidence: measured.

The other side of a mutual connection has to trust the issuer and to find the certificate in date and fit for clients.

own-issuer-not-named (C13): the server names the issuers it accepts, and yours is not among them.

Seen as: the list in the server's request for a certificate lacks the issuers of the one given.
Fix: add the issuer (the root above it, usually) to the server's list of client authorities.
Source: RFC 5246 section 7.4.4; RFC 8446 section 4.2.4. Confidence: measured.

Many clients do not even send a certificate that is not asked for.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.wording import codes
from engine.webhook.alerts import CERTIFICATE_CAUSES, words
from engine.webhook.seen import Attempt, Seen

report = codes(__doc__)

REFUSING_STATUS = frozenset({400, 401, 403, 495, 496})


def judge(seen: Seen) -> Iterator[Finding]:
    plain = seen.plain
    if plain is None or plain.stage == "connect" or not (plain.handshake_done or plain.requested):
        return
    if how := refusal(plain):
        yield report("refused-without-certificate", "note", how, None)
    elif not plain.requested:
        how = f" with {plain.version}" if plain.version else ""
        yield report("no-client-certificate-asked", "warning", f"no certificate was asked for{how}", None)
    elif plain.http is not None:
        yield report(
            "accepted-without-certificate", "warning", f"HTTP {plain.http.status} to {plain.http.method}", None
        )
    own = seen.own
    if own is None:
        return
    if not own.handshake_done or (own.stage in ("after", "http") and own.error):
        alert = own.refusal
        yield report("own-certificate-refused", "error", words(alert.code) if alert else own.error or "closed", None)
    elif own.http is not None and own.http.status in REFUSING_STATUS - {401} and refusal(plain):
        yield report("own-certificate-refused", "error", f"HTTP {own.http.status}", None)
    elif own.http is not None and own.requested:
        yield report("own-certificate-accepted", "note", f"HTTP {own.http.status} to {own.http.method} with it", None)
    if own.accepted and seen.own_issuers and not set(own.accepted) & set(seen.own_issuers):
        named = "; ".join(own.accepted[:5])
        yield report("own-issuer-not-named", "warning", f"accepted: {named}", None)


def refusal(plain: Attempt) -> str | None:
    """How the server refused to do without a certificate, in words; None if it did not."""
    alert = plain.refusal
    if not plain.handshake_done:
        if plain.requested and not plain.timed_out and (alert is None or alert.code in CERTIFICATE_CAUSES):
            return f"during the handshake: {words(alert.code) if alert else plain.error}"
        return None
    if plain.stage in ("after", "http") and plain.requested and (alert or (plain.error and not plain.timed_out)):
        return f"after the handshake: {words(alert.code) if alert else plain.error}"
    if plain.http and plain.http.status in REFUSING_STATUS and plain.requested:
        return f"HTTP {plain.http.status} to {plain.http.method}"
    return None
