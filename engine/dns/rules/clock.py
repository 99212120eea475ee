"""validators-disagree (D20): a signature ended, or begins, so close to now that validators differ.

Seen as: BIND refuses it, Unbound still accepts it, because it allows for wrong clocks (an hour to a day).
Fix: sign the zone again at once.
Source: RFC 4035 section 5.3.1; Unbound, val-sig-skew-min and val-sig-skew-max. Confidence: measured.
"""

from engine.dns.case import Case
from engine.dns.names import listed, text
from engine.dns.rules.model import Judgement, documented
from engine.dns.rules.model import no_questions as questions
from engine.dns.secure import merged
from engine.dns.signatures import Fault

__all__ = ["judge", "questions"]

report = documented(__doc__)


def judge(case: Case) -> Judgement:
    for problem in merged(case.security.problems):
        if problem.code == Fault.DISAGREE and not problem.caa_only:
            yield report(
                "validators-disagree",
                "blocker",
                effect="broken",
                summary=f"A DNSSEC signature of {text(problem.zone)} is out of time by so little that resolvers differ.",
                seen=f"It concerns {problem.what}{f', at {listed(problem.servers)}' if problem.servers else ''}.",
                why="Some resolvers allow for a wrong clock by up to a day, others do not at all.",
                fix=f"Sign the zone {text(problem.zone)} again at once, and check the signer's clock.",
                servers=problem.servers,
                who="dns_admin",
            )
