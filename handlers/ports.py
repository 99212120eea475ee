"""What the handlers ask of their neighbours in `bot/`, as small protocols; the engine they use directly."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from engine.desk import Desk
from engine.imports import Request
from engine.onboarding.outcome import Refused
from engine.store.reads import Case, Named
from handlers.ids import Verb
from handlers.turnstile import Turnstile


class Rendered(Protocol):
    """A message for Slack: blocks, and the text that carries the whole meaning."""

    @property
    def blocks(self) -> list[dict[str, Any]]: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer or a form is made from. `person` is who reads it, in `channel` and `thread`."""

    team: str
    person: str
    now: datetime
    case: Case | None = None
    subject: str = ""
    named: tuple[Named, ...] = ()  # to choose from
    cases: tuple[Case, ...] = ()
    text: str = ""
    channel: str = ""
    thread: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


SPREADSHEETS_UTF8 = "\ufeff"
"""The mark in front of a file by which spreadsheets know UTF-8."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A list as a file with a line about it, and as messages that say the same where no file can be sent."""

    name: str
    text: str
    about: str
    messages: Sequence[Rendered]


class Words(Protocol):
    """Words things: `name` is the template's below `templates/answers/`."""

    def answer(self, name: str, facts: Facts) -> Awaitable[Rendered]: ...
    def list_csv(self, facts: Facts) -> Awaitable[CsvFile]: ...
    def refusal(self, refused: Refused, facts: Facts) -> Awaitable[Rendered]: ...
    def refusal_in_form(self, refused: Refused, facts: Facts) -> Awaitable[str]: ...
    def form(self, verb: Verb, facts: Facts) -> Awaitable[dict[str, Any]]: ...
    def form_button(self, verb: Verb, facts: Facts) -> Awaitable[Rendered]: ...
    def form_error(self, code: str, data: Mapping[str, str]) -> Awaitable[str]: ...
    def notice(self, text: str) -> Awaitable[dict[str, Any]]: ...
    def home(self, facts: Facts) -> Awaitable[dict[str, Any]]: ...
    def link_to(self, channel: str, message: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of somebody. For a `guest` or `external` person a modal may not open."""

    id: str
    name: str
    tz: str = "Europe/London"
    guest: bool = False
    external: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    id: str
    name: str = ""
    member: bool = False
    archived: bool = False
    shared: bool = False
    private: bool = False


class Directory(Protocol):
    """Who is who in Slack: asked when needed, kept for a while, never listed."""

    def profile(self, team: str, person: str) -> Awaitable[Profile]: ...
    def channel(self, team: str, channel: str) -> Awaitable[ChannelFacts | None]: ...
    def is_in(self, channel: str, person: str) -> Awaitable[bool]: ...
    def forget(self, team: str, person: str) -> None: ...


class Errands(Protocol):
    """What is done after the answer to Slack: never part of a promise. A failure reaches the log, with `what`."""

    def run(self, what: str, errand: Coroutine[Any, Any, None]) -> None: ...


class Slack(Protocol):
    """The few calls that an answer needs; everything that is promised goes through the outbox instead."""

    def whisper(self, channel: str, person: str, message: Rendered, thread: str | None = None) -> Awaitable[None]: ...
    def open_view(self, trigger: str, view: Mapping[str, Any]) -> Awaitable[str]: ...
    def push_view(self, trigger: str, view: Mapping[str, Any]) -> Awaitable[str]: ...
    def update_view(self, view_id: str, view: Mapping[str, Any]) -> Awaitable[None]: ...
    def publish_home(self, person: str, view: Mapping[str, Any]) -> Awaitable[None]: ...
    def tell_privately(self, person: str, message: Rendered) -> Awaitable[None]: ...
    def send_file(self, person: str, name: str, text: str, about: str) -> Awaitable[bool]: ...
    def respond(self, response_url: str, message: Rendered) -> Awaitable[None]: ...


class AdHocChecks(Protocol):
    """Checks that somebody asks for by command, without a step."""

    def dns(self, domain: str, value: str | None) -> Awaitable[Mapping[str, object]]: ...
    def webhook(self, url: str) -> Awaitable[Mapping[str, object]]: ...
    def material(self, data: bytes, name: str) -> Awaitable[Mapping[str, object]]: ...
    def file(self, file_id: str) -> Awaitable[Mapping[str, object]]: ...


class Importer(Protocol):
    """Looks at a sheet of companies before anything starts; its answer is what the form then shows."""

    def check(self, request: Request) -> Awaitable[Any]: ...


class Doctor(Protocol):
    def examine(self) -> Awaitable[tuple[Mapping[str, str], ...]]: ...


class Health(Protocol):
    def disconnected(self, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a handler may use, handed over once when the handlers are registered."""

    desk: Desk
    words: Words
    directory: Directory
    errands: Errands
    slack: Slack
    checks: AdHocChecks
    importer: Importer
    doctor: Doctor
    health: Health
    now: Callable[[], datetime]
    reference: Callable[[], str]  # a short id that a person can read out, for the log and for them
    admins: frozenset[str]
    checks_by_person: Turnstile = field(default_factory=Turnstile)
    thread_guard: bool = False  # messages in onboarding threads are looked at for secrets

    def facts(self, team: str, person: str, **more: Any) -> Facts:
        return Facts(team=team, person=person, now=self.now(), **more)
