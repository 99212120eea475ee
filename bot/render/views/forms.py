"""The views of the words above a form's fields, and of the forms that only show something."""

from dataclasses import dataclass

from bot.render.values import Code, Markdown, Moment, Person, Phrase
from bot.render.views.dns import FindingLine
from bot.render.views.look import SourceLine


@dataclass(frozen=True, slots=True)
class Heading:
    onboarding: str
    about: str
    company: str
    environment: str
    title: str
    what: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownText:
    onboarding: str
    about: str
    title: str
    shown: Markdown


@dataclass(frozen=True, slots=True)
class CopyText:
    text: Code


@dataclass(frozen=True, slots=True)
class RefusedPart:
    company: str
    environment: str
    said: str


@dataclass(frozen=True, slots=True)
class MovedView:
    count: int
    refused: tuple[RefusedPart, ...]


@dataclass(frozen=True, slots=True)
class RowThing:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class MoreView:
    onboarding: str
    about: str
    company: str
    environment: str
    number: int
    title: str
    waiting: bool
    blocked: bool
    open: bool
    rows: tuple[RowThing, ...]
    ways: bool
    moves: tuple[RowThing, ...]
    startable: bool
    checked: bool


@dataclass(frozen=True, slots=True)
class Statement:
    text: Markdown
    trust: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    task: str
    link: str
    note: str
    by: Person
    at: Moment


@dataclass(frozen=True, slots=True)
class DoneLine:
    """A task of an earlier attempt; `report`: what our check saw, if there was one."""

    task: str
    said: Phrase
    report: str


@dataclass(frozen=True, slots=True)
class AttemptView:
    number: int
    by: Person
    at: Moment
    way: str
    reason: str
    done: tuple[DoneLine, ...]


@dataclass(frozen=True, slots=True)
class SourcesView:
    number: int
    title: str
    lines: tuple[Statement, ...]
    evidence: tuple[EvidenceLine, ...]
    attempts: tuple[AttemptView, ...] = ()
    onboarding: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class SeenRow:
    name: str
    address: str
    said: str
    serial: str = ""
    txt: str = ""


@dataclass(frozen=True, slots=True)
class EverythingView:
    kind: str
    subject: str
    at: Moment | None
    servers: tuple[SeenRow, ...]
    resolvers: tuple[SeenRow, ...]
    items: tuple[str, ...]
    dnssec: str
    caa: str
    findings: tuple[FindingLine, ...]
