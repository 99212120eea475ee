"""negative-cached (D16): a resolver still remembers that there was no such record.

Seen as: every server has the value, a resolver says that there is none.
Fix: wait until it forgets: the smaller of the SOA's TTL and its last field.
Source: RFC 2308 section 5. Confidence: measured.

ca-may-remember (D16): GlobalSign's last attempt failed so recently that its own cache may still hold the absence.

Seen as: the claim's log has an error younger than the zone's negative TTL.
Fix: submit again after that time.
Source: RFC 2308 section 5; the log of the claim. Confidence: inferred.
"""

from datetime import timedelta

from engine.dns.answers import Look
from engine.dns.case import Case
from engine.dns.names import counted, said_of, span
from engine.dns.rules.caches import Held, behind, failed_just_before, from_now, told_apart
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

LONGEST = 86400


def judge(case: Case) -> Judgement:
    found = [each for each in behind(case) if each.held is Held.NOTHING and not told_apart(case, each)]
    recent = failed_just_before(case)
    if found:
        seconds = max(each.seconds for each in found)
        servers = tuple(str(each.resolver.server) for each in found)
        yield report(
            "negative-cached",
            "blocker" if recent else "warning",
            effect="not_yet" if recent else None,
            summary=f"The record's absence is still remembered by {len(servers)} of {counted(_public(case), 'resolver')}.",
            seen=f"{said_of(servers, 'has no such record')}, all name servers have it.",
            why="A resolver keeps the absence for the smaller of the SOA's TTL and its last field.",
            fix=f"Wait {span(seconds)}; GlobalSign asks its own caches, which may hold the same.",
            servers=servers,
            who="nobody",
            eta=from_now(seconds),
            eta_reason=f"the remaining negative TTL at the resolver, {span(seconds)}",
        )
    failed, negative = case.claim.last_failure, _zone_negative_ttl(case)
    if failed and negative is not None and case.holders and not case.lackers:
        left = failed.at + negative - case.now
        if timedelta(0) < left <= negative:
            yield report(
                "ca-may-remember",
                "blocker",
                effect="not_yet",
                summary="GlobalSign looked a short while ago and may still remember the absence.",
                seen=f"Its log has an error at {failed.at.isoformat()}.",
                why="Its resolver keeps the absence for the smaller of the SOA's TTL and its last field.",
                fix=f"Submit again in {span(int(left.total_seconds()))}.",
                who="nobody",
                eta=left,
                eta_reason=f"the zone's negative TTL, {span(int(negative.total_seconds()))}, from the last attempt on",
            )


def _public(case: Case) -> int:
    return sum(not each.system for each in case.answers.resolvers)


def _zone_negative_ttl(case: Case) -> timedelta | None:
    look: Look | None = case.look
    if look is None or case.soa is None:
        return None
    ttls = [
        found[2]
        for (_server, _question), replies in look.replies.items()
        for reply in replies
        if reply.message and (found := reply.message.soa())
    ]
    return timedelta(seconds=min(*ttls, case.soa.minimum, LONGEST)) if ttls else None
