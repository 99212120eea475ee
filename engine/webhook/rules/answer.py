"""redirects (C13): the webhook answers with a redirect.

Seen as: an HTTP status of 301, 302, 303, 307 or 308.
Fix: give the DIP the address where the redirect leads to, if that is an https address which it can reach.
Source: RFC 9110 section 15.4. Confidence: inferred.

Senders of webhooks do not follow redirects, since these could lead anywhere. This check did not follow it either.

server-error (C13): the webhook answers with an error of its own.

Seen as: an HTTP status of 500 or above to the empty POST that was asked for, or of 502, 503 or 504 to any request.
Fix: look into the application's log; with 502 to 504 see whether it runs at all behind the proxy. An empty body may be
refused with 400 or 422, and should not be an error of the server.
Source: RFC 9110 section 15.6. Confidence: inferred.

The DIP would count deliveries as failed.

path-not-found (C13): there is nothing at the webhook's path.

Seen as: an HTTP status of 404, or 405 to the POST that was asked for.
Fix: correct the path in the address, or the route in the application.
Source: RFC 9110 sections 15.5.5 and 15.5.6. Confidence: measured.

The connection works and no message would be taken.

no-http (C13): after the handshake no HTTP answer comes.

Seen as: the connection is closed, or something else than HTTP comes back.
Fix: look into the service behind the TLS port.
Source: RFC 9112. Confidence: measured.

No message would be taken.

clock-differs (C13): the server's clock is wrong.

Seen as: the Date of its answer is more than five minutes away from the time here.
Fix: set the server's clock by NTP, or this machine's if that is the one that is wrong.
Source: RFC 9110 section 6.6.1. Confidence: measured.

Certificates are judged by the clock, and signed messages carry a time.
"""

from collections.abc import Iterator
from datetime import timedelta

from engine.findings import Finding
from engine.pki.wording import codes
from engine.webhook.rules.client_certificate import refusal
from engine.webhook.seen import Attempt, Seen

report = codes(__doc__)

TOLERANCE = timedelta(minutes=5)
GATEWAY_STATUS = frozenset({502, 503, 504})


def judge(seen: Seen) -> Iterator[Finding]:
    plain = seen.plain
    if plain is None or not plain.handshake_done:
        return
    deciding = seen.own if seen.own and seen.own.handshake_done else plain
    http = deciding.http
    if http is None:
        silent = deciding.stage == "http" or (deciding.stage == "done" and deciding.error is not None)
        if silent and not (deciding is plain and refusal(plain)):
            yield report("no-http", "error", deciding.error or "nothing came back", None)
        return
    yield from _status(deciding, seen.claim.post)
    if http.date is not None and seen.claim.at is None and abs(http.date - seen.now) > TOLERANCE:
        yield report("clock-differs", "warning", f"it says {http.date:%Y-%m-%d %H:%M:%S %z}", None)


def _status(attempt: Attempt, post: bool) -> Iterator[Finding]:
    http = attempt.http
    if http is None:
        return
    shown = f"HTTP {http.status} to {http.method}"
    if 300 <= http.status < 400 and http.location:
        plain = ", which is not encrypted" if http.location.lower().startswith("http:") else ""
        yield report("redirects", "error", f"{shown}: {http.location}{plain}", None)
    elif http.status in GATEWAY_STATUS or (post and http.status >= 500):
        yield report("server-error", "warning", shown, None)
    elif (http.status == 404) or (post and http.status == 405):
        yield report("path-not-found", "error" if post else "warning", shown, None)
