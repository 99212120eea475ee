"""What CRLs and OCSP responses say about a certificate, and how far each can be relied on. Pure: they come as bytes."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.facts import Certificate, read_certificate, read_name
from engine.pki.model import Item
from engine.pki.signatures import state_of
from engine.pki.usage import usages_of

OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
State = Literal["good", "revoked", "unknown", "none"]


@dataclass(frozen=True, slots=True)
class Word:
    """What one source says about one certificate. With a `doubt` it does not count for a good answer.

    Doubts: wrong-signer, unverified (the issuer is not here), stale, too-early, error (the responder gave none), damaged.
    """

    file: str
    kind: Literal["crl", "ocsp"]
    state: State
    doubt: str | None
    detail: str
    said_at: datetime | None = None


def words(items: Sequence[Item], certificate: Certificate, issuer: Certificate | None, now: datetime) -> Iterator[Word]:
    """Every source among the items that speaks about this certificate (a responder's error speaks about all)."""
    for item in items:
        try:
            if item.kind == "crl":
                yield from _crl(item, certificate, issuer, now)
            elif item.kind == "ocsp":
                yield from _ocsp(item, certificate, issuer, now)
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, Malformed) as damaged:
            kind = cast("Literal['crl', 'ocsp']", item.kind)
            yield Word(item.file, kind, "none", "damaged", f"it cannot be read: {damaged}"[:200])


def _crl(item: Item, certificate: Certificate, issuer: Certificate | None, now: datetime) -> Iterator[Word]:
    crl = x509.load_der_x509_crl(item.der)
    if not read_name(crl.issuer.public_bytes()).same_as(certificate.issuer):
        return
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial)
    doubt = _signature_doubt(crl, issuer) or _time_doubt(crl.last_update_utc, crl.next_update_utc, now)
    state: State = "good" if entry is None else "revoked"
    if entry is not None:
        detail = f"revoked on {entry.revocation_date_utc:%Y-%m-%d %H:%M} UTC{_reason(entry)}"
    else:
        detail = f"not on the list of {crl.last_update_utc:%Y-%m-%d %H:%M} UTC"
    if crl.next_update_utc:
        detail += f"; next list due {crl.next_update_utc:%Y-%m-%d %H:%M} UTC"
    yield Word(item.file, "crl", state, doubt, detail, crl.last_update_utc)


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return f" ({entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value})"
    except (x509.ExtensionNotFound, ValueError):
        return ""


def _signature_doubt(crl: x509.CertificateRevocationList, issuer: Certificate | None) -> str | None:
    if issuer is None:
        return "unverified"
    try:
        fits = crl.is_signature_valid(issuer.key.loaded)  # type: ignore[arg-type]  # a wrong kind of key raises TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return "unverified"
    return None if fits else "wrong-signer"


def _time_doubt(since: datetime, until: datetime | None, now: datetime) -> str | None:
    if now < since:
        return "too-early"
    return "stale" if until is not None and now > until else None


def _ocsp(item: Item, certificate: Certificate, issuer: Certificate | None, now: datetime) -> Iterator[Word]:
    response = ocsp.load_der_ocsp_response(item.der)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        status = response.response_status.name.lower().replace("_", " ")
        yield Word(item.file, "ocsp", "none", "error", f"the responder answers: {status}")
        return
    for single in response.responses:
        if single.serial_number != certificate.serial or (issuer is not None and not _is_issuer(single, issuer)):
            continue
        doubt = _signer_doubt(response, issuer, now) or _time_doubt(single.this_update_utc, single.next_update_utc, now)
        state: State = {
            ocsp.OCSPCertStatus.GOOD: "good",
            ocsp.OCSPCertStatus.REVOKED: "revoked",
            ocsp.OCSPCertStatus.UNKNOWN: "unknown",
        }[single.certificate_status]  # type: ignore[assignment]  # the three literals
        detail = f"{state}, as of {single.this_update_utc:%Y-%m-%d %H:%M} UTC"
        if single.revocation_time_utc:
            detail += f", revoked on {single.revocation_time_utc:%Y-%m-%d %H:%M} UTC"
        if single.next_update_utc:
            detail += f"; next answer due {single.next_update_utc:%Y-%m-%d %H:%M} UTC"
        yield Word(item.file, "ocsp", state, doubt, detail, single.this_update_utc)


def _is_issuer(single: ocsp.OCSPSingleResponse, issuer: Certificate) -> bool:
    digest = single.hash_algorithm.name
    named = hashlib.new(digest, issuer.subject.raw, usedforsecurity=False).digest() == single.issuer_name_hash
    return named and hashlib.new(digest, _key_bits(issuer), usedforsecurity=False).digest() == single.issuer_key_hash


def _signer_doubt(response: ocsp.OCSPResponse, issuer: Certificate | None, now: datetime) -> str | None:
    """RFC 6960 section 4.2.2.2: the issuer itself, or a certificate of the issuer's for just this purpose, in date."""
    if issuer is None:
        return "unverified"
    signers = [issuer]
    for delegate in response.certificates:
        facts = read_certificate(delegate.public_bytes(Encoding.DER))
        if facts.issuer.same_as(issuer.subject) and OCSP_SIGNING in (usages_of(facts.extensions) or ()):
            in_date = facts.not_before <= now <= facts.not_after
            if in_date and state_of(facts, issuer.key) == "valid":
                signers.append(facts)
    return None if any(_made(response, signer) for signer in signers) else "wrong-signer"


def _made(response: ocsp.OCSPResponse, signer: Certificate) -> bool:
    key, digest = signer.key.loaded, response.signature_hash_algorithm
    if digest is None:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def ask(certificate: Certificate, issuer: Certificate, nonce: bytes) -> bytes:
    """An OCSP request about one certificate."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        hashlib.new("sha1", issuer.subject.raw, usedforsecurity=False).digest(),
        hashlib.new("sha1", _key_bits(issuer), usedforsecurity=False).digest(),
        certificate.serial,
        hashes.SHA1(),  # noqa: S303  how RFC 5019 has certificates named; nothing is signed by it
    )
    return builder.add_extension(x509.OCSPNonce(nonce), False).build().public_bytes(Encoding.DER)


def _key_bits(issuer: Certificate) -> bytes:
    spki = issuer.key.spki
    return asn1.bits(spki, asn1.children(spki, asn1.read(spki, 0, len(spki)))[1])
