"""literal-at-sign (D2): the record was created at a host that is really called `@`.

Seen as: the value stands at `@.northwind.example`.
Fix: leave the name field empty, or write the domain with a final dot, since this host takes `@` literally.
Source: RFC 1035 section 5.1; GlobalSign's TXT value belongs to the domain itself. Confidence: sourced.

wrong-host-name (D2): the record was created at a host below the domain, not at the domain itself.

Seen as: the value stands at `www`, `_globalsign-domain-verification`, `_dnsauth` or `_acme-challenge` below the domain.
Fix: move the record to the domain itself, in most panels `@`.
Source: Elexon, Step 5: name `@`; some third-party guides name the prefix as host. Confidence: sourced.

wrong-level (D2): the record stands at the domain above the one that was entered.

Seen as: the value is at `northwind.example`, while `dip.northwind.example` is to be verified.
Fix: add it at the entered name too, or enter the domain that holds it.
Source: Elexon, Step 5. Confidence: inferred.
"""

from collections.abc import Iterator

from engine.dns.answers import TXT, Name, Question
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.dns.names import host_in, join, text
from engine.dns.rules.misfits import and_the_value, seen_at
from engine.dns.rules.model import Judgement, documented

report = documented(__doc__)

HOSTS = ("@", "www", "_globalsign-domain-verification", "globalsign-domain-verification", "_dnsauth", "_acme-challenge")


def _below(domain: Name) -> tuple[Name, ...]:
    return tuple(name for host in HOSTS if (name := join(_host(host), domain)) and name != domain)


def _host(label: str) -> Name:
    return Name([label.encode("ascii")])


def _above(domain: Name, zone: Name) -> tuple[Name, ...]:
    names, name = [], domain
    while name != zone and name.is_subdomain(zone):
        name = name.parent()
        names.append(name)
    return tuple(names)


def questions(claim: Claim, zone: Name) -> Iterator[Question]:
    names = (*_below(claim.domain), *_above(claim.domain, zone))
    return (Question(name, TXT) for name in dict.fromkeys(names))


def judge(case: Case) -> Judgement:
    look = case.answers.first
    if look is None or not case.nowhere or case.claim.value is None:
        return
    domain, wanted = case.claim.domain, case.claim.value
    host = host_in(domain, look.zone)
    for name in (*_below(domain), *_above(domain, look.zone)):
        if not (found := case.misplaced(name)):
            continue
        value, servers = found
        value_too = and_the_value(value, wanted)
        literal = name.labels[0] == b"@"
        above = domain.is_subdomain(name)
        yield report(
            "literal-at-sign" if literal else "wrong-level" if above else "wrong-host-name",
            "blocker",
            effect="wrong",
            summary=f"The record is at {text(name)}, not at {case.claim.domain_text}.",
            seen=seen_at(name, value, wanted),
            why="This DNS host takes `@` as a name like any other."
            if literal
            else "GlobalSign looks at the entered domain itself, at no other name.",
            fix=f"Move the record to {case.claim.domain_text}: leave the name field empty; {value_too}."
            if literal
            else f"Move the record to {case.claim.domain_text}, name `{host}`; {value_too}.{case.how_to_enter}",
            servers=tuple(map(str, servers)),
            who="dns_admin",
        )
