"""The views of a sheet of companies: what its columns are, what was understood, what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.render.values import Code
from engine.imports import COLUMNS, NATIONS, Line, Problem
from engine.process.model import Process, Role
from handlers.importing import Checked, Imported

_EXAMPLE = ("company", "number", "environment", "participant", "step", "domain", "dns_contact")


@dataclass(frozen=True, slots=True)
class ColumnsView:
    last_step: int
    environments: tuple[str, ...]
    participants: tuple[str, ...]
    routes: tuple[str, ...]
    nations: tuple[str, ...]
    roles: tuple[str, ...]
    heading: Code


@dataclass(frozen=True, slots=True)
class LineView:
    number: int
    company: str
    environment: str
    where: str
    short_id: str = ""


@dataclass(frozen=True, slots=True)
class FlawView:
    """`said`: the desk's own refusal in words, where it was that."""

    line: int
    code: str
    column: str = ""
    value: str = ""
    hint: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    good: tuple[LineView, ...]
    flaws: tuple[FlawView, ...]
    unreadable: str
    holds: str


@dataclass(frozen=True, slots=True)
class ImportedView:
    started: tuple[LineView, ...]
    flaws: tuple[FlawView, ...]
    unreadable: str
    holds: str


def columns(process: Process) -> ColumnsView:
    return ColumnsView(
        last_step=max(step.number for step in process.steps),
        environments=tuple(choice.id for choice in process.environments),
        participants=tuple(choice.id for choice in process.participants),
        routes=tuple(choice.id for choice in process.routes),
        nations=tuple(NATIONS),
        roles=tuple(role.value for role in Role if role.value in COLUMNS and role is not Role.LEAD),
        heading=Code(",".join(_EXAMPLE)),
    )


def sheet(checked: Checked, said: Mapping[int, str], process: Process) -> SheetView:
    good = tuple(_line(line, process) for line in checked.good)
    return SheetView(good, _flaws(checked.sheet.problems, said), checked.unreadable, checked.holds)


def imported(done: Imported, said: Mapping[int, str], process: Process) -> ImportedView:
    started = tuple(_line(line, process, short_id) for line, short_id in done.started)
    return ImportedView(started, _flaws(done.problems, said), done.unreadable, done.holds)


def _line(line: Line, process: Process, short_id: str = "") -> LineView:
    start = line.start
    environment = next(one.title for one in process.environments if one.id == start.environment.value)
    where = f"Step {start.now_at}: {process.step(start.now_at).title}" if start.now_at else "at the very beginning"
    return LineView(line.number, start.name, environment, where, short_id)


def _flaws(problems: Iterable[Problem], said: Mapping[int, str]) -> tuple[FlawView, ...]:
    found = [FlawView(one.line, one.flaw.value, one.column, one.value, one.hint) for one in problems]
    found += [FlawView(line, "refused", said=text) for line, text in said.items()]
    return tuple(sorted(found, key=lambda one: one.line))
