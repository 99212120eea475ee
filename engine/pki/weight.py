"""How much a profile's rule may weigh: what nobody has seen written down must not fail anybody."""

from engine.findings import Confidence, Severity
from engine.pki.profile import Origin


def severity_of(origin: Origin) -> Severity:
    """Sourced rules are errors, inferred ones warnings, unknown ones notes."""
    match origin.confidence:
        case "sourced":
            return "error"
        case "inferred":
            return "warning"
        case _:
            return "note"


def confidence_of(origin: Origin) -> Confidence:
    return "sourced" if origin.confidence == "sourced" else "inferred"
