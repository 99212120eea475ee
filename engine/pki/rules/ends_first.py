"""something-ends-first (C11): something that the certificate needs ends before it does.

Seen as: an issuing certificate, the proof of a domain or the API credential with an earlier end than the certificate.
Fix: put the earlier date into the calendar. For an issuing certificate ask for the newer one; for a domain renew the
proof.
Source: RFC 5280 section 6.1; GlobalSign Atlas domain claims. Confidence: sourced.

The date in the certificate is not the one that counts: with the issuer's end the chain is refused, and without the
domain's proof there is no renewal.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.renewal import renew_by
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    leaves = case.leaves()
    if not leaves:
        return
    earliest = renew_by(case)
    item, certificate = min(leaves, key=lambda pair: pair[1].not_after)
    if earliest is not None and case.now <= earliest.at < certificate.not_after:
        seen = f"{earliest.what} on {earliest.at:%Y-%m-%d}, the certificate on {certificate.not_after:%Y-%m-%d}"
        yield report("something-ends-first", "warning", seen, item.file)
