"""The columns of an onboarding that boards and lists ask by, computed from its state."""

from typing import Any

from engine.onboarding.codec import snapshot
from engine.onboarding.now import ending
from engine.onboarding.state import Life, Onboarding

OPEN_LIVES = frozenset({Life.OPEN, Life.PAUSED})
"""An onboarding in one of these bars a second one of the same company and environment."""


def columns_of(state: Onboarding, head: str, name_key: str | None) -> dict[str, Any]:
    steps = sorted(state.open_steps(), key=lambda step: step.number)
    waiting = next((step.waiting.on for step in steps if step.waiting is not None), None)
    return {
        "id": state.id,
        "team": state.team,
        "short_id": state.short_id,
        "company": state.company,
        "environment": state.environment.value,
        "channel": state.channel,
        "life": state.life.value,
        "is_open": state.life in OPEN_LIVES,
        "process": state.process,
        "name_text": state.name.id,
        "name_key": name_key,
        "step": next((step.number for step in steps if step.number > 0), steps[0].number if steps else None),
        "waiting_on": None if waiting is None else waiting.value,
        "next_end": next(iter(ending(state).values()), None),
        "started_at": state.started_at,
        "changed_at": state.last_at or state.started_at,
        "seq": state.seq,
        "head": head,
        "snapshot": snapshot(state),
    }


def people_of(state: Onboarding) -> dict[str, bool]:
    """Everybody who has a part in the onboarding; whether as a lead."""
    found = dict.fromkeys(state.leads, True)
    for holder in state.holders.values():
        for person in (holder.person, holder.deputy):
            if person is not None:
                found.setdefault(person, False)
    for person in state.stand_ins:
        found.setdefault(person, False)
    for step in state.steps.values():
        for task in step.tasks.values():
            if task.owner is not None:
                found.setdefault(task.owner, False)
    return found
