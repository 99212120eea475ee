"""doubled-zone (D1): the record was created one level too deep, because the DNS host adds the zone's name itself.

Seen as: the value stands at `northwind.example.northwind.example` and not at `northwind.example`; also with only a part
of the name repeated.
Fix: type `@`, or leave the name empty, where the full domain was typed; in a zone file end the name with a dot.
Source: RFC 1035 section 5.1, names without a final dot. Confidence: sourced.
"""

from collections.abc import Iterator

from engine.dns.answers import TXT, Name, Question
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.dns.names import host_in, join, text
from engine.dns.rules.misfits import and_the_value, seen_at
from engine.dns.rules.model import Judgement, documented

report = documented(__doc__)


def doubled_names(domain: Name, zone: Name) -> tuple[Name, ...]:
    """The names at which the record ends up when a panel or zone file appends the zone to what was typed."""
    first = domain.labels[0].decode("ascii", "replace")
    candidates = [join(domain, zone), join(domain, domain), join(first, domain), join(first, zone)]
    if domain != zone:
        candidates += [join(zone, zone), join(host_in(domain, zone), domain)]
    for suffix_at in range(1, len(domain.labels) - 1):
        candidates.append(join(Name(domain.labels[:suffix_at]), zone))
    return tuple(dict.fromkeys(name for name in candidates if name and name != domain and name.is_subdomain(zone)))


def questions(claim: Claim, zone: Name) -> Iterator[Question]:
    return (Question(name, TXT) for name in doubled_names(claim.domain, zone))


def judge(case: Case) -> Judgement:
    look = case.answers.first
    if look is None or not case.nowhere or case.claim.value is None:
        return
    host = host_in(case.claim.domain, look.zone)
    typed = "Leave the name field empty or type `@`" if host == "@" else f"Type `{host}` in the name field"
    for name in doubled_names(case.claim.domain, look.zone):
        if found := case.misplaced(name):
            value, servers = found
            yield report(
                "doubled-zone",
                "blocker",
                effect="wrong",
                summary=f"The record is at {text(name)}, not at {case.claim.domain_text}.",
                seen=seen_at(name, value, case.claim.value),
                why="The DNS host adds the zone's name to whatever stands in the name field.",
                fix=f"{typed} instead of the full domain; {and_the_value(value, case.claim.value)}.{case.how_to_enter}",
                servers=tuple(map(str, servers)),
                who="dns_admin",
            )
