"""A message as a whole: text, blocks, attachments, metadata, and how much of it there may be."""

import json
from collections import Counter
from collections.abc import Iterator

from sandbox.limits.blocks import MESSAGE, block_flaws, total_text
from sandbox.limits.models import model_flaws
from sandbox.limits.problem import Problem, items
from sandbox.shapes import Json

MOST_BLOCK_TEXT = 13_200  # measured by others, undocumented
CAREFUL_BLOCK_TEXT = 12_000
CAREFUL_TEXT = 4_000
MOST_TEXT = 40_000
MOST_METADATA_BYTES = 16_000
COMFORTABLE_ACTIONS = 5


def problems_of_message(payload: Json) -> list[Problem]:
    """Why Slack would refuse this message: {text?, blocks?, attachments?, metadata?}. Empty if it would take it."""
    return list(_problems(payload))


def _problems(payload: Json) -> Iterator[Problem]:
    blocks = payload.get("blocks")
    text = payload.get("text") or ""
    if blocks is not None and not isinstance(blocks, list):
        yield Problem("invalid_blocks_format", "must be an array", "/blocks")
        return
    if not isinstance(text, str):
        yield Problem("invalid_arguments", "must be a string", "/text")
        return
    if not text.strip() and not blocks and not payload.get("attachments"):
        yield Problem("no_text", "text or blocks are needed")
        return
    flaws = list(block_flaws(blocks or [], MESSAGE))
    if not flaws:
        flaws = list(model_flaws(blocks or []))
    for flaw in flaws:
        yield Problem("invalid_blocks", flaw.message, flaw.pointer)
    if total_text(blocks or []) > MOST_BLOCK_TEXT:
        yield Problem("msg_blocks_too_long", f"all texts in blocks must be less than {MOST_BLOCK_TEXT + 1} characters")
    if "metadata" in payload:
        yield from _metadata(payload["metadata"])


def _metadata(metadata: object) -> Iterator[Problem]:
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        yield Problem("invalid_metadata_format", "event_type must be a string", "/metadata/event_type")
    elif not isinstance(metadata.get("event_payload"), dict):
        yield Problem("invalid_metadata_format", "event_payload must be an object", "/metadata/event_payload")
    elif len(json.dumps(metadata).encode()) > MOST_METADATA_BYTES:
        yield Problem("metadata_too_large", f"must be less than {MOST_METADATA_BYTES} bytes", "/metadata")


def warnings_of_message(payload: Json) -> list[str]:
    """What Slack takes without a word and people suffer from."""
    return list(_warnings(payload))


def _warnings(payload: Json) -> Iterator[str]:
    given, blocks = payload.get("text"), items(payload.get("blocks"))
    text = given if isinstance(given, str) else ""
    if not text and blocks:
        yield "missing_text: notifications and screen readers have nothing to say without `text`"
    if len(text) > MOST_TEXT:
        yield f"message_truncated: text has {len(text)} characters and is cut at {MOST_TEXT}"
    elif len(text) > CAREFUL_TEXT:
        yield f"long_text: text has {len(text)} characters; keep it under {CAREFUL_TEXT}"
    if (total := total_text(blocks)) > CAREFUL_BLOCK_TEXT:
        yield f"long_blocks: the blocks hold {total} characters; stay under {CAREFUL_BLOCK_TEXT}"
    buttons: Counter[str] = Counter()
    for block in blocks:
        if not isinstance(block, dict):
            continue
        elements = (
            [*items(block.get("elements")), block.get("accessory")]
            if block.get("type") in ("actions", "section")
            else []
        )
        if block.get("type") == "actions" and len(elements) - 1 > COMFORTABLE_ACTIONS:
            yield f"many_actions: {len(elements) - 1} elements in one row; aim for {COMFORTABLE_ACTIONS}"
        for element in elements:
            if isinstance(element, dict) and element.get("type") == "button" and not element.get("accessibility_label"):
                label = element.get("text")
                buttons[str(label.get("text")) if isinstance(label, dict) else ""] += 1
    for label, times in buttons.items():
        if times > 1:
            yield f"same_label: {times} buttons are called {label!r} and have no accessibility_label to tell them apart"
