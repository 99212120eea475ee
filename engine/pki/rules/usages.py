"""client-authentication-missing (C8): the certificate cannot be used as a client's.

Seen as: an extended key usage without clientAuth, or a key usage with neither digitalSignature nor keyAgreement, where a
certificate for mTLS is meant. As a warning: anyExtendedKeyUsage alone.
Fix: have a certificate issued with clientAuth; a public web server certificate no longer has it. Ask for the mTLS or
dual-purpose certificate in the DIP portal.
Source: RFC 5280 section 4.2.1.12. Confidence: sourced.

The other side of an mTLS connection refuses it.

server-authentication-missing (C8): the certificate cannot be used as a server's.

Seen as: an extended key usage without serverAuth, or a key usage with none of digitalSignature, keyEncipherment and
keyAgreement, where a webhook's certificate is meant. As a warning: anyExtendedKeyUsage alone.
Fix: use a certificate with serverAuth for the webhook.
Source: RFC 5280 section 4.2.1.12. Confidence: sourced.

Whoever connects refuses it, the DIP included.

signing-not-allowed (C8): the certificate's key must not be used for signing.

Seen as: a key usage without digitalSignature.
Fix: have a certificate issued with digitalSignature.
Source: RFC 5280 section 4.2.1.3. Confidence: sourced.

DIP messages are signed with it, and TLS 1.3 needs signatures too.

usage-not-asked-for (C8): the request does not ask for the usage that is meant.

Seen as: an extended key usage in the request that lacks what the purpose needs.
Fix: ask for it, or leave extended key usage out of the request: GlobalSign's API takes it from the request document.
Source: GlobalSign Atlas API: only the key of a CSR is used. Confidence: sourced.

Where the CSR's own extensions are honoured, the certificate would come without it.

usage-outside-profile (C8): the extended key usages are not those of the profile.

Seen as: one that the profile does not list, or too few or too many.
Fix: ask for the usages that the profile lists.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.

authority-as-holder (C8): this is the certificate of an authority and not a holder's.

Seen as: CA:TRUE in what is meant to be the participant's own certificate.
Fix: give the certificate that was issued to you; this one is from the chain.
Source: RFC 5280 section 4.2.1.9. Confidence: sourced.

Nothing can be signed or connected with it.
"""

from collections.abc import Iterator
from functools import lru_cache

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate, Csr
from engine.pki.model import Usage
from engine.pki.oids import ANY_USAGE, CLIENT_AUTH, KEY_USAGE, SERVER_AUTH, USAGES
from engine.pki.profile import ListRule, Profile
from engine.pki.rules.profile_subject import matches
from engine.pki.usage import key_usage, usages_of
from engine.pki.weight import confidence_of, severity_of
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
NEEDS = "purpose"
report = codes(__doc__)

_CODES = {CLIENT_AUTH: "client-authentication-missing", SERVER_AUTH: "server-authentication-missing"}
_FIT = {
    CLIENT_AUTH: {"digitalSignature", "keyAgreement"},
    SERVER_AUTH: {"digitalSignature", "keyEncipherment", "keyAgreement"},
}
"""The key usages of which one is needed, where there is the extension at all (as `openssl x509 -purpose` judges)."""


def judge(case: Case) -> Iterator[Finding]:
    profile = case.context.profile
    needs = _needed(profile, case.context.usage)
    if not needs and profile is None:
        return
    for item in case.items:
        value = item.value
        if value is None:
            continue
        if isinstance(value, Certificate) and is_authority(value):
            if profile is not None and len(case.items) == 1:
                yield report("authority-as-holder", "error", value.subject.text(), item.file)
            continue
        usages = usages_of(value.extensions)
        yield from _against_need(value, usages, needs, item.file)
        if profile is not None and profile.usages and usages is not None:
            yield from _against_list(profile, profile.usages, usages, item.file)


@lru_cache(maxsize=32)
def _needed(profile: Profile | None, usage: Usage | None) -> frozenset[str]:
    """What the purpose needs: of --usage, and of the shipped profiles by what they require."""
    needs = set()
    if usage == "client":
        needs.add(CLIENT_AUTH)
    if usage == "server":
        needs.add(SERVER_AUTH)
    if profile:
        needs |= {usage for usage in (CLIENT_AUTH, SERVER_AUTH) if _requires(profile.usages, usage)}
        if profile.key_usages.get("digitalSignature") == "REQUIRED":
            needs.add("digitalSignature")
    return frozenset(needs)


def _requires(rule: ListRule | None, usage: str) -> bool:
    if rule is None:
        return False
    every = rule.static or rule.mincount >= len(rule.patterns)
    return usage in rule.required or (usage in rule.patterns and every)


def _against_need(
    value: Csr | Certificate, usages: tuple[str, ...] | None, needs: frozenset[str], file: str
) -> Iterator[Finding]:
    if usages is not None:
        for usage in sorted((needs & _CODES.keys()).difference(usages)):
            yield from _lacking(value, usages, usage, file)
    if extension := value.extension(KEY_USAGE):
        yield from _against_key_usage(value, key_usage(extension.value), needs, file)


def _lacking(value: Csr | Certificate, usages: tuple[str, ...], usage: str, file: str) -> Iterator[Finding]:
    shown = ", ".join(USAGES.get(each, each) for each in usages) or "nothing"
    if isinstance(value, Csr):
        if ANY_USAGE not in usages:
            yield report("usage-not-asked-for", "warning", f"asked for: {shown}", file)
    elif ANY_USAGE in usages:
        seen = f"allowed: {shown}, which OpenSSL does not take for {USAGES[usage]}"
        yield report(_CODES[usage], "warning", seen, file)
    else:
        yield report(_CODES[usage], "error", f"allowed: {shown}", file)


def _against_key_usage(
    value: Csr | Certificate, allowed: frozenset[str], needs: frozenset[str], file: str
) -> Iterator[Finding]:
    shown = ", ".join(sorted(allowed)) or "nothing"
    if "digitalSignature" in needs and "digitalSignature" not in allowed:
        lacking = ["signing-not-allowed"]
    else:
        lacking = [_CODES[usage] for usage, fit in _FIT.items() if usage in needs and allowed.isdisjoint(fit)]
    for code in lacking:
        if isinstance(value, Csr):
            yield report("usage-not-asked-for", "warning", f"key usage asked for: {shown}", file)
        else:
            yield report(code, "error", f"key usage: {shown}", file)


def _against_list(profile: Profile, rule: ListRule, usages: tuple[str, ...], file: str) -> Iterator[Finding]:
    if seen := _outside(rule, usages):
        origin = profile.origin("extended_key_usages")
        source = f"profile {profile.name}: {origin.source}"
        severity, confidence = severity_of(origin), confidence_of(origin)
        yield report("usage-outside-profile", severity, seen, file, source=source, confidence=confidence)


@lru_cache(maxsize=16)
def _outside(rule: ListRule, usages: tuple[str, ...]) -> str | None:
    """In words, why these are not the usages of the profile. Remembered: most requests ask for the same."""
    strangers = [usage for usage in usages if rule.patterns and not matches(usage, rule)]
    if strangers:
        return f"{', '.join(USAGES.get(usage, usage) for usage in strangers)} is not in the profile"
    if not rule.mincount <= len(usages) <= rule.maxcount:
        return f"{len(usages)} usages; {rule.mincount} to {rule.maxcount} are allowed"
    return None
