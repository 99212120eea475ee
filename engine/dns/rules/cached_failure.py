"""failure-cached (D18): a resolver still remembers that the domain could not be answered.

Seen as: every server answers well and DNSSEC is in order, a resolver says SERVFAIL.
Fix: wait up to five minutes.
Source: RFC 9520 section 3.2. Confidence: sourced.
"""

from engine.dns.case import Case
from engine.dns.names import counted, said_of
from engine.dns.rules.caches import Held, behind, failed_just_before, from_now
from engine.dns.rules.model import Judgement, Skipped, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

LONGEST_SECONDS = 300


def judge(case: Case) -> Judgement:
    if case.security.status == "bogus" or case.security.problems:
        yield Skipped("DNSSEC is broken, so a resolver's SERVFAIL needs no other cause.")
        return
    found = [each for each in behind(case) if each.held is Held.FAILURE]
    if not found:
        return
    recent = failed_just_before(case)
    servers = tuple(str(each.resolver.server) for each in found)
    said = "; ".join(dict.fromkeys(f"{code} {text}".strip() for each in found for code, text in each.message.errors))
    yield report(
        "failure-cached",
        "blocker" if recent else "warning",
        effect="not_yet" if recent else None,
        summary=f"The domain cannot be answered, by the word of {counted(len(servers), 'resolver')}; its servers answer well.",
        seen=f"{said_of(servers, 'says SERVFAIL')}{f' ({said})' if said else ''}.",
        why="A resolver remembers a failure for up to five minutes after it was repaired.",
        fix="Wait five minutes; if it lasts, the servers may answer that resolver in another way.",
        servers=servers,
        who="nobody",
        eta=from_now(LONGEST_SECONDS),
        eta_reason="the longest that a failure may be cached, five minutes",
    )
