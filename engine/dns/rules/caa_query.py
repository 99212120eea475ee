"""caa-query-breaks (D23): name servers answer TXT, but not CAA.

Seen as: a time-out, SERVFAIL, NOTIMP, FORMERR or REFUSED for type 257 from servers that answer TXT well.
Fix: update the name server's software, or the firewall before it.
Source: RFC 8659 section 3; RFC 3597 on unknown types. Confidence: measured.
"""

import dns.rdatatype

from engine.dns.answers import Failure, Reply
from engine.dns.case import Case
from engine.dns.names import listed, said_of
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    look = case.look
    if look is None:
        return
    broken: dict[str, str] = {}
    for state in case.good:
        reply = look.reply(state.server, look.name, dns.rdatatype.CAA)
        if reply is not None and (why := _breaks(reply)):
            broken[str(state.server)] = why
    if broken:
        yield report(
            "caa-query-breaks",
            "warning",
            summary=f"{said_of(tuple(broken), 'answers TXT')}, but not CAA.",
            seen=f"Said to type 257: {listed(tuple(dict.fromkeys(broken.values())))}.",
            why="A CA must take a failed CAA question as a no.",
            fix="Update the name server's software, or the firewall before it.",
            servers=tuple(broken),
            who="dns_provider",
        )


def _breaks(reply: Reply) -> str | None:
    if reply.message is None:
        return None if reply.failure in (Failure.LIMIT, Failure.PRIVATE) else str(reply.failure)
    if reply.message.rcode not in ("NOERROR", "NXDOMAIN"):
        return reply.message.rcode
    return None
