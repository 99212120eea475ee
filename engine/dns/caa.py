"""Which CAs may issue for a domain (RFC 8659, RFC 8657), judged for GlobalSign.

The set that counts is the first one found from the domain upwards; a CNAME's target counts with its own set only.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

import dns.name
import dns.rdatatype
from dns.rdtypes.ANY.CAA import CAA

from engine.dns.answers import Answers, Name, Question, Resolved
from engine.dns.claim import Claim
from engine.dns.names import text, visible
from engine.dns.secure import Security

ISSUER = "globalsign.com"
_KNOWN_TAGS = frozenset({"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"})
_CRITICAL = 128
HUGE = 50

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_PARAMETER = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?[ \t]*=[ \t]*[\x21-\x3a\x3c-\x7e]*"
_GRAMMAR = re.compile(
    rf"^[ \t]*(?P<issuer>{_LABEL}(?:\.{_LABEL})*)?[ \t]*"
    rf"(?:;[ \t]*(?P<parameters>{_PARAMETER}(?:[ \t]*;[ \t]*{_PARAMETER})*)?[ \t]*;?[ \t]*)?$"
)


@dataclass(frozen=True, slots=True)
class CaaResult:
    """`owner` is where the set that counts was found; `code` and `reason` say why issue is barred or doubtful.

    `notes` holds further observations: upper case, wildcard only, a huge set. `stands_at` is where the records are, which
    is another name than `owner` where that is a CNAME.
    """

    status: Literal["allowed", "forbidden", "unknown"]
    owner: Name | None
    records: tuple[str, ...]
    code: str | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    stands_at: Name | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """One issue or issuewild value: None for `issuer` means nobody; `malformed` counts as nobody too."""

    issuer: str | None
    parameters: tuple[tuple[str, str], ...]
    malformed: bool


def parse_property(value: bytes) -> Property:
    """Reads the value of an issue or issuewild property (RFC 8659 section 4.2)."""
    try:
        found = _GRAMMAR.match(value.decode("ascii"))
    except UnicodeDecodeError:
        found = None
    if found is None:
        return Property(None, (), True)
    parameters = []
    for part in (found["parameters"] or "").split(";"):
        if part.strip():
            tag, _, content = part.partition("=")
            parameters.append((tag.strip().lower(), content.strip()))
    return Property(found["issuer"], tuple(parameters), False)


def judge_caa(claim: Claim, answers: Answers, security: Security) -> CaaResult:
    """Climbs from the domain to the top-level domain and judges the first set found."""
    name = claim.domain
    while name != dns.name.root:
        resolved = answers.resolved.get(Question(name, dns.rdatatype.CAA))
        if resolved is None or resolved.failure:
            code = "caa-loop" if resolved and resolved.failure == "loop" else "caa-no-answer"
            why = resolved.failure if resolved else "it was not asked"
            return CaaResult("unknown", name, (), code, f"The CAA records of {text(name)} could not be had: {why}.")
        if security.caa.get(name) == "bogus":
            reason = f"The answer about CAA at {text(name)} fails DNSSEC."
            return CaaResult("unknown", name, (), "caa-bogus", reason)
        if found := _records(resolved):
            return replace(judge_set(name, found), stands_at=_last_name(resolved))
        name = name.parent()
    return CaaResult("allowed", None, ())


def judge_set(owner: Name, records: tuple[CAA, ...]) -> CaaResult:
    """Whether GlobalSign may issue by one set of CAA records."""
    shown = tuple(
        f"{each.flags} {visible(each.tag.decode('ascii', 'replace'), 20)} {_shown(each.value)}" for each in records
    )

    def result(
        status: Literal["allowed", "forbidden", "unknown"], code: str | None = None, reason: str = ""
    ) -> CaaResult:
        return CaaResult(status, owner, shown, code, reason, notes)

    issue = [parse_property(each.value) for each in records if each.tag.lower() == b"issue"]
    wild = [parse_property(each.value) for each in records if each.tag.lower() == b"issuewild"]
    notes = _notes(records, issue, wild)
    for each in records:
        if each.flags & _CRITICAL and each.tag.decode("ascii", "replace").lower() not in _KNOWN_TAGS:
            tag = each.tag.decode("ascii", "replace")
            return result(
                "forbidden", "caa-critical-unknown", f"The critical property {visible(tag, 20)} bars every CA."
            )
    if not issue:
        return result("allowed")
    ours = [each for each in issue if each.issuer and each.issuer.lower() == ISSUER]
    if not ours:
        if all(each.issuer is None and not each.malformed for each in issue):
            return result("forbidden", "caa-nobody", "An empty issuer says that nobody may issue.")
        if all(each.malformed for each in issue):
            return result("forbidden", "caa-malformed", "The issuer cannot be read, which counts as nobody.")
        if any(each.issuer and each.issuer.lower().endswith(f".{ISSUER}") for each in issue):
            return result("forbidden", "caa-other-issuer", f"A name below {ISSUER} is another issuer.")
        named = ", ".join(sorted({each.issuer for each in issue if each.issuer}))
        return result("forbidden", "caa-other-issuer", f"Only {named} may issue.")
    if all(_restricted(each) for each in ours):
        reason = (
            "GlobalSign may issue only for the named account or by the named methods, which cannot be seen from here."
        )
        return result("unknown", "caa-restricted", reason)
    return result("allowed")


def _records(resolved: Resolved) -> tuple[CAA, ...]:
    if not resolved.steps:
        return ()
    return tuple(
        rdata for rrset in resolved.steps[-1][1].answer if rrset.rdtype == dns.rdatatype.CAA for rdata in rrset
    )


def _last_name(resolved: Resolved) -> Name | None:
    return next((each.name for each in resolved.steps[-1][1].answer if each.rdtype == dns.rdatatype.CAA), None)


def _restricted(prop: Property) -> bool:
    return any(tag in ("accounturi", "validationmethods") for tag, _ in prop.parameters)


def _notes(records: tuple[CAA, ...], issue: list[Property], wild: list[Property]) -> tuple[str, ...]:
    notes = []
    named = [each.issuer for each in issue if each.issuer and each.issuer.lower() == ISSUER]
    upper = any(each.tag != each.tag.lower() for each in records if each.tag.lower() in (b"issue", b"issuewild"))
    if (named and all(each != ISSUER for each in named)) or (named and upper):
        notes.append("caa-upper-case")
    if wild and not any(each.issuer and each.issuer.lower() == ISSUER for each in wild):
        notes.append("caa-wildcard-barred")
    if len(records) > HUGE:
        notes.append("caa-huge-set")
    return tuple(notes)


def _shown(value: bytes) -> str:
    return '"' + visible(value.decode("ascii", "backslashreplace")) + '"'
