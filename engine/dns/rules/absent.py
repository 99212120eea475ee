"""nxdomain (D12): the name does not exist in its zone.

Seen as: every server that answers says NXDOMAIN.
Fix: add the TXT record; that creates the name.
Source: RFC 2308 section 2.1, RFC 8020. Confidence: sourced.

no-txt-record (D12): the name exists, but has no TXT record.

Seen as: an empty answer (NODATA).
Fix: add the TXT record beside the records that are there.
Source: RFC 2308 section 2.2. Confidence: sourced.

empty-non-terminal (D12): the name exists only because there are names below it.

Seen as: no record of any kind at the name, while names below it have some.
Fix: add the TXT record at the name itself.
Source: RFC 8020 section 2, RFC 7719. Confidence: inferred.

value-not-among-txt (D12): the domain has TXT records, none of which is the wanted value.

Seen as: TXT records for other purposes only.
Fix: add the value as one more TXT record and leave the others as they are.
Source: Elexon, Step 5. Confidence: sourced.
"""

from collections.abc import Iterator

import dns.rdatatype

from engine.dns.answers import Look, Name, Question
from engine.dns.case import Case
from engine.dns.claim import Claim
from engine.dns.names import host_in, listed, quoted, text
from engine.dns.rules.model import Judgement, Skipped, documented
from engine.dns.suffixes import is_public_suffix

report = documented(__doc__)

_OTHERS = (dns.rdatatype.A, dns.rdatatype.MX)


def questions(claim: Claim, zone: Name) -> Iterator[Question]:
    return (Question(claim.domain, kind) for kind in _OTHERS if claim.domain != zone)


def judge(case: Case) -> Judgement:
    look = case.look
    if case.claim.value is None:
        yield Skipped("No value was given, so none can be missing.")
        return
    if (
        look is None
        or not case.nowhere
        or is_public_suffix(case.claim.domain)
        or case.answers.alias_end in ("loop", "too long")
    ):
        return
    code, summary, seen = _which(case, look)
    host = host_in(look.name, look.zone)
    servers = tuple(str(state.server) for state in case.good)
    names = tuple(dict.fromkeys(state.server.name.removesuffix(".") for state in case.good))
    yield report(
        code,
        "blocker",
        effect="wrong",
        summary=summary,
        seen=seen,
        why=f"The zone is {text(look.zone)}; the world asks {listed(names)}.",
        fix=f"Add a TXT record named `{host}` in the zone {text(look.zone)}, at the DNS host that runs these servers."
        f"{case.how_to_enter}",
        servers=servers,
        who="dns_admin",
    )


def _which(case: Case, look: Look) -> tuple[str, str, str]:
    name = text(look.name)
    if case.seen_values:
        some = listed(tuple(quoted(value, 60) for value in case.seen_values), 3)
        return (
            "value-not-among-txt",
            f"{name} has TXT records, but not this value.",
            f"There is {some}.",
        )
    if all(state.reply and state.reply.rcode == "NXDOMAIN" for state in case.good):
        return "nxdomain", f"{name} does not exist yet.", "Every server says NXDOMAIN."
    if _empty_non_terminal(case, look):
        seen = "It has no record of any kind; there are only names below it."
        return "empty-non-terminal", f"{name} has no records of its own.", seen
    return "no-txt-record", f"{name} has no TXT record.", "The answer is empty (NODATA)."


def _empty_non_terminal(case: Case, look: Look) -> bool:
    if look.name == look.zone:
        return False
    here = [
        reply.message
        for (_server, question), replies in look.replies.items()
        for reply in replies
        if question.name == look.name and question.type in _OTHERS and reply.message
    ]
    below = any(
        question.name != look.name and question.name.is_subdomain(look.name) and replies[0].rcode == "NOERROR"
        for (_server, question), replies in look.replies.items()
        if replies
    )
    return below and bool(here) and all(not message.answer and message.rcode == "NOERROR" for message in here)
