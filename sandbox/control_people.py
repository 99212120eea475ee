"""The part of the control API below /control/as/{user}: what a user sees and does. `sandbox.control` documents it."""

import base64
import binascii
from dataclasses import dataclass

from aiohttp import web

from sandbox.control_requests import Route, entered_in, listed, maybe, number, wanted
from sandbox.control_shapes import channel_shape, message_shape, view_shape
from sandbox.core import Sandbox
from sandbox.people import commands, forms, pressing, talking
from sandbox.shapes import Json, NotPossible
from sandbox.world import File, Message, User, View


@dataclass(frozen=True, slots=True)
class PeopleControl:
    sandbox: Sandbox

    def routes(self) -> list[Route]:
        return [
            ("GET", "/as/{user}/channels", self.channels),
            ("GET", "/as/{user}/messages", self.messages),
            ("GET", "/as/{user}/view", self.view),
            ("GET", "/as/{user}/home", self.home),
            ("POST", "/as/{user}/post", self.post),
            ("POST", "/as/{user}/edit", self.edit),
            ("POST", "/as/{user}/delete", self.delete),
            ("POST", "/as/{user}/command", self.command),
            ("POST", "/as/{user}/click", self.click),
            ("POST", "/as/{user}/submit", self.submit),
            ("POST", "/as/{user}/close_view", self.close_view),
            ("POST", "/as/{user}/options", self.options),
            ("POST", "/as/{user}/shortcut", self.shortcut),
            ("POST", "/as/{user}/home", self.open_home),
            ("POST", "/as/{user}/dm", self.dm),
            ("POST", "/as/{user}/upload", self.upload),
            ("POST", "/as/{user}/join", self.join),
            ("POST", "/as/{user}/leave", self.leave),
        ]

    async def channels(self, request: web.Request, _: Json) -> Json:
        user = self._user(request)
        found = [channel for channel in self.sandbox.world.channels.values() if self.sandbox.sees(user, channel)]
        return {"channels": [channel_shape(self.sandbox, channel, user) for channel in found]}

    async def messages(self, request: web.Request, _: Json) -> Json:
        user = self._user(request)
        channel = self.sandbox.world.channel(request.query.get("channel", ""))
        if not self.sandbox.sees(user, channel):
            raise NotPossible(f"{user.real_name} cannot see that channel.", 409)
        thread = request.query.get("thread")
        box = self.sandbox
        found = box.visible_thread(channel, thread, user) if thread else box.visible_timeline(channel, user)
        if "newest" in request.query:
            found = found[-max(int(number(request.query["newest"], "newest")), 1) :]
        return {"messages": [message_shape(self.sandbox, message, user) for message in found]}

    async def view(self, request: web.Request, _: Json) -> Json:
        stack = [view_shape(self.sandbox, view) for view in self.sandbox.modals.stack(self._user(request).id)]
        return {"stack": stack, "top": stack[-1] if stack else None}

    async def home(self, request: web.Request, _: Json) -> Json:
        home = self.sandbox.world.homes.get(self._user(request).id)
        return {"view": None if home is None else view_shape(self.sandbox, home)}

    async def post(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        files = [self._file(str(id_)) for id_ in listed(body, "files")]
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        message = talking.post(
            self.sandbox, user, channel, maybe(body, "text") or "", maybe(body, "thread"), listed(body, "blocks"), files
        )
        return {"message": message_shape(self.sandbox, message, user)}

    async def edit(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        message = talking.edit(self.sandbox, user, self._message(body), wanted(body, "text"))
        return {"message": message_shape(self.sandbox, message, user)}

    async def delete(self, request: web.Request, body: Json) -> Json:
        talking.delete(self.sandbox, self._user(request), self._message(body))
        return {}

    async def command(self, request: web.Request, body: Json) -> Json:
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        user = self._user(request)
        outcome = await commands.command(self.sandbox, user, channel, wanted(body, "text"), maybe(body, "thread"))
        return {"outcome": outcome.as_json()}

    async def click(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        block_id, action_id = wanted(body, "block_id"), wanted(body, "action_id")
        value, values = body.get("value"), entered_in(body)
        if "view_id" in body:
            view = self._view(user, str(body["view_id"]))
            outcome = await pressing.click_in_view(self.sandbox, user, view, block_id, action_id, value, values)
        else:
            message = self._message(body)
            outcome = await pressing.click_in_message(self.sandbox, user, message, block_id, action_id, value, values)
        return {"outcome": outcome.as_json()}

    async def submit(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        view = self.sandbox.modals.on_top(user.id, wanted(body, "view_id"))
        outcome, errors = await forms.submit(self.sandbox, user, view, entered_in(body))
        closed = self.sandbox.modals.find(view.id) is None
        return {"outcome": None if outcome is None else outcome.as_json(), "closed": closed, "errors": errors}

    async def close_view(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        view = self.sandbox.modals.on_top(user.id, wanted(body, "view_id"))
        outcome = await forms.close_view(self.sandbox, user, view, clear=bool(body.get("clear")))
        return {"outcome": outcome.as_json()}

    async def options(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        view = self._view(user, wanted(body, "view_id"))
        found = await forms.options(
            self.sandbox, user, view, wanted(body, "block_id"), wanted(body, "action_id"), str(body.get("query", ""))
        )
        return {"options": found}

    async def shortcut(self, request: web.Request, body: Json) -> Json:
        message = self._message(body) if "ts" in body else None
        outcome = await commands.shortcut(self.sandbox, self._user(request), wanted(body, "callback_id"), message)
        return {"outcome": outcome.as_json()}

    async def open_home(self, request: web.Request, body: Json) -> Json:
        talking.open_home(self.sandbox, self._user(request), str(body.get("tab", "home")))
        return {}

    async def dm(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        other = self.sandbox.world.user(wanted(body, "user"))
        channel = self.sandbox.world.dm(user.id, other.id)
        self.sandbox.live.tell("channel", channel=channel.id)
        return {"channel": channel_shape(self.sandbox, channel, user)}

    async def upload(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        try:
            content = base64.b64decode(str(body.get("content_base64", "")), validate=True)
        except binascii.Error as error:
            raise NotPossible("content_base64 is not Base64.") from error
        file = talking.upload(self.sandbox, user, wanted(body, "filename"), content)
        if body.get("channel"):
            channel = self.sandbox.world.channel(str(body["channel"]))
            talking.post(self.sandbox, user, channel, maybe(body, "text") or "", maybe(body, "thread"), [], [file])
        return {"file": {"id": file.id, "name": file.name, "size": file.size}}

    async def join(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        if not self.sandbox.sees(user, channel):
            raise NotPossible("That channel is not open to this user.", 409)
        self.sandbox.set_member(channel, user, member=True)
        return {}

    async def leave(self, request: web.Request, body: Json) -> Json:
        self.sandbox.set_member(self.sandbox.world.channel(wanted(body, "channel")), self._user(request), member=False)
        return {}

    # Looking up

    def _user(self, request: web.Request) -> User:
        return self.sandbox.world.user(request.match_info["user"])

    def _file(self, file_id: str) -> File:
        file = self.sandbox.world.files.get(file_id)
        if file is None:
            raise NotPossible(f"There is no file {file_id}.", 404)
        return file

    def _message(self, body: Json) -> Message:
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        message = self.sandbox.world.messages.get((channel.id, wanted(body, "ts")))
        if message is None:
            raise NotPossible("There is no such message.", 404)
        return message

    def _view(self, user: User, view_id: str) -> View:
        """The modal in front, or the user's Home tab."""
        home = self.sandbox.world.homes.get(user.id)
        if home is not None and home.id == view_id:
            return home
        return self.sandbox.modals.on_top(user.id, view_id)
