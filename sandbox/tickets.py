"""Short-lived permissions: trigger_id (3 s, once) and response_url (five uses in 30 minutes)."""

import secrets
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.shapes import ApiError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


@dataclass(slots=True)
class Trigger:
    user: str
    view_id: str | None
    real_time: float
    channel: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer goes: the channel, the asker, and the message that was pressed, if any."""

    channel: str
    user: str
    at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class Tickets:
    clock: Clock
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _urls: dict[str, ResponseUrl] = field(default_factory=dict)

    def new_trigger(self, user: str, view_id: str | None = None, channel: str | None = None) -> str:
        """`view_id` names the modal in which the click happened, so that a push lands on its stack; `channel` is where the
        person was, for selects that start with the current conversation."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, view_id, self.clock.real(), channel)
        return trigger_id

    def spend_trigger(self, trigger_id: str) -> Trigger:
        """Raises ApiError for one that is unknown, used or older than three seconds of real time."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.clock.real() - trigger.real_time > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, place: ResponseUrl) -> str:
        """The last part of the URL."""
        key = secrets.token_urlsafe(18)
        self._urls[key] = place
        return key

    def spend_response_url(self, key: str) -> ResponseUrl:
        """Raises ApiError (used_url, expired_url) when five uses or thirty minutes are over."""
        place = self._urls.get(key)
        if place is None or self.clock.now() - place.at > RESPONSE_SECONDS:
            raise ApiError("expired_url")
        if place.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        place.uses += 1
        return place
