"""The certificate engine: what is wrong with a CSR, certificate, chain, key file or PFX, before anybody else finds it.

Knows nothing of Slack or onboardings. `inspect` is the door; `to_json` is the report that people script.

A name is looked up when it is first used: whoever imports one module of the engine does not pay for all of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.pki.exposed import public_halves
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
    "public_halves",
    "shipped",
    "to_json",
]

_HOME = {
    "BadProfile": "profile",
    "Context": "model",
    "HvcaRequest": "model",
    "NamedBytes": "model",
    "Password": "model",
    "Profile": "profile",
    "Report": "model",
    "inspect": "inspection",
    "parse": "profile",
    "public_halves": "exposed",
    "shipped": "profile",
    "to_json": "report",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
