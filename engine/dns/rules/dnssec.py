"""signature-expired (D19): a DNSSEC signature has run out.

Seen as: an RRSIG whose end is past.
Fix: sign the zone again and find out why that did not happen by itself.
Source: RFC 4035 section 5.3.1. Confidence: measured.

signature-not-yet-valid (D19): a DNSSEC signature begins in the future.

Seen as: an RRSIG whose beginning has not come.
Fix: correct the signer's clock and sign again.
Source: RFC 4035 section 5.3.1. Confidence: measured.

signature-missing (D19): records that must be signed are not.

Seen as: no RRSIG, though the parent has a DS record for the zone.
Fix: sign the zone on all servers, or have the DS record removed at the registrar.
Source: RFC 4035 section 5.3. Confidence: measured.

signature-without-key (D19): a signature was made by a key that the zone does not publish.

Seen as: no DNSKEY with the signature's key tag and algorithm.
Fix: publish the key, or sign with one that is published.
Source: RFC 4035 section 5.3.1. Confidence: measured.

signature-wrong (D19): a signature does not fit its records.

Seen as: the mathematics fails: records were changed after signing, or a server mixes versions.
Fix: sign the zone again and transfer it to all servers.
Source: RFC 4035 section 5.3.3. Confidence: measured.

ds-without-key (D19): the parent's DS record names a key that the zone does not have.

Seen as: no DNSKEY fits any DS record, often after a move to another DNS host.
Fix: put the DS record of the present key at the registrar, or remove it.
Source: RFC 4035 section 5.2. Confidence: measured.

ds-digest-wrong (D19): the parent's DS record has the right key tag, but another digest.

Seen as: the digest of the DNSKEY differs from the DS record.
Fix: put the DS record of the present key at the registrar.
Source: RFC 4035 section 5.2. Confidence: measured.

ds-algorithm-wrong (D19): the parent's DS record names another algorithm than the key has.

Seen as: the key tag fits, the algorithm does not.
Fix: correct the DS record at the registrar.
Source: RFC 4035 section 5.2. Confidence: measured.

anchor-does-not-fit (D19): the root's keys are not those that the trust anchor in use names.

Seen as: a DNSKEY set of the root that fits no trust anchor, from the servers that the root hints lead to.
Fix: correct the trust anchor or the root hints of this check, or find out what answers in the root's place.
Source: RFC 4035 section 5. Confidence: measured.

keys-not-had (D19): a zone on the way to the record must be signed, and none of its servers gives its keys.

Seen as: a DS record at the parent, and no answer about DNSKEY from any server of the zone.
Fix: repair that zone's servers, or have the DS record removed at the registrar.
Source: RFC 4035 section 5.2. Confidence: measured.

keys-differ (D19): some servers have other keys of the zone than those that the DS record names, or none.

Seen as: DNSKEY records that fit the DS record at some servers and not at others.
Fix: have these servers take over the signed zone as the others have it.
Source: RFC 4035 section 5.2. Confidence: measured.

denial-missing (D19): the proof that something does not exist is missing or wrong.

Seen as: NSEC or NSEC3 records that do not cover the question.
Fix: sign the zone again; if it was signed by hand, the NSEC chain is broken.
Source: RFC 4035 section 5.4, RFC 5155 section 8. Confidence: measured.

wildcard-proof-missing (D19): an answer from a wildcard comes without the proof that the name itself does not exist.

Seen as: a wildcard's signature without NSEC or NSEC3.
Fix: repair the server's software or the zone's signing.
Source: RFC 4035 section 5.3.4. Confidence: measured.

too-many-signatures (D19): the zone has more keys and signatures than are verified here.

Seen as: verification stopped at its limit.
Fix: remove keys and signatures that are not needed.
Source: limits of this check; validators have such limits too. Confidence: measured.
"""

import dns.name

from engine.dns.case import Case
from engine.dns.names import listed, text
from engine.dns.rules.model import DnsFinding, Judgement, Skipped, documented
from engine.dns.rules.model import no_questions as questions
from engine.dns.secure import Problem, merged
from engine.dns.signatures import Fault
from engine.dns.suffixes import is_public_suffix

__all__ = ["judge", "questions"]

report = documented(__doc__)

_RESIGN = "Sign the zone {zone} again, and find out why that did not happen by itself."
_REGISTRAR = "Put the DS record of {zone}'s present key {above}, or remove the DS record there."
_WORDINGS: dict[str, tuple[str, str]] = {
    "signature-expired": ("has run out", _RESIGN),
    "signature-not-yet-valid": ("begins in the future", "Correct the signer's clock, then sign the zone {zone} again."),
    "signature-missing": (
        "is missing",
        "Sign the zone {zone} on all servers, or have its DS record removed {above}.",
    ),
    "signature-without-key": (
        "was made by a key that the zone does not publish",
        "Publish the key, or sign the zone {zone} again.",
    ),
    "signature-wrong": ("does not fit the records", "Sign the zone {zone} again and transfer it to all servers."),
    "keys-not-had": (
        "cannot be checked, since no server gives the zone's keys",
        "Repair the servers of {zone}, or have its DS record removed {above}.",
    ),
    "keys-differ": (
        "comes from other keys at some servers",
        "Have {servers} take over the signed zone {zone} as the other servers have it.",
    ),
    "denial-missing": ("is missing or wrong", "Sign the zone {zone} again, so that its NSEC or NSEC3 chain is whole."),
    "wildcard-proof-missing": (
        "over a wildcard comes without the proof that the name itself does not exist",
        "Repair the signing of the zone {zone}.",
    ),
    "too-many-signatures": ("is one of too many", "Remove keys and signatures that {zone} does not need."),
}
_DS: dict[str, str] = {
    "ds-without-key": "names a key that the zone does not have",
    "ds-digest-wrong": "has another digest than the zone's key",
    "ds-algorithm-wrong": "names another algorithm than the zone's key has",
}


def judge(case: Case) -> Judgement:
    if case.security.status in ("insecure", "indeterminate") and not case.security.problems:
        yield Skipped(f"DNSSEC does not apply: {case.security.reason}")
        return
    for problem in merged(case.security.problems):
        if problem.code != Fault.DISAGREE:
            yield _finding(problem, _above(case, problem))


def _above(case: Case, problem: Problem) -> str:
    """Where the DS record of the zone is: at the registrar, or in a zone of the company's."""
    cut = case.answers.cuts.get(problem.zone)
    parent = cut.parent if cut else None
    return "at the registrar" if parent is None or is_public_suffix(parent) else f"in the zone {text(parent)}"


def _names(problem: Problem) -> tuple[str, ...]:
    """The names of the servers, without their addresses."""
    return tuple(dict.fromkeys(each.split(" ")[0].removesuffix(".") for each in problem.servers))


def _finding(problem: Problem, above: str) -> DnsFinding:
    if problem.zone == dns.name.root and problem.code in _DS:
        return _anchor(problem)
    zone = text(problem.zone)
    if says := _DS.get(problem.code):
        summary, fix = f"The DS record of {zone} at its parent {says}.", _REGISTRAR
    else:
        says, fix = _WORDINGS[problem.code]
        subject = "the DNSSEC proof of absence" if "proof" in problem.what else "a DNSSEC signature"
        summary = f"In {zone} {subject} {says}."
    return report(
        problem.code,
        "warning" if problem.caa_only else "blocker",
        effect=None if problem.caa_only else "broken",
        summary=f"{summary} It concerns CAA alone." if problem.caa_only else summary,
        seen=f"It concerns {problem.what}{f', at {listed(problem.servers)}' if problem.servers else ''}.",
        why="Validating resolvers refuse the domain's answers, and GlobalSign's must validate since 15 March 2026.",
        fix=fix.format(zone=zone, above=above, servers=listed(_names(problem))),
        servers=problem.servers,
        who="dns_admin",
    )


def _anchor(problem: Problem) -> DnsFinding:
    return report(
        "anchor-does-not-fit",
        "blocker",
        effect="broken",
        summary="The root's keys are not those that the trust anchor in use names.",
        seen="The DNSKEY records of the root fit no trust anchor.",
        why="Nothing below can be validated, so this says nothing about the domain.",
        fix="Correct the trust anchor or the root hints of this check, or find out what answers in the root's place.",
        servers=problem.servers,
        who="network_admin",
    )
