"""Many companies from one sheet: what its columns mean, and what is wrong with which line. Pure.

A sheet is CSV as Excel and others write it: commas, semicolons or tabs, UTF-8 or Windows-1252, its first line names the
columns in any order. Only the company's name is needed; what a line leaves empty is as chosen for the whole sheet.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from engine.dns.claim import BadInput, parse_domain
from engine.onboarding.commands import NewHolder, Start
from engine.process.model import Choice, Environment, Participant, Process, Role, Route
from engine.store.names import name_key, number_key

MOST_LINES = 100
"""Companies in one sheet: they are begun in one transaction, and their cards come at Slack's pace of one a second."""
LARGEST_SHEET_BYTES = 256 * 1024

_PEOPLE = tuple(role for role in Role if role is not Role.LEAD)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "company": ("company_name", "name", "registered_company_name"),
    "number": ("company_number",),
    "description": ("short_company_description", "company_description"),
    "participant": ("participant_type", "type"),
    "route": (),
    "environment": ("env", "track"),
    "step": ("now_at", "where_are_you_now"),
    "domain": (),
    "value": ("txt_value", "txt"),
    "channel": (),
    "nation": ("bank_holidays_of", "bank_holidays"),
    "lead": ("leads",),
    **{role.value: () for role in _PEOPLE},
}
"""Each column's name, and how else it may be headed."""
NATIONS = {"ENG": "England and Wales", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}

_MEMBER = re.compile(r"<?@?([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>?")
_CHANNEL = re.compile(r"<?#?([CG][A-Z0-9]{2,20})(?:\|[^>]*)?>?")


class Flaw(StrEnum):
    """What keeps a sheet or a line from being used; `templates/parts/import-flaws.md` words each."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NO_COMPANY_COLUMN = "no-company-column"
    UNKNOWN_COLUMN = "unknown-column"
    COLUMN_TWICE = "column-twice"
    TOO_MANY_LINES = "too-many-lines"
    TOO_MANY_CELLS = "too-many-cells"
    NO_NAME = "no-name"
    SEVERAL_LINES = "several-lines"
    NOT_ONE_OF = "not-one-of"
    BAD_STEP = "bad-step"
    BAD_DOMAIN = "bad-domain"
    NO_MEMBER_ID = "no-member-id"
    NO_CHANNEL_ID = "no-channel-id"
    TWICE = "twice"
    # What only Slack knows:
    UNKNOWN_MEMBER = "unknown-member"
    NOT_IN_CHANNEL = "not-in-channel"
    CHANNEL_SHARED = "channel-shared"


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts as a spreadsheet does, the heading being 1; 0 is the sheet as a whole. `value` is what stood there."""

    line: int
    flaw: Flaw
    column: str = ""
    value: str = ""
    hint: str = ""  # what would be right: the choices, the closest heading, the other line, the reason


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody chose for a whole sheet. Ids and enums only: it travels in a form and waits as due work."""

    team: str
    by: str
    file: str
    channel: str
    shared: bool
    environment: Environment
    participant: Participant
    route: Route
    nation: str
    leads: tuple[str, ...]
    holders: dict[Role, tuple[str, ...]] = field(default_factory=dict)

    def text(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "Request":
        """Raises ValueError for what `text` did not write."""
        return msgspec.json.decode(text, type=cls)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be used. The ids in `start` are empty: the desk gives them."""

    number: int
    start: Start


@dataclass(frozen=True, slots=True)
class Sheet:
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    def without(self, found: Iterable[Problem]) -> "Sheet":
        """With more problems; a line that has one is not used."""
        problems = (*self.problems, *found)
        bad = {problem.line for problem in problems}
        lines = tuple(line for line in self.lines if line.number not in bad)
        return replace(self, lines=lines, problems=tuple(sorted(problems, key=lambda one: one.line)))


def decoded(data: bytes) -> str:
    """UTF-8, with or without its mark; else as Excel on Windows saves it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_sheet(text: str, request: Request, process: Process) -> Sheet:
    """Every line that can be used, and every problem of those that cannot, all at once."""
    try:
        rows = list(_rows(text))
    except csv.Error as error:
        return Sheet(problems=(Problem(0, Flaw.UNREADABLE, hint=str(error)),))
    if not rows:
        return Sheet(problems=(Problem(0, Flaw.EMPTY),))
    (_, heading), *rest = rows
    columns, problems = _columns(heading)
    if problems:
        return Sheet(problems=tuple(problems))
    if not rest:
        return Sheet(problems=(Problem(0, Flaw.EMPTY),))
    if len(rest) > MOST_LINES:
        return Sheet(problems=(Problem(0, Flaw.TOO_MANY_LINES, value=str(len(rest)), hint=str(MOST_LINES)),))
    reading = _Reading(request, process)
    for number, cells in rest:
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            reading.problems.append(Problem(number, Flaw.TOO_MANY_CELLS, hint=str(len(columns))))
            continue
        reading.line(number, {name: cell for name, cell in zip(columns, cells, strict=False) if cell})
    return Sheet(tuple(reading.lines)).without(reading.problems)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, each with the number that a spreadsheet shows beside it. Raises csv.Error."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t;,", key=first.count)
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield number, stripped


def _columns(heading: list[str]) -> tuple[list[str], list[Problem]]:
    names = {name: name for name in COLUMNS} | {also: name for name, others in COLUMNS.items() for also in others}
    columns, problems = [], []
    for cell in heading:
        said = re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")
        name = names.get(said, "")
        if cell and not name:
            near = difflib.get_close_matches(said, names, 1)
            hint = names[near[0]] if near else ", ".join(COLUMNS)
            problems.append(Problem(1, Flaw.UNKNOWN_COLUMN, value=cell[:60], hint=hint))
        elif name and name in columns:
            problems.append(Problem(1, Flaw.COLUMN_TWICE, value=name))
        columns.append(name)
    if not problems and "company" not in columns:
        problems.append(Problem(1, Flaw.NO_COMPANY_COLUMN))
    while columns and not columns[-1]:
        columns.pop()
    return columns, problems


class _Reading:
    """Reads the lines one by one; collects what can be used and what cannot."""

    def __init__(self, request: Request, process: Process) -> None:
        self._request = request
        self._process = process
        self.lines: list[Line] = []
        self.problems: list[Problem] = []
        self._seen: dict[tuple[str, Environment], int] = {}

    def line(self, number: int, cells: Mapping[str, str]) -> None:
        before, asked = len(self.problems), self._request
        name = cells.get("company", "")
        if not name:
            self._problem(number, Flaw.NO_NAME, "company")
        if "\n" in name:
            self._problem(number, Flaw.SEVERAL_LINES, "company", name)
        environment = Environment(
            self._choice(number, cells, "environment", self._process.environments, asked.environment.value)
        )
        start = Start(
            onboarding="",
            by=asked.by,
            team=asked.team,
            short_id="",
            company="",
            name=name,
            environment=environment,
            participant=Participant(
                self._choice(number, cells, "participant", self._process.participants, asked.participant.value)
            ),
            route=Route(self._choice(number, cells, "route", self._process.routes, asked.route.value)),
            channel=self._channel(number, cells),
            leads=self._members(number, cells, "lead") or asked.leads,
            number=cells.get("number"),
            description=cells.get("description"),
            nation=self._nation(number, cells),
            holders=self._holders(number, cells),
            domain=self._domain(number, cells),
            value=cells.get("value"),
            now_at=self._step(number, cells),
        )
        start = msgspec.structs.replace(start, shared=asked.shared and start.channel == asked.channel)
        self._twice(number, start)
        if len(self.problems) == before:
            self.lines.append(Line(number, start))

    def _problem(self, line: int, flaw: Flaw, column: str = "", value: str = "", hint: str = "") -> None:
        self.problems.append(Problem(line, flaw, column, value[:80], hint))

    def _twice(self, number: int, start: Start) -> None:
        """The same company in the same environment further up: by its number if it has one, else by its name."""
        key = number_key(start.number) if start.number else name_key(start.name)
        first = self._seen.setdefault((key, start.environment), number)
        if start.name and first != number:
            self._problem(number, Flaw.TWICE, "company", start.name, str(first))

    def _choice(self, number: int, cells: Mapping[str, str], column: str, of: Iterable[Choice], default: str) -> str:
        text = cells.get(column)
        if text is None:
            return default
        choices = {_folded(word): choice.id for choice in of for word in (choice.title, choice.id)}
        if (found := choices.get(_folded(text))) is None:
            self._problem(number, Flaw.NOT_ONE_OF, column, text, ", ".join(dict.fromkeys(choices.values())))
            return default
        return found

    def _nation(self, number: int, cells: Mapping[str, str]) -> str:
        text = cells.get("nation")
        if text is None:
            return self._request.nation
        known = {_folded(word): code for code, title in NATIONS.items() for word in (code, title)} | {"england": "ENG"}
        if (found := known.get(_folded(text))) is None:
            self._problem(number, Flaw.NOT_ONE_OF, "nation", text, ", ".join(NATIONS))
            return self._request.nation
        return found

    def _step(self, number: int, cells: Mapping[str, str]) -> int:
        text = cells.get("step", "0")
        steps = {step.number for step in self._process.steps}
        match = re.fullmatch(r"(?:step\s*)?(\d{1,2})\b.*", text, re.IGNORECASE | re.DOTALL)
        if match is None or int(match[1]) not in steps:
            self._problem(number, Flaw.BAD_STEP, "step", text, str(max(steps)))
            return 0
        return int(match[1])

    def _domain(self, number: int, cells: Mapping[str, str]) -> str | None:
        text = cells.get("domain")
        if text is None:
            return None
        try:
            name, _ = parse_domain(text)
        except BadInput as error:
            self._problem(number, Flaw.BAD_DOMAIN, "domain", text, str(error))
            return None
        return name.to_text(omit_final_dot=True) if text.isascii() else text.removesuffix(".")

    def _channel(self, number: int, cells: Mapping[str, str]) -> str:
        text = cells.get("channel")
        if text is None:
            return self._request.channel
        match = _CHANNEL.fullmatch(text)
        if match is None:
            self._problem(number, Flaw.NO_CHANNEL_ID, "channel", text)
            return self._request.channel
        return match[1]

    def _members(self, number: int, cells: Mapping[str, str], column: str) -> tuple[str, ...]:
        words = re.split(r"[\s,;]+", cells.get(column, "").strip())
        found = []
        for word in filter(None, words):
            match = _MEMBER.fullmatch(word)
            if match is None:
                self._problem(number, Flaw.NO_MEMBER_ID, column, cells[column])
                return ()
            found.append(match[1])
        return tuple(dict.fromkeys(found))

    def _holders(self, number: int, cells: Mapping[str, str]) -> dict[Role, NewHolder]:
        """Of a role's people the first holds it and the second is the deputy. A DNS contact may be outside Slack."""
        holders: dict[Role, NewHolder] = {}
        for role in _PEOPLE:
            text = cells.get(role.value)
            if role is Role.DNS_CONTACT and text and _MEMBER.match(text) is None:
                holders[role] = NewHolder(outside=text)
                continue
            people = self._members(number, cells, role.value) if text else self._request.holders.get(role, ())
            if people:
                holders[role] = NewHolder(people[0], people[1] if len(people) > 1 else None)
        return holders


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())
