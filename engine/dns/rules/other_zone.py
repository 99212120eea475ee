"""value-in-other-zone (D3): the record was put into another zone of the same company.

Seen as: the value stands at another domain that was named as the company's.
Fix: move the record to the domain that is to be verified.
Source: GlobalSign looks at the entered domain alone. Confidence: sourced.

shadowed-by-delegation (D3): the record was put into the parent zone, below a delegation that hides it.

Seen as: a server of the parent zone gives the value, though the domain is a zone of its own elsewhere.
Fix: add the record in the domain's own zone, at the servers to which it is delegated.
Source: RFC 1034 section 4.2.1, zone cuts. Confidence: sourced.
"""

from engine.dns.answers import TXT, Question, final_records, txt_values
from engine.dns.case import Case
from engine.dns.names import listed, said_of, text
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    value = case.claim.value
    if value is None or case.holders:
        return
    for domain in case.claim.company_domains:
        resolved = case.answers.resolved.get(Question(domain, TXT))
        found = [
            b"".join(rdata.strings).decode("utf-8", "backslashreplace")
            for rrset in (final_records(resolved) if resolved else ())
            for rdata in rrset
        ]
        if value in found and domain != case.claim.domain:
            yield _finding(
                "value-in-other-zone",
                f"The record is at {text(domain)}, not at {case.claim.domain_text}.",
                f"The right value is at {text(domain)}.",
                "GlobalSign looks at the domain that was entered, at no other.",
                f"Move the record to {case.claim.domain_text}.",
                (),
            )
    look = case.answers.first
    servers = tuple(
        str(reply.server) for reply in case.answers.parent_replies if value in txt_values(reply, case.claim.domain)
    )
    if look is not None and servers:
        yield _finding(
            "shadowed-by-delegation",
            f"The record is in the zone above, where the delegation of {text(look.zone)} hides it.",
            f"{said_of(servers, 'has the value')}, but {text(look.zone)} is served elsewhere.",
            "What stands below a delegation in the parent zone is never asked for.",
            f"Add the record in the zone {text(look.zone)} itself, not in the zone above: "
            f"at {listed(tuple(map(text, look.parent_ns)))}.",
            servers,
        )


def _finding(
    code: str, summary: str, seen: str, why: str, fix: str, servers: tuple[str, ...]
) -> DnsFinding:  # fmt: skip
    return report(
        code,
        "blocker",
        effect="wrong",
        summary=summary,
        seen=seen,
        why=why,
        fix=fix,
        servers=servers,
        who="dns_admin",
    )
