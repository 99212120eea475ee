"""edns-broken (D24): a name server does not answer questions with EDNS.

Seen as: silence or FORMERR with the OPT record, an answer without it.
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
"""

from engine.dns.case import Case, State
from engine.dns.names import listed
from engine.dns.rules.model import DnsFinding, Judgement
from engine.dns.rules.model import no_questions as questions
from engine.findings import Severity

__all__ = ["judge", "questions"]


def judge(case: Case) -> Judgement:
    answered = [(state, state.reply) for state in case.states if state.reply and state.reply.message]
    broken = [state for state, reply in answered if reply.plain]
    ignored = [state for state, reply in answered if not reply.plain and reply.message and not reply.message.edns]
    mangled = [state for state, reply in answered if reply.case_lost]
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


def _finding(code: str, says: str, why: str, states: list[State], severity: Severity) -> DnsFinding:
    servers = tuple(str(state.server) for state in states)
    return DnsFinding(
        class_="D24",
        code=code,
        severity=severity,
        summary=f"{listed(servers)} {says}.",
        seen=f"{len(servers)} addresses.",
        why=why,
        fix="Update the name server's software, or the firewall before it.",
        source="RFC 6891 section 7",
        confidence="measured",
        servers=servers,
        who="dns_provider",
    )
