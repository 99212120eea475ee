"""The webhook check: connects as the DIP would, and says in words what stands between a message and its delivery.

`check` probes and judges; `to_json` is the report that people script.

A name is looked up when it is first used: whoever imports one module of the engine does not pay for all of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.webhook.claim import BadUrl, Claim, Url, parse_url
    from engine.webhook.diagnosis import Report, check, check_aside, judge, to_json

__all__ = [
    "BadUrl",
    "Claim",
    "Report",
    "Url",
    "check",
    "check_aside",
    "judge",
    "parse_url",
    "to_json",
]

_HOME = {
    "BadUrl": "claim",
    "Claim": "claim",
    "Report": "diagnosis",
    "Url": "claim",
    "check": "diagnosis",
    "check_aside": "diagnosis",
    "judge": "diagnosis",
    "parse_url": "claim",
    "to_json": "diagnosis",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
