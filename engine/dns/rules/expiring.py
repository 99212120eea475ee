"""signature-expires-soon (D21): a DNSSEC signature runs out before GlobalSign may have looked.

Seen as: the last signature over the record or its keys ends within three days or a tenth of its length.
Fix: sign the zone again, or find out why the signer has not done so by now.
Source: RFC 6781 section 4.4.2. Confidence: inferred.
"""

from datetime import timedelta

from engine.dns.case import Case
from engine.dns.names import listed, span, text
from engine.dns.providers import provider_of
from engine.dns.rules.model import DnsFinding, Judgement
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

SOON = timedelta(days=3)


def judge(case: Case) -> Judgement:
    look = case.look
    if look is None or case.security.status != "secure":
        return
    provider = provider_of(name.to_text() for name in look.parent_ns)
    for life in sorted(case.security.lifetimes, key=lambda each: each.expires):
        left, length = life.expires - case.now, life.expires - life.inception
        if left <= timedelta(0):
            continue
        soon = left <= SOON and not (provider and provider.signs_live)
        if soon or left <= length / 10:
            yield DnsFinding(
                class_="D21",
                code="signature-expires-soon",
                severity="warning",
                summary=f"A DNSSEC signature of {text(look.zone)} runs out in {span(int(left.total_seconds()))}.",
                seen=f"It concerns {life.what}; it ends at {life.expires.isoformat()}.",
                why="After that, validating resolvers refuse the domain's answers.",
                fix="Sign the zone again, and find out why the signer has not done so by now.",
                source="RFC 6781 section 4.4.2",
                confidence="inferred",
                servers=(listed(tuple(name.to_text() for name in look.parent_ns)),),
                who="dns_admin",
            )
            return
