"""Composition objects: texts, options, confirmation dialogs."""

from collections.abc import Iterator

from sandbox.limits.problem import Flaw, count, items, keys, length, one_of
from sandbox.shapes import Json

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


def text_object(value: object, at: str, most: int, kinds: tuple[str, ...] = PLAIN) -> Iterator[Flaw]:
    """A text object with 1 to `most` characters."""
    if not isinstance(value, dict):
        yield Flaw("must be an object", at)
        return
    yield from one_of(value.get("type"), f"{at}/type", kinds)
    yield from keys(value, at, ("text",), ("emoji",) if value.get("type") == "plain_text" else ("verbatim",))
    if "text" in value:
        yield from length(value["text"], f"{at}/text", most)


def option(value: object, at: str, *, rich: bool, with_url: bool = False) -> Iterator[Flaw]:
    """`rich` allows mrkdwn in the label (checkboxes, radio buttons); `with_url` is for overflow menus."""
    if not isinstance(value, dict):
        yield Flaw("must be an object", at)
        return
    yield from keys(value, at, ("text", "value"), ("description", "url") if with_url else ("description",))
    kinds = ANY_TEXT if rich else PLAIN
    yield from text_object(value.get("text"), f"{at}/text", 75, kinds)
    if "value" in value:
        yield from length(value["value"], f"{at}/value", 150)
    if "description" in value:
        yield from text_object(value["description"], f"{at}/description", 75, kinds)
    if "url" in value:
        yield from length(value["url"], f"{at}/url", 3000)


def options(element: Json, at: str, most: int, *, rich: bool, with_url: bool = False) -> Iterator[Flaw]:
    yield from count(element.get("options"), f"{at}/options", most)
    for index, entry in enumerate(items(element.get("options"))):
        yield from option(entry, f"{at}/options/{index}", rich=rich, with_url=with_url)


def options_or_groups(element: Json, at: str) -> Iterator[Flaw]:
    """A static select has either options (100) or option groups (100 of up to 100 each)."""
    if "option_groups" not in element:
        yield from options(element, at, 100, rich=False)
        return
    if "options" in element:
        yield Flaw("only one of options and option_groups is allowed", at)
    yield from count(element["option_groups"], f"{at}/option_groups", 100)
    for index, group in enumerate(items(element["option_groups"])):
        here = f"{at}/option_groups/{index}"
        if not isinstance(group, dict):
            yield Flaw("must be an object", here)
            continue
        yield from keys(group, here, ("label", "options"), ())
        yield from text_object(group.get("label"), f"{here}/label", 75)
        yield from options(group, here, 100, rich=False)


def initial_options(element: Json, at: str) -> Iterator[Flaw]:
    """What is chosen at first must be among the options, letter for letter."""
    offered = [*items(element.get("options"))]
    for group in items(element.get("option_groups")):
        if isinstance(group, dict):
            offered += items(group.get("options"))
    if "initial_option" in element and element["initial_option"] not in offered:
        yield Flaw("initial_option must be one of the options", f"{at}/initial_option")
    if "initial_options" in element:
        yield from count(element["initial_options"], f"{at}/initial_options", 100)
        for index, entry in enumerate(items(element["initial_options"])):
            if entry not in offered:
                yield Flaw("must be one of the options", f"{at}/initial_options/{index}")


def confirm(value: object, at: str) -> Iterator[Flaw]:
    if not isinstance(value, dict):
        yield Flaw("must be an object", at)
        return
    yield from keys(value, at, ("title", "text", "confirm", "deny"), ("style",))
    yield from text_object(value.get("title"), f"{at}/title", 100)
    yield from text_object(value.get("text"), f"{at}/text", 300, ANY_TEXT)
    yield from text_object(value.get("confirm"), f"{at}/confirm", 30)
    yield from text_object(value.get("deny"), f"{at}/deny", 30)
    if "style" in value:
        yield from one_of(value["style"], f"{at}/style", ("primary", "danger"))
