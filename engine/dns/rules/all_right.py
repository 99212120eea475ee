"""all-right (D31): everything that can be seen from here is right.

Seen as: every server at every address gives the exact value.
Fix: press Submit in the portal.
Source: Elexon, Step 5. Confidence: measured.

already-verified (D31): GlobalSign says that the claim is verified.

Seen as: the claim's status is VERIFIED.
Fix: nothing.
Source: GlobalSign HVCA, domain claims. Confidence: sourced.

log-disagrees (D31): everything is right here, and still GlobalSign's last attempt failed.

Seen as: the claim's log ends with an error that does not fit what the servers say now.
Fix: press Submit again; if it fails again, send the diagnosis to support.
Source: GlobalSign HVCA, the log of a domain claim. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.names import counted, quoted
from engine.dns.rules.model import DnsFinding, Judgement, Skipped, documented
from engine.dns.rules.model import no_questions as questions
from engine.findings import Who

__all__ = ["judge", "questions"]

report = documented(__doc__)

_WHY = "All name servers agree, so there is nothing left to wait for."


def judge(case: Case) -> Judgement:
    claim = case.claim
    if claim.verified:
        yield _note(
            "already-verified",
            "GlobalSign says that the domain is verified.",
            "The claim's status is VERIFIED.",
            "Put the record back; renewals use it."
            if case.nowhere
            else "Nothing to do; keep the record, renewals use it.",
            "dns_admin" if case.nowhere else "nobody",
        )
    if claim.value is None:
        yield Skipped("No value was given, so nothing can be called right.")
        return
    if not case.holders or case.lackers:
        return
    holding, asked = len(case.holders), len(case.states)
    names = counted(len({state.server.name for state in case.states}), "name server")
    seen = f"{holding} of {counted(asked, 'address')} of {names} {'gives' if holding == 1 else 'give'} the exact value."
    yield _note(
        "all-right",
        "Everything that can be seen from here is right.",
        seen,
        'Open Certificates, DOMAIN, tick "DNS record added" and press SUBMIT.',
        "certificate_admin",
    )
    if (last := claim.last_failure) is not None:
        yield _note(
            "log-disagrees",
            "GlobalSign's last attempt failed, although the servers are right now.",
            f"{last.at.isoformat()}: {quoted(last.description)}.",
            "Press SUBMIT again once nothing else is to be waited for; if it fails again, send this diagnosis to support.",
            "certificate_admin",
            why="What GlobalSign saw then may be over by now.",
        )


def _note(code: str, summary: str, seen: str, fix: str, who: Who, *, why: str = _WHY) -> DnsFinding:
    return report(
        code,
        "note",
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        who=who,
    )
