"""input-normalised (D27): the domain or the value was typed in a form that had to be cleaned.

Seen as: a scheme, path, port, e-mail address, blanks, final dot, capitals, quotes or words around it.
Fix: nothing, if the cleaned form is what was meant.
Source: RFC 1123 section 2.1, RFC 5891. Confidence: sourced.

input-doubtful (D27): the domain was taken as typed, but may not be what is meant.

Seen as: `www.` before it, alphabets mixed in one label, or a spelling that older software turns into another domain.
Fix: compare with the domain that the portal shows.
Source: RFC 5892, RFC 5894 section 7.2, UTS 39. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

__all__ = ["judge", "questions"]

report = documented(__doc__)

_DOUBTFUL = frozenset({"www-kept", "mixed-script", "idna-differs"})


def judge(case: Case) -> Judgement:
    for change in case.claim.changes:
        doubtful = change.code in _DOUBTFUL
        yield report(
            "input-doubtful" if doubtful else "input-normalised",
            "warning" if doubtful else "note",
            summary=change.text,
            seen=f"The domain was read as {case.claim.domain_text}.",
            why="The check goes by the name as DNS has it.",
            fix="Compare with the domain and the value that the portal shows.",
            who="certificate_admin" if doubtful else "nobody",
        )
