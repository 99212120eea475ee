"""`/dip handover`: all my work in several onboardings to one colleague, after a preview of what is possible.

The preview asks Slack who can see which channel, so it is an errand; what is then sent is decided in one transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from slack_bolt.context.ack.async_ack import AsyncAck

from engine.onboarding.commands import HandOver
from engine.onboarding.outcome import Refused
from engine.onboarding.rights import roles_of
from engine.onboarding.state import Onboarding
from engine.process.model import Role
from engine.store import reads
from engine.store.reads import Case
from handlers.deadline import tell_all
from handlers.forms import FormError, Sent
from handlers.ids import Verb
from handlers.parse import Submission, Typed, person_in
from handlers.ports import Office, Profile
from handlers.replies import OpenForm, Reply, Show, facts_of

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be handed over: ids, enums and dates only, for it travels in a form."""

    to: str
    onboardings: tuple[str, ...]
    starts: datetime | None = None
    until: datetime | None = None
    keep: tuple[Role, ...] = ()

    def text(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "Wish":
        return msgspec.json.decode(text, type=cls)


@dataclass(frozen=True, slots=True)
class Part:
    """One onboarding of a preview. `unseen`: the other is not in its channel, so nothing goes over there."""

    case: Case
    gives: tuple[Role, ...]
    tasks: int
    keeps: tuple[Role, ...] = ()
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    wish: Wish
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What became of it. `refused`: by onboarding."""

    wish: Wish
    count: int
    refused: dict[str, Refused] = field(default_factory=dict)


async def typed(office: Office, typed: Typed) -> Reply:
    """`/dip handover [@person]`: a form with everything that the asker holds anywhere."""
    cases = await held_by(office, typed.team, typed.person)
    to = next((person for word in typed.words.rest if (person := person_in(word)) is not None), "")
    facts = facts_of(office, typed, cases=cases, text=to)
    if not cases:
        return Show(await office.words.answer("nothing-to-hand-over", facts))
    return OpenForm(Verb.HAND_OVER_ALL, facts)


async def held_by(office: Office, team: str, person: str) -> tuple[Case, ...]:
    """The onboardings in which a person holds a role or a task, the oldest first."""
    rows = await office.desk.read(reads.of_person, team, person)
    held = [row for row in rows if roles_of(row.state, person) or _tasks(row.state, person)]
    found = [await office.desk.read(reads.case, row.state.id) for row in held[:MOST_AT_ONCE]]
    return tuple(case for case in found if case is not None)


def _tasks(state: Onboarding, person: str) -> int:
    return sum(task.owner == person for step in state.steps.values() for task in step.tasks.values())


async def preview(sent: Sent, ack: AsyncAck) -> None:
    """The first form: what would happen is looked up beside the answer to Slack, and the form then shows it."""
    to = sent.need("to")
    if to == sent.by:
        raise FormError("to", "not-yourself")
    starts, until = sent.morning("starts"), sent.morning("until")
    if until is not None and until <= (starts or sent.now):
        raise FormError("until", "must-be-later")
    chosen = sent.many("onboardings")
    if not chosen:
        raise FormError("onboardings", "needed")
    wish = Wish(to, chosen, starts, until)
    sent.office.errands.run("show what a hand-over would do", _show(sent.office, sent.form, wish))
    await ack(response_action="update", view=await sent.office.words.notice("hand-over-looking"))


async def _show(office: Office, form: Submission, wish: Wish) -> None:
    profile = await office.directory.profile(form.team, wish.to)
    parts = [part for one in wish.onboardings if (part := await _part(office, form.person, one, profile)) is not None]
    keep = tuple(role for role in Role if any(role in part.keeps for part in parts))
    going = tuple(part.case.state.id for part in parts if not part.unseen and (part.gives or part.tasks))
    shown = Preview(Wish(wish.to, going, wish.starts, wish.until, keep), tuple(parts))
    facts = office.facts(form.team, form.person, subject=shown.wish.text(), data={"preview": shown})
    await office.slack.update_view(form.view_id, await office.words.form(Verb.HAND_OVER_GO, facts))


async def _part(office: Office, person: str, onboarding: str, to: Profile) -> Part | None:
    """Of an onboarding in which the person still holds something; else None. A guest or an outsider is no employee."""
    case = await office.desk.read(reads.case, onboarding)
    held = roles_of(case.state, person) if case else ()
    if case is None or not (held or _tasks(case.state, person)):
        return None
    outsider = to.guest or to.external
    keeps = tuple(role for role in held if outsider and case.process.role(role).must_be_employee)
    unseen = not await office.directory.is_in(case.state.channel, to.id)
    gives = tuple(role for role in held if role not in keeps)
    return Part(case, gives, _tasks(case.state, person), keeps, unseen)


async def go(sent: Sent, ack: AsyncAck) -> None:
    """The second form: all of it in one transaction; what was refused meanwhile is said."""
    wish = Wish.read(sent.form.subject)
    commands = [
        HandOver(one, sent.by, wish.to, starts=wish.starts, until=wish.until, keep=wish.keep)
        for one in wish.onboardings
    ]
    outcomes = await tell_all(sent.office, commands, once=sent.form.key)
    pairs = zip(wish.onboardings, outcomes, strict=True)
    refused = {onboarding: outcome for onboarding, outcome in pairs if isinstance(outcome, Refused)}
    given = Given(wish, len(outcomes) - len(refused), refused)
    facts = sent.office.facts(sent.form.team, sent.by, data={"given": given})
    await ack(response_action="update", view=await sent.office.words.form(Verb.HAND_OVER_GO, facts))
