"""answers-differ-by-source (D25): the name servers answer resolvers elsewhere in another way than us.

Seen as: a public resolver has no such record, with the serial that the servers show us now or a newer one; or it has
other records that it fetched no earlier than that serial.
Fix: take the domain's TXT record out of geographic or allow-listed answers.
Source: CA/Browser Forum ballot SC-067, several points of view must agree. Confidence: inferred.

answered-elsewhere (D25): no name server answers us, but a resolver elsewhere has an answer.

Seen as: refusals or silence from every server, and TXT records at a public resolver.
Fix: ask the DNS provider whether its servers refuse our address; check from another network.
Source: RFC 5358 and response rate limiting are reasons to refuse an address. Confidence: inferred.

Answers that differ by source can only be guessed from one place; where nothing points to it, the check says that it
could not be judged.
"""

from engine.dns.case import Case
from engine.dns.names import said_of
from engine.dns.rules.caches import Held, answering, behind, told_apart
from engine.dns.rules.model import DnsFinding, Judgement, Skipped, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    if case.states and not case.good and (elsewhere := tuple(str(each.server) for each, _ in answering(case))):
        yield _answered_elsewhere(elsewhere)
        return
    soa = case.soa
    odd = [each for each in behind(case) if told_apart(case, each)]
    if not odd:
        yield Skipped("Whether the servers answer other places in another way cannot be seen from here.")
        return
    servers = tuple(str(each.resolver.server) for each in odd)
    what = "other records" if all(each.held is Held.OTHER for each in odd) else "no such record"
    yield report(
        "answers-differ-by-source",
        "blocker",
        effect="unknown",
        summary="The name servers seem to answer other places in another way than us.",
        seen=f"{said_of(servers, f'has {what}')}, from the present version of the zone (serial {soa.serial if soa else 0}).",
        why="GlobalSign looks from several places, and most of them must see the record.",
        fix="Make the servers give the TXT record to everybody: no geographic answers, no list of allowed addresses.",
        servers=servers,
        who="dns_admin",
    )


def _answered_elsewhere(resolvers: tuple[str, ...]) -> DnsFinding:
    return report(
        "answered-elsewhere",
        "warning",
        summary="No name server answers us, but elsewhere there is an answer.",
        seen=f"{said_of(resolvers, 'gives TXT records')} for the domain.",
        why="The servers may refuse our address, or the resolver holds an answer from before.",
        fix="Ask the DNS provider whether its servers refuse our address, and check from another network.",
        servers=resolvers,
        who="dns_provider",
    )
