"""The webhook check: connects as the DIP would, and says in words what stands between a message and its delivery.

`check` probes and judges; `to_json` is the report that people script.
"""

from engine.webhook.claim import BadUrl, Claim, Url, parse_url
from engine.webhook.diagnosis import Report, check, check_aside, judge, to_json
from engine.webhook.probe import probe, probe_aside

__all__ = [
    "BadUrl",
    "Claim",
    "Report",
    "Url",
    "check",
    "check_aside",
    "judge",
    "parse_url",
    "probe",
    "probe_aside",
    "to_json",
]
