"""files.*: the three-call upload, what is known about a file, and its download."""

import secrets
from typing import Any

from aiohttp import web

from sandbox.api.call import Call
from sandbox.core import Sandbox
from sandbox.payloads import file_json
from sandbox.shapes import ApiError, Json
from sandbox.world import Channel, File, Message, new_id

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to see this file.</body></html>"
MAX_BYTES = 50 * 1024 * 1024


def info(call: Call) -> Json:
    file = call.sandbox.world.files.get(call.needed("file", "file_not_found"))
    if file is None or not file.complete or not _app_sees(call.sandbox, file):
        raise ApiError("file_not_found")
    return {"file": file_json(file, call.sandbox.base_url), "comments": [], "response_metadata": {"next_cursor": ""}}


def get_upload_url(call: Call) -> Json:
    name = call.needed("filename")
    length = call.number("length", 0)
    if length <= 0:
        raise ApiError("invalid_arguments", ["length must be more than 0"])
    sandbox = call.sandbox
    file = File(
        new_id("F", 10), name, sandbox.world.app.bot_user, length, int(sandbox.clock.now()), b"", complete=False
    )
    sandbox.world.put_file(file)
    key = secrets.token_urlsafe(18)
    sandbox.upload_keys[key] = file.id
    return {"upload_url": f"{sandbox.base_url}/upload/v1/{key}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    sandbox = call.sandbox
    wanted: Any = call.structure("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise ApiError("invalid_arguments", ["missing required field: files"])
    files = []
    for entry in wanted:
        file = sandbox.world.files.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        if file is None or file.user != sandbox.world.app.bot_user or len(file.content) != file.size:
            raise ApiError("file_not_found")
        file.title = str(entry.get("title") or file.name)
        file.complete = True
        files.append(file)
    channel_id = call.text("channel_id") or call.text("channels").split(",")[0]
    if channel_id:
        call.args["channel"] = channel_id
        channel = call.channel()
        if channel.archived:
            raise ApiError("is_archived")
        if sandbox.world.app.bot_user not in channel.members:
            raise ApiError("not_in_channel")
        share(sandbox, files, channel, call.text("thread_ts") or None, call.text("initial_comment"))
    return {"files": [file_json(file, sandbox.base_url) for file in files]}


def share(sandbox: Sandbox, files: list[File], channel: Channel, thread_ts: str | None, comment: str) -> Message:
    """Posts files as one message of their owner and tells the app."""
    owner = files[0].user
    is_app = owner == sandbox.world.app.bot_user
    message = Message(
        channel=channel.id,
        ts=sandbox.world.next_ts(),
        user=owner,
        bot_id=sandbox.world.app.bot_id if is_app else None,
        text=comment,
        thread_ts=thread_ts,
        files=[file.id for file in files],
    )
    for file in files:
        file.shared_in.append([channel.id, message.ts, thread_ts or ""])
        sandbox.world.put_file(file)
    sandbox.post(message)
    for file in files:
        sandbox.emit_file_shared(file, channel)
    return message


async def handle_upload(sandbox: Sandbox, request: web.Request) -> web.Response:
    file = sandbox.world.files.get(sandbox.upload_keys.get(request.match_info["key"], ""))
    if file is None:
        return web.Response(status=404, text="Not found")
    data = await _uploaded_bytes(request)
    if len(data) != file.size:
        return web.Response(status=400, text=f"{len(data)} bytes came, {file.size} were announced.")
    del sandbox.upload_keys[request.match_info["key"]]
    file.content = data
    sandbox.world.put_file(file)
    return web.Response(text=f"OK - {len(data)}")


async def _uploaded_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""


def handle_download(sandbox: Sandbox, request: web.Request) -> web.Response:
    """The bytes for a bearer with files:read; else, as Slack does, a login page with status 200."""
    file = sandbox.world.files.get(request.match_info["id"])
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    app = sandbox.world.app
    allowed = bearer == app.bot_token and not app.revoked and sandbox.has_any_scope({"files:read"})
    if not allowed:
        return web.Response(text=LOGIN_PAGE, content_type="text/html")
    if file is None or not file.complete or not _app_sees(sandbox, file):
        return web.Response(status=404, text="Not found")
    return web.Response(
        body=file.content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"},
    )


def _app_sees(sandbox: Sandbox, file: File) -> bool:
    """Its own files, those in channels where it is, and those given to one of its modals (never shared anywhere)."""
    app_user = sandbox.world.app.bot_user
    if file.user == app_user or not file.shared_in:
        return True
    return any(app_user in sandbox.world.channels[where[0]].members for where in file.shared_in)
