"""wildcard-not-the-name (D11): the value stands at a wildcard, which does not cover the domain itself.

Seen as: names below the domain that nobody made give the value, the domain does not.
Fix: add the record at the domain itself.
Source: RFC 4592 section 2.2. Confidence: sourced.

wildcard-gives-value (D11): the value is there only because a wildcard answers for every name.

Seen as: a made-up sister name gives the same value.
Fix: nothing now; a record of its own is safer, since any other record at the name hides the wildcard.
Source: RFC 4592 section 3.3. Confidence: measured.

wildcard-hides-absence (D11): a wildcard answers with other TXT records where the record is missing.

Seen as: a made-up sister name gives the same TXT records as the domain.
Fix: add the record at the domain itself; the other values come from the wildcard.
Source: RFC 4592 section 2.2. Confidence: measured.
"""

from collections.abc import Iterator

from engine.dns.answers import TXT, Name, Question, txt_values
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.dns.names import host_in, probe_below, text
from engine.dns.rules.model import DnsFinding, Judgement, Verdict, documented
from engine.findings import Severity

report = documented(__doc__)


def _sister(domain: Name, zone: Name) -> Name | None:
    return probe_below(domain.parent()) if domain != zone else None


def questions(claim: Claim, zone: Name) -> Iterator[Question]:
    names = (probe_below(claim.domain), _sister(claim.domain, zone))
    return (Question(name, TXT) for name in names if name)


def judge(case: Case) -> Judgement:
    look, value, domain = case.answers.first, case.claim.value, case.claim.domain
    if look is None or value is None:
        return
    below, sister = probe_below(domain), _sister(domain, look.zone)
    if case.nowhere and below and (servers := case.holding(below, value)):
        yield _finding(
            "wildcard-not-the-name",
            f"The value stands at *.{case.claim.domain_text}, which does not cover {case.claim.domain_text}.",
            f"A made-up name, {text(below)}, gives the value.",
            f"Add the record at {case.claim.domain_text} itself, name `{host_in(domain, look.zone)}`.",
            tuple(map(str, servers)),
            "blocker",
            "wrong",
        )
    if sister is None:
        return
    for reply, _ in case.side(sister):
        values = txt_values(reply, sister)
        own = txt_values(look.txt(reply.server), domain)
        if not values or set(values) != set(own):
            continue
        holds = value in values
        yield _finding(
            "wildcard-gives-value" if holds else "wildcard-hides-absence",
            "The value is there through a wildcard only."
            if holds
            else f"The TXT records of {case.claim.domain_text} come from a wildcard.",
            f"A made-up name, {text(sister)}, gives the same.",
            "Nothing to do now; a record of its own would be safer."
            if holds
            else f"Add the record at {case.claim.domain_text} itself, name `{host_in(domain, look.zone)}`.",
            (str(reply.server),),
            "note" if holds else "warning",
            None,
        )
        return


def _finding(
    code: str,
    summary: str,
    seen: str,
    fix: str,
    servers: tuple[str, ...],
    severity: Severity,
    effect: Verdict | None,
) -> DnsFinding:
    return report(
        code,
        severity,
        effect=effect,
        summary=summary,
        seen=seen,
        why="A wildcard stands for names that do not exist, never for the name above it.",
        fix=fix,
        servers=servers,
        who="nobody" if severity == "note" else "dns_admin",
    )
