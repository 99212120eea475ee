"""What a done task starts that ends some day, and is told of before it does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from onboarding.small_process import small_process
from onboarding.story import ID, LEAD, Story, day

from engine.onboarding import commands as c
from engine.onboarding.rules.ends import ends_of
from engine.onboarding.values import BOT
from engine.process.model import Expiry, Field, FieldKind, Process, Task
from engine.reminders.plan import Due, DueKind, plan

DONE = date(2026, 11, 23)


def expiring(after_days: int, warn_days: tuple[int, ...] = (50, 20)) -> Expiry:
    return Expiry("coco", "on", after_days, warn_days, "Do it again.")


def task(after_days: int) -> Task:
    return Task("8.1", "Note the date", "", fields=(Field("on", "On", FieldKind.DATE),), expiry=expiring(after_days))


@pytest.mark.parametrize(
    ("after_days", "given", "done_on", "end"),
    [
        (200, "2026-11-01", DONE, date(2027, 5, 20)),
        (200, "", DONE, date(2027, 6, 11)),
        (200, "", None, None),  # done before Dipper, nobody knows when
        (0, "2027-03-01", DONE, date(2027, 3, 1)),
        (0, "", DONE, None),  # nobody said when it is due
    ],
)
def test_the_end_is_counted_from_the_date_given_or_else_from_the_day_it_was_done(after_days, given, done_on, end):
    ends = ends_of(task(after_days), {"on": given}, done_on)
    assert ends == ({} if end is None else {"coco": datetime.combine(end, datetime.min.time(), UTC)})


def test_a_task_that_starts_nothing_ends_nothing():
    assert ends_of(replace(task(200), expiry=None), {"on": "2026-11-01"}, DONE) == {}


def process_with_expiry() -> Process:
    """The small process, in which the date of the lead's task 0.2 is an end."""
    process = small_process()
    first = process.step(0)
    tasks = tuple(
        replace(one, fields=(Field("on", "On", FieldKind.DATE),), starts_wait="", expiry=expiring(0))
        if one.id == "0.2"
        else one
        for one in first.tasks
    )
    return replace(process, steps=(replace(first, tasks=tasks), *process.steps[1:]))


def warnings(story: Story) -> list[Due]:
    return [one for one in plan(story.state, story.process, {}, story.now) if one.kind is DueKind.WARN]


def test_whoever_did_the_task_is_warned_and_a_corrected_date_starts_the_warnings_anew():
    story = Story(process_with_expiry()).start()
    story.tick(LEAD, "0.2", on="2027-03-01")
    [warning] = warnings(story)
    assert (warning.key, warning.person, warning.at.date()) == ("warn/coco/50", LEAD, day("2027-01-11"))
    story.now = warning.at
    story.tell(c.CarryOut(ID, BOT, warning.key), timedelta(0))
    assert story.say("reminders/ends").data == {"days": "49", "mention": LEAD}  # the 50th was a Sunday
    assert [one.key for one in warnings(story)] == ["warn/coco/20"]

    story.tick(LEAD, "0.2", on="2027-06-01")
    assert [one.key for one in warnings(story)] == ["warn/coco/50"]
