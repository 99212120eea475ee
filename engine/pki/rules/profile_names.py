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
        for kind, words in KINDS.items():
            rule = profile.san.get(kind)
            if rule is None:
                continue
            origin = profile.origin(f"san.{kind}")
            source = f"profile {profile.name}: {origin.source}"
            severity, confidence = severity_of(origin), confidence_of(origin)
            found = groups[kind]
            if not rule.mincount <= len(found) <= rule.maxcount and not (rule.static and not found):
                seen = f"{len(found)} {words}; {rule.mincount} to {rule.maxcount} are allowed"
                yield report("san-count", severity, seen, item.file, source=source, confidence=confidence)
            for name in found:
                if rule.patterns and not matches(name, rule):
                    yield report("san-pattern", severity, name[:100], item.file, source=source, confidence=confidence)
