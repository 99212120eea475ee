"""names-dropped (C9): the certificate lacks names that were asked for.

Seen as: host names in the CSR, or any names in the request to GlobalSign, that are not in the certificate.
Fix: find out which names the request to GlobalSign had: its API ignores those of the CSR. Have it issued again with
all names.
Source: GlobalSign Atlas API: names in a CSR are ignored. Confidence: sourced.

Connections to the missing names will fail.

names-added (C9): the certificate has names that were not asked for.

Seen as: names in the certificate that are in neither the CSR nor the request.
Fix: check that each of these names is yours and meant. If one is not, have the certificate revoked and issued again.
Source: GlobalSign Atlas API. Confidence: sourced.

Whoever holds the key can also speak for these names.

subject-changed (C9): the certificate's subject is not the one of the request.

Seen as: an attribute of the GlobalSign request that is absent or different in the certificate.
Fix: compare with the vetted identity and the account's policy, which fill the subject.
Source: GlobalSign Atlas API, subject_dn. Confidence: sourced.

Whatever reads the organisation from the certificate sees another name.

usages-changed (C9): the certificate has other usages than were asked for.

Seen as: extended key usages of the request that the certificate lacks.
Fix: ask for a product or policy that permits them, and have the certificate issued again.
Source: GlobalSign Atlas API, extended_key_usages. Confidence: sourced.

It cannot be used for what it was meant for.

validity-changed (C9): the certificate has another validity than was asked for.

Seen as: it ends earlier or later, or begins later, than the request says.
Fix: go by the dates in the certificate. If it ends earlier, look at the policy's longest validity and at the issuer's
own end.
Source: GlobalSign Atlas API, validity. Confidence: sourced.

A renewal that is planned by the dates of the request comes too late.

other-key-than-requested (C9): the certificate is for another key than the request's.

Seen as: the public key of the GlobalSign request differs.
Fix: do not install it. Find the request it belongs to, or have it revoked and issued again.
Source: GlobalSign Atlas API, public_key. Confidence: measured.

Your private key does not fit.
"""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

from engine.findings import Finding
from engine.pki.case import Case, hosts
from engine.pki.facts import Certificate
from engine.pki.model import HvcaRequest
from engine.pki.oids import USAGES
from engine.pki.rules.profile_subject import FIELDS
from engine.pki.usage import usages_of
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)

TOLERANCE = timedelta(hours=24)


def judge(case: Case) -> Iterator[Finding]:
    requests = list(case.csrs())
    leaves = case.leaves()
    for item, certificate in leaves:
        request = case.context.request
        matching = [csr for _, csr in requests if csr.key.identity == certificate.key.identity]
        if not matching and len(requests) == len(leaves) == 1:
            matching = [requests[0][1]]
        if request is not None and request.dns_names is not None:
            yield from _names(set(request.dns_names), hosts(certificate), item.file, "the request")
        elif matching:
            yield from _names(set(hosts(matching[0])), hosts(certificate), item.file, "the CSR")
        if request is not None and request.other_names is not None:
            names = certificate.names
            others = {_plain(name) for name in request.other_names}
            yield from _differences(others, {*names.ips, *names.emails, *names.uris}, item.file, "the request")
        if request is not None:
            yield from _request(request, certificate, item.file)


def _names(asked: set[str], found: tuple[str, ...], file: str, whom: str) -> Iterator[Finding]:
    wanted = {name.lower().rstrip(".") for name in asked}
    if wanted:
        yield from _differences(wanted, {name.lower().rstrip(".") for name in found}, file, whom)


def _plain(name: str) -> str:
    """An IP address as it is written in certificates; anything else as it stands."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name


def _differences(wanted: set[str], present: set[str], file: str, whom: str) -> Iterator[Finding]:
    if dropped := sorted(wanted - present):
        yield report("names-dropped", "error", f"in {whom} and not in the certificate: {', '.join(dropped)}", file)
    if added := sorted(present - wanted):
        yield report("names-added", "error", f"in the certificate and not in {whom}: {', '.join(added)}", file)


def _request(request: HvcaRequest, certificate: Certificate, file: str) -> Iterator[Finding]:
    for field_name, text in request.subject or ():
        short = FIELDS.get(field_name)
        if short and text not in certificate.subject.all(short):
            found = ", ".join(certificate.subject.all(short)) or "nothing"
            yield report(
                "subject-changed", "error", f"asked for {short}={text[:80]}; the certificate has {found[:80]}", file
            )
    if request.usages is not None:
        present = usages_of(certificate.extensions) or ()
        if missing := [usage for usage in request.usages if usage not in present]:
            yield report("usages-changed", "error", ", ".join(USAGES.get(each, each) for each in missing), file)
    if request.not_after is not None and abs(certificate.not_after - request.not_after) > TOLERANCE:
        seen = f"it ends on {certificate.not_after:%Y-%m-%d}; asked for was {request.not_after:%Y-%m-%d}"
        yield report("validity-changed", "error", seen, file)
    elif request.not_before is not None and certificate.not_before - request.not_before > TOLERANCE:
        seen = f"it begins on {certificate.not_before:%Y-%m-%d}; asked for was {request.not_before:%Y-%m-%d}"
        yield report("validity-changed", "error", seen, file)
    if request.spki_sha256 is not None and request.spki_sha256 != certificate.key.sha256:
        yield report("other-key-than-requested", "error", "the public keys differ", file)
