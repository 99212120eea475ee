"""request-version (C5): the request says that it is of a version that does not exist.

Seen as: the version field is not 0.
Fix: make the request again with `dipper csr` or openssl; do not set a version by hand.
Source: RFC 2986 section 4.1. Confidence: sourced.

Only version 0 is defined, and strict readers refuse any other.

challenge-password (C5): the request carries a challenge password.

Seen as: the attribute challengePassword is present (its value is not shown here).
Fix: make the request again and leave the question for a challenge password empty. Treat that password as known to
others.
Source: RFC 2985 section 5.4.1. Confidence: sourced.

It stands in the request as plain text, GlobalSign has no use for it, and whoever sees the request can read it.

authority-asked-for (C5): the request asks to become a certificate authority.

Seen as: basic constraints with CA:TRUE, or the key usage keyCertSign, among the requested extensions.
Fix: make the request again without `-extensions v3_ca`, or with `basicConstraints=CA:FALSE`.
Source: RFC 5280 section 4.2.1.9. Confidence: sourced.

A DIP certificate is for a participant; a request for an authority comes from the wrong section of an openssl.cnf.

duplicate-extension (C5): the same thing is requested twice.

Seen as: an extension, or the list of extensions itself, occurs more than once.
Fix: make the request again; look for the same setting in the file and on the command line (`-addext` beside
`req_extensions`).
Source: RFC 5280 section 4.2; RFC 2985 section 5.4.2. Confidence: sourced.

Readers differ in which of the two they take, and strict ones refuse the request.
"""

from collections import Counter
from collections.abc import Iterator

from engine.findings import Finding
from engine.pki import oids
from engine.pki.case import Case
from engine.pki.facts import Csr
from engine.pki.usage import key_usage, says_authority
from engine.pki.wording import codes

APPLIES = frozenset({"csr"})
report = codes(__doc__)


def judge(case: Case) -> Iterator[Finding]:
    for item, csr in case.csrs():
        if csr.version != 0:
            yield report("request-version", "error", f"the version field is {csr.version}", item.file)
        if oids.CHALLENGE_PASSWORD in [oid for oid, _ in csr.attributes]:
            yield report("challenge-password", "warning", "the attribute challengePassword is present", item.file)
        if seen := _authority(csr):
            yield report("authority-asked-for", "error", seen, item.file)
        if seen := _twice(csr):
            yield report("duplicate-extension", "error", seen, item.file)


def _authority(csr: Csr) -> str | None:
    constraints = csr.extension(oids.BASIC_CONSTRAINTS)
    if constraints and says_authority(constraints.value):
        return "basicConstraints CA:TRUE"
    usage = csr.extension(oids.KEY_USAGE)
    if usage and "keyCertSign" in key_usage(usage.value):
        return "keyUsage keyCertSign"
    return None


def _twice(csr: Csr) -> str | None:
    if csr.extension_requests > 1:
        return f"{csr.extension_requests} lists of requested extensions"
    if len({each.oid for each in csr.extensions}) < len(csr.extensions):
        repeated = [oid for oid, count in Counter(each.oid for each in csr.extensions).items() if count > 1]
        return f"extension {repeated[0]} occurs more than once"
    return None
