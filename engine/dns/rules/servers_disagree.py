"""secondary-lag (D13): some servers still have an older copy of the zone.

Seen as: the servers without the value have a lower serial than those with it.
Fix: nothing; they copy the zone within the SOA's refresh time.
Source: RFC 1982, RFC 1035 section 3.3.13. Confidence: sourced.

newer-serial-lost-record (D13): a newer copy of the zone has lost the record.

Seen as: the servers without the value have a higher serial than those with it.
Fix: add the record again where the zone is edited now; something overwrote it.
Source: RFC 1982. Confidence: sourced.

same-serial-differs (D13): servers with the same serial have different content.

Seen as: the same serial with and without the value.
Fix: raise the serial or have the provider transfer the zone afresh; the copies will not meet by themselves.
Source: RFC 1982, RFC 1995. Confidence: inferred.

two-providers (D13): the domain is served by two providers, and only one has the record.

Seen as: the servers belong to different providers, whose zones are edited apart.
Fix: add the record at the other provider too.
Source: SOA main server (MNAME) and name servers of each group. Confidence: inferred.

serial-unknown (D13): some servers lack the value, and do not say how old their copy is.

Seen as: no SOA answer from these servers.
Fix: ask the DNS provider why these servers differ.
Source: RFC 1035 section 3.3.13. Confidence: inferred.
"""

from datetime import timedelta

from engine.dns.answers import Look
from engine.dns.case import Case, State, soa_of
from engine.dns.names import listed, said_of, serial_before, span
from engine.dns.providers import provider_of
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

MIN_REFRESH, MAX_REFRESH = 60, 7 * 86400


def judge(case: Case) -> Judgement:
    look = case.look
    if look is None or not case.holders or not case.lackers or case.strays:
        return
    groups: dict[str, list[State]] = {}
    for state in case.lackers:
        if state.server in case.flapping or state in case.left_behind:
            continue
        groups.setdefault(_kind(case, look, state), []).append(state)
    for code, states in groups.items():
        yield _finding(case, look, code, tuple(states))


def _kind(case: Case, look: Look, state: State) -> str:
    if _other_provider(case, look, state):
        return "two-providers"
    serials = [holder.serial for holder in case.holders if holder.serial is not None]
    if state.serial is None or not serials:
        return "serial-unknown"
    if all(serial_before(state.serial, serial) for serial in serials):
        return "secondary-lag"
    if all(serial_before(serial, state.serial) for serial in serials):
        return "newer-serial-lost-record"
    return "same-serial-differs"


def _other_provider(case: Case, look: Look, state: State) -> bool:
    mine = soa_of(look, state.server)
    theirs = [soa for holder in case.holders if (soa := soa_of(look, holder.server))]
    if mine is None or not theirs or any(mine.mname == soa.mname for soa in theirs):
        return False
    names = {provider.key for holder in case.holders if (provider := provider_of((holder.server.name,)))}
    own = provider_of((state.server.name,))
    if own and names:
        return own.key not in names
    return all(mine.rname != soa.rname or mine.refresh != soa.refresh for soa in theirs)


def _finding(case: Case, look: Look, code: str, states: tuple[State, ...]) -> DnsFinding:
    servers = tuple(str(state.server) for state in states)
    have, all_good = len(case.holders), len(case.good)
    who_lack = tuple(sorted({state.server.name.removesuffix(".") for state in states}))
    names = listed(who_lack)
    serials = listed(tuple(sorted({state.serial for state in states if state.serial is not None})))
    held = listed(tuple(sorted({state.serial for state in case.holders if state.serial is not None})))
    summary = f"{have} of {all_good} servers {'has' if have == 1 else 'have'} the record."
    rest = "the other has" if have == 1 else "the others have"
    seen = f"{said_of(servers, 'has not')} (serial {serials}); {rest} (serial {held})."
    if code == "secondary-lag":
        soa = case.soa
        refresh = min(max(soa.refresh, MIN_REFRESH), MAX_REFRESH) if soa else 3600
        return report(
            code,
            "blocker",
            effect="not_yet",
            summary=summary,
            seen=seen,
            why=f"These servers copy the zone every {span(refresh)}, or when they are notified.",
            fix=f"Nothing to do: {said_of(who_lack, 'copies the zone from the others')}. If the record is still missing there "
            f"in {span(refresh)}, ask the DNS provider about the zone transfer.",
            servers=servers,
            who="nobody",
            eta=timedelta(seconds=refresh),
            eta_reason=f"the SOA's refresh time, {span(refresh)}",
        )
    why, fix, who = {
        "newer-serial-lost-record": (
            "A newer version of the zone no longer has the record, so the others will lose it too.",
            "Add the record again where the zone is edited now, and find out what overwrote it.",
            "dns_admin",
        ),
        "same-serial-differs": (
            "Copies with the same serial count as the same, so they are not transferred again.",
            "Save the zone again so that its serial rises, or ask the DNS provider to transfer it afresh.",
            "dns_admin",
        ),
        "two-providers": (
            "The domain is served by two providers whose zones are edited apart.",
            f"Add the record at the provider of {names} too.",
            "dns_admin",
        ),
        "serial-unknown": (
            "These servers do not say which version of the zone they have.",
            "Ask the DNS provider why these servers differ from the others.",
            "dns_provider",
        ),
    }[code]
    return report(
        code,
        "blocker",
        effect="wrong",
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        servers=servers,
        who="dns_provider" if who == "dns_provider" else "dns_admin",
    )
