"""Slash commands and shortcuts."""

import re

from sandbox.api.dispatch import respond_at
from sandbox.core import Sandbox
from sandbox.delivery import Attempt
from sandbox.payloads import action_ts, message_json
from sandbox.people.outcome import Outcome, frame, member_of
from sandbox.people.typed import escaped_command
from sandbox.shapes import Json, NotPossible
from sandbox.tickets import ResponseUrl
from sandbox.world import Channel, Message, User


async def command(sandbox: Sandbox, user: User, channel: Channel, line: str, thread: str | None) -> Outcome:
    if thread:
        raise NotPossible("Slack does not run slash commands in threads; mention the app there instead.")
    name, _, text = line.strip().partition(" ")
    _at_home(sandbox, user)
    if name == "/invite":
        return _invite(sandbox, user, channel, text)
    known = next((entry for entry in sandbox.manifest.commands if entry.command == name), None)
    if known is None or not sandbox.has_any_scope({"commands"}):
        raise NotPossible(f"{name} is not a valid command.")
    member_of(sandbox, user, channel)
    text = text.strip()
    if known.should_escape:
        text = escaped_command(sandbox.world, text)
    world = sandbox.world
    place = ResponseUrl(channel.id, user.id, sandbox.clock.now())
    payload: Json = {
        "token": world.app.verification_token,
        "team_id": world.team.id,
        "team_domain": world.team.domain,
        "channel_id": channel.id,
        "channel_name": {"dm": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
        "response_url": sandbox.response_url(place),
        "trigger_id": sandbox.tickets.new_trigger(user.id, channel=channel.id),
    }
    attempt = await sandbox.courier.ask("slash_commands", "slash_commands", payload)
    if not attempt.acked:
        why = {"timeout": "operation_timeout", "not_connected": "dispatch_failed"}.get(
            attempt.error or "", "dispatch_failed"
        )
        return Outcome(attempt, f'{name} failed with the error "{why}"')
    if attempt.response:
        respond_at(sandbox, "command_ack", dict(attempt.response), place)
    return Outcome(attempt)


def _at_home(sandbox: Sandbox, user: User) -> None:
    """An app's commands and shortcuts are offered in the workspace that installed it, not to people of another one.

    Taken from memory of Slack's page on Slack Connect, not verified; at worst stricter than Slack.
    """
    if user.is_stranger:
        raise NotPossible(f"{user.real_name} belongs to another workspace, where this app is not installed.", 409)


def _invite(sandbox: Sandbox, user: User, channel: Channel, text: str) -> Outcome:
    member_of(sandbox, user, channel)
    invited = sandbox.world.user(re.sub(r"^<@([A-Z0-9]+)(\|[^>]*)?>$", r"\1", text.strip()))
    sandbox.set_member(channel, invited, member=True, inviter=user.id)
    return Outcome(Attempt(True))


async def shortcut(sandbox: Sandbox, user: User, callback_id: str, message: Message | None) -> Outcome:
    _at_home(sandbox, user)
    kind = "global" if message is None else "message"
    known = any(entry.callback_id == callback_id and entry.type == kind for entry in sandbox.manifest.shortcuts)
    if not known or not sandbox.has_any_scope({"commands"}):
        raise NotPossible(f"There is no {kind} shortcut {callback_id}.")
    if message is None:
        payload = frame(sandbox, user, "shortcut")
    else:
        channel = sandbox.world.channels[message.channel]
        if not sandbox.sees(user, channel) or not sandbox.visible(message, user):
            raise NotPossible("That message is not visible to this user.", 409)
        place = ResponseUrl(channel.id, user.id, sandbox.clock.now(), message.ts, message.thread_ts)
        payload = frame(sandbox, user, "message_action") | {
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": message_json(message, sandbox.world, sandbox.base_url),
            "message_ts": message.ts,
            "response_url": sandbox.response_url(place),
        }
    where = None if message is None else message.channel
    payload |= {
        "callback_id": callback_id,
        "trigger_id": sandbox.tickets.new_trigger(user.id, channel=where),
        "action_ts": action_ts(),
    }
    return Outcome(await sandbox.courier.ask("interactive", str(payload["type"]), payload))
