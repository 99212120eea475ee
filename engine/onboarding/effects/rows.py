"""How the lists of Steps 7 and 8 fill up."""

from msgspec.structs import replace

from engine.onboarding import events as e
from engine.onboarding.effects.base import apply, moved_on, on_row, on_step, step_of
from engine.onboarding.state import Onboarding, Row
from engine.onboarding.values import Closing, TaskStatus


@apply.register
def _(event: e.RowAdded, state: Onboarding) -> Onboarding:
    row = Row(event.row, dict(event.values))
    state = on_step(
        state,
        step_of(event.row),
        lambda step: replace(step, rows=(*step.rows, row), next_row=step.next_row + 1),
    )
    return moved_on(state, event, event.row)


@apply.register
def _(event: e.RowChanged, state: Onboarding) -> Onboarding:
    state = on_row(state, event.row, lambda row: replace(row, values={**row.values, **event.values}))
    return moved_on(state, event, event.row)


@apply.register
def _(event: e.RowClosed, state: Onboarding) -> Onboarding:
    closing = Closing(event.grade, by=event.by, at=event.at)
    state = on_row(state, event.row, lambda row: replace(row, status=TaskStatus.DONE, closing=closing))
    return moved_on(state, event, event.row)


@apply.register
def _(event: e.RowReopened, state: Onboarding) -> Onboarding:
    return on_row(state, event.row, lambda row: replace(row, status=TaskStatus.OPEN, closing=None))


@apply.register
def _(event: e.RowRemoved, state: Onboarding) -> Onboarding:
    return on_step(
        state,
        step_of(event.row),
        lambda step: replace(step, rows=tuple(row for row in step.rows if row.id != event.row)),
    )
