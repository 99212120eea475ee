"""value-only-inside (D26): the record is in the company's internal zone, not in the public one.

Seen as: the resolver inside the network gives the value, no public name server does.
Fix: add the record in the public zone.
Source: RFC 6950 section 4, split horizon. Confidence: measured.

internal-zone (D26): the resolver inside the network has a zone of its own for the domain.

Seen as: its answer is authoritative, or comes from a zone with another main server.
Fix: nothing for GlobalSign, which sees the public zone; do not trust `dig` from inside.
Source: RFC 6950 section 4, split horizon. Confidence: measured.
"""

import dns.rdatatype

from engine.dns.answers import Recursive
from engine.dns.case import Case
from engine.dns.rules.model import DnsFinding, Judgement, Skipped, Verdict, documented
from engine.dns.rules.model import no_questions as questions
from engine.findings import Severity, Who

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    system = next((each for each in case.answers.resolvers if each.system), None)
    if system is None or system.txt.message is None:
        yield Skipped("No resolver inside the network was compared.")
        return
    values = [
        b"".join(rdata.strings).decode("utf-8", "backslashreplace")
        for rrset in system.txt.message.answer
        if rrset.rdtype == dns.rdatatype.TXT
        for rdata in rrset
    ]
    own = _own_zone(case, system)
    if case.nowhere and case.claim.value in values:
        yield _finding(
            system,
            "value-only-inside",
            "The record is in the internal zone, not in the public one.",
            "Only the resolver inside our network gives the value.",
            "Add the record in the public zone too; GlobalSign sees that one alone.",
            "blocker",
            "wrong",
            "dns_admin",
        )
    elif own:
        yield _finding(
            system,
            "internal-zone",
            "The network here has a zone of its own for the domain.",
            own,
            "Nothing for GlobalSign, which sees the public zone; do not go by `dig` from inside the network.",
            "note",
            None,
            "nobody",
        )


def _own_zone(case: Case, system: Recursive) -> str | None:
    for reply in (system.txt, system.soa):
        message = reply.message if reply else None
        if message is None or message.rcode not in ("NOERROR", "NXDOMAIN"):
            continue
        if message.authoritative:
            return "The answer of the resolver inside is marked as authoritative."
        found = message.soa()
        if found and case.soa and case.look and found[0] == case.look.zone and found[1].mname != case.soa.mname:
            return f"The zone inside names {found[1].mname} as its main server, the public one {case.soa.mname}."
    return None


def _finding(
    system: Recursive,
    code: str,
    summary: str,
    seen: str,
    fix: str,
    severity: Severity,
    effect: Verdict | None,
    who: Who,
) -> DnsFinding:
    return report(
        code,
        severity,
        effect=effect,
        summary=summary,
        seen=seen,
        why="Inside and outside are told different things; GlobalSign asks from outside.",
        fix=fix,
        servers=(str(system.server),),
        who=who,
    )
