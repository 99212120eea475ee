"""subject-missing (C6): the subject lacks an attribute that the profile requires.

Seen as: a required attribute is absent.
Fix: add the attribute and make the request again; in a GlobalSign request it goes under subject_dn.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.

subject-forbidden (C6): the subject has an attribute that the profile forbids.

Seen as: a forbidden attribute is present.
Fix: leave it out and make the request again.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.

subject-static-differs (C6): an attribute that the profile fixes has another value.

Seen as: a value other than the fixed one.
Fix: use the fixed value, or leave the attribute out so that the authority fills it.
Source: the profile; GlobalSign Atlas API answers 422 when a static field is changed. Confidence: sourced.

Its value comes from the account and cannot be chosen.

subject-pattern (C6): an attribute does not have the form that the profile asks for.

Seen as: a value that the pattern does not match.
Fix: bring the value into the form that the pattern describes.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.

subject-count (C6): the subject has too many or too few of an attribute.

Seen as: a number of values outside the profile's limits.
Fix: give as many values as the profile allows.
Source: the profile. Confidence: sourced.

An authority that works by this profile refuses the request.
"""

from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Certificate
from engine.pki.profile import Field, ListRule, Profile, pattern
from engine.pki.weight import confidence_of, severity_of
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
NEEDS = "profile"
report = codes(__doc__)

FIELDS = {
    "common_name": "CN",
    "given_name": "GN",
    "surname": "SN",
    "organization": "O",
    "organizational_unit": "OU",
    "organization_identifier": "organizationIdentifier",
    "country": "C",
    "state": "ST",
    "locality": "L",
    "street_address": "street",
    "postal_code": "postalCode",
    "email": "emailAddress",
    "serial_number": "serialNumber",
    "business_category": "businessCategory",
    "jurisdiction_of_incorporation_locality_name": "jurisdictionL",
    "jurisdiction_of_incorporation_state_or_province_name": "jurisdictionST",
    "jurisdiction_of_incorporation_country_name": "jurisdictionC",
}
"""HVCA's names of the subject's fields, and how the attribute is written."""

MAX_MATCHED = 256


def judge(case: Case) -> Iterator[Finding]:
    profile = case.context.profile
    if profile is None:
        return
    for item in case.items:
        value = item.value
        if value is None or (isinstance(value, Certificate) and is_authority(value)):
            continue
        for field_name, rule in profile.subject.items():
            short = FIELDS.get(field_name)
            if short is None:
                continue
            for code, seen in _judge(value.subject.all(short), short, rule):
                yield _found(profile, f"subject_dn.{field_name}", code, seen, item.file)


def _judge(texts: tuple[str, ...], short: str, rule: Field | ListRule) -> Iterator[tuple[str, str]]:
    if isinstance(rule, ListRule):
        if not rule.mincount <= len(texts) <= rule.maxcount and not (rule.static and not texts):
            yield "subject-count", f"{len(texts)} of {short}; {rule.mincount} to {rule.maxcount} are allowed"
        for text in texts:
            if rule.patterns and not matches(text, rule):
                yield "subject-pattern", f"{short}={text[:80]}"
    elif rule.presence == "FORBIDDEN":
        if texts:
            yield "subject-forbidden", f"{short}={texts[0][:80]}"
    elif rule.presence == "STATIC":
        if texts and texts[0] != rule.format:
            yield "subject-static-differs", f"{short}={texts[0][:80]}; the profile fixes it to {rule.format}"
    elif not texts:
        if rule.presence == "REQUIRED":
            yield "subject-missing", f"no {short}"
    elif rule.format and not pattern(rule.format).search(texts[0][:MAX_MATCHED]):
        yield "subject-pattern", f"{short}={texts[0][:80]}; the pattern is {rule.format}"


def matches(text: str, rule: ListRule) -> bool:
    """Whether one of the list's patterns is found in the text, or, in a static list, one of its values is the text."""
    if rule.static:
        return text in rule.patterns
    text = text[:MAX_MATCHED]
    return any(pattern(each).search(text) for each in rule.patterns)


def _found(profile: Profile, path: str, code: str, seen: str, file: str) -> Finding:
    origin = profile.origin(path)
    source = f"profile {profile.name}: {origin.source}"
    return report(code, severity_of(origin), seen, file, source=source, confidence=confidence_of(origin))
