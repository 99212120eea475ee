"""chain-order (C10): the certificates of the bundle are in the wrong order.

Seen as: a certificate in a file that does not follow the one it issued, or the same one twice.
Fix: put your own certificate first, then its issuer, then that one's issuer, without the root. `dipper pfx convert`
writes them so.
Source: RFC 5246 section 7.4.2; RFC 8446 section 4.4.2. Confidence: sourced.

Servers send the bundle as it is. Many clients put it right, some do not, and a server whose own certificate is not
first does not start.

issuer-missing (C10): an intermediate certificate is missing.

Seen as: the chain ends before a trusted or self-signed certificate, and others here do not continue it.
Fix: add the issuer's certificate that came with yours, or that GlobalSign's trust chain call gives.
Source: RFC 5280 section 6.1. Confidence: sourced.

The other side cannot connect your certificate with a root that it trusts.

rotated-issuer (C10): the issuer here has the right name and another key.

Seen as: same name as the issuer, but the key identifier or the signature does not fit.
Fix: use the intermediate that came with this certificate. GlobalSign changes its intermediates every few months: never
keep an old one.
Source: RFC 5280 section 4.2.1.1; GlobalSign, Atlas TLS ICA rotations. Confidence: sourced.

The chain looks right by its names and fails everywhere.

not-part-of-the-chain (C10): a certificate has nothing to do with the chain.

Seen as: an authority's certificate in the bundle that is no issuer of any other here.
Fix: take it out of the bundle.
Source: RFC 5246 section 7.4.2. Confidence: sourced.

Strict peers refuse a bundle with strangers in it, and every handshake carries them.

root-sent (C10): the bundle has the root in it.

Seen as: a self-signed authority behind your own certificate in the same file.
Fix: take it out; the other side has it or does not trust it.
Source: RFC 8446 section 4.4.2. Confidence: sourced.

It does no harm beyond its size.

cross-signed (C10): an authority here has two certificates with the same key.

Seen as: the same name and key, issued by two others.
Fix: nothing has to be done. Send the one whose root the other side trusts.
Source: RFC 5280 section 3.2. Confidence: sourced.

Two ways lead to two roots; which of them counts depends on who looks.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.chain import key_identifiers_differ, signed_by
from engine.pki.facts import Certificate
from engine.pki.model import Item
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    everything = list(case.certificates())
    if len(everything) < 2 and case.anchors is None:
        return
    for file in dict.fromkeys(item.file for item, _ in everything):
        yield from _file(file, [pair for pair in everything if pair[0].file == file])
    yield from _gaps(case, everything)
    yield from _crosses(everything)


def _file(file: str, bundle: list[tuple[Item, Certificate]]) -> Iterator[Finding]:
    certificates = [certificate for _, certificate in bundle]
    holders = [each for each in certificates if not is_authority(each)]
    if len(certificates) < 2 or not holders:
        return
    in_container = any(item.container for item, _ in bundle)
    if certificates[0] is not holders[0] and not in_container:
        seen = f"{certificates[0].subject.text()} stands before the holder's own"
        yield report("chain-order", "error", seen, file)
    elif not in_container and (seen_order := _disorder(certificates)):
        yield report("chain-order", "warning", seen_order, file)
    for root in (each for each in certificates if is_authority(each) and each.self_issued):
        if any(_issued(root, other) for other in certificates if other is not root):
            yield report("root-sent", "note" if in_container else "warning", root.subject.text(), file)


def _disorder(certificates: list[Certificate]) -> str | None:
    for position, lower in enumerate(certificates[:-1]):
        following = certificates[position + 1]
        if following.der == lower.der:
            return f"{lower.subject.text()} stands there twice"
        if following.subject.same_as(lower.issuer) or lower.self_issued:
            continue
        if any(each.subject.same_as(lower.issuer) for each in certificates):
            return f"{following.subject.text()} follows {lower.subject.text()}, whose issuer is {lower.issuer.text()}"
    return None


def _gaps(case: Case, everything: list[tuple[Item, Certificate]]) -> Iterator[Finding]:
    in_chain = {certificate.der for chain in case.chains for certificate in chain.certificates}
    rotated: set[bytes] = set()
    for chain in case.chains:
        top = chain.certificates[-1]
        file = chain.order[-1] if chain.order else None
        if chain.complete:
            continue
        wrong = [each for _, each in everything if each.subject.same_as(top.issuer) and each.der not in in_chain]
        wrong += [each for each in case.anchors or () if each.subject.same_as(top.issuer)]
        if wrong:
            rotated |= {each.der for each in wrong}
            differ = any(key_identifiers_differ(top, each) for each in wrong)
            seen = f"{top.issuer.text()}: " + (
                "another key identifier" if differ else "its key did not sign the certificate"
            )
            yield report("rotated-issuer", "error", seen, file)
        elif case.anchors is not None or _left_over(everything, in_chain):
            yield report("issuer-missing", "error", f"not here: {top.issuer.text()}", file)
    for item, certificate in _left_over(everything, in_chain):
        if certificate.der not in rotated and not _issues_any(certificate, everything):
            yield report("not-part-of-the-chain", "warning", certificate.subject.text(), item.file)


def _left_over(everything: list[tuple[Item, Certificate]], in_chain: set[bytes]) -> list[tuple[Item, Certificate]]:
    seen: set[bytes] = set(in_chain)
    found = []
    for item, certificate in everything:
        if is_authority(certificate) and certificate.der not in seen:
            seen.add(certificate.der)
            found.append((item, certificate))
    return found


def _issues_any(certificate: Certificate, everything: list[tuple[Item, Certificate]]) -> bool:
    """Another way up (a cross-sign, or the root above the trusted intermediate) is no stranger."""
    return any(_issued(certificate, other) for _, other in everything if other.der != certificate.der)


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    return certificate.issuer.same_as(issuer.subject) and signed_by(certificate, issuer)


def _crosses(everything: list[tuple[Item, Certificate]]) -> Iterator[Finding]:
    seen: dict[tuple[bytes, bytes], bytes] = {}
    for item, certificate in everything:
        who = (certificate.subject.raw, certificate.key.spki)
        if is_authority(certificate) and seen.setdefault(who, certificate.issuer.raw) != certificate.issuer.raw:
            yield report("cross-signed", "note", certificate.subject.text(), item.file)
