"""The part of the control API that runs the workspace: people, channels, the app, faults, records.

`sandbox.control` documents it.
"""

import zoneinfo
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.control_requests import Route, listed, maybe, number, wanted
from sandbox.control_shapes import channel_shape
from sandbox.core import Sandbox
from sandbox.manifest import BadManifest, read_manifest
from sandbox.payloads import user_json
from sandbox.shapes import Json, NotPossible
from sandbox.signed_http import SignedHttp
from sandbox.sockets import DISCONNECT_REASONS, SocketHub
from sandbox.world import Channel, User, new_id

USER_FIELDS = frozenset(
    {"name", "real_name", "title", "email", "tz", "team_id", "deleted"}
    | {"is_restricted", "is_ultra_restricted", "is_stranger", "is_admin", "color"}
)


@dataclass(frozen=True, slots=True)
class AdminControl:
    sandbox: Sandbox
    hub: SocketHub
    http: SignedHttp

    def routes(self) -> list[Route]:
        return [
            ("POST", "/users", self.new_user),
            ("POST", "/users/{id}", self.change_user),
            ("POST", "/channels", self.new_channel),
            ("POST", "/channels/{id}", self.change_channel),
            ("POST", "/members", self.members),
            ("GET", "/app", self.app),
            ("POST", "/app", self.change_app),
            ("POST", "/app/revoke", self.revoke),
            ("POST", "/app/restore", self.restore),
            ("POST", "/app/uninstall", self.uninstall),
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

    async def new_user(self, _: web.Request, body: Json) -> Json:
        name = wanted(body, "name")
        user = User(new_id("U"), name, wanted(body, "real_name"), maybe(body, "team_id") or self.sandbox.world.team.id)
        return self._set_user(user, body)

    async def change_user(self, request: web.Request, body: Json) -> Json:
        return self._set_user(self.sandbox.world.user(request.match_info["id"]), body)

    async def new_channel(self, _: web.Request, body: Json) -> Json:
        name = wanted(body, "name")
        if any(channel.name == name for channel in self.sandbox.world.channels.values()):
            raise NotPossible(f"There is a channel #{name} already.", 409)
        kind = "private" if body.get("private") else "public"
        members = [self.sandbox.world.user(str(member)).id for member in listed(body, "members")]
        created = int(self.sandbox.clock.now())
        channel = Channel(new_id("C"), name, kind, members, creator=members[0] if members else "", created=created)
        self.sandbox.world.put_channel(channel)
        self.sandbox.live.tell("channel", channel=channel.id)
        return {"channel": channel_shape(self.sandbox, channel, None)}

    async def change_channel(self, request: web.Request, body: Json) -> Json:
        box = self.sandbox
        channel = box.world.channel(request.match_info["id"])
        by = channel.creator or "U0ALEX"
        if "archived" in body:
            box.set_archived(channel, archived=bool(body["archived"]), by=by)
        if "shared" in body:
            box.set_shared(channel, shared=bool(body["shared"]))
        channel.topic = maybe(body, "topic") or channel.topic
        channel.name = maybe(body, "name") or channel.name
        box.world.put_channel(channel)
        box.live.tell("channel", channel=channel.id)
        return {"channel": channel_shape(self.sandbox, channel, None)}

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
            "dns": self.sandbox.dns,
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

    async def uninstall(self, _: web.Request, __: Json) -> Json:
        self.sandbox.world.app.revoked = True
        self.sandbox.world.put_app()
        self.sandbox.emit("app_uninstalled", {"type": "app_uninstalled"})
        return {}

    async def restore(self, _: web.Request, __: Json) -> Json:
        self.sandbox.world.app.revoked = False
        self.sandbox.world.put_app()
        return {}

    async def scopes(self, _: web.Request, body: Json) -> Json:
        app = self.sandbox.world.app
        gone, new = [str(one) for one in listed(body, "remove")], [str(one) for one in listed(body, "add")]
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

    async def faults(self, _: web.Request, __: Json) -> Json:
        return {"faults": [fault.as_json() for fault in self.sandbox.faults.all()]}

    async def add_fault(self, _: web.Request, body: Json) -> Json:
        return {"id": self.sandbox.faults.add(body).id}

    async def clear_faults(self, _: web.Request, body: Json) -> Json:
        self.sandbox.faults.clear(int(number(body["id"], "id")) if "id" in body else None)
        return {}

    async def disconnect(self, _: web.Request, body: Json) -> Json:
        reason = str(body.get("reason", "refresh_requested"))
        if reason not in DISCONNECT_REASONS:
            raise NotPossible(f"There is no disconnect reason {reason}.")
        return {"disconnected": await self.hub.disconnect(reason, hard=bool(body.get("hard")))}

    async def redeliver(self, _: web.Request, body: Json) -> Json:
        self.sandbox.courier.redeliver(int(number(body.get("n", -1), "n")))
        return {}

    async def rates(self, _: web.Request, body: Json) -> Json:
        if body.get("mode") not in ("real", "off"):
            raise NotPossible("mode is real or off.")
        self.sandbox.rates.on = body["mode"] == "real"
        return {}

    async def payloads(self, request: web.Request, _: Json) -> Json:
        found = self.sandbox.records.since(int(number(request.query.get("since", "0"), "since")))
        return {"payloads": [call.as_json() for call in found], "next": found[-1].n + 1 if found else 0}

    async def deliveries(self, request: web.Request, _: Json) -> Json:
        since = int(number(request.query.get("since", "0"), "since"))
        found = [delivery for delivery in self.sandbox.courier.deliveries if delivery.n >= since]
        return {"deliveries": [delivery.as_json() for delivery in found], "next": found[-1].n + 1 if found else since}

    def _set_user(self, user: User, body: Json) -> Json:
        unknown = set(body) - USER_FIELDS
        if unknown:
            raise NotPossible(f"A user has no {', '.join(sorted(unknown))}.")
        flags = {key for key in body if key == "deleted" or key.startswith("is_")}
        for key, value in body.items():
            if not isinstance(value, bool if key in flags else str):
                raise NotPossible(f"{key} cannot be {value!r}.")
        if any(other.name == body.get("name") and other.id != user.id for other in self.sandbox.world.users.values()):
            raise NotPossible(f"There is a user {body['name']} already.", 409)
        if body.get("team_id", user.team_id) not in self.sandbox.world.teams:
            raise NotPossible(f"There is no team {body['team_id']}.", 404)
        if "tz" in body and body["tz"] not in zoneinfo.available_timezones():
            raise NotPossible(f"There is no time zone {body['tz']!r}.")
        for key, value in body.items():
            setattr(user, key, value)
        self.sandbox.world.put_user(user)
        self.sandbox.emit_user_change(user)
        return {"user": user_json(user, self.sandbox.clock.now())}
