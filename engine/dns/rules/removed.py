"""record-removed (D29): the record was right once, and is gone.

Seen as: a time when it was seen right, or a claim that GlobalSign has verified, and no server that has it now.
Fix: add it again; renewals use it.
Source: Elexon, Step 5: keep the record. Confidence: sourced.

ttl-zero (D29): the record may not be kept by any resolver.

Seen as: a TTL of 0.
Fix: give the record a TTL of five minutes or more.
Source: RFC 1035 section 3.2.1. Confidence: inferred.

ttl-very-long (D29): resolvers keep the record for more than a day.

Seen as: a TTL over 86,400 seconds, so that a change is seen late.
Fix: give the record a TTL of an hour or less.
Source: RFC 1912 section 2.2. Confidence: inferred.
"""

from engine.dns.answers import TXT
from engine.dns.case import Case
from engine.dns.names import host_in, span
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

LONG_SECONDS = 86400


def judge(case: Case) -> Judgement:
    look, claim = case.look, case.claim
    if look is None:
        return
    if (claim.verified_at is not None or claim.verified) and case.nowhere:
        known = f"It was seen at {claim.verified_at.isoformat()}" if claim.verified_at else "GlobalSign has verified it"
        yield report(
            "record-removed",
            "blocker",
            effect="wrong",
            summary="The record was right once, and is gone.",
            seen=f"{known}; no server has it now.",
            why="The record must stay, because renewals use it.",
            fix=f"Add the TXT record again, name `{host_in(look.name, look.zone)}`.",
            servers=tuple(str(state.server) for state in case.good),
            who="dns_admin",
        )
    ttls = {
        rrset.ttl
        for state in case.holders
        if state.reply and state.reply.message and (rrset := state.reply.message.records(look.name, TXT))
    }
    if 0 in ttls:
        yield _note("ttl-zero", "Resolvers may not keep the record at all (TTL 0).", "Give it five minutes or more.")
    elif ttls and max(ttls) > LONG_SECONDS:
        yield _note(
            "ttl-very-long",
            f"Resolvers keep the record for {span(max(ttls))}, so a change is seen late.",
            "Give it an hour or less.",
        )


def _note(code: str, summary: str, fix: str) -> DnsFinding:
    return report(
        code,
        "note",
        summary=summary,
        seen="The TTL of the TXT record.",
        why="The TTL says how long a resolver may keep the record.",
        fix=fix,
        who="dns_admin",
    )
