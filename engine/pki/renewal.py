"""One renewal date: the earliest end of everything that the certificate needs, with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.pki.case import Case, hosts, is_authority
from engine.pki.names import under


@dataclass(frozen=True, slots=True)
class End:
    """When something ends, and what it is."""

    at: datetime
    what: str


def ends(case: Case) -> Iterator[End]:
    """Every end among what was given. Trust anchors that were not sent along count too where the chain rests on them."""
    for item, certificate in case.certificates():
        kind = "the issuing certificate" if is_authority(certificate) else "the certificate"
        yield End(certificate.not_after, f"{kind} {certificate.subject.text()} ({item.file}) ends")
    for chain in case.chains:
        for certificate in chain.certificates[1:]:
            yield End(certificate.not_after, f"the issuing certificate {certificate.subject.text()} ends")
    claims = case.context.claims
    names = [name for item in case.items if item.value for name in hosts(item.value)] if claims else []
    for domain, end in claims.items():
        if not names or any(under(name, domain) for name in names):
            yield End(end, f"the proof of the domain {domain} runs out")
    for what, end in case.context.ends.items():
        yield End(end, what)


def renew_by(case: Case) -> End | None:
    """The earliest of them; None where nothing that was given ends."""
    found = list(ends(case))
    return min(found, key=lambda end: end.at) if found else None
