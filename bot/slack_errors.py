"""What Slack said when it refused a call. A proxy, or Slack in an outage, answers with a page: then there is no code."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError


def said(error: SlackApiError) -> Mapping[str, Any]:
    """The answer's JSON; empty where the answer was none."""
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, dict) else {}


def code_of(error: SlackApiError) -> str:
    """Slack's error code such as `channel_not_found`; without one the HTTP status, such as `HTTP 503`."""
    code = said(error).get("error")
    return str(code) if code else f"HTTP {status_of(error)}"


NOT_REACHED = (aiohttp.ClientError, TimeoutError, OSError)
"""What a call raises where no answer came at all."""


def is_outage(error: SlackApiError) -> bool:
    """Whether Slack, or what stands before it, is out of order: then nothing is wrong with the token or the call."""
    return status_of(error) >= 500


def status_of(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0) or 200)
