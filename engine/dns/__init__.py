"""Why a domain is not verified: who must change what, and when it will be right.

A name is looked up when it is first used: whoever imports one module of the engine does not pay for all of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.dns.claim import BadInput, Claim, LogEntry
    from engine.dns.diagnosis import Diagnosis, diagnose
    from engine.dns.options import Options, ResolverAddress, RootServer, read_root_hints, read_trust_anchor
    from engine.dns.report import to_json
    from engine.dns.rules.model import DnsFinding, Verdict
    from engine.dns.watch import Watch, next_look

__all__ = [
    "BadInput",
    "Claim",
    "Diagnosis",
    "DnsFinding",
    "LogEntry",
    "Options",
    "ResolverAddress",
    "RootServer",
    "Verdict",
    "Watch",
    "diagnose",
    "next_look",
    "read_root_hints",
    "read_trust_anchor",
    "to_json",
]

_HOME = {
    "BadInput": "claim",
    "Claim": "claim",
    "Diagnosis": "diagnosis",
    "DnsFinding": "rules.model",
    "LogEntry": "claim",
    "Options": "options",
    "ResolverAddress": "options",
    "RootServer": "options",
    "Verdict": "rules.model",
    "Watch": "watch",
    "diagnose": "diagnosis",
    "next_look": "watch",
    "read_root_hints": "options",
    "read_trust_anchor": "options",
    "to_json": "report",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
