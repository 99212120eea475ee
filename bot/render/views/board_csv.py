"""A list as CSV: one row for each open turn, in parts that one message can hold."""

import csv
import io
from collections.abc import Iterator, Sequence

from bot.render.views.boards import ListLine
from engine.reminders.calendar import zone

_HEADING = ("id", "company", "environment", "state", "step", "with", "waiting for", "since", "ends next", "ends on")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_parts(lines: Sequence[ListLine], limit: int, tz: str) -> tuple[str, ...]:
    """The CSV, its heading in front, cut between rows into parts of at most `limit` characters; days are those in `tz`.

    A longer single row stands alone, whole. No cell is taken for a formula by a spreadsheet.
    """
    parts: list[str] = []
    for row in (_HEADING, *_rows(lines, tz)):
        text = _line(row)
        if parts and len(parts[-1]) + len(text) <= limit:
            parts[-1] += text
        else:
            parts.append(text)
    return tuple(part.rstrip("\n") for part in parts)


def _rows(lines: Sequence[ListLine], tz: str) -> Iterator[tuple[str, ...]]:
    there = zone(tz)
    for line in lines:
        head = (line.short_id, line.company, line.environment, line.life or "open")
        ends = (line.ends, f"{line.ends_at.at.astimezone(there):%Y-%m-%d}" if line.ends_at else "")
        for turn in line.turns:
            who = turn.who.quiet if turn.who else ""
            since = f"{turn.since.at.astimezone(there):%Y-%m-%d}"
            yield (*head, f"{turn.step} {turn.short}", who, turn.waiting, since, *ends)
        if not line.turns:
            yield (*head, "", "", "", "", *ends)


def _line(row: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(
        [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row],
    )
    return written.getvalue()
