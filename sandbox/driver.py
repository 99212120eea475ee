"""Drives a workspace from Python the way people do: it finds things by their visible words and can press only what is rendered.

    async with await Workspace.start(tmp_path, manifest=Path("app.yaml")) as workspace:
        lena = workspace.user("lena")
        await lena.command("/dip start", channel="dip-onboarding")
        await lena.modal("Start an onboarding")
        await lena.submit({"Company name": "Northwind Energy Ltd"})
        card = await workspace.message("dip-onboarding", containing="Northwind")
        await lena.click("Check now", in_=card.thread)
        print(await workspace.transcript(card.thread))

Everything that waits does so on the workspace's live feed, with a deadline (10 s unless said), and says what it saw when it gives up.
A click, command or submission that the app does not acknowledge raises NotAcknowledged.
"""

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp

from sandbox.rendered import MANY_OPTIONS, ONE_OPTION, Placed, options_of, placed
from sandbox.server import Settings, serving
from sandbox.shapes import Json
from sandbox.transcript import When, Words, lines_of_blocks, lines_of_message, lines_of_view, plain_when

T = TypeVar("T")
PATIENCE_SECONDS = 10.0
START_SECONDS = 20.0


class DriverError(AssertionError):
    """What was to be done or seen is not there; the text shows what is."""


class NotAcknowledged(DriverError):
    """The app did not acknowledge; `outcome` is the control API's."""

    def __init__(self, what: str, outcome: Json) -> None:
        super().__init__(f"{what}: not acknowledged ({outcome['error']}): {outcome['message']}")
        self.outcome = outcome


class SubmissionRefused(DriverError):
    """The form came back with errors, by the label of each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(f"The form was not accepted: {errors}")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread, by its parent; `await workspace.thread_messages(thread)` or `person.sees(thread)` read it."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as one person saw it at one moment. `body` is the control API's Message, `text` what it reads like."""

    body: Json
    text: str

    @property
    def channel(self) -> str:
        return str(self.body["channel"])

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def thread(self) -> Thread:
        return Thread(self.channel, str(self.body.get("thread_ts") or self.ts))

    @property
    def ephemeral(self) -> bool:
        return bool(self.body["ephemeral"])

    @property
    def buttons(self) -> list[str]:
        """The labels of everything that can be pressed, in reading order."""
        return [label for place in placed(self.body.get("blocks", [])) for label in _labels(place)]


@dataclass(frozen=True, slots=True)
class SeenView:
    """A modal or Home tab as one person saw it. `text` is what it reads like."""

    body: Json
    text: str

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def title(self) -> str:
        title = self.body.get("title")
        return str(title["text"]) if isinstance(title, dict) else ""

    @property
    def buttons(self) -> list[str]:
        return [label for place in placed(self.body["blocks"]) if not place.is_input for label in _labels(place)]

    @property
    def labels(self) -> list[str]:
        """The labels of the inputs."""
        return [str(place.block["label"]["text"]) for place in placed(self.body["blocks"]) if place.is_input]


Place = SeenMessage | Thread | SeenView | str | None


def _labels(place: Placed) -> Iterator[str]:
    """What is written on an element that can be pressed: a button's label, or the options of menus and boxes."""
    element = place.element
    if element["type"] == "button":
        yield str(element["text"]["text"])
    for option in options_of(element):
        yield str(option["text"]["text"])


@dataclass(slots=True)
class Workspace:
    """A running sandbox. Start it here (`start`), or connect to one that runs (`connect`)."""

    base_url: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    patience: float = PATIENCE_SECONDS
    state_file: Path | None = None
    _session: aiohttp.ClientSession = field(repr=False, default=None)  # type: ignore[assignment]  # set by connect, the only way in
    _exit: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)
    _moves: int = 0
    _names: dict[str, str] = field(default_factory=dict, repr=False)
    _handles: dict[str, str] = field(default_factory=dict, repr=False)
    _channels: dict[str, str] = field(default_factory=dict, repr=False)

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
        patience: float = PATIENCE_SECONDS,
    ) -> Self:
        """Starts a sandbox with its state in `folder` (kept, so starting again there goes on), in this loop or as a process."""
        state_file = folder / "sandbox.sqlite"
        stack = AsyncExitStack()
        if process:
            url = await stack.enter_async_context(_process(state_file, manifest, rates, port, transport))
        else:
            settings = Settings(state_file, port, manifest, rates, transport=transport)
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
            _session=session,
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

    def user(self, handle: str) -> "Person":
        """A person by handle (`lena`). Raises DriverError if nobody has it."""
        if handle not in self._handles:
            raise DriverError(f"There is no {handle}; there are: {', '.join(sorted(self._handles))}.")
        return Person(self, handle, self._handles[handle])

    @property
    def bot(self) -> "Person":
        """The app's own user, for reading what it may see and for its id."""
        return self.user(self._names[self._bot_user])

    @property
    def _bot_user(self) -> str:
        return self._names["bot"]

    async def new_user(self, name: str, real_name: str, **more: Any) -> "Person":
        await self.control("users", {"name": name, "real_name": real_name, **more})
        await self._learn_names()
        return self.user(name)

    async def change_user(self, handle: str, **changes: Any) -> None:
        """E.g. deleted=True, tz="Asia/Tokyo", is_restricted=True."""
        await self.control(f"users/{self.user(handle).id}", changes)

    async def new_channel(self, name: str, *members: str, private: bool = False, app: bool = True) -> str:
        """Makes a channel with these handles (and the app) in it; gives back its id."""
        everybody = [*members, self._names[self._bot_user]] if app else list(members)
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
        """Everything that broke a limit of Slack in any payload so far; a good test ends with `assert not await ...problems()`."""
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

    async def wait_until(self, look: Callable[[], Awaitable[T]], what: str, patience: float | None = None) -> T:
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
        """What stands in the channel itself, oldest first, as the app's user (or somebody else) sees it."""
        return await self._messages(f"as/{as_ or self._bot_user}/messages?channel={self._quoted(channel)}")

    async def thread_messages(self, thread: Thread, as_: str | None = None) -> list[SeenMessage]:
        """The parent and its replies."""
        return await self._messages(f"as/{as_ or self._bot_user}/messages?channel={thread.channel}&thread={thread.ts}")

    async def message(
        self, place: str | Thread, containing: str, *, as_: str | None = None, patience: float | None = None
    ) -> SeenMessage:
        """Waits for a message in a channel or thread that reads like that; the newest if there are several."""

        async def look() -> SeenMessage | None:
            found = await (self.thread_messages(place, as_) if isinstance(place, Thread) else self.messages(place, as_))
            return next((message for message in reversed(found) if containing in message.text), None)

        found = await self.wait_until(look, f"a message in {place} with {containing!r}", patience)
        assert found is not None
        return found

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
        return Words(self._names, self._channels, when)

    # Plumbing

    async def read(self, path: str) -> Json:
        """GET below /control."""
        async with self._session.get(f"/control/{path}") as answer:
            return await self._checked(answer)

    async def control(self, path: str, body: Json) -> Json:
        """POST below /control. Raises DriverError with the sandbox's reason if it refuses."""
        async with self._session.post(f"/control/{path}", json=body) as answer:
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

    def _quoted(self, channel: str) -> str:
        return channel.removeprefix("#")

    async def _learn_names(self) -> None:
        world = await self.read("world")
        self._names = {user["id"]: user["name"] for user in world["users"]} | {"bot": world["app"]["bot_user"]}
        self._handles = {user["name"]: user["id"] for user in world["users"]}
        channels = (await self.read(f"as/{world['app']['bot_user']}/channels"))["channels"]
        self._channels = {channel["id"]: channel["name"] for channel in channels}

    async def _watch(self, feed: aiohttp.ClientWebSocketResponse) -> None:
        async for message in feed:
            if message.type == aiohttp.WSMsgType.TEXT:
                async with self._moved:
                    self._moves += 1
                    self._moved.notify_all()

    async def _scene(self) -> str:
        """The last messages of every channel the app is in, for error texts."""
        scene = []
        for channel_id, name in self._channels.items():
            found = await self._messages(f"as/{self._bot_user}/messages?channel={channel_id}")
            scene += [f"#{name}: {message.text}" for message in found[-3:]]
        return "\n".join(scene)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at their screen."""

    workspace: Workspace
    name: str
    id: str

    # Saying

    async def post(self, channel: str, text: str) -> SeenMessage:
        return await self._post({"channel": channel, "text": text})

    async def reply(self, thread: Thread | SeenMessage, text: str) -> SeenMessage:
        thread = thread.thread if isinstance(thread, SeenMessage) else thread
        return await self._post({"channel": thread.channel, "thread": thread.ts, "text": text})

    async def mention(
        self, text: str, *, thread: Thread | SeenMessage | None = None, channel: str = "dip-onboarding"
    ) -> SeenMessage:
        """`@app text`, in a thread or a channel."""
        said = f"<@{self.workspace._bot_user}> {text}"
        return await (self.post(channel, said) if thread is None else self.reply(thread, said))

    async def edit(self, message: SeenMessage, text: str) -> None:
        await self._do("edit", {"channel": message.channel, "ts": message.ts, "text": text})

    async def delete(self, message: SeenMessage) -> None:
        await self._do("delete", {"channel": message.channel, "ts": message.ts})

    async def upload(self, filename: str, content: bytes, *, to: str | Thread, text: str = "") -> str:
        """Shares a file in a channel or thread; gives back its id."""
        where = {"channel": to.channel, "thread": to.ts} if isinstance(to, Thread) else {"channel": to}
        coded = base64.b64encode(content).decode()
        made = await self._do("upload", {"filename": filename, "content_base64": coded, "text": text, **where})
        return str(made["file"]["id"])

    # Asking the app

    async def command(self, line: str, *, channel: str = "dip-onboarding") -> Json:
        """A slash command. Gives back the outcome; raises NotAcknowledged."""
        return await self._asked(line, "command", {"channel": channel, "text": line})

    async def shortcut(self, callback_id: str, message: SeenMessage | None = None) -> Json:
        where = {} if message is None else {"channel": message.channel, "ts": message.ts}
        return await self._asked(callback_id, "shortcut", {"callback_id": callback_id, **where})

    async def click(self, label: str, *, in_: Place = None, patience: float | None = None) -> Json:
        """Presses what has this label: a button, or an option of a menu or of boxes.

        `in_` is a message, a thread (newest first), "home", a channel's name, or nothing: the modal in front, else the newest
        message anywhere that shows it. Waits until it is rendered.
        """

        async def look() -> tuple[Json, Placed] | None:
            async for where, blocks in self._places(in_):
                for place in placed(blocks):
                    if not place.is_input and label in _labels(place):
                        return where, place
            return None

        found = await self.workspace.wait_until(look, f"{self.name} to see [{label}] in {_named(in_)}", patience)
        assert found is not None
        where, place = found
        body = {**where, "block_id": place.block_id, "action_id": place.action_id}
        if place.element["type"] != "button":
            option = next(option for option in options_of(place.element) if option["text"]["text"] == label)
            many = place.element["type"] in MANY_OPTIONS
            body["value"] = [option["value"]] if many else option["value"]
        return await self._asked(f"[{label}]", "click", body)

    async def choose(self, placeholder: str, value: Any, *, in_: Place = None, patience: float | None = None) -> Json:
        """Chooses in a select or picker outside a form, found by its placeholder; options by their text, people by handle."""

        async def look() -> tuple[Json, Placed] | None:
            async for where, blocks in self._places(in_):
                for place in placed(blocks):
                    if place.element.get("placeholder", {}).get("text") == placeholder:
                        return where, place
            return None

        found = await self.workspace.wait_until(look, f"{self.name} to see [{placeholder}] in {_named(in_)}", patience)
        assert found is not None
        where, place = found
        body = {
            **where,
            "block_id": place.block_id,
            "action_id": place.action_id,
            "value": await self._value(place.element, value),
        }
        return await self._asked(f"[{placeholder}]", "click", body)

    # Forms

    async def modal(self, title: str | None = None, *, containing: str = "", patience: float | None = None) -> SeenView:
        """Waits for a modal in front, with that title and words if given."""

        async def look() -> SeenView | None:
            view = await self.view()
            wrong = view is None or (title is not None and view.title != title) or containing not in view.text
            return None if wrong else view

        found = await self.workspace.wait_until(look, f"{self.name} to see the form {title or containing!r}", patience)
        assert found is not None
        return found

    async def view(self) -> SeenView | None:
        """The modal in front, if one is open."""
        top = (await self.workspace.read(f"as/{self.id}/view"))["top"]
        return None if top is None else self._seen_view(top)

    async def no_modal(self, patience: float | None = None) -> None:
        """Waits until every modal is closed."""

        async def look() -> bool:
            return await self.view() is None

        await self.workspace.wait_until(look, f"{self.name}'s forms to be closed", patience)

    async def submit(self, values: dict[str, Any] | None = None, *, title: str | None = None) -> None:
        """Fills in fields by their labels and submits the form in front.

        Options are given by their text (a list for several), people by handle or Person, channels by name, dates and times as
        such, files as (name, bytes) or a list of those; None empties a field. Raises SubmissionRefused if the form comes back
        with errors, NotAcknowledged if the app does not answer.
        """
        errors = await self.try_submit(values, title=title)
        if errors:
            raise SubmissionRefused(errors)

    async def try_submit(self, values: dict[str, Any] | None = None, *, title: str | None = None) -> dict[str, str]:
        """As `submit`, but gives the errors back, by label."""
        view = await self.modal(title)
        body = {"view_id": view.id, "values": await self.filled(view, values or {})}
        answer = await self._do("submit", body)
        outcome = answer["outcome"]
        if outcome is not None and not outcome["acked"]:
            raise NotAcknowledged(f"submitting {view.title!r}", outcome)
        labels = {
            place.block_id: str(place.block["label"]["text"]) for place in placed(view.body["blocks"]) if place.is_input
        }
        return {labels.get(block_id, block_id): text for block_id, text in answer["errors"].items()}

    async def filled(self, view: SeenView, values: dict[str, Any]) -> Json:
        """The control API's `values` for fields given by label. Raises DriverError for a label that is not there, or twice."""
        filled: Json = {}
        for label, value in values.items():
            places = [p for p in placed(view.body["blocks"]) if p.is_input and p.block["label"]["text"] == label]
            if len(places) != 1:
                raise DriverError(
                    f"{len(places)} fields are called {label!r}; there are {view.labels} in {view.title!r}."
                )
            place = places[0]
            content = None if value is None else await self._value(place.element, value)
            filled.setdefault(place.block_id, {})[place.action_id] = content
        return filled

    async def close_modal(self, *, all_: bool = False) -> None:
        view = await self.modal()
        await self._do("close_view", {"view_id": view.id, "clear": all_})

    # Home

    async def open_home(self) -> None:
        await self._do("home", {"tab": "home"})

    async def home(self, containing: str = "", patience: float | None = None) -> SeenView:
        """Opens the app's Home tab and waits until it shows something with these words."""
        await self.open_home()

        async def look() -> SeenView | None:
            body = (await self.workspace.read(f"as/{self.id}/home"))["view"]
            view = None if body is None else self._seen_view(body)
            return view if view is not None and containing in view.text else None

        found = await self.workspace.wait_until(look, f"{self.name}'s Home tab to show {containing!r}", patience)
        assert found is not None
        return found

    # Seeing

    async def sees(self, place: str | Thread) -> list[SeenMessage]:
        """A channel or thread as this person sees it, their ephemerals included."""
        if isinstance(place, Thread):
            return await self.workspace.thread_messages(place, self.id)
        return await self.workspace.messages(place, self.id)

    async def message(self, place: str | Thread, containing: str, patience: float | None = None) -> SeenMessage:
        """Waits until this person sees such a message there."""
        return await self.workspace.message(place, containing, as_=self.id, patience=patience)

    async def dm(self) -> str:
        """The id of the direct message channel with the app."""
        made = await self._do("dm", {"user": self.workspace._bot_user})
        return str(made["channel"]["id"])

    async def direct_message(self, containing: str, patience: float | None = None) -> SeenMessage:
        """Waits for a direct message by the app."""
        return await self.message(await self.dm(), containing, patience)

    async def channels(self) -> list[Json]:
        found: list[Json] = (await self.workspace.read(f"as/{self.id}/channels"))["channels"]
        return found

    # Plumbing

    async def _do(self, what: str, body: Json) -> Json:
        return await self.workspace.control(f"as/{self.id}/{what}", body)

    async def _post(self, body: Json) -> SeenMessage:
        made = (await self._do("post", body))["message"]
        return SeenMessage(made, "\n".join(lines_of_message(made, self.workspace.words())))

    async def _asked(self, what: str, path: str, body: Json) -> Json:
        outcome: Json = (await self._do(path, body))["outcome"]
        if not outcome["acked"]:
            raise NotAcknowledged(what, outcome)
        return outcome

    def _seen_view(self, body: Json) -> SeenView:
        return SeenView(body, "\n".join(lines_of_view(body, self.workspace.words())))

    async def _places(self, in_: Place) -> AsyncIterator[tuple[Json, list[Json]]]:
        """Where to look for something, newest first: the control API's address of each place, and its blocks."""
        if in_ == "home":
            body = (await self.workspace.read(f"as/{self.id}/home"))["view"]
            if body is not None:
                yield {"view_id": body["id"]}, body["blocks"]
            return
        view = await self.view() if in_ is None or isinstance(in_, SeenView) else None
        if view is not None:
            yield {"view_id": view.id}, view.body["blocks"]
        if view is not None or isinstance(in_, SeenView):
            return
        for message in await self._candidates(in_):
            yield {"channel": message.channel, "ts": message.ts}, message.body.get("blocks", [])

    async def _candidates(self, in_: SeenMessage | Thread | str | None) -> list[SeenMessage]:
        if isinstance(in_, SeenMessage):
            near = await self.sees(in_.thread)
            return [message for message in near if message.ts == in_.ts]
        if isinstance(in_, Thread | str):
            return list(reversed(await self.sees(in_)))
        found = []
        for channel in await self.channels():
            for message in await self.sees(channel["id"]):
                found.append(message)
                if message.body.get("reply_count"):
                    found += (await self.sees(message.thread))[1:]
        return sorted(found, key=lambda message: message.ts, reverse=True)

    async def _value(self, element: Json, value: Any) -> Any:
        kind = str(element["type"])
        if kind in MANY_OPTIONS | ONE_OPTION and options_of(element):
            by_text = {option["text"]["text"]: option["value"] for option in options_of(element)}
            wanted = value if isinstance(value, list | tuple) else [value]
            missing = [one for one in wanted if one not in by_text]
            if missing:
                raise DriverError(f"{missing} is not offered; there are {list(by_text)}.")
            return [by_text[one] for one in wanted] if kind in MANY_OPTIONS else by_text[value]
        if kind == "file_input":
            return [await self._uploaded(*one) for one in (value if isinstance(value, list) else [value])]
        if isinstance(value, list | tuple):
            return [self._id(kind, one) for one in value]
        return self._id(kind, value)

    def _id(self, kind: str, value: Any) -> Any:
        if isinstance(value, Person):
            return value.id
        if "users_select" in kind:
            return self.workspace.user(str(value).removeprefix("@")).id
        if "conversations_select" in kind or "channels_select" in kind:
            wanted = str(value).removeprefix("#")
            known = {name: id_ for id_, name in self.workspace._channels.items()}
            return known.get(wanted, wanted)
        if isinstance(value, datetime):
            return int(value.timestamp())
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, time):
            return value.strftime("%H:%M")
        return value

    async def _uploaded(self, name: str, content: bytes) -> str:
        coded = base64.b64encode(content).decode()
        return str((await self._do("upload", {"filename": name, "content_base64": coded}))["file"]["id"])


def _named(in_: Place) -> str:
    match in_:
        case None:
            return "the form in front or any message"
        case SeenMessage():
            return f"the message\n{in_.text}\n"
        case SeenView():
            return f"the form {in_.title!r}"
        case _:
            return str(in_)


@asynccontextmanager
async def _process(
    state_file: Path, manifest: Path | None, rates: bool, port: int, transport: str | None
) -> AsyncIterator[str]:
    """A sandbox in a process of its own, ended politely when the block ends."""
    arguments = [
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(state_file),
        "--rates",
        "real" if rates else "off",
    ]
    arguments += ["--manifest", str(manifest)] if manifest is not None else []
    arguments += ["--transport", transport] if transport is not None else []
    root = str(Path(__file__).resolve().parents[1])
    environment = os.environ | {"PYTHONPATH": root}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, env=environment
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
        if not line:
            raise DriverError(f"The sandbox ended at once, with status {await process.wait()}.")
        yield str(json.loads(line)["url"])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


__all__ = [
    "DriverError",
    "NotAcknowledged",
    "Person",
    "SeenMessage",
    "SeenView",
    "SubmissionRefused",
    "Thread",
    "Workspace",
    "lines_of_blocks",
]
