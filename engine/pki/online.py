"""Asks the addresses in certificates: OCSP responders, CRLs, issuers. Only where a person or setting switched it on.

Only plain http, as RFC 5280 wants it; every address is looked at before it is connected to; no redirect is followed;
answers are bounded. What fails is told in words and changes nothing else.
"""

import http.client
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509 import ocsp

from engine import addresses
from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.facts import Certificate, general_names
from engine.pki.model import NamedBytes, Report
from engine.pki.oids import AUTHORITY_INFORMATION, CRL_POINTS
from engine.pki.patience import cut_after
from engine.pki.revocation import ask

MAX_ANSWER = 8 * 1024 * 1024
TIMEOUT_SECONDS = 5.0
WHOLE_SECONDS = 20.0
"""For one address, however slowly it answers."""
MAX_ROUNDS = 4
"""How often an issuer that was fetched may lead to a further one; longer chains are not met."""
OCSP, ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"


@dataclass(slots=True)
class Fetched:
    """What came back, and what did not."""

    files: list[NamedBytes] = field(default_factory=list)
    ocsp: list[NamedBytes] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


class NotFetched(Exception):
    """No answer from an address; the message says why."""


def fetch(
    report: Report, allowed: Callable[[str], bool] = addresses.is_public, asked: set[tuple[str, bytes]] | None = None
) -> Fetched:
    """Blocking, up to WHOLE_SECONDS for each address. `allowed` decides about literal addresses.

    `asked` remembers from round to round which address was asked about which certificate: none is asked twice.
    """
    fetched = Fetched()
    done: set[tuple[str, bytes]] = set() if asked is None else asked
    if report.chain is None:
        return fetched
    certificates = list(report.chain.certificates)
    if not report.chain.complete:
        for url in _not_yet(issuers(certificates[-1]), certificates[-1], done):
            _get(url, "issuer", fetched.files, fetched.troubles, allowed)
    for lower, upper in pairwise(certificates):
        for url in _not_yet(responders(lower), lower, done):
            _ask_responder(url, lower, upper, fetched, allowed)
        for url in _not_yet(lists(lower), lower, done):
            _get(url, "CRL", fetched.files, fetched.troubles, allowed)
    return fetched


def _not_yet(urls: list[str], certificate: Certificate, done: set[tuple[str, bytes]]) -> list[str]:
    """The first address, unless it was asked about this certificate before; noted as asked."""
    first = [(url, certificate.der) for url in urls[:1]]
    new = [url for url, der in first if (url, der) not in done]
    done.update(first)
    return new


def _ask_responder(
    url: str, lower: Certificate, upper: Certificate, fetched: Fetched, allowed: Callable[[str], bool]
) -> None:
    nonce, answers = os.urandom(16), list[NamedBytes]()
    _get(url, "OCSP answer", answers, fetched.troubles, allowed, ask(lower, upper, nonce))
    for answer in answers:
        other = nonce_of(answer.data)
        if other in (None, nonce):
            fetched.ocsp.append(answer)
        else:
            size = len(other or b"")
            fetched.troubles.append(f"OCSP answer from {url}: it is to another question ({size} bytes of nonce)")


def nonce_of(answer: bytes) -> bytes | None:
    """The nonce of an OCSP answer; None where it has none, as answers made in advance do, or cannot be read."""
    try:
        return ocsp.load_der_ocsp_response(answer).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except (ValueError, x509.ExtensionNotFound):
        return None


def responders(certificate: Certificate) -> list[str]:
    return list(_information(certificate, OCSP))


def issuers(certificate: Certificate) -> list[str]:
    return list(_information(certificate, ISSUERS))


def lists(certificate: Certificate) -> list[str]:
    """The addresses of CRLs (RFC 5280 section 4.2.1.13)."""
    extension = certificate.extension(CRL_POINTS)
    if extension is None:
        return []
    return [uri for uri in _uris(extension.value) if uri.startswith("http://")]


def _information(certificate: Certificate, method: str) -> Iterator[str]:
    extension = certificate.extension(AUTHORITY_INFORMATION)
    if extension is None:
        return
    value = extension.value
    try:
        for node in asn1.children(value, asn1.read(value, 0, len(value))):
            parts = asn1.children(value, node)
            if len(parts) == 2 and asn1.oid(value, parts[0]) == method and parts[1].tag == 0x86:
                uri = asn1.content(value, parts[1]).decode("ascii", "replace")
                if uri.startswith("http://"):
                    yield uri
    except Malformed:
        return


def _uris(value: bytes) -> list[str]:
    """Every URI in a CRL distribution points extension, whatever its nesting."""
    found: list[str] = []

    def walk(node: asn1.Node, depth: int) -> None:
        if node.tag == 0x86:
            wrapped = bytes((asn1.SEQUENCE, node.end - node.start)) + asn1.whole(value, node)
            found.extend(general_names(wrapped).uris if node.end - node.start < 0x80 else ())
        elif node.tag & 0x20 and depth < asn1.MAX_DEPTH:
            for child in asn1.children(value, node):
                walk(child, depth + 1)

    try:
        walk(asn1.read(value, 0, len(value)), 0)
    except Malformed:
        return []
    return found


def _get(
    url: str,
    what: str,
    into: list[NamedBytes],
    troubles: list[str],
    allowed: Callable[[str], bool],
    body: bytes | None = None,
) -> None:
    try:
        into.append(NamedBytes(f"{what} from {urlsplit(url).hostname}", exchange(url, allowed, body)))
    except NotFetched as failed:
        troubles.append(f"{what} from {url}: {failed}")


def exchange(url: str, allowed: Callable[[str], bool], body: bytes | None = None) -> bytes:
    """One GET, or POST of an OCSP request. Raises NotFetched for everything but an answer of 200."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        found = addresses.resolve(host, port)
    except (ValueError, OSError):
        raise NotFetched("the host has no address") from None
    if not found or not all(allowed(address) for address in found):
        raise NotFetched("its address is inside a network and is not asked")
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    headers = {"User-Agent": "dipper"} | ({"Content-Type": "application/ocsp-request"} if body else {})
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.sock = socket.create_connection((found[0], port), TIMEOUT_SECONDS)
        with cut_after(connection.sock, WHOLE_SECONDS) as patience:
            connection.request("POST" if body else "GET", target, body=body, headers=headers)
            answer = connection.getresponse()
            data = answer.read(MAX_ANSWER + 1)
        if patience.over:
            raise NotFetched(f"the answer was not complete after {WHOLE_SECONDS:g} seconds")
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise NotFetched(str(failed) or type(failed).__name__) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise NotFetched(f"HTTP {answer.status}")
    if len(data) > MAX_ANSWER:
        raise NotFetched(f"more than {MAX_ANSWER} bytes")
    return data
