"""Every list of every template, with 0, 1, 2 and 40 rows: each row stands on a line of its own, and Slack takes it all.

The lists are found in the views' own types, so that a new template or a new list is walked without being entered here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pytest

from bot.render.checking import beyond_limits
from bot.render.renderer import Renderer
from bot.render.samples import Sample, samples
from bot.render.values import Markdown
from engine.process.loader import load_process

SAMPLES = samples(load_process())

ON_ONE_LINE = {
    ("card", "steps"),  # the card's line of steps
    ("answers/list", "turns"),  # of one onboarding, by step
    ("home", "turns"),
    ("thread/work-handed-over", "roles"),
    ("reminders/owner", "also"),
    ("refusals/step-locked", "waits_for"),
    ("forms/rows", "columns"),
    ("forms/import", "environments"),
    ("forms/import", "participants"),
    ("forms/import", "routes"),
    ("forms/import", "nations"),
    ("forms/import", "roles"),
    ("answers/menu", "rows"),  # buttons, one for each onboarding
    ("answers/which", "rows"),
    ("answers/not-found", "rows"),
    ("*", "sources"),
    ("*", "answers"),  # a wait's buttons
}
"""What is meant to stand side by side: a template, or any, and the field of its view."""


def lists_in(view: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where in a view there are rows: fields that hold tuples of values, also within its rows."""
    for field in fields(view):
        value = getattr(view, field.name)
        if isinstance(value, tuple) and value and (isinstance(value[0], str) or is_dataclass(value[0])):
            yield (*path, field.name)
            if is_dataclass(value[0]) and not isinstance(value[0], Markdown):
                yield from lists_in(value[0], (*path, field.name))


def with_rows(view: Any, path: tuple[str, ...], rows: tuple[Any, ...]) -> Any:
    """The view with these rows there; in each list on the way to it only the first row."""
    name, *rest = path
    if not rest:
        return replace(view, **{name: rows})
    first = getattr(view, name)[0]
    return replace(view, **{name: (with_rows(first, tuple(rest), rows),)})


def rows_at(view: Any, path: tuple[str, ...]) -> tuple[Any, ...]:
    for name in path[:-1]:
        view = getattr(view, name)[0]
    return getattr(view, path[-1])


def marked(row: Any, name: str, mark: str) -> Any:
    """The row with a mark in the words of one of its fields."""
    if isinstance(row, str):
        return mark
    value = getattr(row, name)
    return replace(row, **{name: Markdown(mark) if isinstance(value, Markdown) else mark})


def words_of(row: Any) -> list[str]:
    if isinstance(row, str):
        return [""]
    return [field.name for field in fields(row) if isinstance(getattr(row, field.name), str | Markdown)]


def field_that_is_shown(renderer: Renderer, sample: Sample, path: tuple[str, ...], row: Any) -> str | None:
    """The field of a row whose words stand in what people read; None where only a button's target differs."""
    for name in words_of(row):
        view = with_rows(sample.view, path, (marked(row, name, "Mark0end"),))
        if "Mark0end" in renderer.terminal(sample.template, view):
            return name
    return None


CASES = {
    (sample.template, sample.face, path): sample
    for sample in SAMPLES
    if is_dataclass(sample.view)
    for path in lists_in(sample.view)
}


@pytest.mark.parametrize("key", CASES, ids=lambda key: f"{key[0]}:{key[1]}:{'.'.join(key[2])}")
def test_each_row_of_a_list_stands_on_a_line_of_its_own(renderer, key):
    template, _, path = key
    sample = CASES[key]
    row = rows_at(sample.view, path)[0]
    name = field_that_is_shown(renderer, sample, path, row)
    side_by_side = {(template, path[-1]), ("*", path[-1])} & ON_ONE_LINE
    for count in (0, 1, 2, 40):
        marks = [f"Mark{number}end" for number in range(count)]
        rows = tuple(marked(row, name, mark) for mark in marks) if name is not None else (row,) * count
        view = with_rows(sample.view, path, rows)
        assert not list(beyond_limits(renderer.render(template, view)))
        text = renderer.terminal(template, view)
        assert not dangling(text)
        if name is None or side_by_side:
            continue
        shown = [mark for mark in marks if mark in text]
        assert shown == marks[: len(shown)]
        assert len(shown) == count or (count == 40 and re.search(r"\d+ more|first \d+|not shown", text)), text
        for line in text.splitlines():
            assert len(re.findall(r"Mark\d+end", line)) <= 1 or "[" in line, line


def dangling(text: str) -> list[str]:
    """Lines that announce something and have nothing behind them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if re.search(r"(,|;|·|\band|\bor)$", line) or (line.endswith(":") and not after)
    ]


def test_what_is_meant_to_stand_side_by_side_is_still_there():
    walked = {(template, path[-1]) for template, _, path in CASES} | {("*", path[-1]) for _, _, path in CASES}
    assert walked >= ON_ONE_LINE


@pytest.mark.parametrize(
    "row",
    [
        "- {{ at.title }}{% if at.done %} (done){% endif %}",
        "- {{ at.title }}{% for one in at.parts %} {{ one }}{% endfor %}",
        "- {{ at.title }} {% if at.done %}x{% else %}y{% endif %}  ",
    ],
)
def test_a_line_that_ends_with_a_tag_keeps_its_line_end(template, row):
    """A tag on a line of its own leaves nothing behind; one behind text must not join two rows."""
    renderer = template("{% for at in rows %}\n" + row + "\n{% endfor %}\n\nThe end.\n")
    view = Rows((Row("first", True, ("a", "b")), Row("second", False, ())))
    assert [line.strip()[:8].strip() for line in renderer.terminal("t", view).splitlines() if line] == [
        "- first",
        "- second",
        "The end.",
    ]


@dataclass(frozen=True)
class Row:
    title: str
    done: bool
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    rows: tuple[Row, ...]
