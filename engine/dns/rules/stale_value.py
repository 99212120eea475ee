"""earlier-value (D8): the value of an earlier claim is in DNS, the new one is not.

Seen as: a value that was shown before stands at the domain.
Fix: add the value that the portal shows now; the old one may stay.
Source: GlobalSign HVCA: a claim asserted again has a new token. Confidence: sourced.

value-of-another-claim (D8): a value of GlobalSign's is in DNS, but not the one that is wanted.

Seen as: a value of the right form with a token that has nothing in common with the wanted one.
Fix: add the value that the portal shows now beside it.
Source: GlobalSign HVCA: a token belongs to one claim of one account. Confidence: inferred.

token-expired (D8): the value has run out.

Seen as: the time until which the value can be used is over.
Fix: ask for a new value in the portal and put that into DNS.
Source: GlobalSign, a domain verification code lives 30 days. Confidence: sourced.

token-expires-soon (D8): the value runs out within three days.

Seen as: little time is left until the value can no longer be used.
Fix: submit before then, or ask for a new value.
Source: GlobalSign, a domain verification code lives 30 days. Confidence: sourced.

token-expires-first (D8): the value runs out before the waiting is over.

Seen as: a time at which the record can be right everywhere, after the end of the value.
Fix: ask for a new value, unless SUBMIT works before.
Source: GlobalSign, a domain verification code lives 30 days. Confidence: sourced.
"""

from datetime import datetime, timedelta

from engine.dns.case import Case
from engine.dns.misfit import Misfit
from engine.dns.rules.misfits import Wording, findings
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["before", "judge", "questions"]

report = documented(__doc__)

_ADD = "Add the value that the portal shows now as one more TXT record; the old one may stay."
WORDINGS = {
    Misfit.PREVIOUS: Wording(
        "The value of an earlier claim is in DNS, not the present one.", "Each claim has a value of its own.", _ADD
    ),
    Misfit.FOREIGN: Wording(
        "Another GlobalSign value is in DNS, not this one.",
        "It belongs to an earlier claim, another account or another product.",
        _ADD,
    ),
}
_SOON = timedelta(days=3)


def judge(case: Case) -> Judgement:
    if case.claim.assert_by is not None and case.claim.value is not None and not case.claim.verified:
        left = case.claim.assert_by - case.now
        if left <= timedelta(0):
            yield report(
                "token-expired",
                "blocker",
                effect="wrong",
                summary="The value has run out.",
                seen=f"It could be used until {case.claim.assert_by.isoformat()}.",
                why="GlobalSign's value lives 30 days if the domain is not verified before.",
                fix="Ask for a new value in the portal, then put that into DNS.",
                who="certificate_admin",
            )
        elif left <= _SOON:
            yield _ending(
                "token-expires-soon",
                "The value runs out within three days.",
                case.claim.assert_by,
                "Submit before then, or ask for a new value.",
            )
    yield from findings(case, report, WORDINGS)


def before(case: Case, ready_at: datetime) -> DnsFinding | None:
    """The same for a value that runs out before all the waiting is over."""
    ends = case.claim.assert_by
    if ends is None or case.claim.verified or not case.now < ends < ready_at:
        return None
    return _ending(
        "token-expires-first",
        "The value runs out before the waiting is over.",
        ends,
        "Ask for a new value in the portal, unless SUBMIT works before then, and put that into DNS.",
    )


def _ending(code: str, summary: str, ends: datetime, fix: str) -> DnsFinding:
    return report(
        code,
        "warning",
        summary=summary,
        seen=f"It can be used until {ends.isoformat()}.",
        why="GlobalSign's value lives 30 days if the domain is not verified before.",
        fix=fix,
        who="certificate_admin",
    )
