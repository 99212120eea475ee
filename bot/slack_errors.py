"""What Slack said when it refused a call. A proxy, or Slack in an outage, answers with a page: then there is no code."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError


def said(error: SlackApiError) -> Mapping[str, Any]:
    """The answer's JSON; empty where the answer was none."""
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, dict) else {}


def code_of(error: SlackApiError) -> str:
    """Slack's error code such as `channel_not_found`; without one the HTTP status, such as `HTTP 503`."""
    code = said(error).get("error")
    return str(code) if code else f"HTTP {status_of(error)}"


def status_of(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0) or 200)
