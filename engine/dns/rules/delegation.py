"""delegation-differs (D14): the parent names other servers than the zone itself.

Seen as: the NS records of the registry and those in the zone are not the same set.
Fix: make the NS records in the zone and those at the registrar the same.
Source: RFC 1034 section 4.2.2. Confidence: sourced.

glue-differs (D14): the registry holds another address for a name server than the name server's own zone.

Seen as: glue and address records differ.
Fix: correct the host's addresses at the registrar.
Source: RFC 1912 section 2.3. Confidence: sourced.

server-without-address (D14): a name server's name has no address.

Seen as: the name cannot be resolved from the root, or in a circle only.
Fix: correct the name, or give it an address.
Source: RFC 1912 section 2.8. Confidence: sourced.

no-server-found (D14): none of the domain's name servers has an address, so nobody can ask it anything.

Seen as: the delegation names servers that cannot be resolved, or only in a circle.
Fix: correct the name servers at the registrar.
Source: RFC 1034 section 4.2.2. Confidence: sourced.

cut-on-some-servers (D14): some servers of the zone above delegate the domain, others answer it themselves.

Seen as: a referral from one server and an authoritative answer from another, for the same question.
Fix: make the zone above the same on all its servers.
Source: RFC 1034 section 4.2.1. Confidence: measured.

too-many-servers (D14): more name servers or addresses than are asked here.

Seen as: a delegation beyond 20 names or 32 addresses, or names that lead to ever more names.
Fix: name fewer servers.
Source: limits of this check; RFC 1912 section 2.8 advises at most seven servers. Confidence: inferred.
"""

from engine.dns.answers import Listed, Look, txt_values
from engine.dns.case import Case
from engine.dns.names import listed, said_of, text
from engine.dns.rules.model import DnsFinding, Judgement, Skipped, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

HARD_LIMITS = frozenset({"queries", "seconds", "bytes", "sockets"})
_RFC = "RFC 1034 section 4.2.2"


def judge(case: Case) -> Judgement:
    look = case.answers.first
    if look is None:
        return
    if limits := case.answers.limits & {"name servers", "addresses", "delegations"}:
        yield _warning(
            "too-many-servers",
            "The domain names more servers than are asked here.",
            f"The limit on {listed(tuple(sorted(limits)))} was reached.",
            "Name fewer servers for the domain.",
        )
    if not look.servers and case.answers.limits & HARD_LIMITS:
        yield Skipped("The check stopped at a limit before the name servers had addresses.")
        return
    if not look.servers:
        yield report(
            "no-server-found",
            "blocker",
            effect="broken",
            summary=f"None of the name servers of {text(look.zone)} has an address.",
            seen=f"The delegation names {listed(tuple(map(text, look.parent_ns)))}.",
            why="Without an address nobody can ask the domain anything.",
            fix="Correct the name servers at the registrar, or give them addresses.",
            servers=tuple(name.to_text() for name in look.unresolved),
            who="dns_admin",
        )
        return
    yield from _cut(case, look)
    yield from _differs(look)
    yield from _glue(case, look)
    if look.unresolved:
        yield _warning(
            "server-without-address",
            f"{said_of(tuple(map(text, look.unresolved)), 'has no address')}.",
            "The name could not be resolved from the root.",
            "Correct the name server's name, or give it an address.",
            tuple(name.to_text() for name in look.unresolved),
        )


def _cut(case: Case, look: Look) -> Judgement:
    own = {server.address for server in look.servers}
    odd = [
        reply
        for reply in case.answers.parent_replies
        if reply.message and reply.message.authoritative and reply.server.address not in own
    ]
    if not odd:
        return
    same = all(case.claim.value in txt_values(reply, case.claim.domain) for reply in odd)
    servers = tuple(str(reply.server) for reply in odd)
    yield report(
        "cut-on-some-servers",
        "warning" if same else "blocker",
        effect=None if same else "wrong",
        summary=f"{said_of(servers, 'answers for')} {text(look.zone)} itself, though the domain is delegated elsewhere.",
        seen="Other servers of the zone above delegate it, or its parent says so.",
        why="Which answer a resolver gets depends on the server that it happens to ask.",
        fix="Make the zone above the same on all its servers.",
        servers=servers,
        who="dns_admin",
    )


def _differs(look: Look) -> Judgement:
    odd = tuple(name for name, listing in look.listed.items() if listing is not Listed.BOTH)
    if odd:
        only_parent = tuple(name for name in odd if look.listed[name] is Listed.PARENT)
        only_zone = tuple(name for name in odd if look.listed[name] is Listed.ZONE)
        sides = [f"Only the registry names {_bare(only_parent)}"] if only_parent else []
        sides += [f"{'only' if sides else 'Only'} the zone names {_bare(only_zone)}"] if only_zone else []
        yield _warning(
            "delegation-differs",
            "The registry names other servers than the zone itself.",
            f"{'; '.join(sides)}.",
            "Make the NS records in the zone the same as the name servers at the registrar.",
            odd,
        )


def _bare(names: tuple[str, ...]) -> str:
    return listed(tuple(name.removesuffix(".") for name in names))


def _glue(case: Case, look: Look) -> Judgement:
    cut = case.answers.cuts.get(look.zone)
    if cut is None or cut.delegation is None:
        return
    for name, glue in cut.glue.items():
        own = case.answers.addresses.get(name)
        if own and set(own) != set(glue):
            yield _warning(
                "glue-differs",
                f"The registry has another address for {text(name)} than its own zone.",
                f"Registry: {listed(tuple(sorted(glue)))}; zone: {listed(tuple(sorted(own)))}.",
                f"Correct the addresses of {text(name)} at the registrar.",
                tuple(f"{name.to_text()} {address}" for address in sorted(set(glue) ^ set(own))),
            )


def _warning(
    code: str, summary: str, seen: str, fix: str, servers: tuple[str, ...] = ()
) -> DnsFinding:  # fmt: skip
    return report(
        code,
        "warning",
        summary=summary,
        seen=seen,
        why="Resolvers may ask either set of servers.",
        fix=fix,
        servers=servers,
        who="dns_admin",
    )
