"""quotes-in-value (D4): quotes became part of the value.

Seen as: the value in DNS begins and ends with a quote, straight, escaped or typographic.
Fix: enter the value without quotes; the panel adds those that the zone file needs.
Source: RFC 1035 section 5.1, quotes are syntax of the zone file. Confidence: sourced.

blanks-in-value (D4): blanks or line breaks became part of the value.

Seen as: the value is right but for blanks at its ends or within.
Fix: enter the value again on one line without blanks.
Source: GlobalSign compares the whole value. Confidence: inferred.

invisible-characters (D4): characters that cannot be seen became part of the value.

Seen as: a no-break space, zero-width character or the like, from copying out of a document or chat.
Fix: copy the value from the portal again, straight into the panel.
Source: GlobalSign compares the whole value. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.misfit import Misfit
from engine.dns.rules.misfits import Wording, findings
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

report = documented(__doc__)

__all__ = ["judge", "questions"]

WORDINGS = {
    Misfit.QUOTES: Wording(
        "The value has quotes in it.",
        "Quotes belong to zone files; this panel stored them as part of the value.",
        "Enter the value without any quotes.",
    ),
    Misfit.BLANKS: Wording(
        "The value has blanks or line breaks in it.",
        "Blanks count as part of a TXT value.",
        "Enter the value again on one line, without blanks before, after or within it.",
    ),
    Misfit.INVISIBLE: Wording(
        "The value has invisible characters in it.",
        "They came along when the value was copied from a document, mail or chat.",
        "Copy the value from the portal straight into the panel.",
    ),
}


def judge(case: Case) -> Judgement:
    yield from findings(case, report, WORDINGS)
