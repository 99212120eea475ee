"""Asking addresses in certificates: only public ones, only plain http, and what comes back is judged like any file."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from engine.pki import online
from tests.pki.conftest import NOW, Authority, Issued, authority, codes, issue, look
from tests.webhook.conftest import dripping_server

CA = authority()
HOUR = timedelta(hours=1)


@contextmanager
def answering(answers: dict[str, bytes], *, status: int = 200, nonce: str = "same") -> Iterator[str]:
    """A server for OCSP, CRLs and issuers on loopback; answers by path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(answers.get(self.path, b""))

        def do_POST(self) -> None:
            asked = ocsp.load_der_ocsp_request(self.rfile.read(int(self.headers["Content-Length"])))
            builder = ocsp.OCSPResponseBuilder().add_response(
                LEAF["leaf"].certificate,
                CA.intermediate.certificate,
                SHA1(),  # noqa: S303  how responders name a certificate
                ocsp.OCSPCertStatus.REVOKED,
                NOW - HOUR,
                NOW + HOUR,
                NOW - HOUR,
                None,
            )
            builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, CA.intermediate.certificate)
            if nonce != "none":
                sent = asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
                builder = builder.add_extension(x509.OCSPNonce(sent if nonce == "same" else bytes(16)), False)
            self._send(builder.sign(CA.intermediate.key, SHA256()).public_bytes(Encoding.DER))

        def _send(self, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


LEAF: dict[str, Issued] = {}


def information(base: str) -> x509.AuthorityInformationAccess:
    uri = x509.UniformResourceIdentifier
    return x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri(f"{base}/ocsp")),
            x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, uri(f"{base}/issuer")),
        ]
    )


def leaf_with(base: str) -> Issued:
    """A certificate whose addresses point at the server."""
    uri = x509.UniformResourceIdentifier
    points = x509.CRLDistributionPoints([x509.DistributionPoint([uri(f"{base}/crl")], None, None, None)])
    LEAF["leaf"] = issue(issuer=CA.intermediate, extensions=[(information(base), False), (points, False)])
    return LEAF["leaf"]


def crl() -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.intermediate.certificate.subject)
    return (
        builder.last_update(NOW - HOUR)
        .next_update(NOW + HOUR)
        .sign(CA.intermediate.key, SHA256())
        .public_bytes(Encoding.DER)
    )


def test_what_addresses_say_is_fetched_and_judged(ca: Authority) -> None:
    with answering({"/crl": crl(), "/issuer": ca.intermediate.der}) as base:
        leaf = leaf_with(base)
        fetched = online.fetch(look(leaf.pem, ca.intermediate.pem, ca.root.pem), allowed=lambda address: True)
    assert fetched.troubles == []
    given = [leaf.pem, ca.intermediate.pem, ca.root.pem, *(each.data for each in fetched.files)]
    assert {"revoked", "revocation-disagrees"} <= codes(*given, ocsp=tuple(fetched.ocsp))


def test_a_missing_issuer_is_fetched(ca: Authority) -> None:
    with answering({"/issuer": ca.intermediate.der}) as base:
        leaf = leaf_with(base)
        fetched = online.fetch(look(leaf.pem), allowed=lambda address: True)
    report = look(leaf.pem, *(each.data for each in fetched.files), ca.root.pem)
    assert report.chain is not None and report.chain.complete


def test_an_issuer_that_was_fetched_tells_whom_to_ask_next(ca: Authority) -> None:
    asked: set[tuple[str, bytes]] = set()
    with answering({"/issuer": ca.intermediate.der, "/crl": crl()}) as base:
        leaf = leaf_with(base)
        first = online.fetch(look(leaf.pem), allowed=lambda address: True, asked=asked)
        assert (len(first.files), first.ocsp) == (1, [])
        report = look(leaf.pem, *(each.data for each in first.files))
        second = online.fetch(report, allowed=lambda address: True, asked=asked)
        assert (len(second.files), len(second.ocsp)) == (1, 1)
        third = online.fetch(report, allowed=lambda address: True, asked=asked)
    assert (third.files, third.ocsp, third.troubles) == ([], [], [])


def test_a_responder_that_is_down_does_not_take_another_ones_answer_along() -> None:
    with answering({"/crl": crl()}) as base:
        leaf = leaf_with(base)
        upper = issue(
            subject=CA.intermediate.certificate.subject,
            key=CA.intermediate.key,
            issuer=CA.root,
            ca=True,
            extensions=[(information("http://127.0.0.1:1"), False)],
        )
        fetched = online.fetch(look(leaf.pem, upper.pem, CA.root.pem), allowed=lambda address: True)
    assert len(fetched.ocsp) == 1
    assert "127.0.0.1:1" in fetched.troubles[0]


def test_addresses_inside_a_network_are_not_asked(ca: Authority) -> None:
    with answering({}) as base:
        leaf = leaf_with(base)
        fetched = online.fetch(look(leaf.pem, ca.intermediate.pem, ca.root.pem))
    assert (fetched.files, fetched.ocsp) == ([], [])
    assert len(fetched.troubles) == 2
    assert all("inside a network" in trouble for trouble in fetched.troubles)


def test_an_answer_to_another_question_is_not_taken(ca: Authority) -> None:
    with answering({"/crl": crl()}, nonce="other") as base:
        leaf = leaf_with(base)
        fetched = online.fetch(look(leaf.pem, ca.intermediate.pem, ca.root.pem), allowed=lambda address: True)
    assert fetched.ocsp == []
    assert "another question" in fetched.troubles[0]


def test_an_answer_that_was_made_in_advance_is_taken(ca: Authority) -> None:
    with answering({"/crl": crl()}, nonce="none") as base:
        leaf = leaf_with(base)
        fetched = online.fetch(look(leaf.pem, ca.intermediate.pem, ca.root.pem), allowed=lambda address: True)
    assert len(fetched.ocsp) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_redirect_or_an_error_is_told_and_not_followed(ca: Authority, status: int) -> None:
    with answering({}, status=status) as base:
        leaf = leaf_with(base)
        fetched = online.fetch(look(leaf.pem, ca.intermediate.pem, ca.root.pem), allowed=lambda address: True)
    assert (fetched.files, fetched.ocsp) == ([], [])
    assert all(f"HTTP {status}" in trouble for trouble in fetched.troubles)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://nobody.invalid/", "http://[::1", "http://127.0.0.1:99999/"]
)
def test_what_cannot_be_reached_is_told(url: str) -> None:
    with pytest.raises(online.NotFetched):
        online.exchange(url, lambda address: True)


def test_an_answer_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online, "WHOLE_SECONDS", 0.3)
    head = b"HTTP/1.0 200 OK\r\nContent-Length: 9999\r\n\r\n"
    with dripping_server(head) as port, pytest.raises(online.NotFetched, match=r"not complete after 0\.3 seconds"):
        online.exchange(f"http://127.0.0.1:{port}/", lambda _: True)


def test_certificates_without_addresses_ask_nobody(ca: Authority) -> None:
    fetched = online.fetch(look(ca.leaf.pem, ca.intermediate.pem), datetime.now(UTC))
    assert (fetched.files, fetched.ocsp, fetched.troubles) == ([], [], [])
