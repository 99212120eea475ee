"""What is over for several onboardings at once, such as the approval of one DCP: said once, it moves all that wait for it.

The process names such an answer of a wait (`moves`) and the task that it closes for the others.
"""

from dataclasses import dataclass, field
from datetime import date

from slack_bolt.context.ack.async_ack import AsyncAck

from engine.onboarding.commands import Tick, TickTasks
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import acts_for, is_lead
from engine.onboarding.values import StepStatus, TaskStatus, TextRef
from engine.process.model import FieldKind, Participant, Process, WaitAnswer
from engine.store import reads
from engine.store.names import name_key
from engine.store.reads import Case
from handlers.deadline import tell_all
from handlers.forms import Sent
from handlers.ids import Verb
from handlers.ports import Office

_PROVIDER = "dcp"
"""The field of a row that names the provider; the process' other words for it would be another field."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of it. `refused`: by onboarding."""

    count: int
    refused: dict[str, Refused] = field(default_factory=dict)


def answer_of(process: Process, subject: str) -> WaitAnswer:
    """The answer that a subject such as `7.ready` names. Raises Refused where there is none that moves others."""
    step, _, name = subject.partition(".")
    numbers = {str(one.number): one for one in process.steps}
    waits = numbers[step].waits if step in numbers else ()
    found = next((answer for wait in waits for answer in wait.answers if answer.id == name and answer.moves), None)
    if found is None:
        raise Refused(RefusalCode.UNKNOWN_ANSWER, step[:3])
    return found


async def waiting_beside(office: Office, team: str, person: str, case: Case, moves: str) -> tuple[Case, ...]:
    """The other onboardings of the same environment in which this task is open and that the person may act for."""
    rows = await office.desk.read(reads.of_person, team, person)
    ids = [
        row.state.id
        for row in rows
        if row.state.id != case.state.id and row.state.environment is case.state.environment
    ]
    found = [await office.desk.read(reads.case, one) for one in ids]
    return tuple(one for one in found if one is not None and may_move(one, person, moves))


def may_move(case: Case, person: str, task_id: str) -> bool:
    """Whether the task is open in an open step, and the person leads there or acts for it."""
    step = case.state.steps.get(int(task_id.split(".", 1)[0]))
    task = step.tasks.get(task_id) if step is not None else None
    if step is None or task is None or step.status is not StepStatus.OPEN or task.status is not TaskStatus.OPEN:
        return False
    return is_lead(case.state, person) or acts_for(case.state, case.process, task_id).include(person)


def providers(case: Case) -> frozenset[str]:
    """The DCPs that an onboarding is about, as names are compared: itself if it is one, else those that its rows name."""
    state = case.state
    if state.participant is Participant.DCP:
        return frozenset({name_key(case.texts.get(state.name.id, ""))} - {""})
    named = set()
    for step in state.steps.values():
        for row in step.rows:
            value = row.values.get(_PROVIDER)
            text = case.texts.get(value.id, "") if isinstance(value, TextRef) else (value or "")
            named.add(name_key(text))
    return frozenset(named - {""})


async def go(sent: Sent, ack: AsyncAck) -> None:
    """All in one transaction, each recorded in its own onboarding. Ends the wait too, where there is one."""
    case = sent.about()
    answer = answer_of(case.process, sent.form.subject)
    on = sent.day("on")
    chosen = [one for name in sent.many("others") if (one := await sent.office.desk.read(reads.case, name)) is not None]
    others = [one for one in chosen if may_move(one, sent.by, answer.moves)]
    commands = [_tick(sent, case, answer.closes, on), *(_tick(sent, one, answer.moves, on) for one in others)]
    outcomes = await tell_all(sent.office, commands, once=sent.form.key)
    if isinstance(outcomes[0], Refused) and not others:
        raise outcomes[0]
    pairs = zip((case, *others), outcomes, strict=True)
    refused = {one.state.id: outcome for one, outcome in pairs if isinstance(outcome, Refused)}
    facts = sent.office.facts(sent.form.team, sent.by, data={"moved": Moved(len(outcomes) - len(refused), refused)})
    await ack(response_action="update", view=await sent.office.words.form(Verb.MOVES, facts))


def _tick(sent: Sent, case: Case, task_id: str, on: date | None) -> TickTasks:
    """`for_owner`: recorded so where the person leads but does not act for the task."""
    dates = [one.id for one in case.process.task(task_id).fields if one.kind is FieldKind.DATE]
    values = {dates[0]: on.isoformat()} if dates and on is not None else {}
    return TickTasks(
        case.state.id, sent.by, int(task_id.split(".", 1)[0]), (Tick(task_id, True, values),), for_owner=True
    )
