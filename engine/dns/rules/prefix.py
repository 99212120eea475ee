"""prefix-missing (D6): only the token was entered, without what stands before it.

Seen as: the value in DNS is the part behind the `=`, alone or with something else before it.
Fix: enter the whole value, from the first underscore to the end.
Source: GlobalSign compares the whole value. Confidence: inferred.

prefix-doubled (D6): the prefix stands twice.

Seen as: `_globalsign-domain-verification=_globalsign-domain-verification=…`.
Fix: enter the value once.
Source: GlobalSign compares the whole value. Confidence: inferred.

prefix-without-underscore (D6): the underscore before the value is missing.

Seen as: `globalsign-domain-verification=…` where the portal shows `_globalsign-domain-verification=…`.
Fix: enter the value with its leading underscore.
Source: GlobalSign products differ in the underscore; what the portal shows counts. Confidence: inferred.

name-pasted-with-value (D6): words such as `Name` or `Value` were pasted with it.

Seen as: the right value with other words before it.
Fix: enter the value alone.
Source: GlobalSign compares the whole value. Confidence: inferred.

value-inside-spf (D6): the value was put into the SPF record.

Seen as: a record that begins with `v=spf1` and holds the value.
Fix: restore the SPF record and add a TXT record of its own.
Source: RFC 7208 section 3; GlobalSign wants a TXT record of its own. Confidence: sourced.

value-merged-with-other-text (D6): the value stands in one record with other text.

Seen as: the right value with other text around it.
Fix: add a TXT record of its own for the value.
Source: GlobalSign compares the whole value. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.misfit import Misfit
from engine.dns.rules.misfits import Wording, findings
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions

report = documented(__doc__)

__all__ = ["judge", "questions"]

_WHOLE = "The whole value is compared, from the first character to the last."
WORDINGS = {
    Misfit.NO_PREFIX: Wording(
        "The value does not begin as the portal shows it.",
        _WHOLE,
        "Enter the whole value, with all that stands before the `=`.",
    ),
    Misfit.PREFIX_TWICE: Wording(
        "The beginning of the value stands twice.", _WHOLE, "Enter the value once, as the portal shows it."
    ),
    Misfit.PREFIX_UNDERSCORE: Wording(
        "The underscore before the value is missing.", _WHOLE, "Enter the value with its leading underscore."
    ),
    Misfit.NAME_PASTED: Wording(
        "Other words were pasted with the value.", _WHOLE, "Enter the value alone, without the words before it."
    ),
    Misfit.IN_SPF: Wording(
        "The value was put into the SPF record.",
        "SPF is a TXT record with a form of its own; what is added breaks it, and GlobalSign wants its own record.",
        "Take the value out of the SPF record and add a TXT record of its own beside it.",
    ),
    Misfit.MERGED: Wording(
        "The value stands in one record with other text.", _WHOLE, "Add a TXT record of its own for the value."
    ),
}


def judge(case: Case) -> Judgement:
    yield from findings(case, report, WORDINGS)
