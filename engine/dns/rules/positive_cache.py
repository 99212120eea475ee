"""old-records-cached (D17): a resolver still has the TXT records from before.

Seen as: every server has the value, a resolver gives TXT records without it that it fetched before.
Fix: wait until their TTL is over. Whether the name servers tell other places something else (D25) cannot be seen before.
Source: RFC 1035 section 3.2.1. Confidence: measured.

stale-records-served (D17): a resolver gives records whose time is over.

Seen as: the resolver says so itself (extended error 3), because it cannot reach the servers or refreshes later.
Fix: wait; if it lasts, find out why that resolver cannot reach the name servers.
Source: RFC 8767 section 5, RFC 8914. Confidence: measured.

value-in-cache-only (D17): a resolver still has the record, and no name server has it.

Seen as: the right value at a public resolver, and other TXT records or none at every server.
Fix: put the record back at the name servers, and find out what took it away.
Source: RFC 1035 section 3.2.1. Confidence: inferred.
"""

from engine.dns.answers import texts
from engine.dns.case import Case
from engine.dns.names import counted, said_of, span
from engine.dns.rules.caches import Cached, Held, answering, behind, failed_just_before, from_now, told_apart
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    found = [each for each in behind(case) if each.held is Held.OTHER and not told_apart(case, each)]
    for code, group in (
        ("old-records-cached", [each for each in found if not each.says_stale]),
        ("stale-records-served", [each for each in found if each.says_stale]),
    ):
        if group:
            yield _finding(case, code, group)
    if case.nowhere:
        yield from _in_cache_only(case)


def _in_cache_only(case: Case) -> Judgement:
    having = {str(each.server): rrset.ttl for each, rrset in answering(case) if case.claim.value in texts(rrset)}
    if having:
        yield report(
            "value-in-cache-only",
            "warning",
            summary=f"The record is held by {counted(len(having), 'resolver')} and by no name server.",
            seen=f"{said_of(tuple(having), 'gives the value')}, for {span(max(having.values()))} more.",
            why="It was there before, or the name servers tell other places something else than us.",
            fix="Put the record back at the name servers, and find out what took it away.",
            servers=tuple(having),
            who="dns_admin",
        )


def _finding(case: Case, code: str, group: list[Cached]) -> DnsFinding:
    recent = failed_just_before(case)
    seconds = max(each.seconds for each in group)
    servers = tuple(str(each.resolver.server) for each in group)
    return report(
        code,
        "blocker" if recent else "warning",
        effect="not_yet" if recent else None,
        summary=f"The TXT records from before are still held by {counted(len(servers), 'resolver')}.",
        seen=f"{said_of(servers, 'gives records without the value')}, all name servers have it.",
        why="A resolver keeps records until their TTL is over."
        if code == "old-records-cached"
        else "The resolver says that its records are out of date; it serves them until it can refresh them.",
        fix=f"Wait {span(seconds)}; GlobalSign asks its own caches, which may hold the same. If a resolver still gives them "
        "then, the name servers tell other places something else than us (D25).",
        servers=servers,
        who="nobody",
        eta=from_now(seconds),
        eta_reason=f"the remaining TTL at the resolver, {span(seconds)}",
    )
