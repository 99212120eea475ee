"""case-changed (D7): capital and small letters were changed.

Seen as: the value is right but for the case of letters.
Fix: copy the value from the portal; letters in it are case-sensitive.
Source: base64url tokens (RFC 4648 section 5). Confidence: inferred.

value-mistyped (D7): a few characters differ.

Seen as: up to three characters were changed, lost or added, such as O for 0 or l for 1.
Fix: copy the value instead of typing it.
Source: GlobalSign compares the whole value. Confidence: inferred.

value-cut-off (D7): the end of the value is missing.

Seen as: the value in DNS is the beginning of the right one.
Fix: copy the whole value; a double click often stops at `-` or `=`.
Source: GlobalSign compares the whole value. Confidence: inferred.

url-encoded (D7): characters were replaced by their URL encoding.

Seen as: `%3D` where `=` should be.
Fix: enter the value as the portal shows it.
Source: RFC 3986 section 2.1. Confidence: sourced.

padding-added (D7): equals signs were added at the end.

Seen as: the value is right but for `=` at its end.
Fix: enter the value without them.
Source: RFC 4648 section 3.2. Confidence: sourced.
"""

from engine.dns.case import Case
from engine.dns.misfit import Misfit
from engine.dns.rules.misfits import Wording, findings
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

report = documented(__doc__)

__all__ = ["judge", "questions"]

_COPY = "Copy the value from the portal and paste it, instead of typing it."
WORDINGS = {
    Misfit.CASE: Wording("Capital and small letters differ.", "Letters in the value are case-sensitive.", _COPY),
    Misfit.TYPO: Wording("A few characters of the value differ.", "The whole value is compared.", _COPY),
    Misfit.CUT_OFF: Wording(
        "The end of the value is missing.",
        "A double click often selects only up to a hyphen or an equals sign.",
        "Select the whole value in the portal, copy it and paste it.",
    ),
    Misfit.URL_ENCODED: Wording(
        "The value was URL-encoded.", "Some tool replaced characters such as `=` by `%3D`.", _COPY
    ),
    Misfit.PADDED: Wording(
        "Equals signs were added to the value.", "Some tool took the value for padded base64.", _COPY
    ),
}


def judge(case: Case) -> Judgement:
    yield from findings(case, report, WORDINGS)
