"""What is to be said about what happened: one message a step, updated in place; a mention once; a watch only when its
answer changes.

Pure, and without a text: each `Say` names a template and what it is about. Its words are made from the state when it is
sent.
"""

from collections.abc import Iterable

from engine.onboarding import events as e
from engine.onboarding.now import Ask, asks
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.saying import people, record, reminders, steps, turns, whole
from engine.onboarding.saying.base import Scene, of, thread
from engine.onboarding.saying.record import answer_changed
from engine.onboarding.saying.steps import step_messages, task_asks, turns_back
from engine.onboarding.state import Onboarding
from engine.process.model import Process

RULES = (people, record, reminders, steps, turns, whole)
"""The modules whose rules are in `of`'s table, because they are imported here."""

_QUIET = (
    e.CardRefreshed,
    e.ChannelWasLost,
    e.ChannelWasShared,
    e.CheckAsked,
    e.ContentRemoved,
    e.DeputyReminded,
    e.EvidenceAttached,
    e.HandOverPlanned,
    e.LeadTold,
    e.MaterialPending,
    e.Nudged,
    e.PersonSnoozed,
    e.Reminded,
    e.ReminderCame,
    e.ReminderSet,
    e.RemindersSwitched,
    e.SecretPosted,
    e.WaitAsked,
    e.WaitEscalated,
    e.Warned,
)
"""What changes nothing that the card or a step's message shows."""


def announce(
    before: Onboarding | None,
    events: Iterable[e.Event],
    after: Onboarding,
    process: Process,
    asked: tuple[Ask, ...] | None = None,
) -> tuple[Say, ...]:
    """The messages that follow from the events of one command, in the order to be sent; of those for one slot the last.

    `asked`: what `asks` says of the state after them, if that is known already.
    """
    happened = tuple(events)
    if not happened:
        return ()
    asked_before = asks(before, process) if before else ()
    asked_after = asks(after, process) if asked is None else asked
    scene = Scene(before, after, happened, process, asked_before, asked_after)
    says: list[Say] = []
    if _shows_on_card(scene):
        says.append(Say("card", Lane.CHANNEL, slot="card"))
    for event in scene.events:
        says.extend(of(event, scene))
    says.extend(step_messages(scene))
    says.extend(task_asks(scene))
    says.extend(turns_back(scene, tuple(says)))
    if any(isinstance(event, e.Finished) for event in scene.events):
        says.append(thread("thread/finished"))
    return _last_of_each_slot(says)


def _last_of_each_slot(says: list[Say]) -> tuple[Say, ...]:
    """Keeps the place of the first and the content of the last, so that an update never comes before what it updates."""
    result: dict[str, Say] = {}
    for number, say in enumerate(says):
        result[say.slot or f"#{number}"] = say
    return tuple(result.values())


def _shows_on_card(scene: Scene) -> bool:
    return any(
        isinstance(event, e.CardRefreshed)
        or (isinstance(event, e.CheckRecorded) and answer_changed(event, scene))
        or not isinstance(event, (*_QUIET, e.CheckRecorded))
        for event in scene.events
    )
