"""Why a domain is not verified: who must change what, and when it will be right."""

from engine.dns.claim import BadInput, Claim, LogEntry
from engine.dns.diagnosis import Diagnosis, diagnose
from engine.dns.options import Options, ResolverAddress, RootServer, read_root_hints, read_trust_anchor
from engine.dns.report import to_json
from engine.dns.rules.model import DnsFinding, Verdict
from engine.dns.watch import Watch, is_removal, next_look

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
    "is_removal",
    "next_look",
    "read_root_hints",
    "read_trust_anchor",
    "to_json",
]
