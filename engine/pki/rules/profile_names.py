"""san-count (C6): there are too many or too few alternative names of a kind.

Seen as: a number of host names, addresses, e-mails or URIs outside the profile's limits.
Fix: ask for as many as the profile allows.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.

san-pattern (C6): an alternative name does not have the form that the profile asks for.

Seen as: a name that none of the patterns matches.
Fix: ask for a name that fits, or have the profile corrected by whoever keeps it.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate
from engine.pki.profile import Profile
from engine.pki.rules.profile_subject import matches
from engine.pki.weight import confidence_of, severity_of
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
NEEDS = "profile"
report = codes(__doc__)

KINDS = {"dns_names": "host names", "emails": "e-mail addresses", "ip_addresses": "IP addresses", "uris": "URIs"}


def judge(case: Case) -> Iterator[Finding]:
    profile = case.context.profile
    if profile is None or not profile.san:
        return
    for item in case.items:
        value = item.value
        if value is None or (isinstance(value, Certificate) and is_authority(value)):
            continue
        names = value.names
        groups = {"dns_names": names.dns, "emails": names.emails, "ip_addresses": names.ips, "uris": names.uris}
        for kind, rule in profile.san.items():
            if kind not in KINDS:
                continue
            found, words = groups[kind], KINDS[kind]
            if not rule.mincount <= len(found) <= rule.maxcount and not (rule.static and not found):
                seen = f"{len(found)} {words}; {rule.mincount} to {rule.maxcount} are allowed"
                yield _found(profile, kind, "san-count", seen, item.file)
            for name in found:
                if rule.patterns and not matches(name, rule):
                    yield _found(profile, kind, "san-pattern", name[:100], item.file)


def _found(profile: Profile, kind: str, code: str, seen: str, file: str) -> Finding:
    origin = profile.origin(f"san.{kind}")
    source = f"profile {profile.name}: {origin.source}"
    return report(code, severity_of(origin), seen, file, source=source, confidence=confidence_of(origin))
