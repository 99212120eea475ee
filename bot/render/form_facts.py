"""What each form holds when it opens: its words, its choices and what is filled in already."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.render.forms import Filled, Input, Option
from bot.render.opened import Opened, heading, lists
from bot.render.values import Code, Markdown
from bot.render.views.dns import finding_line, findings_by_weight, rows_of
from bot.render.views.forms import (
    AttemptView,
    CopyText,
    DoneLine,
    EverythingView,
    EvidenceLine,
    Heading,
    MoreView,
    RowThing,
    SeenRow,
    ShownText,
    SourcesView,
    Statement,
)
from bot.render.views.look import Look, trust
from bot.render.views.steps import numbered
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.state import Attempt, StepState
from engine.onboarding.values import TaskStatus
from engine.process.model import FieldKind, Role, Step, Task
from handlers.days import days_text
from handlers.ids import Verb
from handlers.ports import Facts

Build = Callable[[Look, Facts], Opened]


def form_for(verb: Verb, look: Look, facts: Facts) -> Opened:
    """The form of a verb that is about an onboarding. Raises Refused where its subject is not there."""
    try:
        return _FORMS[verb](look, facts)
    except (KeyError, ValueError):
        raise Refused(RefusalCode.UNKNOWN_STEP, facts.subject) from None


def _number(facts: Facts) -> int:
    return int(facts.subject.replace("#", ".").split(".", 1)[0])


def _plain(file: str) -> Build:
    def build(look: Look, facts: Facts) -> Opened:
        return Opened(file, "forms/step", heading(look, facts), Filled(lists(look.process)))

    return build


def _step(look: Look, facts: Facts) -> tuple[Step, StepState]:
    return look.step(_number(facts))


def _tick(look: Look, facts: Facts) -> Opened:
    step, state = _step(look, facts)
    tasks = [step.task(task_id) for task_id in state.tasks]
    done = tuple(task.id for task in tasks if state.tasks[task.id].status is not TaskStatus.OPEN)
    options = tuple(Option(task.id, f"{number}. {task.title}") for number, task in numbered(step, state))
    fields = tuple(one for task in tasks if task.id not in done for one in _fields(task))
    filled = Filled({"tasks": options}, {"ticks": done}, after=fields)
    return Opened("tick", "forms/step", heading(look, facts), filled)


_KINDS = {FieldKind.DATE: "date", FieldKind.CHOICE: "select", FieldKind.TXT_VALUE: "lines"}


def _fields(task: Task) -> tuple[Input, ...]:
    return tuple(
        Input(
            id=f"field-{task.id}-{one.id}",
            label=f"{one.label} ({task.title})",
            kind=_KINDS.get(one.kind, "text"),
            options=tuple(Option(option, option) for option in one.options),
            optional=True,
            hint=one.hint,
            max_length=1000,
        )
        for one in task.fields
    )


def _material(look: Look, facts: Facts) -> Opened:
    return Opened("material", "forms/step", heading(look, facts))


def _claim(look: Look, facts: Facts) -> Opened:
    claim = look.state.claim
    initial: dict[str, str | tuple[str, ...]] = {}
    if claim is not None:
        initial["domain"] = look.text(claim.domain)
        if claim.value is not None:
            initial["value"] = look.text(claim.value)
        if claim.shown_on is not None:
            initial["shown_on"] = claim.shown_on.isoformat()
        if claim.needed_by is not None:
            initial["needed_by"] = claim.needed_by.isoformat()
    return Opened("claim", "forms/step", heading(look, facts), Filled(initial=initial))


def _reject(look: Look, facts: Facts) -> Opened:
    step, _ = _step(look, facts)
    ways = tuple(Option(way.id, way.title, way.text) for way in step.ways_on)
    return Opened("reject", "forms/step", heading(look, facts), Filled({"ways": ways}))


def _hand_over(look: Look, facts: Facts) -> Opened:
    works = [Option("all", "All my work in this onboarding")]
    step, state = _step(look, facts) if facts.subject else (None, None)
    if step is not None and state is not None:
        works.append(Option(f"role:{step.owner.value}", f"The role: {look.role_title(step.owner)}"))
        open_tasks = [task for task in state.tasks.values() if task.status is TaskStatus.OPEN]
        works += [Option(f"task:{task.id}", step.task(task.id).title) for task in open_tasks]
    return Opened("hand-over", "forms/step", heading(look, facts), Filled({"works": works[:10]}))


def _name(look: Look, facts: Facts) -> Opened:
    role = Role(facts.subject) if facts.subject in {role.value for role in Role} else None
    initial: dict[str, str | tuple[str, ...]] = {}
    if role is not None:
        initial["role"] = role.value
        holder = look.state.holders.get(role)
        people = tuple(person for person in (holder.person, holder.deputy) if person) if holder else ()
        if people:
            initial["people"] = people
    return Opened("name", filled=Filled(lists(look.process), initial))


def _subjects(look: Look, number: int, *, closed: bool) -> tuple[Option, ...]:
    """The step itself and its tasks: those that are closed, or those that are open."""
    step, state = look.step(number)
    tasks = [
        Option(task.id, f"{task.id} {step.task(task.id).title}")
        for task in state.tasks.values()
        if (task.status is not TaskStatus.OPEN) == closed
    ]
    whole = [Option(str(number), f"The whole step {number}: {step.title}")] if number else []
    return tuple(whole + tasks)


def _elsewhere(look: Look, facts: Facts) -> Opened:
    """Of a step: its open tasks to choose from. Of a task: that one is chosen already."""
    step, state = _step(look, facts)
    open_tasks = [task.id for task in state.tasks.values() if task.status is TaskStatus.OPEN]
    tasks = tuple(Option(task_id, step.task(task_id).title) for task_id in open_tasks)
    initial = {"task": facts.subject} if facts.subject in open_tasks else {}
    return Opened("elsewhere", "forms/step", heading(look, facts), Filled({"tasks": tasks}, initial))


def _not_applicable(look: Look, facts: Facts) -> Opened:
    options = {"subjects": _subjects(look, _number(facts), closed=False)}
    return Opened("not-applicable", "forms/step", heading(look, facts), Filled(options))


def _reopen(look: Look, facts: Facts) -> Opened:
    subjects = [one for step in look.state.steps for one in _subjects(look, step, closed=True)]
    earlier = [one for one in subjects if int(one.value.split(".", 1)[0]) <= _number(facts) or "." not in one.value]
    return Opened("reopen", "forms/step", heading(look, facts), Filled({"subjects": earlier[:100]}))


def _override(look: Look, facts: Facts) -> Opened:
    step, state = _step(look, facts)
    checked = [
        Option(task.id, step.task(task.id).title)
        for task in state.tasks.values()
        if step.task(task.id).check is not None and task.status is TaskStatus.OPEN
    ]
    return Opened("override", "forms/step", heading(look, facts), Filled({"checked": checked}))


def _edit(look: Look, facts: Facts) -> Opened:
    state = look.state
    initial: dict[str, str | tuple[str, ...]] = {
        "company_name": look.company,
        "participant": state.participant.value,
        "route": state.route.value,
        "nation": state.nation,
        "closures": days_text(state.closures),
    }
    for name, ref in (("company_number", state.number), ("description", state.description)):
        if ref is not None:
            initial[name] = look.text(ref)
    if state.claim is not None:
        initial["domain"] = look.text(state.claim.domain)
    return Opened("edit", filled=Filled(lists(look.process), initial))


def _start_without(look: Look, facts: Facts) -> Opened:
    step, state = look.step(0)
    holding = [
        step.task(task.id)
        for task in state.tasks.values()
        if task.status is TaskStatus.OPEN and 1 in step.task(task.id).holds
    ]
    if not holding:
        raise Refused(RefusalCode.NOT_HOLDING)
    inputs = tuple(
        Input(f"reason-{task.id}", f"Why without: {task.title}", "lines", max_length=1000) for task in holding
    )
    return Opened("start-without", filled=Filled(before=inputs))


def _rows(look: Look, facts: Facts) -> Opened:
    step, _ = _step(look, facts)
    if step.rows is None:
        raise Refused(RefusalCode.NO_ROWS_HERE, facts.subject)
    head = look.head()
    columns = tuple(one.label for one in step.rows.fields)
    above = Heading(head.onboarding, head.about, head.company, head.environment, step.rows.title, columns=columns)
    return Opened("rows", "forms/rows", above)


def _row(look: Look, facts: Facts) -> Opened:
    step, state = _step(look, facts)
    row = next((one for one in state.rows if one.id == facts.subject), None)
    if row is None or step.rows is None:
        raise Refused(RefusalCode.UNKNOWN_ROW, facts.subject)
    inputs = tuple(
        Input(
            f"col-{one.id}",
            one.label,
            _KINDS.get(one.kind, "text"),
            tuple(Option(option, option) for option in one.options),
            optional=True,
            hint=one.hint,
            max_length=1000,
        )
        for one in step.rows.fields
    )
    initial: dict[str, str | tuple[str, ...]] = {f"col-{name}": look.text(value) for name, value in row.values.items()}
    if row.status is TaskStatus.DONE:
        initial["state"] = ("done",)
    states = (Option("done", "Done"), Option("remove", "Remove this row"))
    return Opened("row", filled=Filled({"states": states}, initial, before=inputs))


def _evidence(look: Look, facts: Facts) -> Opened:
    tasks = [
        Option(task.id, f"{task.id} {look.process.task(task.id).title}")
        for step in look.state.open_steps()
        for task in step.tasks.values()
    ]
    return Opened("evidence", filled=Filled({"tasks": tasks[:100]}))


def _more(look: Look, facts: Facts) -> Opened:
    step, state = _step(look, facts)
    head = look.head()
    open_tasks = [task for task in state.tasks.values() if task.status is TaskStatus.OPEN]
    view = MoreView(
        head.onboarding,
        head.about,
        head.company,
        head.environment,
        step.number,
        step.title,
        waiting=state.waiting is not None,
        blocked=state.blocked is not None,
        open=bool(open_tasks),
        rows=tuple(RowThing(row.id, look.subject_title(row.id)) for row in state.rows[:20]),
        ways=bool(step.ways_on),
        moves=tuple(
            RowThing(f"{step.number}.{answer.id}", answer.label)
            for wait in step.waits
            for answer in wait.answers
            if answer.moves and any(task.id == answer.closes for task in open_tasks)
        ),
        startable=step.number == 0,
        checked=any(step.task(task.id).check for task in open_tasks),
    )
    return Opened("more", "forms/more", view)


def _show(look: Look, facts: Facts) -> Opened:
    task = look.process.task(facts.subject)
    head = look.head()
    return Opened(
        "show", "forms/show", ShownText(head.onboarding, head.about, task.title, Markdown(look.show_of(task)))
    )


def _sources(look: Look, facts: Facts) -> Opened:
    step, state = _step(look, facts)
    statements = [Statement(Markdown(step.goal), "", look.sources((step.page,) if step.page else ()))]
    for task_id in state.tasks:
        task = step.task(task_id)
        statements.append(Statement(Markdown(task.title), trust(task.confidence), look.sources(task.sources)))
    notes = (*step.traps, *step.evidence)
    statements += [Statement(Markdown(note.text), trust(note.confidence), look.sources(note.sources)) for note in notes]
    kept = tuple(
        EvidenceLine(
            step.task(task.id).title, look.text(one.link), look.text(one.note), look.person(one.by), look.moment(one.at)
        )
        for task in state.tasks.values()
        for one in task.evidence
    )
    head = look.head()
    earlier = tuple(_attempt(look, step, one) for one in state.attempts)
    view = SourcesView(step.number, step.title, tuple(statements), kept, earlier, head.onboarding, head.about)
    return Opened("sources", "forms/sources", view)


def _attempt(look: Look, step: Step, attempt: Attempt) -> AttemptView:
    """What was done in an attempt that was rejected, and the look that our check had."""
    titles = {task.id: task.title for task in step.tasks}
    ways = {way.id: way.title for way in step.ways_on}
    lines = tuple(
        DoneLine(titles[task], look.closed(closing).said, attempt.reports.get(task, ""))
        for task, closing in attempt.done.items()
        if task in titles
    )
    return AttemptView(
        attempt.number,
        look.person(attempt.by),
        look.moment(attempt.at),
        ways.get(attempt.way, attempt.way),
        look.text(attempt.note),
        lines,
    )


def _copy_text(look: Look, facts: Facts) -> Opened:
    """Ready words: a task's, or those for a support ticket about the running wait (`3.vetting`)."""
    step = look.process.step(_number(facts))
    name = facts.subject.partition(".")[2]
    wait = next((one for one in step.waits if one.id == name), None)
    text = wait.escalation_text if wait is not None else look.show_of(look.process.task(facts.subject))
    return Opened("copy-text", "forms/copy", CopyText(Code(text)))


def _answered(row: Mapping[str, Any]) -> str:
    if row.get("match"):
        return "has the value"
    code = str(row.get("error") or row.get("rcode") or "no answer")
    return "has not the value" if code == "NOERROR" else code


def everything(report: Mapping[str, Any], look: Look | None, tz: str) -> Opened:
    """All that a check saw, from its report."""
    findings = tuple(finding_line(row) for row in findings_by_weight(rows_of(report, "findings")))[:30]
    is_dns = str(report.get("schema", "")).startswith("dipper.dns/")
    servers = tuple(
        SeenRow(
            str(row.get("name") or "").rstrip("."),
            str(row.get("address") or ""),
            _answered(row),
            str(row.get("serial") or ""),
            ", ".join(str(value) for value in row.get("txt") or ())[:300],
        )
        for row in rows_of(report, "servers")[:20]
    )
    resolvers = tuple(
        SeenRow(str(row.get("address") or ""), "", str(row.get("rcode") or row.get("ede") or "no answer"))
        for row in rows_of(report, "resolvers")[:10]
    )
    items = tuple(
        f"{row.get('kind')}: {row.get('subject') or 'no subject'}; {', '.join(row.get('names') or ()) or 'no names'}; "
        f"key {row.get('key') or 'unknown'}; SHA-256 {row.get('sha256') or 'unknown'}"
        for row in rows_of(report, "items")[:20]
    )
    dnssec, caa = report.get("dnssec") or {}, report.get("caa") or {}
    view = EverythingView(
        "dns" if is_dns else "pki",
        str(report.get("domain") or "CSR or certificate"),
        None,
        servers,
        resolvers,
        items,
        ". ".join(part for part in (dnssec.get("status", "unknown"), dnssec.get("reason")) if part),
        f"{caa.get('status', 'unknown')} {', '.join(caa.get('records') or ())}".strip(),
        findings,
    )
    return Opened("everything", "forms/everything", view)


_FORMS: dict[Verb, Build] = {
    Verb.TICK: _tick,
    Verb.RECORD_FOR: lambda look, facts: _renamed(_tick(look, facts), "record-for"),
    Verb.MATERIAL: _material,
    Verb.CLAIM: _claim,
    Verb.WAIT: _plain("wait"),
    Verb.REJECT: _reject,
    Verb.ELSEWHERE: _elsewhere,
    Verb.HAND_OVER: _hand_over,
    Verb.NOT_ME: _plain("not-me"),
    Verb.NAME: _name,
    Verb.SNOOZE: _plain("snooze"),
    Verb.BLOCK: _plain("block"),
    Verb.NOT_APPLICABLE: _not_applicable,
    Verb.REOPEN: _reopen,
    Verb.OVERRIDE: _override,
    Verb.EDIT: _edit,
    Verb.CLOSE: _plain("close"),
    Verb.START_WITHOUT: _start_without,
    Verb.ROWS: _rows,
    Verb.ROW: _row,
    Verb.EVIDENCE: _evidence,
    Verb.MOVE: _plain("move"),
    Verb.MORE: _more,
    Verb.SHOW: _show,
    Verb.SOURCES: _sources,
    Verb.COPY_TEXT: _copy_text,
}


def _renamed(opened: Opened, file: str) -> Opened:
    return Opened(file, opened.template, opened.view, opened.filled)
