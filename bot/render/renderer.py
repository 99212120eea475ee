"""Templates -> messages. A template is Jinja2 over Markdown; it receives one frozen dataclass and prints its fields.

The fields are the template's variables. Two of them, if the view has them, also serve the buttons: `onboarding` (the
id that a button's value begins with) and `about` (what a repeated button is about, spoken by screen readers). A
view's `rest` names what "Show the rest" opens where a text is too long for a message.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    nodes,
    pass_context,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from bot.render.document import Button, Document, Heading, Paragraph, line_of
from bot.render.parse import BadTemplate, parse
from bot.render.plain import MAIL, TERMINAL, Manner, fallback_of, text_of
from bot.render.slack import Frame, Json, Surface, blocks_of
from bot.render.tokens import OURS, NotPrintable, Tokens
from bot.render.unfold import unfold
from bot.render.values import counted
from handlers.ids import Verb

OUR_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
VERBS = frozenset(str(verb) for verb in Verb)
_ENDING = ".md"
_TOKENS = "_tokens"
_LONGEST_TEMPLATE = 50_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """A Slack message: its blocks, and `text`, which carries the whole meaning for notifications and screen readers."""

    blocks: list[Json]
    text: str


class Renderer:
    """Renders the templates below `folder`; a file of the same name below one of the `overlays` replaces it, the last
    one first.
    """

    def __init__(self, folder: Path = OUR_TEMPLATES, overlays: Iterable[Path] = ()) -> None:
        self._loader = _Files((*reversed(tuple(overlays)), folder))
        self._environment = _environment(self._loader)

    def render(self, template: str, view: object, surface: Surface = Surface.MESSAGE) -> Rendered:
        """The message for Slack. Raises BadTemplate, which names the template and, where it can, the line."""
        document = self._document(template, view, limited=True)
        return Rendered(blocks_of(document, _frame(view, surface)), fallback_of(document))

    def full(self, template: str, view: object) -> list[Json]:
        """The same message with nothing cut that a modal can hold: what "Show the rest" opens."""
        return blocks_of(self._document(template, view, limited=False), _frame(view, Surface.MODAL, rest=False))

    def terminal(self, template: str, view: object) -> str:
        return self._text(template, view, TERMINAL)

    def plain(self, template: str, view: object) -> str:
        """The text for a mail or a ticket: no buttons, addresses written out."""
        return self._text(template, view, MAIL)

    def line(self, template: str, view: object) -> str:
        """The template's first paragraph as one line: for an error in a form, a mail's subject."""
        for block in self._document(template, view, limited=True).blocks:
            if isinstance(block, Paragraph | Heading):
                return " ".join(line_of(tuple(i for i in block.inlines if not isinstance(i, Button))).split())
        raise BadTemplate(f"templates/{template}{_ENDING} has no paragraph")

    def names(self) -> tuple[str, ...]:
        """Every template, without its ending, overlays included."""
        return self._loader.names()

    def source(self, template: str) -> tuple[str, Path]:
        """The template's text and its file. Raises BadTemplate if there is none."""
        return self._loader.read(template)

    @property
    def environment(self) -> Environment:
        return self._environment

    def _text(self, template: str, view: object, manner: Manner) -> str:
        return text_of(self._document(template, view, limited=False), manner)

    def _document(self, template: str, view: object, *, limited: bool) -> Document:
        tokens = Tokens()
        try:
            compiled: Template = self._environment.get_template(template + _ENDING)
            markdown = compiled.render({**_fields_of(view), _TOKENS: tokens})
            return parse(markdown, tokens, VERBS, limited=limited)
        except TemplateNotFound as error:
            raise BadTemplate(f"there is no template {error.name}") from error
        except (TemplateError, SecurityError, NotPrintable, BadTemplate) as error:
            raise BadTemplate(f"{self._where(template, error)}: {error}") from error

    def _where(self, template: str, error: Exception) -> str:
        """File and line: where a syntax error says it is, else the template's own line in the traceback."""
        file = str(self._loader.read(template)[1])
        line = getattr(error, "lineno", None)
        if line is None:
            trace = error.__traceback__
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == file:
                    line = trace.tb_lineno
                trace = trace.tb_next
        return f"{file}:{line}" if line else file


class _Files(BaseLoader):
    """Reads templates from the first folder that has them. A template that holds a token's characters is refused."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        text, path = self.read(template.removesuffix(_ENDING))
        return text, str(path), lambda: True

    def read(self, template: str) -> tuple[str, Path]:
        parts = template.split("/")
        if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
            raise TemplateNotFound(template)
        for folder in self._folders:
            path = folder.joinpath(*parts[:-1], parts[-1] + _ENDING)
            if path.is_file():
                return _readable(path), path
        raise TemplateNotFound(template + _ENDING)

    def names(self) -> tuple[str, ...]:
        found = {
            path.relative_to(folder).with_suffix("").as_posix()
            for folder in self._folders
            if folder.is_dir()
            for path in folder.rglob(f"*{_ENDING}")
        }
        return tuple(sorted(found))


def _readable(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadTemplate(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    if len(text) > _LONGEST_TEMPLATE:
        raise BadTemplate(f"{path}: {len(text)} characters; a template has at most {_LONGEST_TEMPLATE}")
    if match := OURS.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise BadTemplate(f"{path}:{line}: holds a private-use character, which Dipper needs for itself; take it out")
    return text


_TAGS = re.compile(r"\{%.*?%\}")
_TAG_AT_THE_END = re.compile(r"(?<![-+])%\}[ \t]*$")


def _with_its_line_ends(source: str) -> str:
    """The template with the end of each line kept that has more on it than tags.

    `trim_blocks` takes the line end after every tag, so that tags on lines of their own leave nothing behind. A line of text
    that ends with a tag, such as a row of a list that ends with `{% endfor %}`, would run into the next one.
    """
    lines = source.split("\n")
    return "\n".join(
        _TAG_AT_THE_END.sub("+%}", line) if _TAG_AT_THE_END.search(line) and _TAGS.sub("", line).strip() else line
        for line in lines
    )


class _Environment(SandboxedEnvironment):
    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        return _with_its_line_ends(super().preprocess(source, name, filename))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return unfold(super()._parse(source, name, filename), self)


def _environment(loader: BaseLoader) -> Environment:
    @pass_context
    def finalize(context: Context, value: object) -> object:
        if isinstance(value, StrictUndefined):
            return value  # printing it raises, with its name
        tokens = context.get(_TOKENS)
        if not isinstance(tokens, Tokens):
            raise NotPrintable("values can be printed only where the page's context is; import `with context`")
        return tokens.keep(value)

    environment = _Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
        auto_reload=False,
    )
    environment.globals = {"counted": counted}
    return environment


def _fields_of(view: object) -> Mapping[str, object]:
    if not is_dataclass(view) or isinstance(view, type):
        raise BadTemplate(f"a view is a dataclass, not {type(view).__name__}")
    return {field.name: getattr(view, field.name) for field in fields(view)}


def _frame(view: object, surface: Surface, *, rest: bool = True) -> Frame:
    subject = getattr(view, "rest", "")
    return Frame(
        onboarding=str(getattr(view, "onboarding", "")),
        about=str(getattr(view, "about", "")),
        rest=Button("Show the rest", "rest", str(subject)) if rest and subject and "rest" in VERBS else None,
        surface=surface,
    )
