"""The few words that fill a gap in a template's sentence: names of states, grades and parties. Sentences stand in
`templates/`.
"""

from engine.onboarding.values import Closing, Grade, StepStatus
from engine.process.model import Confidence, Half, Party

REMOVED = "(removed on request)"
WITHHELD = "(not shown in a shared channel)"

TRUST = {
    Confidence.SOURCED: "",
    Confidence.INFERRED: " (our inference)",
    Confidence.UNVERIFIED: " (not verified)",
    Confidence.OWN_RULE: " (your organisation's rule)",
}

PARTY = {
    Party.DNS_CONTACT: "the DNS contact",
    Party.GLOBALSIGN: "GlobalSign",
    Party.ELEXON: "Elexon",
    Party.COMPANY: "another company",
    Party.OTHER: "somebody else",
}

GRADE = {Grade.VERIFIED: "verified", Grade.ATTESTED: "attested", Grade.UNKNOWN: "unknown"}

STEP_SIGN = {StepStatus.LOCKED: "", StepStatus.OPEN: "●", StepStatus.DONE: "✓", StepStatus.NOT_APPLICABLE: "–"}
STEP_WORD = {
    StepStatus.LOCKED: "",
    StepStatus.OPEN: "now",
    StepStatus.DONE: "done",
    StepStatus.NOT_APPLICABLE: "not applicable",
}

CLOSED_BECAUSE = {
    "cancelled": "cancelled",
    "duplicate": "a duplicate of another onboarding",
    "client_left": "the client left",
    "paused": "paused",
}

MATERIAL = {"csr": "CSR", "certificate": "certificate"}

ENDS = {
    "certificate": "DIP certificate",
    "atlas_certificate": "Atlas API certificate",
    "token": "domain token",
    "domain": "domain proof",
    "identity": "vetted identity",
    "coco": "yearly CoCo self-assessment",
}
"""What ends, by the key under which the state keeps its date."""


def closing(closed: Closing) -> str:
    """The grade, and what qualifies it: an override, another track, the time before Dipper."""
    grade = GRADE[closed.grade]
    if closed.before:
        return f"{grade}, before Dipper"
    if closed.carried_from:
        return f"{grade}, carried from UIT"
    if closed.against_check:
        return f"{grade}, against the check"
    return grade


NOT_COMPARED: dict[str, str] = {
    Half.KEY: "CSR not seen",
    Half.NAMES: "host names not compared",
    Half.ORGANISATION: "organisation not compared",
    Half.PROFILE: "kind not known",
    Half.CHAIN: "chain not seen",
    Half.ISSUER: "issuer not known",
    Half.TRACK: "also the other track's",
    Half.DOMAIN: "domain not compared",
    Half.VALUE: "value not compared",
    Half.UNPOSTED: "key not seen",
}
"""What stands beside a grade where the check could not compare it."""


LAST_LOOK: dict[str, str] = {
    "ready": "right at every name server",
    "not_yet": "not at every name server yet",
    "wrong": "missing, or not as it should be",
    "broken": "the zone cannot be answered properly",
    "unknown": "no verdict",
    "good": "good",
    "bad": "not good",
}
"""What a look saw, by its verdict, on the line of its task."""


def ends(key: str) -> str:
    return ENDS.get(key, key.replace("_", " "))
