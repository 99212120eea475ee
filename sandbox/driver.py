"""Drives a workspace from Python the way people do: it finds things by their visible words and can press only what is rendered.

    async with await Workspace.start(tmp_path, manifest=Path("app.yaml")) as workspace:
        lena = workspace.user("lena")
        await lena.command("/dip start", channel="dip-onboarding")
        await lena.modal("Start an onboarding")
        await lena.submit({"Company name": "Northwind Energy Ltd"})
        card = await workspace.message("dip-onboarding", containing="Northwind")
        await lena.click("Check now", in_=card.thread)
        print(await workspace.transcript(card.thread))

Everything that waits does so on the workspace's live feed, with a deadline (10 s unless said), and says what it saw when
it gives up.
A click, command or submission that the app does not acknowledge raises NotAcknowledged.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote

import aiohttp

from sandbox.driver_person import Person
from sandbox.driver_process import own_process
from sandbox.driver_seen import DriverError, NotAcknowledged, SeenMessage, SeenView, SubmissionRefused, Thread
from sandbox.server import Settings, serving
from sandbox.shapes import Json
from sandbox.transcript import When, Words, lines_of_message, plain_when

T = TypeVar("T")
NEWEST = 500
PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class Workspace:
    """A running sandbox. Start it here (`start`), or connect to one that runs (`connect`)."""

    base_url: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    patience: float = PATIENCE_SECONDS
    state_file: Path | None = None
    session: aiohttp.ClientSession = field(repr=False, default=None)  # type: ignore[assignment]  # set by connect, the only way in
    _exit: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)
    _moves: int = 0
    _names: dict[str, str] = field(default_factory=dict, repr=False)
    _handles: dict[str, str] = field(default_factory=dict, repr=False)
    channel_names: dict[str, str] = field(default_factory=dict, repr=False)

    # Coming and going

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        manifest: Path | None = None,
        process: bool = False,
        rates: bool = False,
        port: int = 0,
        transport: str | None = None,
        request_url: str | None = None,
        dns_port: int | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> Self:
        """Starts a sandbox with its state in `folder` (kept, so starting again there goes on), in this loop or as a process."""
        state_file = folder / "sandbox.sqlite"
        stack = AsyncExitStack()
        if process:
            url = await stack.enter_async_context(
                own_process(state_file, manifest, rates, port, transport, request_url, dns_port)
            )
        else:
            settings = Settings(
                state_file, port, manifest, rates, transport=transport, request_url=request_url, dns_port=dns_port
            )
            url = (await stack.enter_async_context(serving(settings))).base_url
        try:
            return await cls.connect(url, patience=patience, state_file=state_file, stack=stack)
        except BaseException:
            await stack.aclose()
            raise

    @classmethod
    async def connect(
        cls,
        base_url: str,
        *,
        patience: float = PATIENCE_SECONDS,
        state_file: Path | None = None,
        stack: AsyncExitStack | None = None,
    ) -> Self:
        stack = stack or AsyncExitStack()
        session = await stack.enter_async_context(aiohttp.ClientSession(base_url))
        async with session.get("/control/app") as answer:
            app = await answer.json()
        workspace = cls(
            base_url=base_url,
            bot_token=app["bot_token"],
            app_token=app["app_token"],
            signing_secret=app["signing_secret"],
            patience=patience,
            state_file=state_file,
            session=session,
            _exit=stack,
        )
        await workspace._learn_names()
        feed = await session.ws_connect("/control/live")
        watcher = asyncio.ensure_future(workspace._watch(feed))

        async def stop() -> None:
            watcher.cancel()
            await feed.close()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

        stack.push_async_callback(stop)
        return workspace

    async def close(self) -> None:
        await self._exit.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # People and places

    def user(self, handle: str) -> Person:
        """A person by handle (`lena`). Raises DriverError if nobody has it."""
        if handle not in self._handles:
            raise DriverError(f"There is no {handle}; there are: {', '.join(sorted(self._handles))}.")
        return Person(self, handle, self._handles[handle])

    @property
    def bot(self) -> Person:
        """The app's own user, for reading what it may see and for its id."""
        return self.user(self._names[self.bot_user])

    @property
    def bot_user(self) -> str:
        return self._names["bot"]

    async def new_user(self, name: str, real_name: str, **more: Any) -> Person:
        await self.control("users", {"name": name, "real_name": real_name, **more})
        await self._learn_names()
        return self.user(name)

    async def change_user(self, handle: str, **changes: Any) -> None:
        """E.g. deleted=True, tz="Asia/Tokyo", is_restricted=True."""
        await self.control(f"users/{self.user(handle).id}", changes)

    async def new_channel(self, name: str, *members: str, private: bool = False, app: bool = True) -> str:
        """Makes a channel with these handles (and the app) in it; gives back its id."""
        everybody = [*members, self._names[self.bot_user]] if app else list(members)
        made = await self.control("channels", {"name": name, "private": private, "members": everybody})
        await self._learn_names()
        return str(made["channel"]["id"])

    async def change_channel(self, name: str, **changes: Any) -> None:
        """archived=, shared=, topic=, name=."""
        await self.control(f"channels/{name.removeprefix('#')}", changes)

    async def set_member(self, channel: str, handle: str, *, member: bool = True) -> None:
        """`handle` may be the app's own, e.g. to remove it from a channel."""
        await self.control("members", {"channel": channel, "user": handle, "member": member})

    # Time

    async def advance(self, **how_long: float) -> datetime:
        """Moves the clock on: advance(hours=1, minutes=5). Gives back the new time."""
        clock = await self.control("clock", {"advance_seconds": timedelta(**how_long).total_seconds()})
        return datetime.fromisoformat(clock["now"])

    async def set_clock(self, to: datetime, *, back: bool = False) -> None:
        await self.control("clock", {"to": to.isoformat(), "back": back})

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.read("clock"))["now"])

    # Faults and the record

    async def fault(self, kind: str, **more: Any) -> int:
        """See the control API: fault("ratelimited", method="chat.postMessage", seconds=1, times=2)."""
        return int((await self.control("faults", {"kind": kind, **more}))["id"])

    async def clear_faults(self) -> None:
        await self.control("faults/clear", {})

    async def payloads(self, method: str | None = None, since: int = 0) -> list[Json]:
        """Every call of the app: {n, method, args, ok, error, problems, warnings}."""
        found: list[Json] = (await self.read(f"payloads?since={since}"))["payloads"]
        return [call for call in found if method in (None, call["method"])]

    async def problems(self) -> list[str]:
        """Everything in any payload so far that broke a limit of Slack; a good test ends with `assert not await ...`."""
        return [f"{call['method']}: {problem}" for call in await self.payloads() for problem in call["problems"]]

    async def warnings(self) -> list[str]:
        return [f"{call['method']}: {warning}" for call in await self.payloads() for warning in call["warnings"]]

    async def deliveries(self, type_: str | None = None, since: int = 0) -> list[Json]:
        """Everything that was told to the app: {n, type, payload, tries, ack_ms, response}."""
        found: list[Json] = (await self.read(f"deliveries?since={since}"))["deliveries"]
        return [delivery for delivery in found if type_ in (None, delivery["type"])]

    async def redeliver(self, n: int) -> None:
        await self.control("redeliver", {"n": n})

    async def disconnect(self, reason: str = "refresh_requested", *, hard: bool = False) -> None:
        await self.control("disconnect", {"reason": reason, "hard": hard})

    # Waiting and reading

    async def wait_until(self, look: Callable[[], Awaitable[T | None]], what: str, patience: float | None = None) -> T:
        """Looks now and after every change until the answer is truthy. Raises DriverError when patience ends."""
        deadline = asyncio.get_running_loop().time() + (self.patience if patience is None else patience)
        while True:
            seen = self._moves
            found = await look()
            if found:
                return found
            left = deadline - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(left, 0)), self._moved:
                    await self._moved.wait_for(lambda before=seen: self._moves != before)  # type: ignore[misc]  # a default argument
            except TimeoutError:
                raise DriverError(f"Waited in vain for {what}.\n{await self._scene()}") from None

    async def connected(self, count: int = 1, patience: float | None = None) -> None:
        """Waits until the app holds at least so many sockets."""

        async def look() -> bool:
            return int((await self.read("world"))["app"]["connections"]) >= count

        await self.wait_until(look, f"{count} socket(s) of the app", patience)

    async def messages(self, channel: str, as_: str | None = None) -> list[SeenMessage]:
        """The last 500 messages in the channel itself, oldest first, as the app's user (or somebody else) sees them."""
        place = quote(channel.removeprefix("#"))
        return await self._messages(f"as/{as_ or self.bot_user}/messages?channel={place}&newest={NEWEST}")

    async def thread_messages(self, thread: Thread, as_: str | None = None) -> list[SeenMessage]:
        """The parent and its replies."""
        return await self._messages(f"as/{as_ or self.bot_user}/messages?channel={thread.channel}&thread={thread.ts}")

    async def message(
        self, place: str | Thread, containing: str, *, as_: str | None = None, patience: float | None = None
    ) -> SeenMessage:
        """Waits for a message in a channel or thread that reads like that; the newest if there are several."""

        async def look() -> SeenMessage | None:
            found = await (self.thread_messages(place, as_) if isinstance(place, Thread) else self.messages(place, as_))
            return next((message for message in reversed(found) if containing in message.text), None)

        return await self.wait_until(look, f"a message in {place} with {containing!r}", patience)

    async def refresh(self, message: SeenMessage) -> SeenMessage:
        """The same message as it stands now. Raises DriverError if it is gone."""
        for seen in await self.thread_messages(message.thread):
            if seen.ts == message.ts:
                return seen
        raise DriverError(f"The message {message.ts} is gone.")

    async def idle(self, quiet: float = 0.2, patience: float | None = None) -> None:
        """Waits until nothing has moved for `quiet` seconds of real time: all that the app had to say is said."""
        deadline = asyncio.get_running_loop().time() + (self.patience if patience is None else patience)
        while asyncio.get_running_loop().time() < deadline:
            before = self._moves
            try:
                async with asyncio.timeout(quiet), self._moved:
                    await self._moved.wait_for(lambda b=before: self._moves != b)  # type: ignore[misc]  # a default argument
            except TimeoutError:
                return
        raise DriverError("The workspace does not come to rest.")

    async def transcript(
        self,
        place: str | Thread,
        *,
        as_: str | None = None,
        history: bool = False,
        when: When = plain_when,
        replace: dict[str, str] | None = None,
    ) -> str:
        """A channel or thread as people read it. `when` words the dates; `replace` puts stable words for what changes (ids)."""
        found = await (self.thread_messages(place, as_) if isinstance(place, Thread) else self.messages(place, as_))
        words = self.words(when)
        pieces = ["\n".join(lines_of_message(message.body, words, with_history=history)) for message in found]
        text = "\n\n".join(pieces) + "\n"
        for old, new in (replace or {}).items():
            text = text.replace(old, new)
        return text

    def words(self, when: When = plain_when) -> Words:
        return Words(self._names, self.channel_names, when)

    # Plumbing

    async def read(self, path: str) -> Json:
        """GET below /control."""
        async with self.session.get(f"/control/{_below_control(path)}") as answer:
            return await self._checked(answer)

    async def control(self, path: str, body: Json) -> Json:
        """POST below /control. Raises DriverError with the sandbox's reason if it refuses."""
        async with self.session.post(f"/control/{_below_control(path)}", json=body) as answer:
            return await self._checked(answer)

    async def _checked(self, answer: aiohttp.ClientResponse) -> Json:
        if answer.content_type != "application/json":
            raise DriverError(f"{answer.method} {answer.url.path}: {answer.status} {await answer.text()}")
        body: Json = await answer.json()
        if not body.get("ok"):
            raise DriverError(str(body.get("error")))
        return body

    async def _messages(self, path: str) -> list[SeenMessage]:
        words = self.words()
        found = (await self.read(path))["messages"]
        return [SeenMessage(body, "\n".join(lines_of_message(body, words))) for body in found]

    async def _learn_names(self) -> None:
        world = await self.read("world")
        self._names = {user["id"]: user["name"] for user in world["users"]} | {"bot": world["app"]["bot_user"]}
        self._handles = {user["name"]: user["id"] for user in world["users"]}
        self.channel_names = {channel["id"]: channel["name"] for channel in world["channels"]}

    async def _watch(self, feed: aiohttp.ClientWebSocketResponse) -> None:
        async for message in feed:
            if message.type == aiohttp.WSMsgType.TEXT:
                async with self._moved:
                    self._moves += 1
                    self._moved.notify_all()

    async def _scene(self) -> str:
        """The last messages of every channel the app is in, for error texts."""
        scene = []
        for channel in (await self.read(f"as/{self.bot_user}/channels"))["channels"]:
            found = await self._messages(f"as/{self.bot_user}/messages?channel={channel['id']}&newest=3")
            scene += [f"#{channel['name'] or 'direct message'}: {message.text}" for message in found]
        return "\n".join(scene)


def _below_control(path: str) -> str:
    """`app` and `/control/app` are the same."""
    return path.removeprefix("/control/").lstrip("/")


__all__ = [
    "DriverError",
    "NotAcknowledged",
    "Person",
    "SeenMessage",
    "SeenView",
    "SubmissionRefused",
    "Thread",
    "Workspace",
]
