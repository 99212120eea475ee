"""Blocks: which may stand on which surface, which fields each has, and how much of everything."""

from collections.abc import Iterator

from sandbox.limits import parts
from sandbox.limits.elements import duplicate_action_ids, element_flaws
from sandbox.limits.problem import Flaw, count, items, keys, length, one_of
from sandbox.limits.rich_text import rich_text
from sandbox.shapes import Json

MESSAGE, MODAL, HOME = "message", "modal", "home"
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
SURFACES: dict[str, frozenset[str]] = {
    "actions": EVERYWHERE,
    "context": EVERYWHERE,
    "divider": EVERYWHERE,
    "header": EVERYWHERE,
    "image": EVERYWHERE,
    "rich_text": EVERYWHERE,
    "section": EVERYWHERE,
    "input": frozenset({MODAL}),
    "markdown": frozenset({MESSAGE}),
    "table": frozenset({MESSAGE, HOME}),
}
MARKDOWN_TOTAL = 12_000
TABLE_TOTAL = 10_000


def block_flaws(blocks: object, surface: str, at: str = "/blocks") -> Iterator[Flaw]:
    """Everything that is wrong with a list of blocks on that surface (message, modal, home)."""
    yield from count(blocks, at, MOST_BLOCKS[surface], least=0 if surface == MESSAGE else 1)
    seen: set[str] = set()
    focused = 0
    for index, block in enumerate(items(blocks)):
        here = f"{at}/{index}"
        if not isinstance(block, dict):
            yield Flaw("must be an object", here)
            continue
        yield from _placed(block, here, surface)
        block_id = block.get("block_id")
        if block_id is not None:
            yield from length(block_id, f"{here}/block_id", 255)
            if str(block_id) in seen:
                yield Flaw(f"`block_id` {block_id!r} already exists", f"{here}/block_id")
            seen.add(str(block_id))
        focused += sum(1 for element in _elements(block) if element.get("focus_on_load"))
    if focused > 1:
        yield Flaw("only one element may have focus_on_load", at)
    yield from _once_per_message(blocks, at)


def _placed(block: Json, at: str, surface: str) -> Iterator[Flaw]:
    kind = str(block.get("type"))
    if kind not in SURFACES:
        yield Flaw(f"unsupported type: {block.get('type')}", f"{at}/type")
        return
    if surface not in SURFACES[kind]:
        yield Flaw(f"unsupported type: {kind} cannot stand in a {surface}", f"{at}/type")
    yield from CHECKS[kind](block, at)


def _section(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, (), ("text", "fields", "accessory", "block_id", "expand"))
    if "text" not in block and "fields" not in block:
        yield Flaw("missing required field: text or fields", at)
    if "text" in block:
        yield from parts.text_object(block["text"], f"{at}/text", 3000, parts.ANY_TEXT)
    if "fields" in block:
        yield from count(block["fields"], f"{at}/fields", 10)
        for index, field in enumerate(items(block["fields"])):
            yield from parts.text_object(field, f"{at}/fields/{index}", 2000, parts.ANY_TEXT)
    accessory = block.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        yield from _picture(accessory, f"{at}/accessory")
    elif accessory is not None:
        yield from element_flaws(accessory, f"{at}/accessory", "section")


def _header(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, ("text",), ("block_id", "level"))
    yield from parts.text_object(block.get("text"), f"{at}/text", 150)


def _context(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, ("elements",), ("block_id",))
    yield from count(block.get("elements"), f"{at}/elements", 10)
    for index, element in enumerate(items(block.get("elements"))):
        here = f"{at}/elements/{index}"
        if isinstance(element, dict) and element.get("type") == "image":
            yield from _picture(element, here)
        else:
            yield from parts.text_object(element, here, 3000, parts.ANY_TEXT)


def _divider(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, (), ("block_id",))


def _actions(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, ("elements",), ("block_id",))
    yield from count(block.get("elements"), f"{at}/elements", 25)
    for index, element in enumerate(items(block.get("elements"))):
        yield from element_flaws(element, f"{at}/elements/{index}", "actions")
    yield from duplicate_action_ids(block.get("elements"), f"{at}/elements")


def _input(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, ("label", "element"), ("hint", "optional", "dispatch_action", "block_id"))
    yield from parts.text_object(block.get("label"), f"{at}/label", 2000)
    if "hint" in block:
        yield from parts.text_object(block["hint"], f"{at}/hint", 2000)
    if "element" in block:
        yield from element_flaws(block["element"], f"{at}/element", "input")


def _image(block: Json, at: str) -> Iterator[Flaw]:
    yield from _picture(block, at, ("title", "block_id"))
    if "title" in block:
        yield from parts.text_object(block["title"], f"{at}/title", 2000)


def _picture(image: Json, at: str, more: tuple[str, ...] = ()) -> Iterator[Flaw]:
    yield from keys(image, at, ("alt_text",), ("image_url", "slack_file", *more))
    if ("image_url" in image) == ("slack_file" in image):
        yield Flaw("exactly one of image_url and slack_file is needed", at)
    if "image_url" in image:
        yield from length(image["image_url"], f"{at}/image_url", 3000)
    if "alt_text" in image:
        yield from length(image["alt_text"], f"{at}/alt_text", 2000)


def _markdown(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, ("text",), ("block_id",))
    yield from length(block.get("text"), f"{at}/text", MARKDOWN_TOTAL)


def _table(block: Json, at: str) -> Iterator[Flaw]:
    yield from keys(block, at, ("rows",), ("column_settings", "block_id"))
    yield from count(block.get("rows"), f"{at}/rows", 100)
    for index, row in enumerate(items(block.get("rows"))):
        here = f"{at}/rows/{index}"
        yield from count(row, here, 20)
        for column, cell in enumerate(items(row)):
            yield from _cell(cell, f"{here}/{column}")
    if "column_settings" in block:
        yield from count(block["column_settings"], f"{at}/column_settings", 20, least=0)
        for index, setting in enumerate(items(block["column_settings"])):
            if isinstance(setting, dict) and "align" in setting:
                yield from one_of(setting["align"], f"{at}/column_settings/{index}/align", ("left", "center", "right"))
    if total_text(block) > TABLE_TOTAL:
        yield Flaw(f"the table's text must be less than {TABLE_TOTAL + 1} characters", at)


def _cell(cell: object, at: str) -> Iterator[Flaw]:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind == "rich_text":
        yield from rich_text(cell, at)
    elif kind == "raw_text" and isinstance(cell, dict):
        yield from keys(cell, at, ("text",), ())
        yield from length(cell.get("text"), f"{at}/text", TABLE_TOTAL)
    else:
        yield Flaw(f"unsupported type: {kind}", f"{at}/type")


CHECKS = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": rich_text,
    "section": _section,
    "table": _table,
}


def _once_per_message(blocks: object, at: str) -> Iterator[Flaw]:
    tables = [block for block in items(blocks) if isinstance(block, dict) and block.get("type") == "table"]
    if len(tables) > 1:
        yield Flaw("only_one_table_allowed", at)
    markdown = [block for block in items(blocks) if isinstance(block, dict) and block.get("type") == "markdown"]
    if sum(len(str(block.get("text", ""))) for block in markdown) > MARKDOWN_TOTAL:
        yield Flaw(f"all markdown blocks together must be less than {MARKDOWN_TOTAL + 1} characters", at)


def _elements(block: Json) -> Iterator[Json]:
    for candidate in (*items(block.get("elements")), block.get("element"), block.get("accessory")):
        if isinstance(candidate, dict):
            yield candidate


def total_text(value: object) -> int:
    """Characters of all texts in a piece of Block Kit, labels and options included."""
    if isinstance(value, list):
        return sum(total_text(entry) for entry in value)
    if isinstance(value, dict):
        own = value.get("text")
        rest = sum(total_text(entry) for key, entry in value.items() if not (key == "text" and isinstance(own, str)))
        return rest + (len(own) if isinstance(own, str) else 0)
    return 0
