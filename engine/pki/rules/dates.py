"""expired (C11): the certificate has ended.

Seen as: its end lies before the time that is judged for.
Fix: renew it now: a new key and request with `dipper csr`, then Step 6 in the portal. Install the chain that comes
with it.
Source: RFC 5280 section 4.1.2.5. Confidence: sourced.

No connection and no signature made with it is accepted any more.

ends-soon (C11): the certificate ends soon.

Seen as: less than 30 days are left.
Fix: renew it now, install the new one beside the old, and check that the domain's proof does not end first.
Source: Dipper's own distance; the DIP's was not found. Confidence: inferred.

Issue may wait for a domain proof, a person on leave or a weekend.

not-yet-valid (C9): the certificate is not valid yet.

Seen as: its beginning lies after the time that is judged for.
Fix: check this machine's clock first. If it is right, wait until the beginning before you install the certificate.
Source: RFC 5280 section 4.1.2.5. Confidence: sourced.

The other side refuses it until then.

validity-reversed (C9): the certificate ends before it begins.

Seen as: notAfter before notBefore.
Fix: have the certificate issued again.
Source: RFC 5280 section 4.1.2.5. Confidence: sourced.

There is no moment at which it is valid.

validity-outside-profile (C9): the certificate lives longer or shorter than the profile allows.

Seen as: a length of validity outside the profile's limits.
Fix: ask for a validity within the limits. Do not count on the end date that is in the certificate until this is
cleared.
Source: the profile. Confidence: sourced.

It was not issued by the rules that were expected.
"""

from collections.abc import Iterator
from datetime import timedelta

from engine.findings import Finding
from engine.pki.case import Case
from engine.pki.facts import Certificate
from engine.pki.profile import Profile
from engine.pki.weight import confidence_of, severity_of
from engine.pki.wording import codes

APPLIES = frozenset({"certificate"})
report = codes(__doc__)

SOON = timedelta(days=30)


def judge(case: Case) -> Iterator[Finding]:
    for item, certificate in case.leaves():
        start, end = certificate.not_before, certificate.not_after
        if end < start:
            yield report("validity-reversed", "error", f"{start:%Y-%m-%d} to {end:%Y-%m-%d}", item.file)
        elif case.now > end:
            yield report("expired", "error", f"it ended on {end:%Y-%m-%d %H:%M:%S} UTC", item.file)
        elif case.now < start:
            yield report("not-yet-valid", "error", f"it begins on {start:%Y-%m-%d %H:%M:%S} UTC", item.file)
        elif end - case.now < SOON and end - start > 2 * SOON:
            yield report("ends-soon", "warning", f"it ends on {end:%Y-%m-%d %H:%M} UTC", item.file)
        if case.context.profile and end >= start:
            yield from _length(case.context.profile, certificate, item.file)


def _length(profile: Profile, certificate: Certificate, file: str) -> Iterator[Finding]:
    seconds = int((certificate.not_after - certificate.not_before).total_seconds()) + 1
    low, high = profile.seconds_min, profile.seconds_max
    words = None
    if high is not None and seconds > high + 1:
        words = f"{seconds} seconds; the profile allows {high} at most"
    elif low is not None and seconds < low:
        words = f"{seconds} seconds; the profile asks for {low} at least"
    if words:
        origin = profile.origin("validity")
        yield report(
            "validity-outside-profile",
            severity_of(origin),
            words,
            file,
            source=f"profile {profile.name}: {origin.source}",
            confidence=confidence_of(origin),
        )
