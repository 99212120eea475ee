"""The control API: what the workspace's page, the tests' driver and the demo's bot use to see and move the sandbox.

Everything lives under `/control` on loopback. Requests whose `Host` is not loopback, or whose `Origin` is another site, get 403.
POST bodies are JSON objects with `Content-Type: application/json` (so no foreign form can send them); `{}` where nothing is needed.
Answers are `{"ok": true, ...}`; a refusal is status 4xx with `{"ok": false, "error": "a sentence for people"}`.
`{user}` is a user's id or handle (`U…` or `lena`); `channel` is an id or a name without `#`; `ts` is Slack's text timestamp.

World
  GET  /control/world        {team: {id, name, domain}, app: App, clock: Clock, users: [User], teams: [{id, name}]}
         App   {id, name, bot_id, bot_user, commands: [{command, description, usage_hint}], home: bool, scopes: [..],
                shortcuts: [{callback_id, name, description, type: "message"|"global"}], connections: n, transport: "socket"|"http"}
         User  {id, name, real_name, display_name, title, email, tz, tz_label, tz_offset, team_id, is_bot, deleted,
                is_restricted, is_ultra_restricted, is_stranger, is_admin, color}
         Clock {now: ISO 8601 UTC, epoch: seconds, offset_seconds}
  GET  /control/clock        Clock
  POST /control/clock        {advance_seconds: n} or {to: ISO 8601 with zone}; only forwards unless {"back": true}. -> Clock
  GET  /control/live         WebSocket. First {seq, kind: "hello"}; then one JSON text per change, ids only, so fetch what you show:
         {seq, kind: "message", channel, ts, thread_ts, change: "posted"|"edited"|"deleted"|"replied"}
         {seq, kind: "ephemeral", channel, ts, thread_ts, user}     {seq, kind: "view", user}      {seq, kind: "home", user}
         {seq, kind: "channel", channel}   {seq, kind: "user", user}   {seq, kind: "clock"}   {seq, kind: "connections", count}
         {seq, kind: "payload", n}  (the app called a method)      {seq, kind: "delivery", n}  (an envelope changed its state)

Seeing, as a user
  GET  /control/as/{user}/channels             {channels: [Channel]}, those that the user can see, direct messages included
         Channel {id, name, kind: "public"|"private"|"dm", is_member, archived, shared, topic, members: [user id], latest: ts|null,
                  with: user id of the other one (dm only), app_is_member}
  GET  /control/as/{user}/messages?channel=    {messages: [Message]} oldest first: those in the channel itself
  GET  /control/as/{user}/messages?channel=&thread=TS   the parent and its replies
         Message is Slack's: {type, user, bot_id?, text, blocks?, files?, ts, thread_ts?, reply_count?, reply_users?, latest_reply?, edited?,
         subtype?} and also {channel, ephemeral: bool (only this user sees it), mine: bool (may delete and edit), permalink}
  GET  /control/as/{user}/view                 {stack: [View], top: View|null}, the modal stack as it stands, newest last
         View is Slack's view object and also {errors: {block_id: sentence}}: what the app answered to the last submission
  GET  /control/as/{user}/home                 {view: View|null}: what the app published (POST home tells the app that it was opened)
  GET  /control/files/{id}?as={user}           the file's bytes

Doing, as a user. All are POST below /control/as/{user}/ . What goes to the app answers when the app has acknowledged it, or failed to:
         Outcome {acked: bool, error: null|"timeout"|"not_connected"|"http_500"|..., response: the app's answer or null, message: text for people or null}
  post       {channel, text, thread?: TS, blocks?: [..], files?: [id]}  -> {message}; text may hold <@U…>, <#C…>; `@handle` and `#channel` are turned into them
  edit       {channel, ts, text} -> {message}              delete  {channel, ts}        (own messages only, as in Slack)
  command    {channel, text: "/dip status", thread?: TS}   -> {outcome}; 400 in a thread, as in Slack, and for a command nobody has registered
  click      {block_id, action_id, value?, values?, and either channel + ts or view_id} -> {outcome}
             Refused with 409 unless that element is in what this user now sees. `value` by element:
               button: none | static_select, radio_buttons, overflow: the option's value | multi_static_select, checkboxes: [values]
               users_select, conversations_select, channels_select: id | multi_…: [ids] | datepicker "2026-11-24" | timepicker "10:05"
               datetimepicker: epoch seconds | plain_text_input (with dispatch_action_config): text
             `values` is the present content of all inputs of the view, as for submit
  submit     {view_id, values: {block_id: {action_id: value}}} -> {outcome, closed: bool, errors: {block_id: sentence}}
             values as above, and: url/email/number_text_input: text | file_input: [file ids] | rich_text_input: text. Refused with 409 for
             an input that is not in the view; `errors` without asking the app where Slack's client itself would object
             (required, min_length, max_length, not a number, not an address).
  close_view {view_id, clear?: bool} -> {outcome}; the app is told only if the view has notify_on_close
  options    {view_id or channel + ts, block_id, action_id, query} -> {options}: external selects
  shortcut   {callback_id, channel?, ts?} -> {outcome}: channel and ts for a message shortcut
  home       {tab?: "home"|"messages"} -> {}: tells the app that App Home was opened
  dm         {user} -> {channel}: opens the direct message with a user (or with the app's bot user)
  upload     {filename, content_base64, channel?, thread?, text?} -> {file}; without a channel it is for a file_input
  join, leave {channel} -> {}

Administration (POST unless said)
  /control/users             {name, real_name, title?, tz?, email?, team_id?, is_restricted?, ...} -> {user}
  /control/users/{user}      the same fields, also {deleted: true} -> {user}
  /control/channels          {name, private?: bool, members?: [user]} -> {channel}
  /control/channels/{id}     {archived?, shared?, topic?, name?} -> {channel}
  /control/members           {channel, user, member: bool} -> {}; `user` may be the bot: `/invite @dipper` typed by a member does the same
  /control/app               GET {bot_token, app_token, signing_secret, request_url, transport}; POST {transport?: "socket"|"http", request_url?}
  /control/app/revoke        {} revokes the bot token;   /control/app/restore {} gives it back (a reinstall)
  /control/app/scopes        {remove?: [scope], add?: [scope]}
  /control/app/manifest      {path} reads another manifest

Faults
  GET  /control/faults       {faults: [{id, kind, method?, channel?, times, seconds?, status?, type?}]}
  POST /control/faults       {kind, times?: 1, method?: "chat.postMessage", channel?, type?: "block_actions"|..., seconds?, status?, error?} -> {id}; times -1: until removed
         To the app's calls:    "ratelimited" (seconds = Retry-After) | "error" (error = code) | "http" (status) before anything is done |
                                "http_after" (status) after it was done | "reset" before | "reset_after" after | "delay" (seconds)
         To our deliveries:     "duplicate" | "delay_delivery" (seconds) | "drop_delivery" | "drop_ack" (the app's ack is not heard)
         To everything:         "away": all calls get 503 and nothing is delivered
  POST /control/faults/clear {id?}: one, or all
  POST /control/disconnect   {reason?: "warning"|"refresh_requested"|"link_disabled"|"too_many_websockets", hard?: bool}: recycle the sockets
  POST /control/redeliver    {n}: send delivery n once more with a retry header, as it was
  POST /control/rates        {mode: "real"|"off"}

The record
  GET  /control/payloads?since=N    {payloads: [{n, at, method, token_kind, args, ok, error, problems: [text], warnings: [text]}], next}
  GET  /control/deliveries?since=N  {deliveries: [{n, at, type, payload, tries: [{at, acked, error, retry, response}], ack_ms, response}], next}
"""

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from sandbox import people
from sandbox.api.chat import permalink
from sandbox.core import Sandbox
from sandbox.manifest import BadManifest, read_manifest
from sandbox.payloads import message_json, user_json, view_json
from sandbox.shapes import Json, NotPossible
from sandbox.signed_http import SignedHttp
from sandbox.sockets import DISCONNECT_REASONS, SocketHub
from sandbox.storage import SqliteStorage
from sandbox.world import Channel, File, Message, User, View, new_id

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
USER_FIELDS = frozenset(
    {"name", "real_name", "title", "email", "tz", "team_id", "deleted"}
    | {"is_restricted", "is_ultra_restricted", "is_stranger", "is_admin", "color"}
)


def foreign(request: web.Request) -> bool:
    """Whether another site's page (or a name that only resolves to loopback) is asking."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    origin = request.headers.get("Origin")
    return host not in LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host)


def wanted(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise NotPossible(f"{name} is missing.")
    return value


@dataclass(slots=True)
class Control:
    sandbox: Sandbox
    hub: SocketHub
    http: SignedHttp
    storage: SqliteStorage

    def add_routes(self, app: web.Application) -> None:
        routes: list[tuple[str, str, Callable[[web.Request, Json], Awaitable[Json]]]] = [
            ("GET", "/world", self.world),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.set_clock),
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
            ("POST", "/users", self.new_user),
            ("POST", "/users/{id}", self.change_user),
            ("POST", "/channels", self.new_channel),
            ("POST", "/channels/{id}", self.change_channel),
            ("POST", "/members", self.members),
            ("GET", "/app", self.app),
            ("POST", "/app", self.change_app),
            ("POST", "/app/revoke", self.revoke),
            ("POST", "/app/restore", self.restore),
            ("POST", "/app/scopes", self.scopes),
            ("POST", "/app/manifest", self.manifest),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.add_fault),
            ("POST", "/faults/clear", self.clear_faults),
            ("POST", "/disconnect", self.disconnect),
            ("POST", "/redeliver", self.redeliver),
            ("POST", "/rates", self.rates),
            ("GET", "/payloads", self.payloads),
            ("GET", "/deliveries", self.deliveries),
        ]
        for verb, path, handler in routes:
            app.router.add_route(verb, f"/control{path}", self._guarded(handler))
        app.router.add_get("/control/live", self.live)
        app.router.add_get("/control/files/{id}", self.file)

    def _guarded(
        self, handler: Callable[[web.Request, Json], Awaitable[Json]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def guarded(request: web.Request) -> web.Response:
            if foreign(request):
                return web.json_response({"ok": False, "error": "This API answers to its own page only."}, status=403)
            try:
                body = await _body(request)
                return web.json_response({"ok": True, **await handler(request, body)})
            except NotPossible as refusal:
                return web.json_response({"ok": False, "error": str(refusal)}, status=refusal.status)

        return guarded

    def close(self) -> None:
        """Remembers where the clock stands."""
        self.storage.changed("value", "clock_offset", self.sandbox.clock.offset_seconds)

    # World

    async def world(self, _: web.Request, __: Json) -> Json:
        box = self.sandbox
        now = box.clock.now()
        users = []
        for user in box.world.users.values():
            shape = user_json(user, now)
            users.append(
                {
                    "tz": user.tz,
                    "tz_offset": 0,
                    **shape,
                    **shape["profile"],
                    "display_name": user.name,
                    "title": user.title,
                }
            )
        return {
            "team": {"id": box.world.team.id, "name": box.world.team.name, "domain": box.world.team.domain},
            "teams": [{"id": team.id, "name": team.name} for team in box.world.teams.values()],
            "app": {
                "id": box.world.app.id,
                "name": box.manifest.name,
                "bot_id": box.world.app.bot_id,
                "bot_user": box.world.app.bot_user,
                "commands": [
                    {"command": entry.command, "description": entry.description, "usage_hint": entry.usage_hint}
                    for entry in box.manifest.commands
                ],
                "shortcuts": [
                    {
                        "callback_id": entry.callback_id,
                        "name": entry.name,
                        "description": entry.description,
                        "type": entry.type,
                    }
                    for entry in box.manifest.shortcuts
                ],
                "home": box.manifest.home_tab,
                "scopes": box.scopes,
                "connections": self.hub.count,
                "transport": box.courier.transport,
            },
            "clock": box.clock.as_json(),
            "users": users,
        }

    async def clock(self, _: web.Request, __: Json) -> Json:
        return self.sandbox.clock.as_json()

    async def set_clock(self, _: web.Request, body: Json) -> Json:
        clock = self.sandbox.clock
        if "advance_seconds" in body:
            step = float(body["advance_seconds"])
        else:
            try:
                target = datetime.fromisoformat(wanted(body, "to"))
            except ValueError as error:
                raise NotPossible(f"{body['to']!r} is not an ISO 8601 time.") from error
            if target.tzinfo is None:
                raise NotPossible("The time needs a zone, e.g. Z or +01:00.")
            step = target.timestamp() - clock.now()
        if step < 0 and body.get("back") is not True:
            raise NotPossible("The clock goes forwards only (or say back: true).")
        clock.offset_seconds += step
        self.close()
        self.sandbox.courier.clock_moved()
        self.sandbox.live.tell("clock")
        return clock.as_json()

    async def live(self, request: web.Request) -> web.StreamResponse:
        if foreign(request):
            return web.json_response({"ok": False, "error": "This API answers to its own page only."}, status=403)
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        queue = self.sandbox.live.listen()
        writer = asyncio.ensure_future(_write(socket, queue))
        try:
            async for message in socket:
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            writer.cancel()
            self.sandbox.live.leave(queue)
        return socket

    # Seeing

    async def channels(self, request: web.Request, _: Json) -> Json:
        user = self._user(request)
        found = [channel for channel in self.sandbox.world.channels.values() if self.sandbox.sees(user, channel)]
        return {"channels": [self._channel_json(channel, user) for channel in found]}

    async def messages(self, request: web.Request, _: Json) -> Json:
        user = self._user(request)
        channel = self.sandbox.world.channel(request.query.get("channel", ""))
        if not self.sandbox.sees(user, channel):
            raise NotPossible(f"{user.real_name} cannot see that channel.", 409)
        thread = request.query.get("thread")
        if thread:
            found = self.sandbox.visible_thread(channel, thread, user)
        else:
            found = self.sandbox.visible_timeline(channel, user)
        return {"messages": [self._message_json(message, user) for message in found]}

    async def view(self, request: web.Request, _: Json) -> Json:
        stack = [self._view_json(view) for view in self.sandbox.modals.stack(self._user(request).id)]
        return {"stack": stack, "top": stack[-1] if stack else None}

    async def home(self, request: web.Request, _: Json) -> Json:
        home = self.sandbox.world.homes.get(self._user(request).id)
        return {"view": None if home is None else self._view_json(home)}

    async def file(self, request: web.Request) -> web.Response:
        if foreign(request):
            return web.json_response({"ok": False, "error": "This API answers to its own page only."}, status=403)
        file = self.sandbox.world.files.get(request.match_info["id"])
        if file is None:
            return web.json_response({"ok": False, "error": "There is no such file."}, status=404)
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)

    # Doing

    async def post(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        files = [self._file(str(id_)) for id_ in body.get("files") or ()]
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        message = people.post(
            self.sandbox, user, channel, str(body.get("text", "")), body.get("thread"), body.get("blocks") or [], files
        )
        return {"message": self._message_json(message, user)}

    async def edit(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        message = people.edit(self.sandbox, user, self._message(body), wanted(body, "text"))
        return {"message": self._message_json(message, user)}

    async def delete(self, request: web.Request, body: Json) -> Json:
        people.delete(self.sandbox, self._user(request), self._message(body))
        return {}

    async def command(self, request: web.Request, body: Json) -> Json:
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        user = self._user(request)
        outcome = await people.command(self.sandbox, user, channel, wanted(body, "text"), body.get("thread"))
        return {"outcome": outcome.as_json()}

    async def click(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        block_id, action_id = wanted(body, "block_id"), wanted(body, "action_id")
        value, values = body.get("value"), body.get("values") or {}
        if "view_id" in body:
            view = self._view(user, str(body["view_id"]))
            outcome = await people.click_in_view(self.sandbox, user, view, block_id, action_id, value, values)
        else:
            message = self._message(body)
            outcome = await people.click_in_message(self.sandbox, user, message, block_id, action_id, value, values)
        return {"outcome": outcome.as_json()}

    async def submit(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        view = self.sandbox.modals.on_top(user.id, wanted(body, "view_id"))
        outcome, errors = await people.submit(self.sandbox, user, view, body.get("values") or {})
        closed = self.sandbox.modals.find(view.id) is None
        return {"outcome": None if outcome is None else outcome.as_json(), "closed": closed, "errors": errors}

    async def close_view(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        view = self.sandbox.modals.on_top(user.id, wanted(body, "view_id"))
        outcome = await people.close_view(self.sandbox, user, view, clear=bool(body.get("clear")))
        return {"outcome": outcome.as_json()}

    async def options(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        view = self._view(user, wanted(body, "view_id"))
        found = await people.options(
            self.sandbox, user, view, wanted(body, "block_id"), wanted(body, "action_id"), str(body.get("query", ""))
        )
        return {"options": found}

    async def shortcut(self, request: web.Request, body: Json) -> Json:
        message = self._message(body) if "ts" in body else None
        outcome = await people.shortcut(self.sandbox, self._user(request), wanted(body, "callback_id"), message)
        return {"outcome": outcome.as_json()}

    async def open_home(self, request: web.Request, body: Json) -> Json:
        people.open_home(self.sandbox, self._user(request), str(body.get("tab", "home")))
        return {}

    async def dm(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        other = self.sandbox.world.user(wanted(body, "user"))
        channel = self.sandbox.world.dm(user.id, other.id)
        self.sandbox.live.tell("channel", channel=channel.id)
        return {"channel": self._channel_json(channel, user)}

    async def upload(self, request: web.Request, body: Json) -> Json:
        user = self._user(request)
        try:
            content = base64.b64decode(str(body.get("content_base64", "")), validate=True)
        except binascii.Error as error:
            raise NotPossible("content_base64 is not Base64.") from error
        file = people.upload(self.sandbox, user, wanted(body, "filename"), content)
        if body.get("channel"):
            channel = self.sandbox.world.channel(str(body["channel"]))
            people.post(self.sandbox, user, channel, str(body.get("text", "")), body.get("thread"), [], [file])
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

    # Administration

    async def new_user(self, _: web.Request, body: Json) -> Json:
        name = wanted(body, "name")
        if any(user.name == name for user in self.sandbox.world.users.values()):
            raise NotPossible(f"There is a user {name} already.", 409)
        user = User(
            new_id("U"), name, wanted(body, "real_name"), str(body.get("team_id") or self.sandbox.world.team.id)
        )
        return self._set_user(user, body)

    async def change_user(self, request: web.Request, body: Json) -> Json:
        return self._set_user(self.sandbox.world.user(request.match_info["id"]), body)

    async def new_channel(self, _: web.Request, body: Json) -> Json:
        name = wanted(body, "name")
        if any(channel.name == name for channel in self.sandbox.world.channels.values()):
            raise NotPossible(f"There is a channel #{name} already.", 409)
        kind = "private" if body.get("private") else "public"
        members = [self.sandbox.world.user(str(member)).id for member in body.get("members") or ()]
        created = int(self.sandbox.clock.now())
        channel = Channel(new_id("C"), name, kind, members, creator=members[0] if members else "", created=created)
        self.sandbox.world.put_channel(channel)
        self.sandbox.live.tell("channel", channel=channel.id)
        return {"channel": self._channel_json(channel, None)}

    async def change_channel(self, request: web.Request, body: Json) -> Json:
        box = self.sandbox
        channel = box.world.channel(request.match_info["id"])
        by = channel.creator or "U0ALEX"
        if "archived" in body:
            box.set_archived(channel, archived=bool(body["archived"]), by=by)
        if "shared" in body:
            box.set_shared(channel, shared=bool(body["shared"]))
        channel.topic = str(body.get("topic", channel.topic))
        channel.name = str(body.get("name", channel.name))
        box.world.put_channel(channel)
        box.live.tell("channel", channel=channel.id)
        return {"channel": self._channel_json(channel, None)}

    async def members(self, _: web.Request, body: Json) -> Json:
        channel = self.sandbox.world.channel(wanted(body, "channel"))
        user = self.sandbox.world.user(wanted(body, "user"))
        self.sandbox.set_member(channel, user, member=bool(body.get("member", True)))
        return {}

    async def app(self, _: web.Request, __: Json) -> Json:
        app = self.sandbox.world.app
        return {
            "bot_token": app.bot_token,
            "app_token": app.app_token,
            "signing_secret": app.signing_secret,
            "request_url": app.request_url,
            "transport": app.transport,
        }

    async def change_app(self, request: web.Request, body: Json) -> Json:
        app = self.sandbox.world.app
        if "request_url" in body:
            await self.http.verify(str(body["request_url"]))
        if "transport" in body:
            if body["transport"] not in ("socket", "http"):
                raise NotPossible("transport is socket or http.")
            app.transport = self.sandbox.courier.transport = str(body["transport"])
        self.sandbox.world.put_app()
        return await self.app(request, body)

    async def revoke(self, _: web.Request, __: Json) -> Json:
        self.sandbox.world.app.revoked = True
        self.sandbox.world.put_app()
        tokens = {"oauth": [], "bot": [self.sandbox.world.app.bot_user]}
        self.sandbox.emit("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})
        return {}

    async def restore(self, _: web.Request, __: Json) -> Json:
        self.sandbox.world.app.revoked = False
        self.sandbox.world.put_app()
        return {}

    async def scopes(self, _: web.Request, body: Json) -> Json:
        app = self.sandbox.world.app
        gone, new = list(body.get("remove") or ()), list(body.get("add") or ())
        app.removed_scopes = [scope for scope in app.removed_scopes if scope not in new] + gone
        app.added_scopes = [scope for scope in app.added_scopes if scope not in gone] + new
        self.sandbox.world.put_app()
        return {"scopes": self.sandbox.scopes}

    async def manifest(self, _: web.Request, body: Json) -> Json:
        try:
            self.sandbox.manifest = read_manifest(Path(wanted(body, "path")))
        except BadManifest as error:
            raise NotPossible(str(error)) from error
        return {"scopes": self.sandbox.scopes}

    # Faults and the record

    async def faults(self, _: web.Request, __: Json) -> Json:
        return {"faults": [fault.as_json() for fault in self.sandbox.faults.all()]}

    async def add_fault(self, _: web.Request, body: Json) -> Json:
        return {"id": self.sandbox.faults.add(body).id}

    async def clear_faults(self, _: web.Request, body: Json) -> Json:
        self.sandbox.faults.clear(body.get("id"))
        return {}

    async def disconnect(self, _: web.Request, body: Json) -> Json:
        reason = str(body.get("reason", "refresh_requested"))
        if reason not in DISCONNECT_REASONS:
            raise NotPossible(f"There is no disconnect reason {reason}.")
        return {"disconnected": await self.hub.disconnect(reason, hard=bool(body.get("hard")))}

    async def redeliver(self, _: web.Request, body: Json) -> Json:
        self.sandbox.courier.redeliver(int(body.get("n", -1)))
        return {}

    async def rates(self, _: web.Request, body: Json) -> Json:
        if body.get("mode") not in ("real", "off"):
            raise NotPossible("mode is real or off.")
        self.sandbox.rates.on = body["mode"] == "real"
        return {}

    async def payloads(self, request: web.Request, _: Json) -> Json:
        found = self.sandbox.records.since(int(request.query.get("since", "0")))
        return {"payloads": [call.as_json() for call in found], "next": found[-1].n + 1 if found else 0}

    async def deliveries(self, request: web.Request, _: Json) -> Json:
        since = int(request.query.get("since", "0"))
        found = [delivery for delivery in self.sandbox.courier.deliveries if delivery.n >= since]
        return {"deliveries": [delivery.as_json() for delivery in found], "next": found[-1].n + 1 if found else since}

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

    def _set_user(self, user: User, body: Json) -> Json:
        unknown = set(body) - USER_FIELDS
        if unknown:
            raise NotPossible(f"A user has no {', '.join(sorted(unknown))}.")
        for key, value in body.items():
            setattr(user, key, value)
        self.sandbox.world.put_user(user)
        self.sandbox.emit_user_change(user)
        return {"user": user_json(user, self.sandbox.clock.now())}

    def _channel_json(self, channel: Channel, user: User | None) -> Json:
        app_user = self.sandbox.world.app.bot_user
        shape: Json = {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "is_member": user is not None and user.id in channel.members,
            "archived": channel.archived,
            "shared": channel.shared,
            "topic": channel.topic,
            "members": channel.members,
            "latest": self.sandbox.world.latest_ts(channel.id),
            "app_is_member": app_user in channel.members,
        }
        if channel.kind == "dm" and user is not None:
            shape["with"] = next((member for member in channel.members if member != user.id), user.id)
        return shape

    def _message_json(self, message: Message, user: User) -> Json:
        box = self.sandbox
        shape = message_json(message, box.world, box.base_url, viewer=user.id)
        return shape | {
            "channel": message.channel,
            "ephemeral": message.only_for is not None,
            "mine": message.user == user.id,
            "permalink": permalink(box.base_url, message),
            "history": message.history,
        }

    def _view_json(self, view: View) -> Json:
        return view_json(view, self.sandbox.world) | {"errors": view.errors}


async def _body(request: web.Request) -> Json:
    """A POST's JSON object; a GET has none. Raises NotPossible for anything else."""
    if request.method == "GET":
        return {}
    if request.content_type != "application/json":
        raise NotPossible("The body must be application/json.", 415)
    try:
        body: Any = json.loads(await request.text() or "{}")
    except ValueError as error:
        raise NotPossible("The body is no JSON.") from error
    if not isinstance(body, dict):
        raise NotPossible("The body must be a JSON object.")
    return body


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[Json]) -> None:
    while not socket.closed:
        await socket.send_json(await queue.get())
