"""caa-other-issuer (D22): CAA records allow other CAs only.

Seen as: the closest CAA set has `issue` properties, none for globalsign.com; a name below it is another issuer.
Fix: add `0 issue "globalsign.com"` beside the present CAA records.
Source: RFC 8659 section 4.2. Confidence: sourced.

caa-nobody (D22): CAA records allow nobody.

Seen as: `0 issue ";"` and no other issuer.
Fix: add `0 issue "globalsign.com"`.
Source: RFC 8659 section 4.2. Confidence: sourced.

caa-malformed (D22): a CAA record's issuer cannot be read, which counts as nobody.

Seen as: an `issue` value that is no domain name with parameters.
Fix: correct it to `0 issue "globalsign.com"`.
Source: RFC 8659 section 4.2. Confidence: sourced.

caa-critical-unknown (D22): a CAA property that must be understood is unknown.

Seen as: a property with flag 128 that no standard defines.
Fix: remove it, or its flag.
Source: RFC 8659 section 4.1. Confidence: sourced.

caa-restricted (D22): CAA allows GlobalSign for one account or method only.

Seen as: `accounturi` or `validationmethods` beside globalsign.com.
Fix: make sure that they fit, or remove them.
Source: RFC 8657 sections 3 and 4. Confidence: sourced.

caa-no-answer (D22): the CAA records could not be had.

Seen as: SERVFAIL, a time-out or another failure for CAA at the domain or above it.
Fix: repair the answer to CAA questions; a CA must take a failure as a no.
Source: RFC 8659 section 3; CA/Browser Forum Baseline Requirements 3.2.2.8. Confidence: sourced.

caa-loop (D22): the CNAMEs on the way to the CAA records lead in a circle.

Seen as: a name that comes up twice.
Fix: correct the CNAME.
Source: RFC 8659 section 3. Confidence: measured.

caa-bogus (D22): the answer about CAA fails DNSSEC, though the TXT record's does not.

Seen as: a signature or proof of absence that does not hold, for CAA alone.
Fix: sign the zone again.
Source: CA/Browser Forum ballot SC-085v2. Confidence: sourced.

caa-upper-case (D22): CAA names GlobalSign in upper or mixed case.

Seen as: an issuer such as `GlobalSign.com`, or a tag in capitals.
Fix: write it in lower case; the standard allows it, GlobalSign's help page names it as a cause of failure.
Source: RFC 8659 section 4.2; GlobalSign support, CAA. Confidence: sourced.

caa-wildcard-barred (D22): CAA bars wildcard certificates.

Seen as: `issuewild` properties without globalsign.com.
Fix: nothing, unless a wildcard certificate is wanted.
Source: RFC 8659 section 4.3. Confidence: sourced.

caa-huge-set (D22): there are very many CAA records.

Seen as: more than fifty records in the set that counts.
Fix: remove those that are not needed.
Source: limits of common resolvers. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.names import listed, text
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions
from engine.dns.suffixes import is_public_suffix

__all__ = ["judge", "questions"]

report = documented(__doc__)

_ADD = 'Add a CAA record `0 issue "globalsign.com"` at {owner} beside those that are there.'
_FIXES = {
    "caa-other-issuer": _ADD,
    "caa-nobody": _ADD,
    "caa-malformed": 'Correct the CAA record at {owner} to `0 issue "globalsign.com"`.',
    "caa-critical-unknown": "Remove the unknown CAA property at {owner}, or its flag 128.",
    "caa-restricted": "Make sure that account and method fit GlobalSign's, or remove the parameters at {owner}.",
    "caa-no-answer": "Have the answer to CAA questions at {owner} repaired.",
    "caa-loop": "Correct the CNAME at {owner}.",
    "caa-bogus": "Repair DNSSEC in {bogus}; the CAA records themselves need no change.",
}
_ABOVE_ALL = 'Add a CAA record `0 issue "globalsign.com"` at {domain} itself: it counts before those at {owner}.'
_NOTES = {
    "caa-upper-case": (
        "warning",
        "CAA names GlobalSign in upper or mixed case.",
        "The standard allows it, but GlobalSign's help page names it as a cause of failure.",
        'Write the CAA record in lower case: `0 issue "globalsign.com"`.',
    ),
    "caa-wildcard-barred": (
        "note",
        "CAA bars GlobalSign from wildcard certificates.",
        "`issuewild` counts for wildcard certificates alone.",
        "Nothing to do, unless a wildcard certificate is wanted.",
    ),
    "caa-huge-set": (
        "warning",
        "There are very many CAA records.",
        "Large answers get lost more easily.",
        "Remove the CAA records that are not needed.",
    ),
}


def judge(case: Case) -> Judgement:
    caa = case.caa
    owner = text(caa.owner) if caa.owner else case.claim.domain_text
    stands_at = text(caa.stands_at) if caa.stands_at else owner
    seen = f"CAA at {stands_at}: {listed(caa.records)}." if caa.records else caa.reason
    if caa.code:
        yield _finding(
            caa.code,
            "warning",
            caa.reason,
            seen,
            "Touches the issue of certificates, not this verification; whether DIP certificates are public is unknown.",
            _fix(case, caa.code, stands_at),
        )
    for note in caa.notes:
        severity, summary, why, fix = _NOTES[note]
        yield _finding(note, severity, summary, seen, why, fix)


def _fix(case: Case, code: str, owner: str) -> str:
    above_all = case.caa.records and case.caa.owner is not None and is_public_suffix(case.caa.owner)
    zones = dict.fromkeys(text(problem.zone) for problem in case.security.problems)
    words = _ABOVE_ALL if above_all else _FIXES[code]
    return words.format(owner=owner, domain=case.claim.domain_text, bogus=listed(tuple(zones)))


def _finding(code: str, severity: str, summary: str, seen: str, why: str, fix: str) -> DnsFinding:
    return report(
        code,
        "note" if severity == "note" else "warning",
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        who="nobody" if severity == "note" else "dns_admin",
    )
