"""Says what the outbox holds: in order per channel, at Slack's pace, each failure kept with its reason.

A message is rendered when it is sent, from the state at that time, so that a late one is never stale. Sources: Slack,
"Rate limits" (about one message a second per channel), chat.postMessage, chat.update.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock, system_clock
from bot.errands import Errands
from bot.lost_sends import Fate, look_for, metadata_of
from bot.slack_errors import NOT_REACHED, code_of, said, status_of
from bot.supervision import Pulse
from engine.desk import Desk
from engine.onboarding.commands import ChannelLost
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.values import BOT
from engine.store import outbox, reads
from engine.store.errors import Unavailable, Withdrawn
from engine.store.outbox import CARD_SLOT, THREAD_SLOT, Message
from engine.store.reads import Case
from handlers.ports import Rendered

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
BURST = 5
POSTS_PER_SECOND = 1.0
UPDATES_TO_POSTS = 0.8  # chat.update is of tier 3: 50 a minute
_LONGEST_WAIT = timedelta(minutes=10)

LOST_CHANNEL = {
    "is_archived": "archived",
    "channel_is_archived": "archived",
    "not_in_channel": "removed",
    "channel_not_found": "deleted",
    "restricted_action": "restricted",
    "restricted_action_read_only_channel": "restricted",
    "restricted_action_thread_only_channel": "restricted",
    "restricted_action_non_threadable_channel": "restricted",
}
"""What Slack says of a channel that cannot be posted to any more, and why that is, in our words."""
GONE_MESSAGE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
GONE_THREAD = frozenset({"thread_not_found", "invalid_thread_ts"})
NOT_CONNECTED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
    }
)
TROUBLE = (SlackApiError, *NOT_REACHED)
PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})


class Speaker(Protocol):
    """Words a message from the present state; None where there is nothing left to say."""

    def message(self, message: Message, case: Case) -> Awaitable[Rendered | None]: ...


class Connection(Protocol):
    def connected(self) -> None: ...
    def disconnected(self, reason: str) -> None: ...


class Pace:
    """A token bucket for each channel: a short burst, then one at a time. In monotonic time."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._every = 1 / per_second
        self._burst = burst
        self._next: dict[str, float] = {}

    def reserve(self, channel: str, now: float) -> float:
        """Seconds to wait before the next call for this channel, which is hereby taken."""
        earliest = max(self._next.get(channel, 0.0), now - self._every * (self._burst - 1))
        self._next[channel] = earliest + self._every
        return max(0.0, earliest - now)


@dataclass(frozen=True, slots=True)
class _Sent:
    channel: str
    ts: str


class Delivery:
    """Run it beside the bot; `wake` it after a commit. One a process. `bot_user` is who posts our messages."""

    def __init__(
        self,
        desk: Desk,
        client: AsyncWebClient,
        speaker: Speaker,
        connection: Connection,
        clock: Clock,
        *,
        real_clock: Clock = system_clock,
        posts_per_second: float = POSTS_PER_SECOND,
        on_sent: Callable[[str], None] = lambda _template: None,
    ) -> None:
        self._desk = desk
        self._client = client
        self._speaker = speaker
        self._connection = connection
        self._clock = clock
        self._real_clock = real_clock
        self._on_sent = on_sent
        self._posts = Pace(posts_per_second, BURST)
        self._updates = Pace(posts_per_second * UPDATES_TO_POSTS, BURST)
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._lanes = Errands()
        self.pulse = Pulse()
        self._direct: dict[str, str] = {}
        self.bot_user = ""

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled: hand out what can be sent, then wait for a commit or the next retry.

        Raises what the store raises but Unavailable and Withdrawn, for which it waits: whoever keeps it alive begins it again.
        """
        while True:
            self.pulse.beat()
            try:
                await self._go_round()
            except (Unavailable, Withdrawn) as error:
                _log.warning("the outbox cannot be read", reason=str(error))
                await asyncio.sleep(1)

    async def _go_round(self) -> None:
        self._woken.clear()
        messages = await self._desk.write(outbox.next_messages, self._real_clock(), lease=LEASE)
        for message in messages:
            self._lanes.run(f"deliver {message.id}", self._deliver(message))
        if not messages:
            if not self._lanes.busy and not self._woken.is_set():
                self._idle.set()
            await self._rest()

    async def stop(self) -> None:
        """Waits for what is under way: its fate is then known."""
        await self._lanes.stop()

    async def until_idle(self) -> None:
        """Until nothing is under way and nothing can be sent now; what waits for a retry does not count."""
        self._idle.clear()
        self.wake()
        await self._idle.wait()

    async def _rest(self) -> None:
        if self._woken.is_set():
            return
        retry = await self._desk.read(outbox.next_retry)
        seconds = 5.0
        if retry is not None:
            seconds = min(seconds, max(0.05, (retry - self._real_clock()).total_seconds()))
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _deliver(self, message: Message) -> None:
        try:
            await self._try_or_fail(message)
        except (Unavailable, Withdrawn) as error:
            # The lease runs out and the message is handed out again, marked as a possible repeat.
            _log.warning("what became of a message cannot be noted", message=message.id, reason=str(error))
        finally:
            self.wake()

    async def _try_or_fail(self, message: Message) -> None:
        try:
            await self._try(message)
        except (Unavailable, Withdrawn):
            raise
        except Exception as error:  # noqa: BLE001 -- one message that cannot be made must not stop the others
            _log.error("a message cannot be made", message=message.id, template=message.say.template, exc_info=error)
            await self._failed(message, f"{type(error).__name__}: {error}", None)

    async def _try(self, message: Message) -> None:
        case = await self._desk.read(reads.case, message.onboarding)
        if case is None:
            await self._nothing_left(message)
            return
        try:
            before = await self._look_for(message, case)
        except TROUBLE as error:
            await self._trouble(message, case, error)
            return
        if isinstance(before, _Sent):
            await self._sent(message, before)
            return
        if before is Fate.LOST:
            message = replace(message, may_be_repeat=False)
        rendered = await self._speaker.message(message, case)
        if rendered is None:
            await self._nothing_left(message)
        elif message.say.lane is Lane.THREAD and case.thread is None:
            await self._begin_thread(message, case)
        else:
            await self._send(message, case, rendered)

    async def _look_for(self, message: Message, case: Case) -> "_Sent | Fate":
        """A message of unknown fate is looked for before it is sent again. An update may be made twice."""
        is_update = message.say.slot is not None and message.say.slot in case.slots
        in_thread = message.say.lane is Lane.THREAD
        if not message.may_be_repeat or is_update or (in_thread and case.thread is None):
            return Fate.UNKNOWN
        channel = await self._channel(message, case)
        thread = case.thread.ts if in_thread and case.thread else None
        found = await look_for(self._client, message, channel, thread, self.bot_user)
        return _Sent(channel, found.ts) if found.fate is Fate.ARRIVED else found.fate

    async def _send(self, message: Message, case: Case, rendered: Rendered) -> None:
        try:
            sent = await self._call(message, case, rendered)
        except TROUBLE as error:
            await self._trouble(message, case, error)
        else:
            await self._sent(message, sent)

    async def _sent(self, message: Message, sent: _Sent) -> None:
        await self._desk.write(outbox.mark_sent, message.id, channel=sent.channel, ts=sent.ts, now=self._real_clock())
        self._connection.connected()
        self._on_sent(message.say.template)

    async def _nothing_left(self, message: Message) -> None:
        await self._desk.write(outbox.mark_dropped, message.id, why="nothing left to say", now=self._clock())

    async def _trouble(self, message: Message, case: Case, error: Exception) -> None:
        if isinstance(error, SlackApiError):
            await self._refused(message, case, error)
        else:
            await self._unknown(message, f"{type(error).__name__}: {error}")

    async def _begin_thread(self, message: Message, case: Case) -> None:
        """A card before the message; unless Slack has refused the card for good: then neither can be said."""
        refused = await self._desk.read(outbox.refused_card, message.onboarding)
        if refused is not None:
            await self._failed(message, f"there is no thread to say it in, since the card was refused: {refused}", None)
        else:
            await self._desk.write(_requeue_after_card, message, case, self._clock())

    async def _call(self, message: Message, case: Case, rendered: Rendered) -> _Sent:
        say = message.say
        there = case.slots.get(say.slot) if say.slot else None
        if there is not None:
            await self._wait_for(self._updates, there.channel)
            await self._client.chat_update(
                channel=there.channel, ts=there.ts, text=rendered.text, blocks=rendered.blocks
            )
            return _Sent(there.channel, there.ts)
        channel = await self._channel(message, case)
        await self._wait_for(self._posts, channel)
        thread = case.thread.ts if say.lane is Lane.THREAD and case.thread else None
        answer = await self._client.chat_postMessage(
            channel=channel,
            text=rendered.text,
            blocks=rendered.blocks,
            thread_ts=thread,
            mrkdwn=False,  # the text is what notifications show: nothing in it is to be taken for formatting
            unfurl_links=False,
            unfurl_media=False,
            metadata=metadata_of(message),
        )
        return _Sent(str(answer["channel"]), str(answer["ts"]))

    async def _channel(self, message: Message, case: Case) -> str:
        if message.say.lane is not Lane.DIRECT:
            return case.state.channel
        person = message.say.person or ""
        if person not in self._direct:
            opened = await self._client.conversations_open(users=person)
            self._direct[person] = str(opened["channel"]["id"])
        return self._direct[person]

    async def _wait_for(self, pace: Pace, channel: str) -> None:
        seconds = pace.reserve(channel, asyncio.get_running_loop().time())
        if seconds:
            await asyncio.sleep(seconds)

    async def _refused(self, message: Message, case: Case, error: SlackApiError) -> None:
        code, status = code_of(error), status_of(error)
        if code == "ratelimited" or status == 429:
            seconds = _retry_after(error)
            await self._failed(message, "ratelimited", self._real_clock() + timedelta(seconds=seconds))
        elif code in GONE_MESSAGE and message.say.slot:
            await self._desk.write(outbox.forget_slot, message.onboarding, message.say.slot)
            await self._failed(message, code, self._real_clock())
        elif code in GONE_THREAD:
            await self._desk.write(_forget_thread, message.onboarding)
            await self._failed(message, code, self._real_clock())
        elif code in LOST_CHANNEL and message.say.lane is not Lane.DIRECT:
            await self._failed(message, code, self._real_clock())
            await self._lost(case.state.team, case.state.channel, LOST_CHANNEL[code])
        elif code in NOT_CONNECTED:
            needed = said(error).get("needed")
            reason = f"Slack says {code}" + (f" (needs {needed})" if needed else "")
            self._connection.disconnected(reason)
            await self._failed(message, reason, self._real_clock() + _backoff(message.attempts))
        elif status >= 500 or code in PASSING:
            await self._unknown(message, code)
        else:
            _log.error("Slack refuses a message", message=message.id, template=message.say.template, reason=code)
            await self._failed(message, _details(error), None)

    async def _lost(self, team: str, channel: str, why: str) -> None:
        """Nothing more goes there; the leads of each onboarding in it are asked where to go on. What waits is kept."""
        _log.warning("a channel is lost", channel=channel, reason=why)
        await self._desk.write(outbox.park_lane, channel, reason=why, now=self._real_clock())
        for named in await self._desk.read(reads.in_channel, team, channel):
            await self._desk.tell(ChannelLost(named.id, BOT, channel, why))

    async def _failed(self, message: Message, why: str, retry_at: datetime | None) -> None:
        await self._desk.write(outbox.mark_failed, message.id, error=why, retry_at=retry_at, now=self._real_clock())

    async def _unknown(self, message: Message, why: str) -> None:
        _log.warning("nobody can tell whether a message arrived", message=message.id, reason=why)
        again_at = self._real_clock() + _backoff(message.attempts)
        await self._desk.write(outbox.mark_unknown, message.id, error=why, again_at=again_at)


def _forget_thread(connection: Any, onboarding: str) -> None:
    """The thread is gone with its card: the next card begins a new one."""
    outbox.forget_slot(connection, onboarding, CARD_SLOT)
    outbox.forget_slot(connection, onboarding, THREAD_SLOT)


def _requeue_after_card(connection: Any, message: Message, case: Case, now: datetime) -> None:
    """There is no thread to say it in (the card could not be posted, or is gone): a card first, then this."""
    outbox.mark_dropped(connection, message.id, why="queued again behind a new card", now=now)
    card = Say("card", Lane.CHANNEL, slot=CARD_SLOT)
    outbox.add(connection, [outbox.new_message(case.state, say, now) for say in (card, message.say)])


def _backoff(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts, 10)), _LONGEST_WAIT)


def _retry_after(error: SlackApiError) -> float:
    headers = {name.lower(): value for name, value in (error.response.headers or {}).items()}
    value = headers.get("retry-after", "1")
    return float(value) if str(value).isdigit() else 1.0


def _details(error: SlackApiError) -> str:
    messages = (said(error).get("response_metadata") or {}).get("messages") or []
    return "; ".join([code_of(error), *map(str, messages)])[:500]
