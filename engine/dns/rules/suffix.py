"""public-suffix (D28): the name is a public suffix, which nobody can own.

Seen as: the name is on the Public Suffix List, such as `co.uk`.
Fix: enter the company's own domain.
Source: Public Suffix List. Confidence: sourced.

not-registered (D28): the domain is not registered, or the registry has put it on hold.

Seen as: the registry's servers say NXDOMAIN; both cases look the same from outside.
Fix: check the spelling, then ask the registrar whether the domain is registered, paid and not on hold.
Source: RFC 2308 section 2.1; ICANN EPP status codes, clientHold. Confidence: measured.

platform-name (D28): the name belongs to a platform that gives names to its customers.

Seen as: the name stands directly below a private suffix of the Public Suffix List.
Fix: enter the company's own domain.
Source: Public Suffix List, private section. Confidence: sourced.

parked (D28): the domain is parked.

Seen as: the servers of a parking service, which answer every name.
Fix: move the domain to a DNS host where records can be added.
Source: name servers of known parking services. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.names import listed, text
from engine.dns.providers import is_parking
from engine.dns.rules.model import DnsFinding, Judgement, Verdict, documented
from engine.dns.rules.model import no_questions as questions
from engine.dns.suffixes import is_platform_name, is_public_suffix, registrable
from engine.findings import Severity, Who

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    domain, name = case.claim.domain, case.claim.domain_text
    if is_public_suffix(domain):
        yield _finding(
            "public-suffix",
            f"{name} is a public suffix, not a company's domain.",
            "It is on the Public Suffix List." if len(domain) > 2 else "It is a single name, as top-level domains are.",
            "Nobody can own it, so GlobalSign does not verify it.",
            "Enter the company's own domain.",
            "wrong",
            "certificate_admin",
        )
        return
    above = case.answers.absent_below
    platform = is_platform_name(domain)
    absent = all(reply.rcode == "NXDOMAIN" for reply in case.answers.stop_replies)
    if above is not None and not case.answers.looks and (absent or not platform):
        servers = tuple(str(reply.server) for reply in case.answers.stop_replies)
        yield _finding(
            "not-registered",
            f"{text(registrable(domain))} is not registered, or is on hold.",
            f"The servers of {text(above)} say that it does not exist.",
            "A domain that is not registered and one on hold look the same from outside.",
            "Check the spelling, then ask the registrar whether the domain is registered, paid for and not on hold.",
            "wrong",
            "dns_admin",
            servers,
        )
    look = case.answers.first
    if look is not None and is_parking(server.to_text() for server in look.parent_ns):
        yield _finding(
            "parked",
            f"{text(look.zone)} is parked.",
            f"Its name servers are {listed(tuple(map(text, look.parent_ns)))}.",
            "A parking service answers every name and holds no records of the owner's.",
            "Move the domain to a DNS host where records can be added.",
            "wrong" if case.nowhere else None,
            "dns_admin",
        )
    if platform:
        of_its_own = look is not None and not is_public_suffix(look.zone)
        yield _finding(
            "platform-name",
            f"{name} is given out under {text(registrable(domain).parent())}, which belongs to somebody else.",
            "The name above it is a private suffix of the Public Suffix List.",
            "GlobalSign verifies domains that the company controls.",
            "Nothing to do if the company holds it; else enter the company's own domain."
            if of_its_own
            else "Enter the company's own domain.",
            "wrong" if look is None and above is not None and not absent else None,
            "certificate_admin",
            severity="note" if of_its_own else "warning",
        )


def _finding(
    code: str,
    summary: str,
    seen: str,
    why: str,
    fix: str,
    effect: Verdict | None,
    who: Who,
    servers: tuple[str, ...] = (),
    severity: Severity = "warning",
) -> DnsFinding:
    return report(
        code,
        "blocker" if effect else severity,
        effect=effect,
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        servers=servers,
        who=who,
    )
