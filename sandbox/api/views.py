"""views.*: modals by trigger_id, and the Home tab."""

from typing import Any

from sandbox import limits
from sandbox.api.call import Call
from sandbox.modals import new_hash, stored
from sandbox.payloads import view_json
from sandbox.shapes import ApiError, Json
from sandbox.world import View, new_id


def checked_view(call: Call, view: Any, surface: str) -> Json:
    """The view, if it keeps Slack's limits for that surface (modal or home). Raises what Slack answers else."""
    if not isinstance(view, dict):
        raise ApiError("invalid_arguments", ["missing required field: view"])
    problems = limits.problems_of_view(view, surface)
    call.problems += [str(problem) for problem in problems]
    call.warnings += limits.warnings_of_view(view)
    if problems:
        raise ApiError(problems[0].code, [str(problem) for problem in problems])
    return view


def open_(call: Call) -> Json:
    view = checked_view(call, call.structure("view", "invalid_arguments"), "modal")
    trigger = call.sandbox.tickets.spend_trigger(call.needed("trigger_id", "invalid_arguments"))
    opened = call.sandbox.modals.open(trigger.user, view, trigger.channel)
    return {"view": view_json(opened, call.sandbox.world)}


def push(call: Call) -> Json:
    view = checked_view(call, call.structure("view", "invalid_arguments"), "modal")
    trigger = call.sandbox.tickets.spend_trigger(call.needed("trigger_id", "invalid_arguments"))
    if trigger.view_id is None:
        raise ApiError("invalid_trigger_id")
    pushed = call.sandbox.modals.push(trigger.user, view)
    return {"view": view_json(pushed, call.sandbox.world)}


def update(call: Call) -> Json:
    view = checked_view(call, call.structure("view", "invalid_arguments"), "modal")
    modals = call.sandbox.modals
    external_id = call.text("external_id")
    found = modals.by_external_id(external_id) if external_id else modals.find(call.needed("view_id"))
    if found is None:
        raise ApiError("not_found")
    updated = modals.update(found, view, call.text("hash") or None)
    return {"view": view_json(updated, call.sandbox.world)}


def publish(call: Call) -> Json:
    sandbox = call.sandbox
    if not sandbox.manifest.home_tab:
        raise ApiError("not_enabled")
    view = checked_view(call, call.structure("view", "invalid_arguments"), "home")
    user = sandbox.world.users.get(call.needed("user_id", "invalid_arguments"))
    if user is None:
        raise ApiError("user_not_found")
    before = sandbox.world.homes.get(user.id)
    expected = call.text("hash") or None
    if before is not None and expected is not None and expected != before.hash:
        raise ApiError("hash_conflict")
    view_id = before.id if before is not None else new_id("V", 10)
    home = View(view_id, user.id, stored(view), new_hash(), root_view_id=view_id)
    sandbox.world.put_home(home)
    sandbox.live.tell("home", user=user.id)
    return {"view": view_json(home, sandbox.world)}
