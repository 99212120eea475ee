"""value-in-two-records (D5): the value was divided over several TXT records.

Seen as: two or three records that give the right value when put together.
Fix: enter it as one record; one record may hold up to 255 characters in one string.
Source: RFC 1035 section 3.3.14; each record is compared on its own. Confidence: sourced.

value-split-with-blank (D5): the strings of one record give the value only with a blank between them.

Seen as: one record of several strings which join to something else than the value.
Fix: enter the value as one string.
Source: RFC 7208 section 3.3, strings are joined without blanks. Confidence: sourced.
"""

from engine.dns.answers import TXT, Look, Server, split_texts
from engine.dns.case import Case
from engine.dns.names import quoted
from engine.dns.rules.misfits import divided
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    look, wanted = case.look, case.claim.value
    if look is None or not case.nowhere or wanted is None:
        return
    if parts := divided(case):
        yield report(
            "value-in-two-records",
            "blocker",
            effect="wrong",
            summary=f"The value is divided over {len(parts)} records.",
            seen=f"Together {' and '.join(map(quoted, parts))} give the value.",
            why="Each TXT record is compared on its own.",
            fix="Delete these records and enter the whole value as one TXT record.",
            servers=tuple(map(str, case.seen_values[parts[0]])),
            who="dns_admin",
        )
        return
    if found := _split_with_blanks(case, look, wanted):
        yield report(
            "value-split-with-blank",
            "blocker",
            effect="wrong",
            summary="The record's parts join to the value only without the blanks between them.",
            seen=f"The record has {max(found.values())} strings, with blanks at their ends.",
            why="The strings of one record are joined as they are, blanks included.",
            fix="Enter the value as one string without blanks.",
            servers=tuple(map(str, found)),
            who="dns_admin",
        )


def _split_with_blanks(case: Case, look: Look, wanted: str) -> dict[Server, int]:
    """The servers with such a record, and of how many strings it is."""
    found: dict[Server, int] = {}
    for state in case.good:
        rrset = state.reply.message.records(look.name, TXT) if state.reply and state.reply.message else None
        for strings in split_texts(rrset):
            stripped = b"".join(part.strip() for part in strings).decode("utf-8", "backslashreplace")
            if len(strings) > 1 and stripped == wanted:
                found[state.server] = len(strings)
    return found
