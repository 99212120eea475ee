"""What the types cannot say: that the parts of a process belong together.

Ids are unique, references lead somewhere, nothing goes in circles, and each statement has a source or is marked as ours.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter

from engine.process.model import (
    EXPIRIES,
    FORMS,
    HALVES,
    Choice,
    Clock,
    Confidence,
    Environment,
    Expiry,
    FieldKind,
    Half,
    Note,
    Participant,
    Process,
    Role,
    RoleCode,
    RoleInfo,
    Route,
    Step,
    Task,
    TaskCheck,
    Wait,
    WayOn,
)
from engine.process.nodes import Mark
from engine.process.reading import Reader, closest

CHECKS = {
    "dns-txt": frozenset({"ready", "not_yet", "wrong", "broken", "unknown"}),
    "csr": frozenset({"good", "bad", "unknown"}),
    "certificate": frozenset({"good", "bad", "unknown"}),
}
"""The machine checks, with the verdicts that each can come to."""

Stated = Note | Task | Expiry | Wait | WayOn | Choice | RoleCode | RoleInfo | Step


def disagreements(process: Process, reader: Reader) -> None:
    """Notes in the reader whatever in the process does not belong together."""
    _unique(process, reader)
    _complete(process, reader)
    _stated(process, reader)
    _order(process, reader)
    for step in process.steps:
        _inside(step, reader)
        for task in step.tasks:
            _task(process, step, task, reader)
        for wait in step.waits:
            _wait(step, wait, reader)
        for exposure in step.exposures:
            for task_id in exposure.reopens:
                _own_task(step, task_id, reader, reader.place(exposure, "reopens"), "an exposed secret reopens")
        for way in step.ways_on:
            for task_id in way.reopens:
                _own_task(step, task_id, reader, reader.place(way, "reopens"), f'way on "{way.id}" reopens')
    _applies(process, reader)


def _unique(process: Process, reader: Reader) -> None:
    groups: tuple[tuple[str, str, Iterable[object]], ...] = (
        ("step", "number", process.steps),
        ("step", "id", process.steps),
        ("task", "id", process.tasks()),
        ("wait", "id", (wait for step in process.steps for wait in step.waits)),
        ("way on", "id", (way for step in process.steps for way in step.ways_on)),
        ("source", "tag", process.sources),
        ("role", "role", process.roles),
        ("participant", "id", process.participants),
        ("route", "id", process.routes),
        ("environment", "id", process.environments),
        ("role code", "code", process.role_codes),
        *(("field", "id", task.fields) for task in process.tasks()),
        *(("field", "id", step.rows.fields) for step in process.steps if step.rows),
        *(("answer", "id", wait.answers) for step in process.steps for wait in step.waits),
    )
    for noun, key, things in groups:
        first: dict[object, Mark] = {}
        for thing in things:
            name, at = getattr(thing, key), reader.place(thing, key)
            if name in first:
                earlier = first[name]
                reader.note(
                    at, f'{noun} "{name}" stands already in {earlier.file}:{earlier.line}. Give it another {key}.'
                )
            first.setdefault(name, at)


def _complete(process: Process, reader: Reader) -> None:
    for noun, wanted, things, key in (
        ("role", Role, process.roles, "role"),
        ("participant", Participant, process.participants, "id"),
        ("route", Route, process.routes, "id"),
        ("environment", Environment, process.environments, "id"),
    ):
        have = {str(getattr(thing, key)) for thing in things}
        names = [str(one) for one in wanted]
        for name in names:
            if name not in have and things:
                reader.note(reader.place(things[0]), f'the {noun} "{name}" is missing. Add it to this file.')
        for thing in things:
            if str(getattr(thing, key)) not in names:
                name = getattr(thing, key)
                reader.note(
                    reader.place(thing, key), f'"{name}" is not a {noun} that Dipper knows. {closest(name, names)}'
                )
    numbers = [step.number for step in process.steps]
    for number in range(9):
        if number not in numbers:
            reader.note(Mark(f"step-{number}.yaml", 0), f"Step {number} is missing. Add its file.")
    for step in process.steps:
        if step.number > 8:
            reader.note(reader.place(step, "number"), f"Step {step.number} does not exist: the steps are 0 to 8.")


def _statements(process: Process) -> Iterator[tuple[str, Stated]]:
    for role in process.roles:
        yield f'role "{role.role}"', role
    for choice in (*process.participants, *process.routes, *process.environments):
        yield f'choice "{choice.id}"', choice
    for code in process.role_codes:
        yield f'role code "{code.code}"', code
    for note in (*process.after, *process.terms):
        yield "note", note
    for step in process.steps:
        yield f'step "{step.id}"', step
        for note in (*step.traps, *step.evidence):
            yield "note", note
        for task in step.tasks:
            yield f'task "{task.id}"', task
            if task.expiry:
                yield f'expiry "{task.expiry.what}"', task.expiry
        for wait in step.waits:
            yield f'wait "{wait.id}"', wait
        for way in step.ways_on:
            yield f'way on "{way.id}"', way


def _stated(process: Process, reader: Reader) -> None:
    tags = {source.tag for source in process.sources}
    for label, stated in _statements(process):
        if stated.confidence is Confidence.SOURCED and not stated.sources:
            advice = "Add `sources: [...]`, or mark it `confidence: inferred` or `unverified`."
            reader.note(reader.place(stated), f"{label} names no source. {advice}")
        _tags(stated.sources, tags, label, reader, reader.place(stated, "sources"))
    _tags(process.cadences.sources, tags, "cadences", reader, Mark("cadences.yaml", 0))
    for step in process.steps:
        if step.page:
            _tags((step.page,), tags, f'step "{step.id}"', reader, reader.place(step, "page"))


def _tags(used: Iterable[str], known: set[str], label: str, reader: Reader, at: Mark) -> None:
    for tag in used:
        if tag not in known:
            advice = f"{closest(tag, sorted(known))} Or add it to sources.yaml."
            reader.note(at, f'{label} names the source "{tag}", which is not in sources.yaml. {advice}')


def _order(process: Process, reader: Reader) -> None:
    numbers = {step.number for step in process.steps}
    waits = {wait.id: step.number for step in process.steps for wait in step.waits}
    for step in process.steps:
        for number in step.needs:
            if number not in numbers:
                reader.note(reader.place(step, "needs"), f'step "{step.id}" needs Step {number}, which does not exist.')
        early = step.opens_during_wait
        if early and early not in waits:
            at = reader.place(step, "opens_during_wait")
            reader.note(
                at, f'step "{step.id}" opens during the wait "{early}", which no step has. {closest(early, waits)}'
            )
    try:
        TopologicalSorter({step.number: step.needs for step in process.steps}).prepare()
    except CycleError as error:
        circle = " needs ".join(f"Step {number}" for number in error.args[1])
        for step in process.steps:
            if step.number == error.args[1][0]:
                reader.note(
                    reader.place(step, "needs"), f"the steps wait for each other: {circle}. Remove one of the needs."
                )


def _inside(step: Step, reader: Reader) -> None:
    if not step.tasks:
        reader.note(reader.place(step, "tasks"), f'step "{step.id}" has no task. Add at least one.')
    if step.rows:
        names = [one.id for one in step.rows.fields]
        for name in step.rows.key:
            if name not in names:
                at = reader.place(step.rows, "key")
                reader.note(
                    at, f'the rows of step "{step.id}" have no field "{name}" for their key. {closest(name, names)}'
                )
        if not step.rows.key:
            reader.note(
                reader.place(step.rows), f'the rows of step "{step.id}" have no key. Name the fields that are unique.'
            )
    forms = [one for task in step.tasks for one in task.fields] + list(step.rows.fields if step.rows else ())
    for one in forms:
        if (one.kind is FieldKind.CHOICE) != bool(one.options):
            advice = "A choice needs `options: [...]`, and nothing else has them."
            reader.note(reader.place(one), f'field "{one.id}" is of kind {one.kind}. {advice}')


def _compared(process: Process, task: Task, check: TaskCheck, reader: Reader) -> None:
    """Each check says what it is compared with, and with whose CSR and answers."""
    at, known = reader.place(check, "compares"), HALVES[check.kind]
    if not check.compares:
        names = ", ".join(known)
        reader.note(
            reader.place(check, "kind"),
            f'the check of task "{task.id}" does not say what it compares. Add `compares:` ({names}).',
        )
    for half in check.compares:
        if half not in known:
            reader.note(at, f'task "{task.id}" compares "{half}". {closest(half, known)}')
    requests = [one.id for one in process.tasks() if one.check and one.check.kind == "csr"]
    if (Half.KEY in check.compares or check.key_of) and check.key_of not in requests:
        at = reader.place(check, "key_of")
        reader.note(at, f'task "{task.id}" compares the key of "{check.key_of}". {closest(check.key_of, requests)}')
    for one in check.profiles:
        chosen = one.answered
        asked = process.task(chosen.task) if chosen and process.has_task(chosen.task) else None
        options = {each.id: each.options for each in asked.fields} if asked else {}
        if chosen and chosen.value not in options.get(chosen.field, ()):
            said = f"{chosen.task} {chosen.field}: {chosen.value}"
            reader.note(
                reader.place(chosen), f'profile "{one.profile}" follows an answer that nobody can give ({said}).'
            )


def _task(process: Process, step: Step, task: Task, reader: Reader) -> None:
    if not re.fullmatch(rf"{step.number}\.\d{{1,2}}", task.id):
        at = reader.place(task, "id")
        reader.note(
            at, f'task "{task.id}" stands in Step {step.number}. Its id has to be `{step.number}.` and a number.'
        )
    if task.starts_wait and task.starts_wait not in (names := [wait.id for wait in step.waits]):
        at = reader.place(task, "starts_wait")
        reader.note(at, f'task "{task.id}" starts the wait "{task.starts_wait}". {closest(task.starts_wait, names)}')
    if task.check and task.check.kind not in CHECKS:
        at = reader.place(task.check, "kind")
        reader.note(at, f'task "{task.id}" has the check "{task.check.kind}". {closest(task.check.kind, CHECKS)}')
    elif task.check:
        for verdict in task.check.closes_on:
            if verdict not in (known := CHECKS[task.check.kind]):
                at = reader.place(task.check, "closes_on")
                reader.note(at, f'task "{task.id}" closes on "{verdict}". {closest(verdict, sorted(known))}')
            elif verdict == "unknown":
                at = reader.place(task.check, "closes_on")
                reader.note(at, f'task "{task.id}" closes on "unknown", which proves nothing. Remove it.')
        _compared(process, task, task.check, reader)
    if task.closes_from_form and task.closes_from_form not in FORMS:
        at = reader.place(task, "closes_from_form")
        reader.note(
            at, f'task "{task.id}" closes from "{task.closes_from_form}". {closest(task.closes_from_form, FORMS)}'
        )
    numbers = {one.number for one in process.steps}
    for number in task.holds:
        if step.number != 0 or number == 0 or number not in numbers:
            at = reader.place(task, "holds")
            reader.note(
                at, f'task "{task.id}" holds Step {number}. Only tasks of Step 0 hold steps, and of Steps 1 to 8.'
            )
    if task.expiry:
        _expiry(task, task.expiry, reader)
    if task.settles:
        _settles(step, task, reader)
    elif task.question:
        at = reader.place(task, "question")
        reader.note(
            at, f'task "{task.id}" asks a question that settles nothing. Add `settles` with field, answer and tasks.'
        )


def _expiry(task: Task, expiry: Expiry, reader: Reader) -> None:
    if expiry.what not in EXPIRIES:
        at = reader.place(expiry, "what")
        reader.note(at, f'"{expiry.what}" is nothing that a task starts. {closest(expiry.what, sorted(EXPIRIES))}')
    dates = [field.id for field in task.fields if field.kind is FieldKind.DATE]
    if expiry.field not in dates:
        at = reader.place(expiry, "field")
        reader.note(at, f'task "{task.id}" has no date field "{expiry.field}". {closest(expiry.field, dates)}')


def _settles(step: Step, task: Task, reader: Reader) -> None:
    settles = task.settles
    if settles is None:
        return
    for task_id in settles.tasks:
        _own_task(step, task_id, reader, reader.place(settles, "tasks"), f'task "{task.id}" settles')
    options = {one.id: one.options for one in task.fields if one.kind is FieldKind.CHOICE}
    if settles.field not in options:
        at = reader.place(settles, "field")
        reader.note(at, f'task "{task.id}" has no choice field "{settles.field}". {closest(settles.field, options)}')
    elif settles.answer not in options[settles.field]:
        at = reader.place(settles, "answer")
        advice = closest(settles.answer, options[settles.field])
        reader.note(at, f'"{settles.answer}" is not an option of the field "{settles.field}". {advice}')


def _own_task(step: Step, task_id: str, reader: Reader, at: Mark, label: str) -> None:
    names = [task.id for task in step.tasks]
    if task_id not in names:
        reader.note(
            at, f'{label} the task "{task_id}", which Step {step.number} does not have. {closest(task_id, names)}'
        )


def _wait(step: Step, wait: Wait, reader: Reader) -> None:
    for answer in wait.answers:
        if answer.closes:
            _own_task(step, answer.closes, reader, reader.place(answer, "closes"), f'answer "{answer.id}" closes')
        if answer.moves:
            _own_task(step, answer.moves, reader, reader.place(answer, "moves"), f'answer "{answer.id}" moves')
            if not answer.closes:
                at = reader.place(answer, "moves")
                reader.note(
                    at, f'answer "{answer.id}" moves other onboardings, so it has to close a task here: `closes`.'
                )
        if answer.rejects and not step.ways_on:
            at = reader.place(answer, "rejects")
            reader.note(at, f'answer "{answer.id}" rejects, but step "{step.id}" has no ways on. Add `ways_on`.')
    if not any(answer.closes for answer in wait.answers):
        advice = "Give one of its answers `closes` with a task, or it never ends."
        reader.note(reader.place(wait), f'wait "{wait.id}" has no answer that closes a task. {advice}')
    times = (wait.expected or timedelta(), *wait.ask_after)
    if wait.clock is Clock.WORKING and any(one % timedelta(days=1) for one in times):
        at = reader.place(wait, "clock")
        reader.note(at, f'wait "{wait.id}" counts working time, so its times have to be whole working days.')
    if list(wait.ask_after) != sorted(set(wait.ask_after)):
        reader.note(
            reader.place(wait, "ask_after"), f'wait "{wait.id}" asks in the wrong order. Put the shortest time first.'
        )


def _applies(process: Process, reader: Reader) -> None:
    """Whoever runs through, each step that applies has something to do."""
    for step in process.steps:
        for participant in Participant:
            for environment in Environment:
                for route in Route:
                    who = (participant, environment, route)
                    if step.tasks and step.when.holds(*who) and not any(task.when.holds(*who) for task in step.tasks):
                        words = f"{participant}, {environment}, {route}"
                        advice = "Add one, or say with the step's `when` that it does not apply."
                        reader.note(reader.place(step), f'step "{step.id}" has no task for {words}. {advice}')
