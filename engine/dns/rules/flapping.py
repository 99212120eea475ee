"""answers-change (D30): a name server gives other answers from try to try.

Seen as: the same question to the same address, asked several times, with different TXT values.
Fix: have the provider make all machines behind the address hold the same zone.
Source: RFC 1034 section 4.3.5. Confidence: measured.

answers-get-lost (D30): a name server answers some tries and not others.

Seen as: silence or cut-off answers among good ones, as response rate limiting gives them.
Fix: raise or switch off response rate limiting, or repair the way to the server.
Source: response rate limiting (RRL) of common name servers. Confidence: measured.
"""

from engine.dns.answers import TXT, Failure, Question, Reply
from engine.dns.case import Case, badness
from engine.dns.names import said_of
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

_LOST = (Failure.SILENT, Failure.TRUNCATED)


def judge(case: Case) -> Judgement:
    look = case.look
    if look is None:
        return
    changing, losing = [], []
    for server in look.servers:
        replies = look.replies.get((server, Question(look.name, TXT)), ())
        good = [reply for reply in replies if badness(look.zone, reply) is None]
        if server in case.flapping:
            changing.append(str(server))
        elif _loses(replies, good):
            losing.append(str(server))
    if changing:
        yield report(
            "answers-change",
            "blocker",
            effect="unknown",
            summary=f"{said_of(tuple(changing), 'gives other answers from try to try')}.",
            seen=f"Each server was asked {_tries(case)} times.",
            why="Behind one address there seem to be machines with different zones, so anybody may see either.",
            fix="Have the DNS provider make all machines behind that address hold the same zone.",
            servers=tuple(changing),
            who="dns_provider",
        )
    if losing:
        yield report(
            "answers-get-lost",
            "warning",
            summary=f"{said_of(tuple(losing), 'answers some tries')} and not others.",
            seen=f"Each server was asked {_tries(case)} times.",
            why="Response rate limiting, or a bad way to the server, drops answers.",
            fix="Ask again later; if it lasts, ask the provider about response rate limiting.",
            servers=tuple(losing),
            who="dns_provider",
        )


def _loses(replies: tuple[Reply, ...], good: list[Reply]) -> bool:
    cut_off = sum(reply.truncated for reply in good)
    return bool(good) and (any(reply.failure in _LOST for reply in replies) or 0 < cut_off < len(good))


def _tries(case: Case) -> int:
    look = case.look
    if look is None:
        return 0
    return max((len(look.replies.get((server, Question(look.name, TXT)), ())) for server in look.servers), default=0)
