"""Somebody at their screen: what they say, press, fill in and see."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sandbox.driver_seen import (
    DriverError,
    NotAcknowledged,
    Place,
    SeenMessage,
    SeenView,
    SubmissionRefused,
    Thread,
    labels_of,
    named,
)
from sandbox.rendered import MANY_OPTIONS, ONE_OPTION, Placed, options_of, placed
from sandbox.shapes import Json
from sandbox.transcript import lines_of_message, lines_of_view

if TYPE_CHECKING:
    from sandbox.driver import Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at their screen."""

    workspace: "Workspace"
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
        said = f"<@{self.workspace.bot_user}> {text}"
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
                    if not place.is_input and label in labels_of(place):
                        return where, place
            return None

        found = await self.workspace.wait_until(look, f"{self.name} to see [{label}] in {named(in_)}", patience)
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

        found = await self.workspace.wait_until(look, f"{self.name} to see [{placeholder}] in {named(in_)}", patience)
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

        return await self.workspace.wait_until(look, f"{self.name} to see the form {title or containing!r}", patience)

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

        return await self.workspace.wait_until(look, f"{self.name}'s Home tab to show {containing!r}", patience)

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
        made = await self._do("dm", {"user": self.workspace.bot_user})
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
            known = {name: id_ for id_, name in self.workspace.channel_names.items()}
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
