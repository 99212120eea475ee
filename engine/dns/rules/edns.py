"""edns-broken (D24): a name server does not answer questions with EDNS.

Seen as: silence, FORMERR or BADVERS with the OPT record, an answer without it.
Fix: update the name server's software, or the firewall before it.
Source: RFC 6891 section 7; DNS flag day 2019. Confidence: measured.

edns-ignored (D24): a name server ignores EDNS.

Seen as: an answer without OPT record to a question with one.
Fix: update the name server's software; without EDNS there is no DNSSEC.
Source: RFC 6891 section 7. Confidence: measured.

case-not-kept (D24): a name server does not repeat the spelling of the question.

Seen as: another mix of capital and small letters in the answer; the question was asked again in small letters.
Fix: nothing urgent; resolvers that check the spelling ask twice.
Source: RFC 4343 section 4.1; draft-vixie-dnsext-dns0x20. Confidence: measured.

large-answers-lost (D24): a name server's larger answers do not arrive over UDP.

Seen as: silence to the question over UDP with EDNS, an answer over TCP, and answers over UDP with EDNS to others.
Fix: have the server keep to the size that is asked for, or let fragments through its firewall.
Source: RFC 9715. Confidence: inferred.

cookie-refused (D24): a name server asks for a DNS cookie though none was sent.

Seen as: the response code BADCOOKIE to a question without a cookie.
Fix: repair the cookie settings of the server, or of the servers that share its address.
Source: RFC 7873 section 5.2. Confidence: measured.

cookie-not-borne (D24): a name server stumbles over a DNS cookie in a question, or answers with a strange one.

Seen as: silence or an error to a question for the SOA record with a cookie, an answer without one; or a cookie in the answer
that is not the one in the question. That a server does not know cookies, or wants one that it has given out, is no fault.
Fix: update the name server's software, or the firewall before it.
Source: RFC 7873 sections 5.2 and 5.3. Confidence: measured.
"""

import dns.rdatatype

from engine.dns.answers import Failure, Look
from engine.dns.case import Case, State
from engine.dns.names import counted, said_of
from engine.dns.rules.model import DnsFinding, Judgement, documented
from engine.dns.rules.model import no_questions as questions
from engine.findings import Severity

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    answered = [(state, state.reply) for state in case.states if state.reply and state.reply.message]
    lost = [state for state in case.states if case.look and _loses_large(case.look, state)]
    broken = [state for state, reply in answered if (reply.plain or reply.rcode == "BADVERS") and state not in lost]
    ignored = [state for state, reply in answered if not reply.plain and reply.message and not reply.message.edns]
    mangled = [state for state, reply in answered if reply.case_lost]
    refused = [state for state, reply in answered if reply.rcode == "BADCOOKIE"]
    stumbling = [
        state for state, reply in answered if case.look and not reply.plain and _bears_no_cookie(case.look, state)
    ]
    if lost:
        yield _finding(
            "large-answers-lost",
            "answers small questions over UDP, but this one over TCP alone",
            "Large answers are cut into fragments, and those are lost on the way.",
            lost,
            "warning",
            fix="Have the server keep UDP answers within 1232 bytes, or let fragments through its firewall.",
        )
    if refused:
        yield _finding(
            "cookie-refused",
            "asks for a DNS cookie that nobody owes it (BADCOOKIE)",
            "Resolvers get no answer from it.",
            refused,
            "warning",
            fix="Repair the cookie settings of that server, and of all servers behind its address alike.",
        )
    if stumbling:
        yield _finding(
            "cookie-not-borne",
            "stumbles over a DNS cookie in a question",
            "Many resolvers send one with each question, and get no answer from it at first.",
            stumbling,
            "warning",
        )
    if broken:
        yield _finding(
            "edns-broken",
            "does not answer questions with EDNS",
            "Resolvers must ask twice, some give up.",
            broken,
            "warning",
        )
    if ignored:
        yield _finding("edns-ignored", "ignores EDNS", "Without EDNS there is no DNSSEC.", ignored, "warning")
    if mangled:
        yield _finding(
            "case-not-kept",
            "does not repeat the question's spelling",
            "Resolvers that check the spelling ask twice.",
            mangled,
            "note",
        )


def _loses_large(look: Look, state: State) -> bool:
    """The question gets no answer over UDP with EDNS, but one over TCP, while a small question gets one."""
    reply, over_tcp = look.txt(state.server), look.tcp.get(state.server)
    small = look.reply(state.server, look.zone, dns.rdatatype.SOA)
    if reply is None or over_tcp is None or over_tcp.message is None or small is None or small.message is None:
        return False
    lost = reply.failure is Failure.SILENT or (reply.plain and reply.truncated)
    return lost and not small.plain and not small.truncated


def _bears_no_cookie(look: Look, state: State) -> bool:
    """The question for the SOA record is the one that is asked with a cookie."""
    soa = look.reply(state.server, look.zone, dns.rdatatype.SOA)
    if soa is None or soa.message is None or soa.rcode != "NOERROR":
        return False
    return soa.cookie_lost or soa.plain or soa.message.strange_cookie


def _finding(
    code: str,
    says: str,
    why: str,
    states: list[State],
    severity: Severity,
    *,
    fix: str = "Update the name server's software, or the firewall before it.",
) -> DnsFinding:
    servers = tuple(str(state.server) for state in states)
    return report(
        code,
        severity,
        summary=f"{said_of(servers, says)}.",
        seen=f"{counted(len(servers), 'address')}.",
        why=why,
        fix=fix,
        servers=servers,
        who="dns_provider",
    )
