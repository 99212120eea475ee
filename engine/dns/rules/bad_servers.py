"""server-silent (D15): a name server does not answer.

Seen as: no answer over UDP within the time-out.
Fix: ask the server's operator whether it is down or blocks this address.
Source: RFC 1034 section 5.3.3. Confidence: measured.

server-closed (D15): nothing listens at a name server's address.

Seen as: the address answers that the port is closed.
Fix: start the name server there, or take the address out of the delegation.
Source: RFC 1122 section 4.1.3.1. Confidence: measured.

server-unreachable (D15): there is no way to a name server's address.

Seen as: no route, or IPv6 that does not work.
Fix: correct the address or its network.
Source: RFC 3901. Confidence: measured.

server-private-address (D15): a name server has an address that the public internet cannot reach.

Seen as: a private, loopback or link-local address; it was not asked.
Fix: give the name server a public address.
Source: RFC 1918, RFC 6890. Confidence: sourced.

server-malformed (D15): a name server's answers cannot be read.

Seen as: bytes that are no DNS message.
Fix: ask the server's operator to repair it.
Source: RFC 1035 section 4. Confidence: measured.

server-refused (D15): a name server refuses to answer for the domain.

Seen as: REFUSED.
Fix: set up the zone on that server, or take it out of the delegation.
Source: RFC 1035 section 4.1.1. Confidence: measured.

server-failing (D15): a name server says that it has a fault.

Seen as: SERVFAIL or another error, often an expired secondary or a zone file with an error.
Fix: ask the server's operator; a secondary may have lost its primary.
Source: RFC 1035 section 4.1.1. Confidence: measured.

server-not-authoritative (D15): a name server answers without being authoritative for the domain.

Seen as: no AA flag.
Fix: set up the zone on that server, or take it out of the delegation.
Source: RFC 1912 section 2.8, lame delegation. Confidence: measured.

server-refers-upward (D15): a name server sends the question back up.

Seen as: a referral to the parent or the root.
Fix: set up the zone on that server, or take it out of the delegation.
Source: RFC 1912 section 2.8, lame delegation. Confidence: measured.

server-answers-from-cache (D15): a name server is a resolver that answers from its cache.

Seen as: an answer with the RA flag and without AA.
Fix: set up the zone on that server, or take it out of the delegation.
Source: RFC 1912 section 2.8, lame delegation. Confidence: measured.

tcp-refused (D15): a name server does not answer over TCP.

Seen as: UDP works, TCP does not.
Fix: open TCP port 53; large or signed answers need it.
Source: RFC 7766 section 5. Confidence: measured.

forged-answers (D15): answers arrived that do not belong to the question.

Seen as: a wrong id or question; they were ignored.
Fix: find out what stands between; someone may be forging answers.
Source: RFC 5452 section 9. Confidence: measured.

no-server-answers (D15): none of the domain's name servers gives a usable answer.

Seen as: every server is silent, refuses or fails.
Fix: repair the name servers or the delegation before anything else.
Source: RFC 1912 section 2.8. Confidence: measured.

parent-not-answering (D15): the way from the root to the domain ends too early.

Seen as: the servers of a zone above the domain give no usable answer.
Fix: if it is a registry, wait; if no zone answers at all, our own network is at fault.
Source: RFC 1034 section 5.3.3. Confidence: measured.

limit-reached (D15): this check stopped at one of its own limits.

Seen as: the number of queries, bytes or seconds for one check was used up.
Fix: check again; a healthy domain needs far less.
Source: limits of this check. Confidence: measured.
"""

from dataclasses import dataclass

import dns.name

from engine.dns.answers import Failure, Reply
from engine.dns.case import Bad, Case, badness
from engine.dns.names import counted, listed, said_of, text
from engine.dns.rules.caches import answering
from engine.dns.rules.model import DnsFinding, Judgement, Verdict, documented
from engine.dns.rules.model import no_questions as questions
from engine.findings import Severity, Who

__all__ = ["judge", "questions"]

report = documented(__doc__)


@dataclass(frozen=True, slots=True)
class _Wording:
    code: str
    says: str
    why: str
    fix: str


_LAME = "The delegation names it, but it does not serve the zone."
_SET_UP = "Set up the zone on that server, or take it out of the delegation."
_WORDINGS = {
    Bad.SILENT: _Wording(
        "server-silent",
        "does not answer",
        "It may be down, or block our address.",
        "Ask its operator whether it is down or blocks us.",
    ),
    Bad.CLOSED: _Wording(
        "server-closed",
        "does not run a name server",
        "The address says that the port is closed.",
        "Start the name server there, or take the address out of the delegation.",
    ),
    Bad.UNREACHABLE: _Wording(
        "server-unreachable",
        "cannot be reached",
        "There is no route to its address.",
        "Correct the address or its network.",
    ),
    Bad.PRIVATE: _Wording(
        "server-private-address",
        "has an address inside a network",
        "Private, loopback and link-local addresses cannot be reached from outside; it was not asked.",
        "Give the name server a public address.",
    ),
    Bad.MALFORMED: _Wording(
        "server-malformed",
        "sends answers that cannot be read",
        "They are no DNS messages.",
        "Ask its operator to repair it.",
    ),
    Bad.REFUSED: _Wording("server-refused", "refuses to answer (REFUSED)", _LAME, _SET_UP),
    Bad.SERVFAIL: _Wording(
        "server-failing",
        "says SERVFAIL",
        "A secondary may have lost its primary, or the zone file has an error.",
        "Ask its operator to repair the zone there.",
    ),
    Bad.ERROR: _Wording(
        "server-failing",
        "answers with an error",
        "It may not know the question, or the zone has an error.",
        "Ask its operator to repair it.",
    ),
    Bad.LAME: _Wording("server-not-authoritative", "is not authoritative", _LAME, _SET_UP),
    Bad.UPWARD: _Wording("server-refers-upward", "refers back up", _LAME, _SET_UP),
    Bad.RECURSIVE: _Wording(
        "server-answers-from-cache",
        "answers from a cache",
        "It is a resolver, not the zone's server.",
        _SET_UP,
    ),
}


def judge(case: Case) -> Judgement:
    yield from _stopped(case)
    yield from _limits(case)
    groups: dict[str, list[str]] = {}
    wordings: dict[str, _Wording] = {}
    for state in case.bad:
        if wording := _WORDINGS.get(state.bad) if state.bad else None:
            groups.setdefault(wording.code, []).append(str(state.server))
            wordings[wording.code] = wording
    for code, servers in groups.items():
        wording = wordings[code]
        yield _finding(
            code,
            f"{said_of(tuple(servers), wording.says)}.",
            f"{len(servers)} of {counted(len(case.states), 'address')}.",
            wording.why,
            wording.fix,
            servers=tuple(servers),
        )
    if case.states and not case.good:
        ours = any(state.bad is Bad.LIMIT for state in case.states) or all(map(case.is_our_side, case.states))
        yield _finding(
            "no-server-answers",
            "No name server of the domain gives a usable answer.",
            f"{counted(len(case.states), 'address')} asked.",
            "Whatever the record says, nobody can read it.",
            _first_of_all(case, ours=ours),
            severity="blocker",
            effect="unknown" if ours else "broken",
            servers=tuple(str(state.server) for state in case.states),
            who="network_admin" if ours else "dns_provider",
        )
    yield from _tcp(case)
    yield from _foreign(case)


def _first_of_all(case: Case, *, ours: bool) -> str:
    if ours:
        return "Check our own network."
    look = case.look
    if look and all((over := look.tcp.get(each.server)) and badness(look.zone, over) is None for each in case.states):
        return "Have the servers' larger answers reach the world over UDP; over TCP they do."
    if any(answering(case)):
        return "Ask the DNS provider whether its servers refuse our address, since elsewhere there is an answer."
    return "Repair the name servers or the delegation first."


def _stopped(case: Case) -> Judgement:
    zone = case.answers.stopped_at
    if zone is None:
        return
    ours = zone == dns.name.root or all(reply.failure is Failure.UNREACHABLE for reply in case.answers.stop_replies)
    private = any(reply.failure is Failure.PRIVATE for reply in case.answers.stop_replies)
    yield _finding(
        "server-private-address" if private else "parent-not-answering",
        f"The servers of {'the root' if zone == dns.name.root else text(zone)} give no usable answer.",
        _where_it_ended(case.answers.stop_replies),
        "Without them the domain's own servers cannot be found.",
        "Allow private addresses for this check, if they are meant."
        if private
        else "Check our own network and its rules for DNS."
        if ours
        else "Look again later; the registry's servers are at fault.",
        severity="blocker",
        effect="unknown" if ours or private else "broken",
        servers=tuple(dict.fromkeys(str(reply.server) for reply in case.answers.stop_replies)),
        who="network_admin" if ours or private else "dns_provider",
    )


def _where_it_ended(replies: tuple[Reply, ...]) -> str:
    if any(reply.failure is Failure.PRIVATE for reply in replies):
        return "Their addresses are private, so they were not asked."
    if any(reply.message and reply.message.recursion and not reply.message.authoritative for reply in replies):
        return "A resolver answers in their place, so something between here and them catches DNS questions."
    return "The way from the root ends there."


def _limits(case: Case) -> Judgement:
    if limits := case.answers.limits & {"queries", "seconds", "bytes", "sockets"}:
        yield _finding(
            "limit-reached",
            f"This check stopped at its limit on {listed(tuple(sorted(limits)))}.",
            f"{case.answers.queries} queries were sent.",
            "A healthy domain needs far less, so its servers are slow, broken or hostile.",
            "Check again; if it happens again, ask the DNS provider.",
            severity="blocker",
            effect="unknown",
            who="dns_provider",
        )


def _tcp(case: Case) -> Judgement:
    look = case.look
    if look is None:
        return
    without = tuple(
        str(state.server)
        for state in case.good
        if (reply := look.tcp.get(state.server)) and reply.message is None and reply.failure is not Failure.LIMIT
    )
    if without:
        yield _finding(
            "tcp-refused",
            f"{said_of(without, 'does not answer over TCP')}.",
            "UDP works, TCP does not.",
            "Large and signed answers, and resolvers under attack, need TCP.",
            "Open TCP port 53 on that server.",
            servers=without,
        )


def _foreign(case: Case) -> Judgement:
    look = case.look
    if look is None:
        return
    servers = tuple(
        dict.fromkeys(str(server) for (server, _), replies in look.replies.items() if any(r.foreign for r in replies))
    )
    if servers:
        yield _finding(
            "forged-answers",
            "Answers arrived that do not belong to the question.",
            "A wrong id or question; they were ignored.",
            "Something between us and the server forges or repeats answers.",
            "Find out what stands in between.",
            servers=servers,
            who="network_admin",
        )


def _finding(
    code: str,
    summary: str,
    seen: str,
    why: str,
    fix: str,
    *,
    severity: Severity = "warning",
    effect: Verdict | None = None,
    servers: tuple[str, ...] = (),
    who: Who = "dns_provider",
) -> DnsFinding:
    return report(
        code,
        severity,
        effect=effect,
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        servers=servers,
        who=who,
    )
