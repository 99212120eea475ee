"""A view as a whole: a modal or the Home tab."""

import json
from collections.abc import Iterator

from sandbox.limits import parts
from sandbox.limits.blocks import HOME, MODAL, block_flaws, total_text
from sandbox.limits.models import model_flaws, view_model_flaws
from sandbox.limits.problem import Flaw, Problem, items, keys, length
from sandbox.shapes import Json

MOST_BYTES = 250 * 1000
COMMON_KEYS = ("private_metadata", "callback_id", "external_id")
MODAL_KEYS = ("submit", "close", "clear_on_close", "notify_on_close", "submit_disabled", *COMMON_KEYS)


def problems_of_view(view: Json, surface: str) -> list[Problem]:
    """Why Slack would refuse this view as a `modal` or as `home`. Empty if it would take it."""
    if len(json.dumps(view).encode()) > MOST_BYTES:
        return [Problem("view_too_large", f"must be less than {MOST_BYTES} bytes", "/view")]
    flaws = list(_flaws(view, surface))
    if not flaws:
        flaws = [*model_flaws(view.get("blocks"), "/view/blocks"), *view_model_flaws(view)]
    return [Problem("invalid_arguments", flaw.message, flaw.pointer) for flaw in flaws]


def _flaws(view: Json, surface: str) -> Iterator[Flaw]:
    at = "/view"
    if view.get("type") != surface:
        yield Flaw(f"must be {surface}", f"{at}/type")
    if surface == MODAL:
        yield from keys(view, at, ("title", "blocks"), MODAL_KEYS)
        yield from parts.text_object(view.get("title"), f"{at}/title", 24)
        for key in ("submit", "close"):
            if view.get(key) is not None:
                yield from parts.text_object(view[key], f"{at}/{key}", 24)
        inputs = [
            block for block in items(view.get("blocks")) if isinstance(block, dict) and block.get("type") == "input"
        ]
        if inputs and view.get("submit") is None:
            yield Flaw("missing required field: submit, because there is an input block", at)
    else:
        yield from keys(view, at, ("blocks",), COMMON_KEYS)
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if view.get(key) is not None:
            yield from length(view[key], f"{at}/{key}", most, least=0)
    yield from block_flaws(view.get("blocks"), MODAL if surface == MODAL else HOME, f"{at}/blocks")


def warnings_of_view(view: Json) -> list[str]:
    if not items(view.get("blocks")) or not total_text(view.get("blocks")):
        return ["empty_view: there is nothing to read in this view"]
    return []
