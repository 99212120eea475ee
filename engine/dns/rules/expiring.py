"""signature-expires-soon (D21): a DNSSEC signature runs out before GlobalSign may have looked.

Seen as: the last signature over the record or its keys ends within three days or a tenth of its length.
Fix: sign the zone again, or find out why the signer has not done so by now.
Source: RFC 6781 section 4.4.2. Confidence: inferred.
"""

from datetime import datetime, timedelta

from engine.dns.case import Case
from engine.dns.names import span, text
from engine.dns.providers import provider_of
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions
from engine.dns.secure import Lifetime

__all__ = ["before", "judge", "questions"]

report = documented(__doc__)

SOON = timedelta(days=3)


def judge(case: Case) -> Judgement:
    look = case.look
    if look is None or case.security.status != "secure":
        return
    provider = provider_of(name.to_text() for name in look.parent_ns)
    live = provider is not None and provider.signs_live
    for life in sorted(case.security.lifetimes, key=lambda each: each.expires):
        left, length = life.expires - case.now, life.expires - life.inception
        if left > timedelta(0) and ((left <= SOON and not live) or left <= length / 10):
            yield _finding(case, life, text(look.zone))
            return


def before(case: Case, ready_at: datetime) -> DnsFinding | None:
    """The same for a signature that ends before all the waiting is over, whatever its length."""
    ending = [each for each in case.security.lifetimes if case.now < each.expires < ready_at]
    if case.look is None or case.security.status != "secure" or not ending:
        return None
    return _finding(case, min(ending, key=lambda each: each.expires), text(case.look.zone))


def _finding(case: Case, life: Lifetime, zone: str) -> DnsFinding:
    return report(
        "signature-expires-soon",
        "warning",
        summary=f"A DNSSEC signature of {zone} runs out in {span(int((life.expires - case.now).total_seconds()))}.",
        seen=f"It concerns {life.what}; it ends at {life.expires.isoformat()}.",
        why="After that, validating resolvers refuse the domain's answers.",
        fix="Sign the zone again, and find out why the signer has not done so by now.",
        servers=tuple(map(str, case.look.servers)) if case.look else (),
        who="dns_admin",
    )
