"""rule-failed (D15): one of this program's own checks failed on the domain.

Seen as: a fault in a rule; the other rules went on.
Fix: tell the people who run this program, with the domain and the time.
Source: this program. Confidence: measured.

no-verdict (D31): from here it cannot be said whether the record is right.

Seen as: no value to compare with, or no usable answer.
Fix: give the value that the portal shows, or check again later.
Source: this program. Confidence: measured.

value-found (D31): no value was given, and the domain has values of GlobalSign's form.

Seen as: TXT records that look like GlobalSign's.
Fix: compare them with the value that the portal shows.
Source: GlobalSign, domain verification by DNS TXT. Confidence: inferred.
"""

from engine.dns.case import Case
from engine.dns.names import counted, listed, quoted
from engine.dns.rules.model import DnsFinding, documented
from engine.dns.tokens import is_globalsign_shaped

report = documented(__doc__)


def rule_failed(rule: str, error: Exception) -> DnsFinding:
    """What is said when a rule raises: the others' findings still hold."""
    return report(
        "rule-failed",
        "warning",
        summary=f"One of our own checks ({rule}) failed on this domain.",
        seen=f"{type(error).__name__}.",
        why="That is a fault of this program; the other checks went on.",
        fix="Tell the people who run this program, with the domain and the time.",
    )


def no_verdict(case: Case) -> DnsFinding:
    """What is said when nothing bars success and nothing proves it."""
    if case.claim.value is None:
        summary, fix = "No value was given to compare with.", "Give the value that the portal shows, and check again."
    else:
        summary, fix = "From here it cannot be said whether the record is right.", "Check again a little later."
    return report(
        "no-verdict",
        "note",
        summary=summary,
        seen=f"{len(case.good)} of {counted(len(case.states), 'address')} gave a usable answer.",
        why="A verdict needs the value and a usable answer of the domain's servers.",
        fix=fix,
        who="certificate_admin",
    )


def values_found(case: Case) -> DnsFinding | None:
    """GlobalSign's values at the domain, where none was given to compare with."""
    found = {value: servers for value, servers in case.seen_values.items() if is_globalsign_shaped(value)}
    if case.claim.value is not None or not found:
        return None
    return report(
        "value-found",
        "note",
        summary=f"{case.claim.domain_text} has {counted(len(found), 'value')} of GlobalSign's form.",
        seen=f"{listed(tuple(quoted(value) for value in found), 8)}.",
        why="Without the value that the portal shows it cannot be said which one counts.",
        fix="Compare with the value that the portal shows.",
        servers=tuple(dict.fromkeys(str(server) for servers in found.values() for server in servers)),
        who="certificate_admin",
    )
