"""revoked (C12): the certificate is revoked.

Seen as: it stands on the issuer's list, or the responder says so.
Fix: stop using it, and have a new one made with a new key. Revocation cannot be undone.
Source: RFC 5280 section 5; RFC 6960; GlobalSign: revocation is final and may take an hour to show. Confidence:
measured.

Whoever looks at lists or responders refuses it.

revocation-disagrees (C12): the list and the responder say different things.

Seen as: one says revoked, the other good.
Fix: look again in an hour, since lists lag behind responders. If they still differ, ask the authority.
Source: RFC 6960 section 2; GlobalSign: up to an hour. Confidence: sourced.

Some will accept the certificate and some will not, depending on whom they ask.

revocation-stale (C12): an answer about revocation is out of date.

Seen as: the time of the next answer has passed, or the answer is from the future.
Fix: fetch a new list or answer; if the authority has none, tell it. From the future: check this machine's clock.
Source: RFC 5280 section 5.1.2.5; RFC 6960 section 4.2.2.1. Confidence: sourced.

Strict software takes an old answer for none and refuses.

revocation-wrong-signer (C12): an answer about revocation is not from the issuer.

Seen as: its signature fits neither the issuer nor a responder that the issuer appointed.
Fix: fetch it from the address in the certificate, and check that nothing in between changes it.
Source: RFC 6960 section 4.2.2.2; RFC 5280 section 6.3.3. Confidence: sourced.

It proves nothing and is not counted here.

responder-error (C12): the responder gives no answer about the certificate.

Seen as: an error status, or an answer that cannot be read.
Fix: try again later. If it lasts, tell the authority.
Source: RFC 6960 section 4.2.1. Confidence: measured.

Software that insists on an answer refuses the certificate meanwhile.

revocation-unknown (C12): the responder does not know the certificate.

Seen as: the status unknown.
Fix: a new certificate may take an hour to be known. After that, ask the authority.
Source: RFC 6960 section 2.2. Confidence: sourced.

Either it is very new, or this issuer did not issue it.
"""

from collections.abc import Iterator
from itertools import pairwise

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.facts import Certificate
from engine.pki.revocation import Word, words
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)

_DOUBTS = {
    "stale": "revocation-stale",
    "too-early": "revocation-stale",
    "wrong-signer": "revocation-wrong-signer",
    "error": "responder-error",
    "damaged": "responder-error",
}


def judge(case: Case) -> Iterator[Finding]:
    sources = [item for item in (*case.items, *case.answers) if item.kind in ("crl", "ocsp")]
    if not sources:
        return
    silent: set[str] = set()
    for item, certificate in case.certificates():
        if certificate.self_issued:
            continue
        said = list(words(sources, certificate, _issuer(case, certificate), case.now))
        yield from _judge([word for word in said if word.file not in silent], certificate, item.file)
        silent |= {word.file for word in said if word.state == "none"}  # an answer about nobody is told once


def _issuer(case: Case, certificate: Certificate) -> Certificate | None:
    for chain in case.chains:
        for lower, upper in pairwise(chain.certificates):
            if lower.der == certificate.der:
                return upper
    return None


def _judge(said: list[Word], certificate: Certificate, file: str) -> Iterator[Finding]:
    name = certificate.subject.text()
    counted = [word for word in said if word.doubt not in ("wrong-signer", "error", "damaged")]
    revoked = [word for word in counted if word.state == "revoked"]
    good = [word for word in counted if word.state == "good" and word.doubt is None]
    if revoked:
        yield report("revoked", "error", f"{name}: {revoked[0].detail} ({revoked[0].file})", file)
    if revoked and good:
        seen = f"{revoked[0].file} says revoked, {good[0].file} says good ({good[0].detail})"
        yield report("revocation-disagrees", "warning", seen, file)
    for word in said:
        if code := _DOUBTS.get(word.doubt or ""):
            yield report(code, "warning", f"{word.file}: {word.detail}", file)
        elif word.state == "unknown":
            yield report("revocation-unknown", "warning", f"{word.file}: {word.detail}", file)
