"""What a done task starts that ends some day: a proof, a vetting, a yearly date."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from engine.process.model import Task


def ends_of(wanted: Task, values: Mapping[str, object], done_on: date | None) -> dict[str, datetime]:
    """By what ends; `done_on` counts where the task's own date was not given. Empty where nothing ends or no date is known."""
    expiry = wanted.expiry
    if expiry is None:
        return {}
    given = values.get(expiry.field)
    start = date.fromisoformat(given) if isinstance(given, str) and given else done_on if expiry.after_days else None
    if start is None:
        return {}
    return {expiry.what: datetime.combine(start + timedelta(days=expiry.after_days), time(), UTC)}
