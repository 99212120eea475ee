"""The control API: what the workspace's page, the tests' driver and the demo's bot use to see and move the sandbox.

Everything lives under `/control` on loopback. Requests whose `Host` is not loopback, or whose `Origin` is another site,
get 403. POST bodies are JSON objects with `Content-Type: application/json` (so no foreign form can send them).
Answers are `{"ok": true, ...}`; a refusal is status 4xx with `{"ok": false, "error": "a sentence for people"}`.
`{user}` is a user's id or handle (`U…` or `lena`); `channel` is an id or a name without `#`; `ts` is Slack's timestamp.

World
  GET  /control/world        {team: {id, name, domain}, teams: [{id, name}], app: App, clock: Clock, users: [User],
                              channels: [{id, name, kind}] (all but direct messages, whoever may see them),
                              dns: {port, root_hints, trust_anchor} (files for a resolver), or null when none runs}
         App   {id, name, bot_id, bot_user, commands: [{command, description, usage_hint}], home: bool, scopes: [..],
                shortcuts: [{callback_id, name, description, type: "message"|"global"}], connections: n,
                transport: "socket"|"http"}
         User  {id, name, real_name, display_name, title, email, tz, tz_label, tz_offset, team_id, is_bot, deleted,
                is_restricted, is_ultra_restricted, is_stranger, is_admin, color}
         Clock {now: ISO 8601 UTC, epoch: seconds, offset_seconds}
  GET  /control/clock        Clock
  POST /control/clock        {advance_seconds: n} or {to: ISO 8601 with zone}; only forwards unless {back: true} -> Clock
  GET  /control/live         WebSocket. First {seq, kind: "hello"}; then one JSON text per change, ids only; fetch what you show:
         {seq, kind: "message", channel, ts, thread_ts, change: "posted"|"edited"|"deleted"}
         {seq, kind: "ephemeral", channel, ts, thread_ts, user}   {seq, kind: "view", user}   {seq, kind: "home", user}
         {seq, kind: "channel", channel}   {seq, kind: "user", user}   {seq, kind: "clock"}
         {seq, kind: "connections", count}   {seq, kind: "payload", n}  (the app called a method)
         {seq, kind: "delivery", n}  (an envelope was acknowledged or not)

Seeing, as a user
  GET  /control/as/{user}/channels             {channels: [Channel]}, those that the user can see, direct messages included
         Channel {id, name, kind: "public"|"private"|"dm", is_member, archived, shared, topic, members: [user id],
                  latest: ts|null, with: user id of the other one (dm only), app_is_member}
  GET  /control/as/{user}/messages?channel=    {messages: [Message]} oldest first: those in the channel itself
  GET  /control/as/{user}/messages?channel=&thread=TS   the parent and its replies; with &newest=N only the last N, as above
         Message is Slack's: {type, user, bot_id?, text, blocks?, files?, ts, thread_ts?, reply_count?, reply_users?,
         latest_reply?, edited?, subtype?} and also {channel, ephemeral: bool (only this user sees it), permalink,
         mine: bool (may delete and edit), history: [{text, blocks}] (earlier states, oldest first)}
  GET  /control/as/{user}/view                 {stack: [View], top: View|null}, the modal stack as it stands, newest last
         View is Slack's view object and also {errors: {block_id: sentence}}: what was said to the last submission
  GET  /control/as/{user}/home                 {view: View|null}: what the app published
  GET  /control/files/{id}                     the file's bytes

Doing, as a user. All are POST below /control/as/{user}/ . What goes to the app answers when the app has acknowledged it, or
failed to:
         Outcome {acked: bool, error: null|"timeout"|"not_connected"|"http_500"|..., response: the app's answer or null,
                  message: text for people or null}
  post       {channel, text, thread?: TS, blocks?: [..], files?: [id]} -> {message}. As Slack's client does, `@handle` and
             `#channel` become ids, URLs, domains and addresses become links, `&<>` are escaped; <@U…> and <#C…> stay
  edit       {channel, ts, text} -> {message}              delete  {channel, ts}        (own messages only, as in Slack)
  command    {channel, text: "/dip status", thread?: TS} -> {outcome}; 400 in a thread, as in Slack, and for a command that
             nobody has registered
  click      {block_id, action_id, value?, values?, and either channel + ts or view_id} -> {outcome}
             Refused with 409 unless that element is in what this user now sees. `value` by element:
               button: none | static_select, radio_buttons, overflow: the option's value
               multi_static_select, checkboxes: [values] | users_select, conversations_select, channels_select: id
               multi_…: [ids] | datepicker "2026-11-24" | timepicker "10:05" | datetimepicker: epoch seconds
               plain_text_input (in an input block with dispatch_action): text
             `values` is the present content of all inputs of the view, as for submit
  submit     {view_id, values: {block_id: {action_id: value}}} -> {outcome, closed: bool, errors: {block_id: sentence}}
             values as above, and: url/email/number_text_input: text | file_input: [file ids] | rich_text_input: text.
             Refused with 409 for an input that is not in the view; `errors` (with outcome null) without asking the app
             where Slack's client itself would object: required, min_length, max_length, not a number, not an address.
  close_view {view_id, clear?: bool} -> {outcome}; the app is told only if the view has notify_on_close
  options    {view_id, block_id, action_id, query} -> {options}: external selects
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
  /control/members           {channel, user, member: bool} -> {}; `user` may be the bot: `/invite @bot` by a member is the same
  /control/app               GET {bot_token, app_token, signing_secret, request_url, transport, dns};
                             POST {transport?: "socket"|"http", request_url?}: the URL must answer the challenge
  /control/app/revoke        {} revokes the bot token;   /control/app/restore {} gives it back (a reinstall)
  /control/app/uninstall     {} revokes the token and says app_uninstalled
  /control/app/scopes        {remove?: [scope], add?: [scope]}
  /control/app/manifest      {path} reads another manifest

Faults
  GET  /control/faults       {faults: [{id, kind, method?, channel?, times, seconds?, status?, type?}]}
  POST /control/faults       {kind, times?: 1, method?: "chat.postMessage", channel?, type?: "block_actions"|..., seconds?,
                             status?, error?} -> {id}; times -1: until it is cleared
         To the app's calls:    "ratelimited" (seconds = Retry-After) | "error" (error = code) | "http" (status) before
                                anything is done | "http_after" (status) after it was done | "reset" before |
                                "reset_after" after | "delay" (seconds)
         To our deliveries:     "duplicate" | "delay_delivery" (seconds) | "drop_delivery" | "drop_ack" (it is not heard)
         To everything:         "away": all calls get 503 and nothing is delivered
  POST /control/faults/clear {id?}: one, or all
  POST /control/disconnect   {reason?: "warning"|"refresh_requested"|"link_disabled"|"too_many_websockets", hard?: bool}
  POST /control/redeliver    {n}: send delivery n once more with a retry header, as it was
  POST /control/rates        {mode: "real"|"off"}

The record
  GET  /control/payloads?since=N    {payloads: [Call], next}
         Call {n, at, method, token_kind, args, ok, error, problems: [text], warnings: [text]}
  GET  /control/deliveries?since=N  {deliveries: [Delivery], next}
         Delivery {n, at, type, payload, tries: [{at, acked, error, retry, response}], ack_ms, response}
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import WSMsgType, web

from sandbox.control_admin import AdminControl
from sandbox.control_people import PeopleControl
from sandbox.control_requests import FOREIGN, Route, foreign, guarded, number, wanted
from sandbox.control_shapes import world_shape
from sandbox.core import Sandbox
from sandbox.shapes import Json, NotPossible
from sandbox.signed_http import SignedHttp
from sandbox.sockets import SocketHub
from sandbox.storage import SqliteStorage

LAST_MOMENT = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Control:
    sandbox: Sandbox
    hub: SocketHub
    http: SignedHttp
    storage: SqliteStorage

    def add_routes(self, app: web.Application) -> None:
        own: list[Route] = [
            ("GET", "/world", self.world),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.set_clock),
        ]
        parts = (PeopleControl(self.sandbox), AdminControl(self.sandbox, self.hub, self.http))
        for verb, path, handler in [*own, *(route for part in parts for route in part.routes())]:
            app.router.add_route(verb, f"/control{path}", guarded(handler))
        app.router.add_get("/control/live", self.live)
        app.router.add_get("/control/files/{id}", self.file)

    def close(self) -> None:
        """Remembers where the clock stands."""
        self.storage.changed("value", "clock_offset", self.sandbox.clock.offset_seconds)

    async def world(self, _: web.Request, __: Json) -> Json:
        return world_shape(self.sandbox, self.hub.count)

    async def clock(self, _: web.Request, __: Json) -> Json:
        return self.sandbox.clock.as_json()

    async def set_clock(self, _: web.Request, body: Json) -> Json:
        clock = self.sandbox.clock
        if "advance_seconds" in body:
            step = number(body["advance_seconds"], "advance_seconds")
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
        if not 0 < clock.now() + step < LAST_MOMENT:
            raise NotPossible("The clock ends with the year 2099.")
        clock.offset_seconds += step
        self.close()
        self.sandbox.courier.clock_moved()
        self.sandbox.live.tell("clock")
        return clock.as_json()

    async def live(self, request: web.Request) -> web.StreamResponse:
        if foreign(request):
            return web.json_response(FOREIGN, status=403)
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

    async def file(self, request: web.Request) -> web.Response:
        if foreign(request):
            return web.json_response(FOREIGN, status=403)
        file = self.sandbox.world.files.get(request.match_info["id"])
        if file is None:
            return web.json_response({"ok": False, "error": "There is no such file."}, status=404)
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[Json]) -> None:
    while not socket.closed:
        await socket.send_json(await queue.get())
