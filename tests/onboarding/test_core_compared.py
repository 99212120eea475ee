"""Verified means compared: with each half taken away in turn, no check of the shipped process closes as verified."""

from collections.abc import Iterator
from dataclasses import replace as with_

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onboarding.story import ALL, CERT, DNS, ID, LEAD, Story

from engine.onboarding import commands as c
from engine.onboarding.rules.checks import proves
from engine.onboarding.values import BOT, Grade, TaskStatus
from engine.process.loader import load_process
from engine.process.model import HALVES, Half, Process, Task, TaskCheck
from engine.process.present import with_present

PROCESS = load_process()
CHECKED = [task for task in PROCESS.tasks() if task.check]
EVERY = [half.value for half in Half]


def halves_of(tasks: list[Task]) -> Iterator[tuple[Task, Half]]:
    for task in tasks:
        assert task.check is not None
        yield from ((task, half) for half in task.check.halves)


@pytest.mark.parametrize("task", CHECKED, ids=lambda task: task.id)
def test_every_check_of_the_shipped_process_says_what_it_is_compared_with(task):
    assert task.check.compares
    assert set(task.check.compares) <= set(HALVES[task.check.kind])


@pytest.mark.parametrize(("task", "half"), halves_of(CHECKED), ids=lambda one: getattr(one, "id", one))
def test_with_one_half_taken_away_nothing_is_proven(task, half):
    for verdict in task.check.closes_on:
        assert proves(task.check, verdict, EVERY)
        assert not proves(task.check, verdict, [each for each in EVERY if each != half])


@pytest.mark.parametrize("task", CHECKED, ids=lambda task: task.id)
def test_no_verdict_but_those_that_close_proves_anything(task):
    assert not any(proves(task.check, verdict, EVERY) for verdict in ("bad", "wrong", "not_yet", "broken", "unknown"))


@pytest.mark.parametrize("kind", HALVES)
@given(agrees=st.sets(st.sampled_from(EVERY)))
def test_a_stored_check_without_a_comparison_is_the_strict_one(kind, agrees):
    stored = TaskCheck(kind, ("good",))
    assert proves(stored, "good", agrees) == (agrees >= {half.value for half in HALVES[kind]})


def test_a_running_onboarding_is_checked_by_the_present_data():
    """It keeps its process; what its checks are compared with, and where facts are from, is read anew."""
    task = PROCESS.task("6.7")
    lax = with_(task, check=TaskCheck("certificate", ("good",)), sources=("Moved",), title=task.title)
    stored = _with_task(PROCESS, lax)
    merged = with_present(stored, PROCESS)
    assert merged.task("6.7").check == task.check
    assert merged.task("6.7").sources == task.sources
    renamed = _with_task(PROCESS, with_(lax, title="Something else"))
    assert with_present(renamed, PROCESS).task("6.7") == renamed.task("6.7")
    gone = with_(PROCESS, steps=tuple(step for step in PROCESS.steps if step.number != 6))
    assert with_present(stored, gone).task("6.7") == lax


def _with_task(process: Process, task: Task) -> Process:
    steps = tuple(
        with_(step, tasks=tuple(task if one.id == task.id else one for one in step.tasks)) for step in process.steps
    )
    return with_(process, steps=steps)


@pytest.mark.parametrize("half", [half for half in HALVES["certificate"] if half is not Half.UNPOSTED])
def test_a_good_certificate_that_could_not_be_compared_closes_nothing_until_its_owner_says_so(story: Story, half: Half):
    story.until_step(6)
    story.hand_in(CERT, "6.1", agrees=tuple(each for each in ALL if each != half))
    assert story.state.task("6.1").status is TaskStatus.OPEN
    assert "answers/certificate-uncompared" in story.said()
    assert story.refuses(c.TickTasks(ID, DNS, 6, (c.Tick("6.1"),))) == "not-yours"
    story.tell(c.TickTasks(ID, CERT, 6, (c.Tick("6.1"),)))
    closing = story.state.task("6.1").closing
    assert (closing.grade, closing.lacks) == (Grade.ATTESTED, (half.value,))


@pytest.mark.parametrize("half", HALVES["certificate"])
def test_what_disagrees_is_bad_and_only_a_lead_overrides_it(story: Story, half: Half):
    story.until_step(6)
    agrees = tuple(each for each in ALL if each != half)
    story.hand_in(CERT, "6.1", agrees=agrees, disagrees=(half.value,))
    assert story.state.task("6.1").status is TaskStatus.OPEN
    assert story.state.task("6.1").seen.verdict == "bad"
    assert "answers/certificate-bad" in story.said()
    assert story.refuses(c.TickTasks(ID, CERT, 6, (c.Tick("6.1"),))) == "needs-material"
    story.tell(c.Override(ID, LEAD, "6.1", "GlobalSign says it is right"))
    assert story.state.task("6.1").closing.against_check


def test_from_anybody_but_the_owner_the_deputy_and_a_lead_it_is_advice(story: Story):
    story.until_step(6)
    before = story.state.task("6.1")
    for person in (DNS, "USTRANGER"):
        story.tell(c.NoteFile(ID, person, f"F-{person}", "dip.crt", "https://files.example/1"))
        story.tell(c.RecordFile(ID, BOT, f"F-{person}", "certificate", "good", "R1", agrees=ALL, key="ab" * 32))
        assert story.state.task("6.1") == before
        assert story.say("answers/certificate-uncompared").data["advice"] == "6.1"
    story.tell(c.NoteFile(ID, LEAD, "F-lead", "dip.crt", "https://files.example/1"))
    story.tell(c.RecordFile(ID, BOT, "F-lead", "certificate", "good", "R1", agrees=ALL, key="ab" * 32))
    assert story.state.task("6.1").closing.grade is Grade.VERIFIED


def test_a_certificate_whose_key_was_posted_is_refused_and_what_rests_on_it_is_open_again(story: Story):
    story.until_step(6)
    story.tell(c.RecordSecret(ID, BOT, "pem_private_key", CERT, ("ab" * 32,)))
    story.hand_in(CERT, "6.1")
    assert story.state.task("6.1").status is TaskStatus.OPEN
    assert "answers/certificate-bad" in story.said()
    story.hand_in(CERT, "6.1", key="cd" * 32)
    assert story.state.task("6.1").closing.grade is Grade.VERIFIED
