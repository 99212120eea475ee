"""cname-followed (D10): the name is a CNAME, and what counts stands at its target.

Seen as: a CNAME at the domain; it was followed as a resolver does.
Fix: if the value is missing, add it at the target, or replace the CNAME.
Source: RFC 1034 section 3.6.2. Confidence: sourced.

cname-loop (D10): the CNAMEs lead in a circle.

Seen as: a name that comes up twice.
Fix: correct the CNAME.
Source: RFC 1034 section 3.6.2. Confidence: measured.

cname-chain-too-long (D10): the CNAMEs lead on and on.

Seen as: more than eight CNAMEs one after the other; resolvers give up at about that many.
Fix: let the CNAME point to its end directly.
Source: limits of common resolvers. Confidence: inferred.

cname-dangling (D10): the CNAME points to a name that does not exist.

Seen as: the target's zone does not exist or says NXDOMAIN.
Fix: replace the CNAME by the TXT record, or point it to an existing name.
Source: RFC 1034 section 3.6.2. Confidence: measured.

cname-beside-other-data (D10): a CNAME stands at the top of the zone or beside other records.

Seen as: a CNAME together with SOA, NS or TXT.
Fix: remove the CNAME; a TXT record cannot stand beside it.
Source: RFC 1034 section 3.6.2, RFC 2181 section 10.1. Confidence: sourced.

cname-on-some-servers (D10): some servers have a CNAME at the name, others do not.

Seen as: servers of one zone that send resolvers different ways.
Fix: make the zone the same on all servers.
Source: RFC 1034 section 4.3.5. Confidence: measured.
"""

import dns.rdatatype

from engine.dns.answers import CNAME, TXT, Look, Name, Server
from engine.dns.case import Case, badness
from engine.dns.names import said_of, text
from engine.dns.rules.model import DnsFinding, Judgement, Verdict, documented
from engine.dns.rules.model import no_questions as questions
from engine.findings import Severity

__all__ = ["judge", "questions"]

report = documented(__doc__)

DNAME = dns.rdatatype.DNAME
_RFC = "RFC 1034 section 3.6.2"
MOST_SHOWN = 12


def judge(case: Case) -> Judgement:
    look = case.answers.first
    if look is None:
        return
    aliased, plain = _split(look)
    if not aliased:
        return
    names = tuple(map(str, aliased))
    link = _link(look, aliased)
    way = " → ".join(map(text, _way(case, look)))
    end = case.answers.alias_end
    if end == "loop":
        yield _finding(
            "cname-loop",
            "The CNAMEs lead in a circle.",
            f"Remove {link} and add the TXT record in its place, or point it out of the circle.",
            names,
            "broken",
            seen=way,
        )
        return
    if end == "too long":
        yield _finding(
            "cname-chain-too-long",
            "The CNAMEs lead on and on.",
            f"Let {link} point to its end directly.",
            names,
            "broken",
            seen=way,
        )
        return
    if plain:
        yield _finding(
            "cname-on-some-servers",
            f"{said_of(names, 'has a CNAME')} at the name, {said_of(tuple(map(str, plain)), 'has not')}.",
            f"Make the zone {text(look.zone)} the same on all its servers.",
            names,
            "wrong",
        )
    if look.name == look.zone or _beside(look, aliased):
        yield _finding(
            "cname-beside-other-data",
            f"A CNAME stands at {text(look.name)} beside other records.",
            f"Remove the CNAME at {text(look.name)}; add the TXT record in its place.",
            names,
            "wrong" if not case.holders else None,
        )
    if end == "dangling" or _target_absent(case):
        yield _finding(
            "cname-dangling",
            f"{text(look.name)} is a CNAME to a name that does not exist.",
            f"Point {link} to an existing name with the record, or remove it and add the TXT record in its place.",
            names,
            "wrong",
            seen=way,
        )
    elif len(case.answers.looks) > 1:
        target = text(case.answers.looks[-1].name)
        missing = case.nowhere
        yield _finding(
            "cname-followed",
            f"{text(look.name)} is a CNAME to {target}, so what stands there counts.",
            f"Add the value at {target}, or remove {link} and add the TXT record in its place."
            if missing
            else "Nothing to do.",
            names,
            "wrong" if missing else None,
            seen=way,
            severity="note",
        )


def _link(look: Look, servers: tuple[Server, ...]) -> str:
    """The record that leads away from the name: its CNAME, or a DNAME above it, for which servers make up a CNAME."""
    replies = (look.txt(server) for server in servers)
    above = [
        rrset.name
        for reply in replies
        if reply and reply.message
        for rrset in reply.message.answer
        if rrset.rdtype == DNAME and look.name.is_subdomain(rrset.name)
    ]
    return f"the DNAME at {text(above[0])}" if above else f"the CNAME at {text(look.name)}"


def _way(case: Case, look: Look) -> list[Name]:
    """The names that the CNAMEs lead over, from the domain on; in a circle the last one has come up before."""
    replies = (each.txt(server) for each in case.answers.looks for server in each.servers)
    targets = {
        rrset.name: rrset[0].target
        for reply in replies
        if reply and reply.message
        for rrset in reply.message.answer
        if rrset.rdtype == CNAME
    }
    way = [look.name]
    while (target := targets.get(way[-1])) is not None and len(way) < MOST_SHOWN:
        way.append(target)
        if target in way[:-1]:
            break
    return way


def _split(look: Look) -> tuple[tuple[Server, ...], tuple[Server, ...]]:
    aliased: list[Server] = []
    plain: list[Server] = []
    for server in look.servers:
        reply = look.txt(server)
        if badness(look.zone, reply) is None and reply and reply.message:
            has = any(rrset.rdtype == CNAME for rrset in reply.message.answer)
            (aliased if has else plain).append(server)
    return tuple(aliased), tuple(plain)


def _beside(look: Look, servers: tuple[Server, ...]) -> bool:
    return any(
        (reply := look.txt(server))
        and reply.message
        and reply.message.records(look.name, CNAME)
        and reply.message.records(look.name, TXT)
        for server in servers
    )


def _target_absent(case: Case) -> bool:
    return bool(
        len(case.answers.looks) > 1
        and case.good
        and all(state.reply and state.reply.rcode == "NXDOMAIN" for state in case.good)
    )


def _finding(
    code: str,
    summary: str,
    fix: str,
    servers: tuple[str, ...],
    effect: Verdict | None,
    *,
    seen: str = "A CNAME record at the domain.",
    severity: Severity = "warning",
) -> DnsFinding:
    return report(
        code,
        "blocker" if effect else severity,
        effect=effect,
        summary=summary,
        seen=seen,
        why="A CNAME sends every question about the name to its target.",
        fix=fix,
        servers=servers,
        who="dns_admin" if effect or severity == "warning" else "nobody",
    )
