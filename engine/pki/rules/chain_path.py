"""untrusted (C10): the chain does not end in a certificate that is trusted.

Seen as: the top of the chain is none of the given trust anchors.
Fix: give the right anchors with --trust, or add the missing intermediate. Do not trust a root only to silence this.
Source: RFC 5280 section 6.1. Confidence: sourced.

Whoever trusts only these anchors refuses the certificate.

issuer-expired (C10): a certificate above yours has ended, or has not begun.

Seen as: an intermediate or root out of its dates at the time that is judged for.
Fix: use the intermediate that is valid now; the authority's repository has it.
Source: RFC 5280 section 6.1.3. Confidence: sourced.

The chain is refused although your own certificate is in date.

issuer-is-no-authority (C10): a certificate issued another one and may not.

Seen as: no CA:TRUE, or a key usage without keyCertSign, in the issuer.
Fix: fetch the right intermediate; a certificate of a holder cannot stand above yours.
Source: RFC 5280 sections 4.2.1.9 and 4.2.1.3. Confidence: sourced.

Nobody accepts such a chain.

path-too-long (C10): there are more intermediates than an authority above allows.

Seen as: a path length constraint that is exceeded.
Fix: use the intermediate that the authority meant for your certificate.
Source: RFC 5280 section 4.2.1.9. Confidence: sourced.

Nobody accepts such a chain.

name-constraint (C10): a name is outside of what an authority above may certify.

Seen as: a host name, e-mail, address or subject that a name constraint excludes or does not permit.
Fix: ask for names within the constraint, or for an issuer without it.
Source: RFC 5280 section 4.2.1.10. Confidence: sourced.

Software that honours the constraint refuses the certificate.

purpose-not-allowed-above (C10): an authority above may not issue for this purpose.

Seen as: an extended key usage in the intermediate that lacks the purpose. As a warning: anyExtendedKeyUsage alone.
Fix: have the certificate issued under an intermediate that is meant for it.
Source: RFC 5280 section 4.2.1.12; CA/Browser Forum Baseline Requirements 7.1.2.10.6. Confidence: sourced.

Clients and servers count the intermediate's usages as a limit.

weak-signature-above (C10): an intermediate is signed with a hash that is no longer accepted.

Seen as: MD5 or SHA-1 above your own certificate, below the root.
Fix: use a newer intermediate of the same authority.
Source: CA/Browser Forum Baseline Requirements 7.1.3.2. Confidence: sourced.

The chain is refused although your own certificate is sound.

key-identifier-differs (C10): the certificate names another key of its issuer.

Seen as: an authority key identifier that is not the issuer's subject key identifier, though the signature fits.
Fix: use the issuer's certificate that came with this one; the authority may have made another one for the same key. If
that is the one here, report it to the authority.
Source: RFC 5280 section 4.2.1.1; `openssl verify` (error 20). Confidence: measured.

OpenSSL, and servers that use it, look for the issuer by this identifier and call the chain incomplete. Other software
goes by name and signature and accepts it.

issuer-name-differs (C10): the issuer writes its own name otherwise.

Seen as: issuer and subject that differ in letter case, blanks or type of string alone.
Fix: have the certificate issued again, or use the issuer's certificate that came with it.
Source: RFC 5280 section 7.1; Go's crypto/x509 compares the bytes. Confidence: sourced.

By the rules both are the same name, and OpenSSL takes them so; software that compares byte by byte finds no issuer.

unknown-critical-extension (C10): a certificate has a critical extension that nobody here knows.

Seen as: an extension marked critical with an unknown identifier.
Fix: find out what it is for. Software that does not know it must refuse the certificate.
Source: RFC 5280 section 4.2. Confidence: sourced.

That is what critical means.

host-not-covered (C10): the certificate is not for this host.

Seen as: the host is none of the certificate's names, and no wildcard covers it.
Fix: use a certificate that has the host as a dNSName, or connect by a name that it has.
Source: RFC 6125 section 6.4; RFC 9525. Confidence: sourced.

The other side stops the connection.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from engine.findings import Finding
from engine.pki import oids
from engine.pki.case import Case, is_authority
from engine.pki.chain import key_identifiers_differ
from engine.pki.facts import Certificate
from engine.pki.model import Chain
from engine.pki.name_constraints import outside
from engine.pki.names import same_host
from engine.pki.signatures import WEAK_HASHES
from engine.pki.usage import key_usage, path_length, usages_of
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)

KNOWN_CRITICAL = frozenset(
    {
        oids.BASIC_CONSTRAINTS,
        oids.KEY_USAGE,
        oids.EXTENDED_KEY_USAGE,
        oids.SUBJECT_ALTERNATIVE_NAME,
        oids.NAME_CONSTRAINTS,
        oids.CERTIFICATE_POLICIES,
        oids.POLICY_CONSTRAINTS,
        oids.INHIBIT_ANY_POLICY,
        oids.SUBJECT_KEY_IDENTIFIER,
        oids.AUTHORITY_KEY_IDENTIFIER,
        oids.CRL_POINTS,
        "2.5.29.33",
    }
)


def judge(case: Case) -> Iterator[Finding]:
    for chain in case.chains:
        file = chain.order[0] if chain.order else None
        leaf = chain.certificates[0]
        if chain.trusted is False and chain.complete:
            yield report("untrusted", "error", chain.reason, file)
        yield from _names(case, leaf, file)
        yield from _critical(chain, file)
        yield from _climb(case, chain, file)


def _names(case: Case, leaf: Certificate, file: str | None) -> Iterator[Finding]:
    host = case.context.host
    if host and not is_authority(leaf):
        names = leaf.names
        if host not in names.ips and not any(same_host(name, host) for name in names.dns):
            yield report(
                "host-not-covered", "error", f"{host} is not among {', '.join(names.all()) or 'no names'}", file
            )


def _critical(chain: Chain, file: str | None) -> Iterator[Finding]:
    for certificate in chain.certificates:
        for extension in certificate.extensions:
            if extension.critical and extension.oid not in KNOWN_CRITICAL:
                seen = f"{extension.oid} in {certificate.subject.text()}"
                yield report("unknown-critical-extension", "error", seen, file)


def _climb(case: Case, chain: Chain, file: str | None) -> Iterator[Finding]:
    path = chain.certificates
    purpose = {"client": oids.CLIENT_AUTH, "server": oids.SERVER_AUTH, None: None}[case.context.usage]
    below = 0
    for lower, issuer in pairwise(path):
        name = issuer.subject.text()
        root = issuer is path[-1] and issuer.self_issued
        if not is_authority(issuer) or _may_not_sign(issuer):
            yield report("issuer-is-no-authority", "error", name, file)
        limit = path_length(issuer)
        if limit is not None and below > limit:
            yield report("path-too-long", "error", f"{name} allows {limit} below it, there are {below}", file)
        if seen := _out_of_date(issuer, case.now):
            yield report("issuer-expired", "error", seen, file)
        if key_identifiers_differ(lower, issuer):
            yield report("key-identifier-differs", "error", f"{lower.subject.text()} and {name}", file)
        if lower.issuer.raw != issuer.subject.raw:
            yield report("issuer-name-differs", "warning", f"{lower.issuer.text()} and {name}", file)
        if lower is not path[0] and not lower.self_issued and lower.signature_hash in WEAK_HASHES:
            yield report("weak-signature-above", "error", lower.subject.text(), file)
        allowed = usages_of(issuer.extensions)
        if purpose and not root and allowed is not None and purpose not in allowed and oids.ANY_USAGE not in allowed:
            seen = f"{name} allows {', '.join(oids.USAGES.get(each, each) for each in allowed)}"
            yield report("purpose-not-allowed-above", "error", seen, file)
        elif purpose and not root and allowed is not None and purpose not in allowed:
            seen = f"{name} allows anyExtendedKeyUsage, which OpenSSL does not take for {oids.USAGES[purpose]}"
            yield report("purpose-not-allowed-above", "warning", seen, file)
        if constraint := issuer.extension(oids.NAME_CONSTRAINTS):
            for certificate in path[: path.index(issuer)]:
                if certificate.self_issued and certificate is not path[0]:
                    continue
                for words in outside(constraint.value, certificate):
                    yield report("name-constraint", "error", f"{words} ({name})", file)
        if not issuer.self_issued:
            below += 1


def _may_not_sign(issuer: Certificate) -> bool:
    extension = issuer.extension(oids.KEY_USAGE)
    return extension is not None and "keyCertSign" not in key_usage(extension.value)


def _out_of_date(certificate: Certificate, now: datetime) -> str | None:
    if now > certificate.not_after:
        return f"{certificate.subject.text()} ended on {certificate.not_after:%Y-%m-%d}"
    if now < certificate.not_before:
        return f"{certificate.subject.text()} begins on {certificate.not_before:%Y-%m-%d}"
    return None
