"""edited-old-provider (D14): the record stands at servers that the world does not ask.

Seen as: the value is at servers that only the zone, or only its parent, still names, and not at the others; or only a
resolver has it, from a zone with another main server.
Fix: add the record at the provider to whose servers the domain is delegated.
Source: RFC 1034 section 4.2.2. Confidence: sourced.

left-behind-in-delegation (D14): the registry still names a server that the zone has left, and it lacks the record.

Seen as: a server that only the parent names, or an address that only its glue has, without the value; the zone's own
servers have it.
Fix: take the server or address out of the delegation at the registrar.
Source: RFC 1034 section 4.2.2, RFC 1912 section 2.3. Confidence: sourced.

earlier-value-at-old-provider (D14): an earlier value stands at servers that the world does not ask.

Seen as: the value of an earlier claim is at servers that the domain is no longer delegated to, the wanted one nowhere.
Fix: add the record at the provider to whose servers the domain is delegated, not where it was added last time.
Source: RFC 1034 section 4.2.2. Confidence: sourced.

earlier-values-gone (D14): none of the earlier values is at the domain any more, so it may have moved to another provider.

Seen as: values of earlier claims are known, and no server has any of them, nor the wanted one.
Fix: look whether the record was added at the provider that the domain had before.
Source: RFC 1034 section 4.2.2. Confidence: inferred.
"""

import dns.rdatatype

from engine.dns.answers import TXT, Listed, Look, Recursive, texts
from engine.dns.case import Case, State
from engine.dns.names import listed, said_of, text
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions
from engine.findings import Severity

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    look, wanted = case.look, case.claim.value
    if look is None or wanted is None or look is not case.answers.first or not case.good:
        return
    strays = tuple(str(state.server) for state in case.strays)
    if elsewhere := strays or _only_resolvers(case, look, frozenset({wanted})):
        yield _edited(case, elsewhere)
        return
    if case.left_behind:
        yield _left_behind(case)
    if not case.nowhere or not case.claim.previous:
        return
    earlier = frozenset(case.claim.previous)
    if elsewhere := _only_undelegated(case, look, earlier) or _only_resolvers(case, look, earlier):
        yield _earlier(case, look, elsewhere)
    elif not earlier & set(case.seen_values):
        yield _gone(look)


def _only_undelegated(case: Case, look: Look, values: frozenset[str]) -> tuple[str, ...]:
    """Servers that have one of the values, where the registry names none of them, and those that it names lack it."""
    delegated = [state for state in case.good if look.listed.get(state.server.name) is not Listed.ZONE]
    if not delegated or any(values & set(state.values) for state in delegated):
        return ()
    return tuple(str(state.server) for state in case.good if values & set(state.values))


def _only_resolvers(case: Case, look: Look, values: frozenset[str]) -> tuple[str, ...]:
    """Public resolvers that have one of the values, from a zone with another main server, where no server has it."""
    if any(values & set(state.values) for state in case.good):
        return ()
    return tuple(
        str(each.server)
        for each in case.answers.resolvers
        if not each.system and values & _values(each) and _main_server_differs(case, look, each)
    )


def _values(resolver: Recursive) -> set[str]:
    message = resolver.txt.message
    records = [each for each in message.answer if each.rdtype == TXT] if message else []
    return {value for each in records for value in texts(each)}


def _main_server_differs(case: Case, look: Look, resolver: Recursive) -> bool:
    message = resolver.soa.message if resolver.soa else None
    theirs = message.records(look.zone, dns.rdatatype.SOA) if message else None
    return theirs is not None and case.soa is not None and theirs[0].mname != case.soa.mname


def _named(look: Look) -> str:
    return listed(tuple(map(text, look.parent_ns)))


def _edited(case: Case, elsewhere: tuple[str, ...]) -> DnsFinding:
    asked = listed(_names(case.lackers))
    left = any(case.named_by(state) is Listed.PARENT for state in case.strays)
    return _finding(
        "edited-old-provider",
        "The record is only at name servers that the zone itself has left."
        if left
        else "The record is at name servers that the domain is not delegated to.",
        f"{said_of(elsewhere, 'has it')}; it is missing at {asked}.",
        "The record was added at another provider than the one that serves the domain.",
        f"Add the record at the provider of {asked}, or correct the name servers at the registrar.{case.how_to_enter}",
        elsewhere,
    )


def _left_behind(case: Case) -> DnsFinding:
    servers = tuple(str(state.server) for state in case.left_behind)
    named = listed(tuple(f"{each.server.name.removesuffix('.')} ({each.server.address})" for each in case.left_behind))
    return _finding(
        "left-behind-in-delegation",
        "The registry still sends resolvers to a server that the zone has left, and that lacks the record.",
        f"Only the registry names {named}; the zone's own servers have the record.",
        "Resolvers that ask it do not find the record.",
        f"Have {named} removed or corrected at the registrar, or add the record there too.",
        servers,
    )


def _names(states: tuple[State, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state.server.name.removesuffix(".") for state in states))


def _earlier(case: Case, look: Look, elsewhere: tuple[str, ...]) -> DnsFinding:
    return _finding(
        "earlier-value-at-old-provider",
        "The provider that had the earlier record is not the one that the world asks now.",
        f"{said_of(elsewhere, 'has an earlier value')}; {_named(look)}, which the registry names, have none.",
        "The domain has moved to another provider since the earlier claim.",
        f"Add the record at the provider of {_named(look)}.{case.how_to_enter}",
        elsewhere,
    )


def _gone(look: Look) -> DnsFinding:
    return _finding(
        "earlier-values-gone",
        "The earlier records are gone too, so the domain may have moved to another DNS provider.",
        f"{_named(look)} have neither the present value nor an earlier one.",
        "A zone that moves without all its records loses them, and people go on editing the old one.",
        f"Look whether the record was added at the provider before; it belongs to the provider of {_named(look)}.",
        (),
        severity="warning",
    )


def _finding(
    code: str,
    summary: str,
    seen: str,
    why: str,
    fix: str,
    servers: tuple[str, ...],
    *,
    severity: Severity = "blocker",
) -> DnsFinding:
    return report(
        code,
        severity,
        effect="wrong" if severity == "blocker" else None,
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        servers=servers,
        who="dns_admin",
    )
