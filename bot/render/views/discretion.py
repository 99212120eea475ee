"""What is left out where people of other organisations read along: reasons, notes and earlier TXT values.

A shared channel gets the same messages with the words withheld; whoever asks privately gets them in full.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.render.views import words
from bot.render.views.look import Case
from engine.onboarding.outcome import Lane, Say
from engine.onboarding.state import Onboarding
from engine.onboarding.values import TextRef
from engine.process.model import Process


@dataclass(frozen=True, slots=True)
class _Discreet:
    state: Onboarding
    process: Process
    texts: Mapping[str, str]


def discreet(say: Say, case: Case) -> Case:
    """The case as the message's readers may see it."""
    if not case.state.channel_shared or say.lane is Lane.DIRECT:
        return case
    withheld = {ref.id for ref in _private(case.state) if ref} | {say.data.get("reason", "")}
    texts = {key: words.WITHHELD if key in withheld else text for key, text in case.texts.items()}
    return _Discreet(case.state, case.process, texts)


def _private(state: Onboarding) -> Iterator[TextRef | None]:
    yield state.life_reason
    if state.claim:
        yield from state.claim.previous
    for step in state.steps.values():
        yield step.why_not
        yield step.waiting.reason if step.waiting else None
        yield step.blocked.reason if step.blocked else None
        for attempt in step.attempts:
            yield attempt.note
            yield from (closing.reason for closing in attempt.done.values())
        for task in step.tasks.values():
            yield task.closing.reason if task.closing else None
            yield task.aside.reason if task.aside else None
        for row in step.rows:
            yield row.closing.reason if row.closing else None
