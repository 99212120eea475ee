"""weak-certificate-signature (C9): the certificate is signed with a hash that is no longer accepted.

Seen as: MD5 or SHA-1 in the signature of a certificate that somebody else issued.
Fix: have it issued again with SHA-256.
Source: CA/Browser Forum Baseline Requirements 7.1.3.2; RFC 6151. Confidence: sourced.

Clients and servers refuse it, since such signatures can be forged.

certificate-tampered (C9): the certificate was changed after it was signed.

Seen as: the signature does not fit the issuer that is here, which has the right name and key identifier.
Fix: fetch the certificate again from the portal or the authority.
Source: RFC 5280 section 6.1.3. Confidence: measured.

Nobody accepts it.

algorithms-differ (C9): the certificate names two different signature algorithms.

Seen as: the algorithm inside the signed part differs from the one outside.
Fix: have the certificate issued again.
Source: RFC 5280 section 4.1.1.2. Confidence: sourced.

The two must be the same; software refuses the certificate.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.chain import authority_key, issuer_state, key_identifiers_differ, subject_key
from engine.pki.facts import Certificate
from engine.pki.signatures import WEAK_HASHES
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    authorities = [certificate for _, certificate in case.certificates() if is_authority(certificate)]
    for item, certificate in case.certificates():
        if certificate.signature_oid != certificate.inner_signature_oid:
            yield report("algorithms-differ", "error", "two signature algorithms", item.file)
        if certificate.self_issued:
            if issuer_state(certificate, certificate) == "invalid" and not _cross(certificate, authorities):
                yield report("certificate-tampered", "error", "its own key did not sign it", item.file)
            continue
        if certificate.signature_hash in WEAK_HASHES:
            seen = f"signed with {certificate.signature_hash.upper() if certificate.signature_hash else ''}"
            yield report("weak-certificate-signature", "error", seen, item.file)
        if _tampered(certificate, (*authorities, *(case.anchors or ()))):
            yield report("certificate-tampered", "error", "the issuer's key did not sign it", item.file)


def _tampered(certificate: Certificate, authorities: tuple[Certificate, ...]) -> bool:
    """Only where the issuer is certainly the one: same name, and the key identifier that the certificate asks for."""
    candidates = [
        each
        for each in authorities
        if each.subject.same_as(certificate.issuer)
        and authority_key(certificate) is not None
        and subject_key(each) is not None
        and not key_identifiers_differ(certificate, each)
    ]
    return bool(candidates) and all(issuer_state(certificate, each) == "invalid" for each in candidates)


def _cross(certificate: Certificate, authorities: list[Certificate]) -> bool:
    """Whether another key of the same name signed it, as when an authority changes its key."""
    return any(
        each.subject.same_as(certificate.issuer) and issuer_state(certificate, each) != "invalid"
        for each in authorities
    )
