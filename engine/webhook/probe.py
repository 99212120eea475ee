"""Connects to a webhook and writes down what happens. The only file of this package with sockets.

Every address is looked at before it is connected to, and connected to as it was looked at, so that a name cannot change
in between. No redirect is followed. Certificates are not verified here: the rules judge them.
"""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from engine import addresses
from engine.pki import asn1
from engine.pki.facts import read_name
from engine.pki.patience import cut_after
from engine.webhook.claim import Claim
from engine.webhook.seen import Alert, Attempt, Http, Seen

MAX_ADDRESSES = 4
MAX_ANSWER = 16 * 1024
LATE_SECONDS = 1.0
"""How long a refusal may come after the handshake in TLS 1.3, where the server looks at the certificate last."""

WHOLE_TIMEOUTS = 3
"""How many time-outs one connection may take in all, however slowly the other side goes on."""

_CERTIFICATE, _CERTIFICATE_REQUEST, _ALERT = 11, 13, 21
_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_NAMES = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
Resolver = Callable[[str, int], tuple[str, ...]]


async def probe_aside(claim: Claim, now: datetime) -> Seen:
    """The same as `probe` for callers on an event loop."""
    return await asyncio.to_thread(probe, claim, now)


def probe(claim: Claim, now: datetime, resolve: Resolver = addresses.resolve) -> Seen:
    """Everything that can be seen from here. Takes a few seconds, bounded by WHOLE_TIMEOUTS of the claim's time-outs an attempt.

    Never raises for what the other side does. Raises OSError only if the client certificate's files cannot be read.
    """
    url = claim.url
    try:
        found = (url.host,) if url.is_ip else resolve(url.host, url.port)
    except OSError as failed:
        return Seen(claim, now, unresolved=failed.strerror or str(failed))
    forbidden = () if claim.allow_private else tuple(each for each in found if not addresses.is_public(each))
    if forbidden or not found:
        return Seen(claim, now, found, forbidden, unresolved=None if found else "no address")
    seen = Seen(claim, now, found)
    plain = _attempt(claim, found[0], "without a client certificate")
    others = tuple(_attempt(claim, each, "the other address", quiet=True) for each in found[1:MAX_ADDRESSES])
    if plain.stage == "connect":
        working = next((each for each in others if each.stage != "connect"), None)
        if working is None:
            return replace(seen, plain=plain, others=others)
        plain = _attempt(claim, working.address, "without a client certificate")
    seen = replace(seen, plain=plain, others=others)
    if plain.timed_out and plain.stage == "handshake":
        return seen  # it would keep silent to each further question too
    seen = replace(seen, versions=_versions(claim, plain.address))
    if not url.is_ip:
        seen = replace(seen, bare=_attempt(claim, plain.address, "without a server name", name=False, quiet=True))
    if claim.certificate:
        seen = replace(seen, own=_attempt(claim, plain.address, "with the client certificate", own=True))
    return seen


def _versions(claim: Claim, address: str) -> dict[str, bool]:
    return {
        name: attempt.handshake_done or bool(attempt.chain)  # one that only lacks a client certificate is spoken too
        for name, version in _VERSIONS.items()
        for attempt in (_attempt(claim, address, name, only=version, quiet=True),)
    }


@dataclass(slots=True)
class _Notes:
    """What the handshake's messages said, gathered while it runs."""

    chain: tuple[bytes, ...] = ()
    requested: bool = False
    accepted: tuple[str, ...] = ()
    alerts: list[Alert] = field(default_factory=list)
    version: str | None = None

    def take(self, version: int, direction: str, content: int, message: int | None, data: bytes) -> None:
        received = direction == "read"
        if content == _ALERT and len(data) >= 2:
            self.alerts.append(Alert(code=data[1], fatal=data[0] == 2, received=received))
        elif received and message == _CERTIFICATE_REQUEST:
            self.requested = True
            with contextlib.suppress(IndexError, asn1.Malformed):  # a broken list names nobody
                self.accepted = tuple(_authorities(data[4:], version >= 0x0304 or _is_13(data)))
        elif received and message == _CERTIFICATE:
            self.version = _NAMES.get(version)
            with contextlib.suppress(IndexError):  # a broken chain is an empty one
                self.chain = tuple(_certificates(data[4:])) or self.chain


def _attempt(
    claim: Claim,
    address: str,
    what: str,
    *,
    own: bool = False,
    name: bool = True,
    only: ssl.TLSVersion | None = None,
    quiet: bool = False,
) -> Attempt:
    """One connection. `quiet` ends after the handshake; else one harmless GET (or the POST that was asked for) follows.

    Handshake messages are noted until the end, so a server that asks for a certificate after the request is seen too.
    """
    context = _context(own, only, claim)
    notes = _Notes()
    _listen(context, notes)
    blank = Attempt(what, address, "connect")
    try:
        raw = socket.create_connection((address, claim.url.port), claim.timeout_seconds)
    except OSError as failed:
        return replace(blank, error=_words(failed), timed_out=isinstance(failed, TimeoutError))
    with raw, cut_after(raw, WHOLE_TIMEOUTS * claim.timeout_seconds) as patience:
        attempt = _converse(claim, raw, context, notes, blank, name=name, quiet=quiet)
    if patience.over:
        attempt = replace(attempt, error="no answer in time", timed_out=True, http=None)
    return _noted(attempt, notes)


def _converse(
    claim: Claim, raw: socket.socket, context: ssl.SSLContext, notes: _Notes, blank: Attempt, *, name: bool, quiet: bool
) -> Attempt:
    """What is said on one connection, from the handshake on."""
    server_name = claim.url.host if name and not claim.url.is_ip else None
    try:
        secured = context.wrap_socket(raw, server_hostname=server_name)
    except (ssl.SSLError, OSError, ValueError) as failed:
        return replace(blank, stage="handshake", error=_words(failed), timed_out=isinstance(failed, TimeoutError))
    with secured:
        cipher = secured.cipher()
        done = replace(
            blank,
            stage="done" if quiet else "after",
            handshake_done=True,
            version=secured.version(),
            cipher=cipher[0] if cipher else None,
            alpn=secured.selected_alpn_protocol(),
        )
        if quiet:
            return done
        error = _late(secured) if notes.requested else None
        return replace(done, error=error) if error else _ask(secured, claim, done)


def _context(own: bool, only: ssl.TLSVersion | None, claim: Claim) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the certificate is judged by rules, with words, not by the library with a "no"
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    context.post_handshake_auth = True  # else a server of TLS 1.3 that asks after the request could not
    if only is not None:
        with contextlib.suppress(ssl.SSLError, ValueError):  # a library without this version counts as "not spoken"
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = only
            context.maximum_version = only
    if own and claim.certificate:
        context.load_cert_chain(*claim.certificate)
    return context


def _listen(context: ssl.SSLContext, notes: _Notes) -> None:
    """Has every handshake message noted. The hook is the standard library's own for debugging: nothing public tells
    which issuers a server accepts, or the alert by which it refused."""

    def callback(_: object, direction: str, version: int, content: int, message: int | None, data: bytes) -> None:
        notes.take(int(version), direction, int(content), None if message is None else int(message), data)

    context._msg_callback = callback  # type: ignore[attr-defined]


def _late(secured: ssl.SSLSocket) -> str | None:
    """What the server says after the handshake unasked: nothing usually, a refusal in TLS 1.3."""
    secured.settimeout(LATE_SECONDS)
    try:
        return None if secured.recv(1) else "the server closed the connection after the handshake"
    except TimeoutError:
        return None
    except (ssl.SSLError, OSError) as failed:
        return _words(failed)


def _ask(secured: ssl.SSLSocket, claim: Claim, so_far: Attempt) -> Attempt:
    method = "POST" if claim.post else "GET"
    host = claim.url.host if ":" not in claim.url.host else f"[{claim.url.host}]"
    port = "" if claim.url.port == 443 else f":{claim.url.port}"
    fields = [f"{method} {claim.url.target} HTTP/1.1", f"Host: {host}{port}", "User-Agent: dipper", "Connection: close"]
    if claim.post:
        fields.append("Content-Length: 0")
    request = "\r\n".join((*fields, "", ""))
    secured.settimeout(claim.timeout_seconds)
    answer = b""
    try:
        secured.sendall(request.encode("ascii"))
        while b"\r\n\r\n" not in answer and len(answer) < MAX_ANSWER:
            more = secured.recv(4096)
            if not more:
                break
            answer += more
    except (ssl.SSLError, OSError) as failed:
        return replace(so_far, stage="http", error=_words(failed), timed_out=isinstance(failed, TimeoutError))
    http = _http(method, answer)
    return replace(so_far, stage="done", http=http, error=None if http else "the answer is no HTTP")


def _http(method: str, answer: bytes) -> Http | None:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    line = re.match(r"HTTP/1\.[01] (\d{3})\b", head[0])
    if not line:
        return None
    fields = {name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in head[1:])}
    return Http(
        method=method,
        status=int(line[1]),
        location=_printable(fields.get("location")),
        date=_date(fields.get("date")),
        server=_printable(fields.get("server")),
    )


def _printable(text: str | None) -> str | None:
    return "".join(char for char in text if char.isprintable())[:200] if text else None


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _noted(attempt: Attempt, notes: _Notes) -> Attempt:
    return replace(
        attempt,
        version=attempt.version or notes.version,
        chain=notes.chain,
        requested=notes.requested,
        accepted=notes.accepted,
        alerts=tuple(notes.alerts),
    )


def _words(failed: Any) -> str:
    if isinstance(failed, TimeoutError):
        return "no answer in time"
    reason = getattr(failed, "reason", None)
    if isinstance(reason, str) and reason:
        return reason.replace("_", " ").lower()
    return getattr(failed, "strerror", None) or type(failed).__name__


def _is_13(data: bytes) -> bool:
    """A CertificateRequest of TLS 1.3 begins with an (empty) context and its extensions' length reaches to the end."""
    return len(data) >= 7 and data[4] == 0 and int.from_bytes(data[5:7], "big") == len(data) - 7


def _authorities(body: bytes, is_13: bool) -> Iterator[str]:
    """The names in a CertificateRequest (RFC 5246 section 7.4.4; RFC 8446 sections 4.3.2 and 4.2.4)."""
    if not is_13:
        at = 1 + body[0]
        at += 2 + int.from_bytes(body[at : at + 2], "big")
        yield from _names(body[at + 2 : at + 2 + int.from_bytes(body[at : at + 2], "big")])
        return
    at, end = 3 + body[0], len(body)
    while at + 4 <= end:
        kind, size = int.from_bytes(body[at : at + 2], "big"), int.from_bytes(body[at + 2 : at + 4], "big")
        if kind == 47:
            yield from _names(body[at + 6 : at + 4 + size])
        at += 4 + size


def _names(listed: bytes) -> Iterator[str]:
    at = 0
    while at + 2 <= len(listed) and at < MAX_ANSWER * 4:
        size = int.from_bytes(listed[at : at + 2], "big")
        yield read_name(listed[at + 2 : at + 2 + size]).text()
        at += 2 + size


def _certificates(body: bytes) -> Iterator[bytes]:
    """The certificates of a Certificate message, of either version: with TLS 1.3 each has extensions behind it."""
    is_13 = body[0] == 0 and int.from_bytes(body[1:4], "big") == len(body) - 4
    at = 4 if is_13 else 3
    while at + 3 <= len(body):
        size = int.from_bytes(body[at : at + 3], "big")
        yield body[at + 3 : at + 3 + size]
        at += 3 + size
        if is_13:
            at += 2 + int.from_bytes(body[at : at + 2], "big")
