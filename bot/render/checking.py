"""Are the templates fit to be used? Every one is read, its names and verbs are looked up, and every sample is
rendered by it.

For `dipper templates check`, and for the start with an operator's own templates: a broken one stops it, with file and
line.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates

from bot.render.parse import BadTemplate
from bot.render.plain import FALLBACK_LIMIT
from bot.render.renderer import OUR_TEMPLATES, VERBS, Rendered, Renderer
from bot.render.samples import Sample
from bot.render.slack import LABEL_LIMIT, VALUE_LIMIT

_DO = re.compile(r"\]\(do:(?P<verb>[a-z-]+)")
_ALWAYS = frozenset({"counted", "loop"})
_UNFORMATTED = re.compile(r"\*\*|~~|`|\]\(")
_WHY_UNFORMATTED = "Marks without their partner do nothing, and marks in a value are only text"
_BLOCKS, _CHARACTERS = 50, 12_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template, where, and what to do. `line` 0: the whole file."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class TemplatesInvalid(Exception):
    """Templates that cannot be used; nothing starts with them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def problems_of(renderer: Renderer, samples: Iterable[Sample]) -> tuple[Problem, ...]:
    """Everything that is wrong, not only the first thing."""
    by_template: dict[str, list[Sample]] = {}
    for sample in samples:
        by_template.setdefault(sample.template, []).append(sample)
    found: list[Problem] = []
    trees: dict[str, nodes.Template] = {}
    for name in renderer.names():
        try:
            source, path = renderer.source(name)
            trees[name] = renderer.environment.parse(source, filename=str(path))
        except BadTemplate as error:
            found.append(Problem(OUR_TEMPLATES / f"{name}.md", 0, str(error)))
        except TemplateSyntaxError as error:
            found.append(Problem(path, error.lineno, error.message or "it cannot be read as a template"))
        else:
            found.extend(_unknown_verbs(path, source))
    known = {name: _fields_of(found_samples) for name, found_samples in by_template.items()}
    for name, tree in trees.items():
        found.extend(_unknown_names(renderer.source(name)[1], tree, _names_for(name, known, trees)))
    if not found:
        for name, its in by_template.items():
            found.extend(problem for sample in its for problem in _rendering(renderer, name, sample))
    return tuple(found)


def strangers(renderer: Renderer, overlay: Path) -> tuple[Problem, ...]:
    """Files of an overlay that replace nothing: most often a mistyped name."""
    ours = Renderer(OUR_TEMPLATES).names()
    found: list[Problem] = []
    for path in sorted(overlay.rglob("*.md")) if overlay.is_dir() else ():
        name = path.relative_to(overlay).with_suffix("").as_posix()
        if name not in ours:
            near = difflib.get_close_matches(name, ours, n=1)
            hint = f"; did you mean {near[0]}.md?" if near else ""
            found.append(Problem(path, 0, f"it replaces no template of Dipper{hint}"))
    return tuple(found)


def _unknown_verbs(path: Path, source: str) -> Iterator[Problem]:
    for match in _DO.finditer(source):
        if match["verb"] not in VERBS:
            near = difflib.get_close_matches(match["verb"], VERBS, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            line = source.count("\n", 0, match.start()) + 1
            yield Problem(path, line, f"`do:{match['verb']}` is no verb that a button can say{hint}")


def _fields_of(samples: Iterable[Sample]) -> frozenset[str]:
    return frozenset(field.name for sample in samples for field in fields(_dataclass(sample.view)))


def _dataclass(view: object) -> Any:
    return view


def _names_for(
    name: str, known: Mapping[str, frozenset[str]], trees: Mapping[str, nodes.Template]
) -> frozenset[str] | None:
    """The names that a template may use: its view's fields; for a part, the fields of all that include it. None: not
    known.
    """
    if name in known:
        return known[name]
    users = [user for user, tree in trees.items() if f"{name}.md" in set(find_referenced_templates(tree))]
    found = [known[user] for user in users if user in known]
    return frozenset().union(*found) if found else None


def _unknown_names(path: Path, tree: nodes.Template, known: frozenset[str] | None) -> Iterator[Problem]:
    if known is None:
        return
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known | own | _ALWAYS:
            near = difflib.get_close_matches(node.name, known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else f". It has: {', '.join(sorted(known))}"
            yield Problem(path, node.lineno, f"`{node.name}` is nothing that this message knows{hint}")


def _rendering(renderer: Renderer, name: str, sample: Sample) -> Iterator[Problem]:
    path = renderer.source(name)[1]
    try:
        rendered = renderer.render(name, sample.view)
        renderer.plain(name, sample.view)
        spoken = renderer.terminal(name, sample.view)
    except BadTemplate as error:
        yield Problem(path, 0, f"sample {sample.face or 'in general'!r}: {error}")
        return
    if match := _UNFORMATTED.search(spoken):
        line = next(line for line in spoken.split("\n") if match[0] in line)
        yield Problem(path, 0, f"{match[0]!r} is shown as it is: {line[:120]!r}. {_WHY_UNFORMATTED}")
    for message in beyond_limits(rendered):
        yield Problem(path, 0, f"sample {sample.face or 'in general'!r}: {message}")


def beyond_limits(rendered: Rendered) -> Iterator[str]:
    """What Slack would refuse. Rendering keeps to its limits by construction; this sees that it does."""
    if not rendered.text.strip():
        yield "it says nothing: a message needs words for notifications and screen readers"
    if len(rendered.text) > FALLBACK_LIMIT:
        yield f"its spoken text has {len(rendered.text)} characters; at most {FALLBACK_LIMIT}"
    if not rendered.blocks:
        yield "it has no block"
    if len(rendered.blocks) > _BLOCKS:
        yield f"it has {len(rendered.blocks)} blocks; a message has at most {_BLOCKS}"
    characters = sum(len(text) for text in _texts(rendered.blocks))
    if characters > _CHARACTERS:
        yield f"its blocks hold {characters} characters; a message has at most {_CHARACTERS}"
    for block in rendered.blocks:
        for element in block.get("elements", []):
            if element.get("type") != "button":
                continue
            if not 1 <= len(element["text"]["text"]) <= LABEL_LIMIT:
                yield f"a button's label has {len(element['text']['text'])} characters; 1 to {LABEL_LIMIT}"
            if len(element.get("value", "")) > VALUE_LIMIT:
                yield f"a button's value is longer than {VALUE_LIMIT} characters"


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key in {"text", "fallback", "url"} and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)


def checked(renderer: Renderer, samples: Iterable[Sample], overlays: Iterable[Path] = ()) -> Renderer:
    """The renderer, if its templates can be used. Raises TemplatesInvalid with everything that is wrong."""
    found = (*(p for overlay in overlays for p in strangers(renderer, overlay)), *problems_of(renderer, samples))
    if found:
        raise TemplatesInvalid(found)
    return renderer
