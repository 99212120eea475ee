"""value-in-other-type (D9): the value was entered as another record type than TXT.

Seen as: the value in a record of the obsolete type SPF (99), in a CAA record, or as a CNAME's target.
Fix: delete that record and add the value as TXT.
Source: Elexon, Step 5: type TXT; RFC 7208 section 3.1 on type SPF. Confidence: sourced.

answer-too-large (D9): the TXT records are too large for UDP, and TCP does not work.

Seen as: a cut-off answer (TC flag) from a server that does not answer over TCP.
Fix: open TCP port 53 on that server, or remove TXT records that are no longer needed.
Source: RFC 7766 section 5; DNS flag day 2020 on 1232 bytes. Confidence: measured.
"""

from collections.abc import Iterator

import dns.rdatatype

from engine.dns.answers import CNAME, TXT, Message, Name, Question, split_texts
from engine.dns.case import Bad, Case
from engine.dns.claim import Claim
from engine.dns.names import said_of
from engine.dns.rules.model import Judgement, documented
from engine.dns.tokens import token_of

report = documented(__doc__)

SPF, CAA = dns.rdatatype.SPF, dns.rdatatype.CAA


def questions(claim: Claim, zone: Name) -> Iterator[Question]:
    del zone
    return iter((Question(claim.domain, SPF),))


def judge(case: Case) -> Judgement:
    large = tuple(str(state.server) for state in case.states if state.bad is Bad.TRUNCATED)
    if large:
        yield report(
            "answer-too-large",
            "warning",
            summary="The TXT records are too large for UDP, and TCP does not work.",
            seen=f"{said_of(large, 'cuts the answer off')}, with no answer over TCP.",
            why="Answers over 1,232 bytes need TCP.",
            fix="Open TCP port 53 on that server, or remove TXT records that are no longer needed.",
            servers=large,
            who="dns_provider",
        )
    look, value = case.answers.first, case.claim.value
    if look is None or value is None or case.holders:
        return
    found: dict[str, list[str]] = {}
    for (server, question), replies in sorted(look.replies.items(), key=lambda each: each[0][0]):
        for reply in replies[:1]:
            if question.name != case.claim.domain or reply.message is None or not reply.message.authoritative:
                continue
            for kind in _kinds(reply.message, case.claim.domain, value):
                if str(server) not in found.setdefault(kind, []):
                    found[kind].append(str(server))
    for kind, servers in found.items():
        yield report(
            "value-in-other-type",
            "blocker",
            effect="wrong",
            summary=f"The value is in a {kind} record, not in a TXT record.",
            seen=f"{case.claim.domain_text} has the value in a record of type {kind}.",
            why="Only TXT records are looked at.",
            fix=f"Delete that {kind} record and add the value as a TXT record.",
            servers=tuple(servers),
            who="dns_admin",
        )


def _kinds(message: Message, name: Name, value: str) -> Iterator[str]:
    if value.encode() in (b"".join(strings) for strings in split_texts(message.records(name, SPF))):
        yield "SPF"
    caa = message.records(name, CAA)
    if caa and any(value.encode() in rdata.value or token_of(value).encode() in rdata.value for rdata in caa):
        yield "CAA"
    cname = message.records(name, CNAME)
    if cname and message.records(name, TXT) is None and token_of(value).lower() in cname[0].target.to_text().lower():
        yield "CNAME"
