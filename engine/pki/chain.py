"""Puts certificates in order: from the holder's own upwards, as far as what was given reaches.

Candidates are found by name and proved by signature. Among several paths the best wins: one that ends in a trust
anchor, then one whose certificates are all in date and name each other's keys, then the longest. Bounded in depth and in tries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.case import is_authority, leaves_of
from engine.pki.facts import Certificate
from engine.pki.model import Chain, Item, SignatureState
from engine.pki.oids import AUTHORITY_KEY_IDENTIFIER, SUBJECT_KEY_IDENTIFIER
from engine.pki.signatures import state_of

MAX_DEPTH = 10
MAX_TRIES = 200
MAX_CHAINS = 8


@dataclass(frozen=True, slots=True)
class Source:
    """A certificate with the file it is from; `anchor` if it is trusted."""

    certificate: Certificate
    file: str
    anchor: bool = False


def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's key made the signature, whatever its hash is worth."""
    state = issuer_state(certificate, issuer)
    return state == "valid" or (state == "weak" and issuer.key.loaded is not None)


@lru_cache(maxsize=4096)
def issuer_state(certificate: Certificate, issuer: Certificate) -> SignatureState:
    """The state of a certificate's signature by this issuer's key. Remembered until the report is made, since every rule
    about chains asks it again."""
    return state_of(certificate, issuer.key)


def forget() -> None:
    """The certificates of one inspection are of no use to the next, which reads its own."""
    issuer_state.cache_clear()


def key_identifiers_differ(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the certificate names another key of its issuer than this one has (RFC 5280 4.2.1.1). Absent: no."""
    wanted, present = authority_key(certificate), subject_key(issuer)
    return wanted is not None and present is not None and wanted != present


def authority_key(certificate: Certificate) -> bytes | None:
    extension = certificate.extension(AUTHORITY_KEY_IDENTIFIER)
    if extension is None:
        return None
    try:
        parts = asn1.children(extension.value, asn1.read(extension.value, 0, len(extension.value)))
    except Malformed:
        return None
    return next((asn1.content(extension.value, part) for part in parts if part.tag == 0x80), None)


def subject_key(certificate: Certificate) -> bytes | None:
    extension = certificate.extension(SUBJECT_KEY_IDENTIFIER)
    if extension is None:
        return None
    try:
        return asn1.content(extension.value, asn1.read(extension.value, 0, len(extension.value)))
    except Malformed:
        return None


def build(items: Sequence[Item], anchors: Sequence[Certificate] | None, now: datetime) -> tuple[Chain, ...]:
    """One chain for each holder's certificate; for authorities alone, one from the lowest of them."""
    given = _sources(items)
    pool = given + [Source(anchor, "trust anchor", True) for anchor in anchors or ()]
    trusted = {anchor.der for anchor in anchors or ()}
    starts = [Source(certificate, item.file) for item, certificate in leaves_of(items)]
    if not starts and given:
        below = [each for each in given if not _issues_another(each.certificate, given)]
        starts = (below or given)[:1]
    return tuple(_chain(start, pool, anchors is not None, trusted, now) for start in starts[:MAX_CHAINS])


def _sources(items: Iterable[Item]) -> list[Source]:
    seen: set[bytes] = set()
    found = []
    for item in items:
        if isinstance(item.value, Certificate) and item.value.der not in seen:
            seen.add(item.value.der)
            found.append(Source(item.value, item.file))
    return found


def _issues_another(certificate: Certificate, pool: Sequence[Source]) -> bool:
    return any(
        other.certificate.issuer.same_as(certificate.subject) and other.certificate.der != certificate.der
        for other in pool
    )


def _chain(start: Source, pool: Sequence[Source], judged: bool, trusted: set[bytes], now: datetime) -> Chain:
    paths: list[list[Source]] = []
    _climb([start], pool, trusted, paths)
    best = max(paths, key=lambda path: _worth(path, trusted, now))
    top = best[-1]
    anchored = top.anchor or top.certificate.der in trusted
    complete = anchored or (top.certificate.self_issued and signed_by(top.certificate, top.certificate))
    given = [source for source in best if not source.anchor]
    return Chain(
        order=tuple(source.file for source in given),
        certificates=tuple(source.certificate for source in best),
        complete=complete,
        trusted=anchored if judged else None,
        reason=_reason(top.certificate, complete, anchored, judged),
    )


def _climb(path: list[Source], pool: Sequence[Source], trusted: set[bytes], paths: list[list[Source]]) -> None:
    last = path[-1].certificate
    paths.append(list(path))
    if last.der in trusted or len(path) == MAX_DEPTH or len(paths) >= MAX_TRIES:
        return
    used = {source.certificate.der for source in path}
    for source in pool:
        issuer = source.certificate
        named = issuer.subject.same_as(last.issuer) and issuer.der not in used
        if named and (is_authority(issuer) or len(path) == 1) and signed_by(last, issuer):
            path.append(source)
            _climb(path, pool, trusted, paths)
            path.pop()


def _worth(path: Sequence[Source], trusted: set[bytes], now: datetime) -> tuple[bool, bool, bool, bool, int]:
    top = path[-1]
    in_date = all(source.certificate.not_before <= now <= source.certificate.not_after for source in path[1:])
    anchored = top.anchor or top.certificate.der in trusted
    fits = not any(key_identifiers_differ(lower.certificate, upper.certificate) for lower, upper in pairwise(path))
    return (anchored, top.certificate.self_issued, in_date, fits, -len(path) if anchored else len(path))


def _reason(top: Certificate, complete: bool, anchored: bool, judged: bool) -> str:
    name = top.subject.text() or "the last certificate"
    if anchored:
        return f"it ends in the trusted {name}"
    if complete:
        return f"it ends in {name}, which signed itself" + (" and is not trusted" if judged else "")
    return f"the issuer of {name} is not here: {top.issuer.text()}" + ("" if judged else " (it may be the root)")
