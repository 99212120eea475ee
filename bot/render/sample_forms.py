"""Samples of every form, as whoever presses a button gets it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.render.form_facts import everything, form_for
from bot.render.form_several import moves_form
from bot.render.form_starts import import_form, production_form, start_form
from bot.render.opened import Opened
from bot.render.sample_reports import REPORTS
from bot.render.sample_said import LEAD, NOW, TEXTS, Sample, SampleCase, facts, onboarding, with_rows
from bot.render.sample_sheets import SHEETS
from bot.render.views import imports
from bot.render.views.forms import MovedView, RefusedPart
from bot.render.views.look import Look, RenderFacts
from engine.process.model import Process
from handlers.ids import Verb
from handlers.ports import Facts

_OF_A_STEP = (
    Verb.TICK,
    Verb.RECORD_FOR,
    Verb.WAIT,
    Verb.REJECT,
    Verb.SNOOZE,
    Verb.BLOCK,
    Verb.NOT_APPLICABLE,
    Verb.REOPEN,
    Verb.OVERRIDE,
    Verb.HAND_OVER,
    Verb.ELSEWHERE,
    Verb.MORE,
    Verb.SOURCES,
)
_OF_A_TASK = (Verb.MATERIAL, Verb.ELSEWHERE, Verb.NOT_ME, Verb.SHOW)
_OF_THE_WHOLE = (Verb.EDIT, Verb.CLOSE, Verb.NAME, Verb.MOVE)


@dataclass(frozen=True, slots=True)
class OpenedForm:
    """A form with the verb and the subject that open it."""

    verb: Verb
    subject: str
    opened: Opened


def opened_forms(
    process: Process, texts: Mapping[str, str] = TEXTS, given: RenderFacts | None = None
) -> Iterator[OpenedForm]:
    """Every form, at every step where it can be asked for; with other `texts` where a test wants them."""
    given = given or facts()
    asked = Facts(team="T0NORTH", person=LEAD, now=NOW, channel="C0DIP", text=texts["name"])
    for step in process.steps:
        case = SampleCase(with_rows(onboarding(process, step.number)), process, texts)
        look = Look(case, given)
        for verb in _OF_A_STEP:
            if verb is Verb.REJECT and not step.ways_on:
                continue
            yield _form(verb, look, asked, str(step.number))
        for task in case.state.step(step.number).tasks:
            for verb in _OF_A_TASK:
                yield _form(verb, look, asked, task)
        if step.rows:
            yield _form(Verb.ROWS, look, asked, str(step.number))
        for row in case.state.step(step.number).rows:
            yield _form(Verb.ROW, look, asked, row.id)
        for wait in step.waits:
            for answer in wait.answers:
                if answer.moves:
                    subject = f"{step.number}.{answer.id}"
                    opened = moves_form(look, replace(asked, subject=subject))
                    yield OpenedForm(Verb.MOVES, subject, opened)
            yield _form(Verb.COPY_TEXT, look, asked, f"{step.number}.{wait.id}")
    first = Look(SampleCase(onboarding(process, 0), process, texts), given)
    yield _form(Verb.START_WITHOUT, first, asked, "0")
    look = Look(SampleCase(onboarding(process), process, texts), given)
    for verb in _OF_THE_WHOLE:
        yield _form(verb, look, asked, "")
    yield _form(Verb.CLAIM, look, asked, "5")
    yield OpenedForm(Verb.START, "", start_form(asked, process))
    refused = RefusedPart("Eastwind Power Ltd", "UIT", "That did not go in.")
    yield OpenedForm(Verb.MOVES, "done", Opened("moved", "forms/moved", MovedView(3, (refused,))))
    yield OpenedForm(Verb.IMPORT, "", import_form(asked, process))
    for name, checked in SHEETS.items():
        view = imports.sheet(checked, {7: "That did not go in."}, process)
        yield OpenedForm(Verb.IMPORT_ALL, name, Opened("import-all", "forms/import-all", view))
    yield OpenedForm(Verb.START_PRODUCTION, "", production_form(asked, look))
    for name, report in REPORTS.items():
        yield OpenedForm(Verb.EVERYTHING, name, everything(report, look, given.tz))


def _form(verb: Verb, look: Look, asked: Facts, subject: str) -> OpenedForm:
    return OpenedForm(verb, subject, form_for(verb, look, replace(asked, subject=subject)))


def form_samples(process: Process) -> Iterator[Sample]:
    """The words above the fields, where a form has some."""
    for form in opened_forms(process):
        if form.opened.template:
            yield Sample(form.opened.template, f"{form.verb} {form.subject}".strip(), form.opened.view)
