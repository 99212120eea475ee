"""What is said when something fails: whether the click was recorded, a reference, and nothing of the fault itself.

No ack after an exception: Slack then shows its own failure, and nothing that failed has half happened (decision 1).
Unless what was asked for is written and only the answer failed: that is acknowledged, and said as it is.
"""

from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from engine.onboarding.outcome import Refused
from engine.store.errors import Unavailable, UnderWay, Withdrawn
from handlers.deadline import was_recorded
from handlers.parse import BadPayload
from handlers.ports import Office

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, office: Office) -> None:
    @app.error
    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
        reference = office.reference()
        channel, person, thread = _where(body)
        if isinstance(error, UnderWay):
            office.errands.run("tell how a slow click ended", _tell_outcome(office, error, person, reference))
            return None
        if was_recorded():
            _log.error("what was recorded could not be answered", reference=reference, exc_info=error)
            what = _say(office, "recorded-unanswered", channel, person, thread, reference)
            office.errands.run("say that it was recorded", what)
            return BoltResponse(status=200)
        known = isinstance(error, Unavailable | Withdrawn | BadPayload)
        _log.error(
            "a request from Slack was not carried out",
            reference=reference,
            kind=type(error).__name__,
            reason=str(error) if known else None,
            exc_info=None if known else error,
        )
        will_be_repeated = "event" in body and isinstance(error, Unavailable | Withdrawn)
        if person and not will_be_repeated:
            what = _say(office, "failed", channel, person, thread, reference)
            office.errands.run("say that a click failed", what)
        return None


async def _say(office: Office, name: str, channel: str, person: str, thread: str | None, reference: str) -> None:
    """Where it was done; for a form or App Home, which have no channel, in private."""
    message = await office.words.answer(name, office.facts("", person, text=reference))
    if channel:
        await office.slack.whisper(channel, person, message, thread)
    else:
        await office.slack.tell_privately(person, message)


async def _tell_outcome(office: Office, error: UnderWay, person: str, reference: str) -> None:
    try:
        await error.outcome
        name = "recorded-late"
    except Exception as late:  # noqa: BLE001 -- whatever it was, the person is told that nothing was recorded
        refused = isinstance(late, Refused)  # an answer, and no fault
        _log.warning("a slow click failed", reference=reference, reason=str(late), exc_info=None if refused else late)
        name = "failed"
    message = await office.words.answer(name, office.facts("", person, text=reference))
    await office.slack.tell_privately(person, message)


def _where(body: dict[str, Any]) -> tuple[str, str, str | None]:
    """Channel, person and thread of a command, a click, or a mention; other events were done by nobody."""
    event = body.get("event") or {}
    if event:
        if event.get("type") != "app_mention":
            return "", "", None
        return str(event.get("channel") or ""), str(event.get("user") or ""), event.get("thread_ts")
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id") or ""
    person = body.get("user_id") or (body.get("user") or {}).get("id") or ""
    message = body.get("message") or {}
    return str(channel), str(person), message.get("thread_ts")
