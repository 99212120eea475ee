"""A form that was sent becomes a command: one function a form. What is wrong with an entry is said at its field.

The inputs' ids are those of `templates/forms/*.yaml`.
"""

import csv
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine.dns.claim import BadInput, parse_domain
from engine.onboarding.commands import (
    AddRows,
    AnsweredElsewhere,
    AssignRole,
    AttachEvidence,
    Block,
    ChangeRow,
    Close,
    Command,
    EditDetails,
    HandOver,
    MarkNotApplicable,
    MoveChannel,
    NewHolder,
    Override,
    Reject,
    Reopen,
    SetClaim,
    Snooze,
    Start,
    StartWithout,
    SubmitMaterial,
    Tick,
    TickTasks,
    WaitOn,
)
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.process.model import Environment, Participant, Party, Role, Route
from engine.reminders.calendar import PersonFacts, until_day, zone
from engine.store.reads import Case
from handlers.days import BadDays, days_from
from handlers.ids import Verb
from handlers.members import channel_for
from handlers.parse import Submission
from handlers.ports import Office, Profile


class FormError(Exception):
    """An entry that cannot be used: the input's id and the code of the sentence in `templates/forms/errors.yaml`."""

    def __init__(self, input_id: str, code: str, **data: str) -> None:
        super().__init__(code)
        self.input_id = input_id
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission with what its form is about."""

    office: Office
    form: Submission
    profile: Profile
    now: datetime
    case: Case | None = field(default=None)

    @property
    def onboarding(self) -> str:
        return self.form.onboarding

    @property
    def by(self) -> str:
        return self.form.person

    def about(self) -> Case:
        """The case. Raises Refused where it is gone, or not the person's to see."""
        if self.case is None:
            raise Refused(RefusalCode.UNKNOWN_ONBOARDING)
        return self.case

    def one(self, input_id: str) -> str | None:
        value = self.form.values.get(input_id)
        return value if isinstance(value, str) else (value[0] if value else None)

    def need(self, input_id: str) -> str:
        value = self.one(input_id)
        if not value:
            raise FormError(input_id, "needed")
        return value

    def many(self, input_id: str) -> tuple[str, ...]:
        value = self.form.values.get(input_id)
        return value if isinstance(value, tuple) else ((value,) if value else ())

    def day(self, input_id: str) -> date | None:
        value = self.one(input_id)
        return date.fromisoformat(value) if value else None

    def morning(self, input_id: str) -> datetime | None:
        """09:00 of the entered day where the sender lives, moved to the next working morning."""
        day = self.day(input_id)
        if day is None:
            return None
        if day <= self.now.date():
            raise FormError(input_id, "must-be-later")
        return until_day(day, self.calendar)

    @property
    def calendar(self) -> PersonFacts:
        """The sender's, with the holidays and closures of what the form is about."""
        if self.case is None:
            return PersonFacts(tz=self.profile.tz)
        state = self.case.state
        return PersonFacts(tz=self.profile.tz, nation=state.nation, closures=frozenset(state.closures))


Build = Callable[[Sent], Awaitable[Command]]


async def _start(sent: Sent) -> Command:
    name = sent.need("company_name")
    ids = await sent.office.desk.new_ids(sent.form.team, name, sent.one("company_number"))
    now_at = int(sent.one("now_at") or 0)
    channel, shared = await channel_of(sent)
    return Start(
        onboarding=ids.onboarding,
        by=sent.by,
        team=sent.form.team,
        short_id=ids.short_id,
        company=ids.company,
        name=name,
        environment=Environment(sent.need("environment")),
        participant=Participant(sent.need("participant")),
        route=Route(sent.need("route")),
        channel=channel,
        shared=shared,
        leads=sent.many("leads") or (sent.by,),
        number=sent.one("company_number"),
        description=sent.one("description"),
        nation=sent.one("nation") or "ENG",
        holders=_holders(sent),
        domain=_domain(sent),
        value=sent.one("value"),
        now_at=now_at,
    )


def _domain(sent: Sent) -> str | None:
    """As it is looked for in the DNS: the portal shows a full stop at its end, people paste addresses of web pages.

    Raises FormError where it can be no domain, since nobody could be told later.
    """
    typed = sent.one("domain")
    if not typed or not typed.strip():
        return None
    try:
        name, _ = parse_domain(typed)
    except BadInput as error:
        raise FormError("domain", "bad-domain", why=str(error)) from None
    return name.to_text(omit_final_dot=True) if typed.isascii() else typed.strip().removesuffix(".")


async def channel_of(sent: Sent) -> tuple[str, bool]:
    """The channel that was chosen, if bot and sender may post there, and whether outsiders read along, as the sender
    knows.

    Slack is asked within a second (decision 1).
    """
    channel = sent.one("channel") or sent.form.place.channel
    if not channel:
        raise FormError("channel", "needed")
    facts = await channel_for(sent.office.directory, sent.form.team, channel, sent.by)
    if facts is None:
        raise FormError("channel", "not-a-member")
    if facts.archived:
        raise FormError("channel", "archived")
    if facts.shared and "may_read" not in sent.many("shared"):
        raise FormError("channel", "shared")
    return channel, facts.shared


def _holders(sent: Sent) -> dict[Role, NewHolder]:
    holders: dict[Role, NewHolder] = {}
    for role in Role:
        people = sent.many(role.value)
        outside = sent.one("dns_outside") if role is Role.DNS_CONTACT else None
        if people or outside:
            holders[role] = NewHolder(
                person=people[0] if people else None,
                deputy=people[1] if len(people) > 1 else None,
                outside=None if people else outside,
            )
    holders.pop(Role.LEAD, None)
    return holders


async def _tick(sent: Sent) -> Command:
    return _ticks(sent, for_owner=False)


async def _record_for(sent: Sent) -> Command:
    return _ticks(sent, for_owner=True)


def _ticks(sent: Sent, *, for_owner: bool) -> Command:
    case = sent.about()
    number = int(sent.form.subject.split(".", 1)[0])
    ticked = set(sent.many("ticks"))
    step = case.state.step(number)
    ticks = []
    for task_id, task in step.tasks.items():
        values = {
            definition.id: entered
            for definition in case.process.task(task_id).fields
            if (entered := sent.one(f"field-{task_id}-{definition.id}"))
        }
        is_done = task.status.value != "open"
        if (task_id in ticked) != is_done or (task_id in ticked and values):
            ticks.append(Tick(task_id, task_id in ticked, values))
    return TickTasks(sent.onboarding, sent.by, number, tuple(ticks), for_owner=for_owner)


async def _material(sent: Sent) -> Command:
    return SubmitMaterial(sent.onboarding, sent.by, sent.form.subject, sent.need("text"))


async def _claim(sent: Sent) -> Command:
    return SetClaim(
        sent.onboarding,
        sent.by,
        domain=_domain(sent) or sent.need("domain"),
        value=sent.need("value"),
        shown_on=sent.day("shown_on"),
        needed_by=sent.day("needed_by"),
    )


async def _wait(sent: Sent) -> Command:
    return WaitOn(
        sent.onboarding,
        sent.by,
        step=int(sent.form.subject),
        on=Party(sent.need("on")),
        until=sent.morning("until"),
        reason=sent.one("reason"),
    )


async def _reject(sent: Sent) -> Command:
    return Reject(sent.onboarding, sent.by, int(sent.form.subject), sent.need("way"), sent.one("note"))


async def _elsewhere(sent: Sent) -> Command:
    day = sent.day("on")
    if day is None:
        raise FormError("on", "needed")
    return AnsweredElsewhere(sent.onboarding, sent.by, sent.one("task") or sent.form.subject, day, sent.need("note"))


async def _hand_over(sent: Sent) -> Command:
    what = sent.one("what") or "all"
    kind, _, name = what.partition(":")
    return HandOver(
        sent.onboarding,
        sent.by,
        to=sent.need("to"),
        task=name if kind == "task" else None,
        role=Role(name) if kind == "role" else None,
    )


async def _not_me(sent: Sent) -> Command:
    case = sent.about()
    role = case.process.task(sent.form.subject).owner if "." in sent.form.subject else None
    role = role or case.process.step(int(sent.form.subject.split(".", 1)[0])).owner
    return AssignRole(sent.onboarding, sent.by, role, _holder(sent))


async def _name(sent: Sent) -> Command:
    role = Role(sent.form.subject or sent.need("role"))
    return AssignRole(sent.onboarding, sent.by, role, _holder(sent))


def _holder(sent: Sent) -> NewHolder:
    people = sent.many("people")
    outside = sent.one("outside")
    if not people and not outside:
        raise FormError("people", "somebody")
    return NewHolder(
        person=people[0] if people else None,
        deputy=people[1] if len(people) > 1 else None,
        outside=None if people else outside,
    )


async def _snooze(sent: Sent) -> Command:
    step = int(sent.form.subject) if sent.one("for") == "step" else None
    until = sent.morning("date") or _preset(sent, sent.one("until") or "tomorrow")
    return Snooze(sent.onboarding, sent.by, until, step)


def _preset(sent: Sent, choice: str) -> datetime:
    if choice == "hour":
        return sent.now + timedelta(hours=1)
    if choice == "date":
        raise FormError("date", "needed")
    sent.about()
    person = sent.calendar
    return until_day(sent.now.astimezone(zone(person.tz)).date() + timedelta(days=1), person)


async def _block(sent: Sent) -> Command:
    return Block(sent.onboarding, sent.by, int(sent.form.subject), sent.need("reason"))


async def _not_applicable(sent: Sent) -> Command:
    return MarkNotApplicable(sent.onboarding, sent.by, sent.one("what") or sent.form.subject, sent.need("reason"))


async def _reopen(sent: Sent) -> Command:
    return Reopen(sent.onboarding, sent.by, sent.one("what") or sent.form.subject, sent.need("reason"))


async def _override(sent: Sent) -> Command:
    return Override(sent.onboarding, sent.by, sent.one("what") or sent.form.subject, sent.need("reason"))


async def _edit(sent: Sent) -> Command:
    participant, route = sent.one("participant"), sent.one("route")
    return EditDetails(
        sent.onboarding,
        sent.by,
        name=sent.one("company_name"),
        number=sent.one("company_number"),
        description=sent.one("description"),
        participant=Participant(participant) if participant else None,
        route=Route(route) if route else None,
        domain=_domain(sent),
        nation=sent.one("nation"),
        closures=_days(sent, "closures"),
    )


def _days(sent: Sent, input_id: str) -> tuple[date, ...]:
    """All days of a field that is always there: left empty, there are none."""
    try:
        return days_from(sent.one(input_id) or "")
    except BadDays as error:
        raise FormError(input_id, "bad-days", line=str(error)) from None


async def _close(sent: Sent) -> Command:
    return Close(sent.onboarding, sent.by, sent.need("why"), sent.one("reason"), sent.morning("until"))


async def _start_without(sent: Sent) -> Command:
    reasons = {
        name.removeprefix("reason-"): str(value)
        for name, value in sent.form.values.items()
        if name.startswith("reason-")
    }
    return StartWithout(sent.onboarding, sent.by, reasons)


async def _rows(sent: Sent) -> Command:
    step = int(sent.form.subject)
    kind = sent.about().process.step(step).rows
    if kind is None:
        raise Refused(RefusalCode.NO_ROWS_HERE, str(step))
    fields = tuple(definition.id for definition in kind.fields)
    return AddRows(sent.onboarding, sent.by, step, rows_from(sent.need("rows"), fields))


def rows_from(text: str, fields: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Rows as people paste them: one a line, columns by comma, semicolon or tab in the order of `fields`.

    A heading line is skipped, and so are lines of nothing but separators.
    Raises FormError naming the first line with too many columns.
    """
    lines = [line for line in text.replace("\r", "").split("\n") if line.strip()]
    rows = []
    for number, line in enumerate(lines, start=1):
        delimiter = next((mark for mark in "\t;," if mark in line), ",")
        cells = [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=delimiter))]
        if number == 1 and cells[0].lower().replace(" ", "_") == fields[0]:
            continue
        if len(cells) > len(fields):
            raise FormError("rows", "too-many-columns", line=str(number), most=str(len(fields)))
        if any(cells):
            rows.append({name: cell for name, cell in zip(fields, cells, strict=False) if cell})
    if not rows:
        raise FormError("rows", "needed")
    return tuple(rows)


async def _row(sent: Sent) -> Command:
    values = {name.removeprefix("col-"): str(value) for name, value in sent.form.values.items() if name[:4] == "col-"}
    chosen = sent.many("state")
    return ChangeRow(
        sent.onboarding, sent.by, sent.form.subject, values, done="done" in chosen, remove="remove" in chosen
    )


async def _evidence(sent: Sent) -> Command:
    place = sent.form.place
    link = sent.office.words.link_to(place.channel or "", place.thread or "")
    return AttachEvidence(sent.onboarding, sent.by, sent.need("task"), link, sent.one("note"))


async def _move(sent: Sent) -> Command:
    channel, shared = await channel_of(sent)
    return MoveChannel(sent.onboarding, sent.by, channel, shared)


FORMS: dict[Verb, Build] = {
    Verb.START: _start,
    Verb.START_PRODUCTION: _start,
    Verb.TICK: _tick,
    Verb.RECORD_FOR: _record_for,
    Verb.MATERIAL: _material,
    Verb.CLAIM: _claim,
    Verb.WAIT: _wait,
    Verb.REJECT: _reject,
    Verb.ELSEWHERE: _elsewhere,
    Verb.HAND_OVER: _hand_over,
    Verb.NOT_ME: _not_me,
    Verb.NAME: _name,
    Verb.SNOOZE: _snooze,
    Verb.BLOCK: _block,
    Verb.NOT_APPLICABLE: _not_applicable,
    Verb.REOPEN: _reopen,
    Verb.OVERRIDE: _override,
    Verb.EDIT: _edit,
    Verb.CLOSE: _close,
    Verb.START_WITHOUT: _start_without,
    Verb.ROWS: _rows,
    Verb.ROW: _row,
    Verb.EVIDENCE: _evidence,
    Verb.MOVE: _move,
}
"""The forms that change something. The others (more, show, sources, everything, copies) are only read."""
