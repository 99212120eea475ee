"""Submitting and closing forms, and what the app's answer does to them."""

from typing import Any

from sandbox.api.call import Call
from sandbox.api.views import checked_view
from sandbox.core import Sandbox
from sandbox.delivery import Attempt
from sandbox.payloads import view_json
from sandbox.people.entering import entered_values, rendered
from sandbox.people.outcome import Outcome, frame
from sandbox.rendered import client_objection, initial_state, placed, state_values
from sandbox.shapes import ApiError, Json, NotPossible
from sandbox.world import User, View


async def submit(sandbox: Sandbox, user: User, view: View, values: Json) -> tuple[Outcome | None, dict[str, str]]:
    """The app's answer and the errors to show, by block. No outcome means that the client itself objected."""
    blocks: list[Json] = view.body["blocks"]
    if not view.body.get("submit"):
        raise NotPossible("This form has nothing to submit.", 409)
    entered = entered_values(sandbox, blocks, values)
    objections: dict[str, str] = {}
    for place in placed(blocks):
        if place.is_input:
            state = entered.get(place.block_id, {}).get(place.action_id) or initial_state(place.element)
            objection = client_objection(place, state)
            if objection is not None:
                objections[place.block_id] = objection
    view.values = state_values(blocks, entered)
    if objections:
        sandbox.modals.show_errors(view, objections)
        return None, objections
    view.errors = {}
    payload = frame(sandbox, user, "view_submission") | {
        "trigger_id": sandbox.tickets.new_trigger(user.id, view.id),
        "view": view_json(view, sandbox.world),
        "response_urls": [],
    }
    attempt = await sandbox.courier.ask("interactive", "view_submission", payload)
    if not attempt.acked:
        return Outcome(attempt, "We had some trouble connecting. Try again?"), {}
    return _after_submission(sandbox, user, view, attempt)


def _after_submission(sandbox: Sandbox, user: User, view: View, attempt: Attempt) -> tuple[Outcome, dict[str, str]]:
    """Does what the app's answer says and records it; an answer that Slack would not understand shows as trouble."""
    response = attempt.response or {}
    call = Call(sandbox, "view_submission_ack", dict(response))
    trouble: str | None = None
    errors: dict[str, str] = {}
    try:
        errors = _obey(call, user, view, response)
    except ApiError as problem:
        trouble = problem.code
        call.problems = call.problems or [problem.code, *problem.messages]
    sandbox.records.add(
        sandbox.clock.now(), call.method, call.args, error=trouble, problems=call.problems, warnings=call.warnings
    )
    if trouble is not None:
        return Outcome(Attempt(False, trouble, response), "We had some trouble connecting. Try again?"), {}
    return Outcome(attempt), errors


def _obey(call: Call, user: User, view: View, response: Json) -> dict[str, str]:
    """Errors, update, push, clear, or (nothing said) closing this view. Raises ApiError for anything else."""
    modals = call.sandbox.modals
    if not response:
        modals.pop(view)
        return {}
    match response.get("response_action"):
        case "errors":
            errors = _known_errors(view, response.get("errors"))
            modals.show_errors(view, errors)
            return errors
        case "update":
            modals.update(view, checked_view(call, response.get("view"), "modal"), None)
        case "push":
            modals.push(user.id, checked_view(call, response.get("view"), "modal"))
        case "clear":
            modals.clear(user.id)
        case other:
            raise ApiError("invalid_arguments", [f"unknown response_action {other!r}"])
    return {}


def _known_errors(view: View, errors: Any) -> dict[str, str]:
    """Raises ApiError when the app names a block that is no input of the view: Slack shows nothing useful then."""
    if not isinstance(errors, dict) or not errors:
        raise ApiError("invalid_arguments", ["errors must be an object with at least one entry"])
    inputs = {block.get("block_id") for block in view.body["blocks"] if block.get("type") == "input"}
    unknown = sorted(set(errors) - inputs)
    if unknown:
        raise ApiError(
            "invalid_arguments", [f"errors for blocks that are no inputs of this view: {', '.join(unknown)}"]
        )
    return {str(key): str(text) for key, text in errors.items()}


async def close_view(sandbox: Sandbox, user: User, view: View, *, clear: bool) -> Outcome:
    """Closes the view, or with `clear` (or the view's clear_on_close) the whole stack; tells the app where it asked for it."""
    clear = clear or bool(view.body.get("clear_on_close"))
    closed = list(reversed(sandbox.modals.stack(user.id))) if clear else [view]
    if clear:
        sandbox.modals.clear(user.id)
    else:
        sandbox.modals.pop(view)
    attempt = Attempt(True)
    for gone in closed:
        if gone.body.get("notify_on_close"):
            payload = frame(sandbox, user, "view_closed") | {
                "view": view_json(gone, sandbox.world),
                "is_cleared": clear,
            }
            attempt = await sandbox.courier.ask("interactive", "view_closed", payload)
    return Outcome(attempt)


async def options(sandbox: Sandbox, user: User, view: View, block_id: str, action_id: str, query: str) -> list[Json]:
    """What an external select offers for the letters typed so far."""
    place = rendered(view.body["blocks"], block_id, action_id)
    if not str(place.element["type"]).endswith("external_select"):
        raise NotPossible("That element does not ask the app for its options.")
    payload = frame(sandbox, user, "block_suggestion") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view, sandbox.world),
        "action_id": action_id,
        "block_id": block_id,
        "value": query,
    }
    attempt = await sandbox.courier.ask("interactive", "block_suggestion", payload)
    found = (attempt.response or {}).get("options")
    if not attempt.acked or not isinstance(found, list):
        raise NotPossible("The app gave no options.", 502)
    return found[:100]
