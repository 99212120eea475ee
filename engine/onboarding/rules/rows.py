"""The lists of Steps 7 and 8: rows that fill up and close one by one (decision 15)."""

from collections.abc import Mapping
from itertools import count

from engine.onboarding import commands as c
from engine.onboarding import events as e
from engine.onboarding.events import Values
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rules.draft import Draft
from engine.onboarding.rules.texts import filled, require
from engine.onboarding.state import Row
from engine.onboarding.values import Grade, TaskStatus, TextRef
from engine.process.model import RowKind

MOST_ROWS = 500


def _kind(draft: Draft, number: int) -> RowKind:
    kind = draft.process.step(number).rows
    if kind is None:
        raise Refused(RefusalCode.NO_ROWS_HERE, str(number))
    return kind


def _key(draft: Draft, kind: RowKind, values: Mapping[str, str | TextRef]) -> tuple[str, ...]:
    """The fields that tell rows apart, without regard to case.

    Sealed ones count by what they say, if that is at hand.
    """
    parts = []
    for name in kind.key:
        value = values.get(name, "")
        text = (draft.context.read(value) or value.id) if isinstance(value, TextRef) else value
        parts.append(text.casefold())
    return tuple(parts)


def _refuse_duplicate(draft: Draft, number: int, kind: RowKind, values: Values, but: str = "") -> None:
    key = _key(draft, kind, values)
    for row in draft.state.step(number).rows:
        if row.id != but and _key(draft, kind, row.values) == key:
            raise Refused(RefusalCode.ROW_DUPLICATE, row.id, row=row.id)


def add_rows(draft: Draft, command: c.AddRows) -> None:
    """All rows of one form or paste, or none: a refusal names the line (`subject` is `7#line 3`, counted from 1)."""
    step = draft.open_step(command.step)
    kind = _kind(draft, command.step)
    draft.only_actors_or_lead(command.step)
    if len(step.rows) + len(command.rows) > MOST_ROWS:
        raise Refused(RefusalCode.TOO_MANY_ROWS, str(command.step), limit=str(MOST_ROWS))
    keys = tuple(field for field in kind.fields if field.id in kind.key and field.required)
    for line, given in zip(count(1), command.rows, strict=False):
        where = f"{command.step}#line {line}"
        values = filled(draft.context, kind.fields, given, where)
        require(keys, values, where)
        _refuse_duplicate(draft, command.step, kind, values)
        row = f"{command.step}#{draft.state.step(command.step).next_row}"
        draft.add(e.RowAdded(*draft.stamp, row, values))
        if command.done:
            require(kind.fields, values, where)
            draft.add(e.RowClosed(*draft.stamp, row, Grade.ATTESTED))


def _row(draft: Draft, row_id: str) -> tuple[int, Row]:
    number, _, _ = row_id.partition("#")
    if number.isascii() and number.isdigit() and int(number) in draft.state.steps:
        for row in draft.state.step(int(number)).rows:
            if row.id == row_id:
                return int(number), row
    raise Refused(RefusalCode.UNKNOWN_ROW, row_id)


def change_row(draft: Draft, command: c.ChangeRow) -> None:
    """Fills in, closes, opens again or takes out a row. It closes only with all that its kind requires."""
    number, row = _row(draft, command.row)
    draft.open_step(number)
    kind = _kind(draft, number)
    draft.only_actors_or_lead(number)
    if command.remove:
        draft.add(e.RowRemoved(*draft.stamp, row.id))
        return
    values = {
        name: value
        for name, value in filled(draft.context, kind.fields, command.values, row.id).items()
        if not _is_there(draft, row, name, value)
    }
    if values:
        _refuse_duplicate(draft, number, kind, {**row.values, **values}, but=row.id)
        draft.add(e.RowChanged(*draft.stamp, row.id, values))
    if command.done is True and row.status is TaskStatus.OPEN:
        require(kind.fields, {**row.values, **values}, row.id)
        draft.add(e.RowClosed(*draft.stamp, row.id, Grade.ATTESTED))
    elif command.done is False and row.status is TaskStatus.DONE:
        draft.add(e.RowReopened(*draft.stamp, row.id))


def _is_there(draft: Draft, row: Row, name: str, value: str | TextRef) -> bool:
    old = row.values.get(name)
    if isinstance(old, TextRef) and isinstance(value, TextRef):
        text = draft.context.read(value)
        return text is not None and draft.context.read(old) == text
    return old == value
