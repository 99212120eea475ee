"""The certificate engine: what is wrong with a CSR, certificate, chain, key file or PFX, before anybody else finds it.

Knows nothing of Slack or onboardings. `inspect` is the door; `to_json` is the report that people script.
"""

from engine.pki.inspection import inspect
from engine.pki.model import Context, HvcaRequest, NamedBytes, Password, Report
from engine.pki.profile import BadProfile, Profile, parse, shipped
from engine.pki.report import to_json

__all__ = [
    "BadProfile",
    "Context",
    "HvcaRequest",
    "NamedBytes",
    "Password",
    "Profile",
    "Report",
    "inspect",
    "parse",
    "shipped",
    "to_json",
]
