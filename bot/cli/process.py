"""`dipper process`: read the onboarding process as data, and check an operator's own rules over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from datetime import timedelta

    from rich.console import Console, RenderableType

    from engine.process.model import Confidence, Field, Note, Process, Step, Task, Wait

app = typer.Typer(
    help="The onboarding process as data: read it, and check your own rules over it.", no_args_is_help=True
)

_SITE = typer.Option(None, "--site", help="Folder with your own rules: `site`, or its `process` folder.")


@app.command()
def show(
    step: int | None = typer.Argument(None, min=0, max=8, help="Number of a step; without it, all steps in one table."),
    site: Path | None = _SITE,
) -> None:
    """Show the steps, or one step with its tasks, waits, traps and where each statement is from."""
    from rich.console import Console

    process = _load(site)
    console = Console()
    if step is None:
        console.print(_overview(process))
        console.print("One step in full: dipper process show 5", highlight=False)
        return
    _show(console, process, process.step(step))


@app.command()
def check(
    folder: Path | None = typer.Argument(None, help="Folder with your own rules: `site`, or its `process` folder."),
) -> None:
    """Check the process files. With a folder of your own rules, print what they change.

    Exit code: 0 if all is well, 11 if something is wrong; each problem is told with file, line and what to do.
    """
    from engine.process.loader import process_hash
    from engine.process.overlay import differences

    process = _load(folder)
    tasks = sum(1 for _ in process.tasks())
    good = f"The process is good: version {process.version}, {len(process.steps)} steps, {tasks} tasks"
    typer.echo(f"{good}, hash {process_hash(process)[:12]}.")
    if folder is None:
        return
    found = differences(_load(None), process)
    typer.echo(f"Your own rules change {len(found)} thing{'' if len(found) == 1 else 's'}{':' if found else '.'}")
    for one in found:
        typer.echo(f"  {one.where}")
        typer.echo(f"    was: {_plain(one.before)}")
        typer.echo(f"    is:  {_plain(one.after)}")


def _load(folder: Path | None) -> Process:
    """The process; ends the command with exit code 11 and every problem if it is not good."""
    from engine.process.loader import ProcessInvalid, load_process

    if folder is not None and (folder / "process").is_dir():
        folder = folder / "process"
    try:
        return load_process(folder)
    except ProcessInvalid as invalid:
        for problem in invalid.problems:
            typer.echo(str(problem), err=True)
        count = len(invalid.problems)
        typer.echo(f"{count} problem{'' if count == 1 else 's'}. Nothing of this process is used.", err=True)
        raise typer.Exit(11) from None


def _overview(process: Process) -> RenderableType:
    from rich.table import Table

    table = Table(title=f"{process.title}, version {process.version}", title_justify="left")
    for name in ("Step", "What", "Whose", "Tasks", "Waits for"):
        table.add_column(name)
    for step in process.steps:
        waits = ", ".join(_sentence(wait.party) for wait in step.waits) or "nobody outside"
        owner = process.role(step.owner).title
        table.add_row(str(step.number), step.title, owner, str(len(step.tasks)), waits)
    return table


def _show(console: Console, process: Process, step: Step) -> None:
    owner = process.role(step.owner).title
    _heading(console, f"Step {step.number}: {step.title}")
    _line(console, step.goal)
    _line(console, f"Whose step: {owner}{_origin(process, step.sources, step.confidence)}")
    if step.needs:
        _line(console, f"After: {', '.join(f'Step {number}' for number in step.needs)}")
    if step.page:
        _line(console, f"Elexon's page: {process.source(step.page).title}")
    _heading(console, "Tasks")
    for task in step.tasks:
        _task(console, process, step, task)
    if step.rows:
        _heading(console, f"Rows: {step.rows.title}")
        for one in step.rows.fields:
            _line(console, f"• {_field(one)}")
    for wait in step.waits:
        _wait(console, process, wait)
    if step.ways_on:
        _heading(console, "After a rejection")
    for way in step.ways_on:
        again = f" Again: {', '.join(way.reopens)}." if way.reopens else ""
        _line(console, f"• {way.title}. {way.text}{again}{_origin(process, way.sources, way.confidence)}")
    for title, notes in (("Often goes wrong", step.traps), ("Evidence", step.evidence)):
        _notes(console, process, title, notes)


def _task(console: Console, process: Process, step: Step, task: Task) -> None:
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.text import Text

    console.print(Text(f"{task.id} {task.title}", style="bold"))
    console.print(Padding(Markdown(task.ask, hyperlinks=False), (0, 0, 0, 4)))
    for words in _about(process, step, task):
        _line(console, words, indent=4)
    if task.show:
        console.print(Padding(Markdown(task.show, hyperlinks=False), (0, 0, 0, 4)))
    origin = _origin(process, task.sources, task.confidence).strip()
    _line(console, origin, indent=4)


def _about(process: Process, step: Step, task: Task) -> list[str]:
    """What there is to know of a task besides its ask, one line each."""
    lines: list[str] = []
    if task.owner and task.owner is not step.owner:
        lines.append(f"By: {process.role(task.owner).title}")
    only = sorted([*task.when.participants, *task.when.environments, *task.when.routes])
    if only:
        lines.append(f"Only for: {', '.join(_sentence(one) for one in only)}")
    if task.question and task.settles:
        lines.append(f'Asks: {task.question} "{task.settles.answer}" settles {", ".join(task.settles.tasks)}.')
    if task.fields:
        lines.append(f"Fields: {'; '.join(_field(one) for one in task.fields)}")
    if task.check:
        also = ", or a person's tick" if task.check.attestable else ""
        lines.append(
            f"Checked by machine ({task.check.kind}); closes on: {', '.join(task.check.closes_on) or 'nothing'}{also}"
        )
    if task.holds:
        lines.append(f"Holds: {', '.join(f'Step {number}' for number in task.holds)}")
    if task.closes_from_form:
        lines.append(f"Closes from the form: {task.closes_from_form}")
    if task.starts_wait:
        lines.append(f"Starts the wait: {step.wait(task.starts_wait).title}")
    return lines


def _wait(console: Console, process: Process, wait: Wait) -> None:
    _heading(console, f"Wait for {_sentence(wait.party)}: {wait.title}")
    _line(console, f"{wait.meanwhile}{_origin(process, wait.sources, wait.confidence)}")
    if wait.expected:
        _line(console, f"Takes up to {_time(wait.expected, wait.clock)}")
    if wait.ask_after:
        _line(console, f"Asks after {', '.join(_time(one, wait.clock) for one in wait.ask_after)}")
    if wait.escalate_after_working_days is not None:
        _line(console, f"Escalates after {wait.escalate_after_working_days} working days")
    if wait.answers:
        _line(console, f"Answers: {', '.join(answer.label for answer in wait.answers)}")


def _notes(console: Console, process: Process, title: str, notes: tuple[Note, ...]) -> None:
    if notes:
        _heading(console, title)
    for note in notes:
        _line(console, f"• {note.text}{_origin(process, note.sources, note.confidence)}")


def _origin(process: Process, sources: tuple[str, ...], confidence: Confidence) -> str:
    """Where a statement is from and how sure we are, in brackets; what is not sourced is said so."""
    from engine.process.model import Confidence

    words = {
        Confidence.SOURCED: "",
        Confidence.INFERRED: "our inference",
        Confidence.UNVERIFIED: "not verified",
        Confidence.OWN_RULE: "your organisation's rule",
    }[confidence]
    titles = "; ".join(process.source(tag).title for tag in sources)
    if words and titles:
        titles = f"{words}, from {titles}"
    return f" [{titles or words}]"


def _field(one: Field) -> str:
    options = f": {' / '.join(one.options)}" if one.options else ""
    needed = ", required" if one.required else ""
    return f"{one.label} ({_sentence(one.kind)}{options}{needed})"


def _sentence(code: str) -> str:
    """A code such as `non_active_mp` as words."""
    words = {
        "globalsign": "GlobalSign",
        "elexon": "Elexon",
        "uit": "UIT",
        "dcp": "DCP",
        "mdr": "MDR",
        "sit": "SIT",
        "company": "another company",
    }
    return words.get(code, code.replace("_", " ").replace(" mp", " MP").replace("dns ", "DNS ").replace("txt ", "TXT "))


def _time(span: timedelta, clock: str) -> str:
    hours = span.total_seconds() / 3600
    return f"{span.days} working day{'' if span.days == 1 else 's'}" if clock == "working" else f"{hours:g} h"


def _plain(value: object) -> str:
    """A value of the process on one line, without what is empty."""
    from dataclasses import fields, is_dataclass

    if value is None:
        return "not there"
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((one.name, getattr(value, one.name)) for one in fields(value))
        words = ((name, _plain(part)) for name, part in parts if part)
        return ", ".join(f"{name} {text}" for name, text in words if text)
    if isinstance(value, tuple | frozenset):
        return "; ".join(_plain(item) for item in value) or "nothing"
    return " ".join(str(value).split()) or "empty"


def _heading(console: Console, text: str) -> None:
    from rich.text import Text

    console.print()
    console.print(Text(text, style="bold underline"))


def _line(console: Console, text: str, indent: int = 0) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(" ".join(text.split())), (0, 0, 0, indent), expand=False))
