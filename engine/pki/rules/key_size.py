"""key-too-short (C4): the key is too short for any authority.

Seen as: an RSA key below 2048 bits, or an elliptic curve below 256.
Fix: make a new key: RSA with 2048 bits or more, or the curve P-256 where the profile allows ECDSA.
Source: GlobalSign documentation, mTLS certificate (2048 at least); CA/Browser Forum Baseline Requirements 6.1.5.
Confidence: sourced.

GlobalSign answers such a request with a refusal.

key-type-unusable (C4): the key is of a kind that GlobalSign does not certify.

Seen as: DSA, DH, X25519, Ed25519 and others; a curve outside P-256, P-384 and P-521.
Fix: make an RSA key with 2048 bits or more.
Source: GlobalSign Atlas API: public_key.key_type is RSA or ECDSA. Confidence: sourced.

Its API knows RSA and ECDSA keys only.

key-outside-profile (C4): the key is not of the kind or length that the profile allows.

Seen as: the type or the length is not among those listed.
Fix: make a new key of a kind and length that the profile lists.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.

hash-outside-profile (C4): the request is signed with a hash that the profile does not list.

Seen as: the hash of the signature is not among those listed.
Fix: make the request again with a listed hash; the key can stay.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate, Csr
from engine.pki.profile import Profile
from engine.pki.public_key import PublicKey
from engine.pki.weight import confidence_of, severity_of
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate", "public_key", "private_key", "openssh"})
report = codes(__doc__)

USABLE_CURVES = frozenset({"P-256", "P-384", "P-521"})


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        key = item.key
        if key is None:
            continue
        if key.n is not None and abs(key.n).bit_length() < 2048:
            if key.n != 0:
                yield report("key-too-short", "error", key.label, item.file)
        elif key.algorithm == "EC" and key.bits is not None and key.bits < 256:
            yield report("key-too-short", "error", key.label, item.file)
        elif key.algorithm not in ("RSA", "EC") or (key.curve and key.curve not in USABLE_CURVES):
            yield report(
                "key-type-unusable", "error" if isinstance(item.value, Csr) else "warning", key.label, item.file
            )
        elif key.restricted:
            yield report("key-type-unusable", "warning", f"{key.label}, marked as a key for RSA-PSS alone", item.file)
        if case.context.profile and _concerns(item.value):
            yield from _against_profile(case.context.profile, key, item.value, item.file)


def _concerns(value: Csr | Certificate | None) -> bool:
    """The profile is for the holder's key, not for the keys of authorities in a chain."""
    return not (isinstance(value, Certificate) and is_authority(value))


def _against_profile(profile: Profile, key: PublicKey, value: Csr | Certificate | None, file: str) -> Iterator[Finding]:
    kind = "ECDSA" if key.algorithm == "EC" else key.algorithm
    seen = None
    if profile.key_types and kind not in profile.key_types:
        seen = f"{key.label}; the profile allows {' or '.join(profile.key_types)}"
    elif profile.key_lengths and key.bits not in profile.key_lengths:
        seen = f"{key.label}; the profile allows the lengths {', '.join(map(str, profile.key_lengths))}"
    elif profile.key_length_min and key.algorithm == "RSA" and (key.bits or 0) < profile.key_length_min:
        seen = f"{key.label}; the profile asks for {profile.key_length_min} bits at least"
    if seen:
        origin = profile.origin("public_key")
        yield report(
            "key-outside-profile",
            severity_of(origin),
            seen,
            file,
            source=f"profile {profile.name}: {origin.source}",
            confidence=confidence_of(origin),
        )
    if isinstance(value, Csr) and profile.hashes and value.signature_hash not in (*profile.hashes, None):
        origin = profile.origin("signature")
        yield report(
            "hash-outside-profile",
            severity_of(origin),
            f"{value.signature_hash}; the profile allows {', '.join(profile.hashes)}",
            file,
            source=f"profile {profile.name}: {origin.source}",
            confidence=confidence_of(origin),
        )
