"""What a check's answer means, and when a watch speaks."""

from datetime import timedelta

import pytest
from onboarding.story import ALL, CERT, DNS, ID, LEAD, Story, day, names

from engine.onboarding import commands as c
from engine.onboarding.values import BOT, Grade, StepStatus, TaskStatus
from engine.process.model import Party


@pytest.fixture
def asked(story: Story) -> Story:
    """The DNS contact has the request."""
    story.until_step(5)
    story.claim(shown_on=day("2026-11-23"))
    return story


def test_entering_the_claim_does_its_task_and_asks_the_dns_contact(asked: Story):
    assert asked.state.task("5.1").status is TaskStatus.DONE
    assert asked.state.ends["token"].date() == day("2026-12-23")
    assert (asked.say("thread/dns-request").slot, asked.say("thread/dns-request").data) == (
        "dns-request/1",
        {"mention": DNS},
    )


def test_the_request_is_worded_again_once_the_first_look_knows_the_zone_and_never_after(asked: Story):
    asked.look("wrong")
    assert (asked.say("thread/dns-request").slot, asked.say("thread/dns-request").data) == (
        "dns-request/1",
        {"again": "yes"},
    )
    asked.look("not_yet")
    assert "thread/dns-request" not in asked.said()


def test_the_same_claim_again_changes_nothing(asked: Story):
    asked.claim(shown_on=day("2026-11-23"))
    assert asked.events == ()


def test_i_have_added_it_makes_the_look_due_and_closes_nothing(asked: Story):
    asked.tick(DNS, "5.2")
    assert names(asked.events) == ["CheckAsked"]
    assert asked.says == ()
    asked.tick(DNS, "5.2")
    assert asked.events == ()


def test_a_watch_speaks_only_when_the_answer_changes(asked: Story):
    asked.look("not_yet")
    assert "answers/dns-not-yet" in asked.said()
    asked.look("not_yet")
    assert asked.says == ()
    asked.look("wrong")
    assert "answers/dns-wrong" in asked.said()


def test_whoever_asked_is_answered_even_if_nothing_changed(asked: Story):
    asked.look("not_yet")
    asked.tell(c.AskCheck(ID, CERT, "5.2"))
    asked.look("not_yet")
    assert asked.say("answers/dns-not-yet").data["asked_by"] == CERT


def test_a_wait_that_takes_longer_than_expected_is_said_once(asked: Story):
    asked.look("not_yet")
    asked.look("not_yet", after=timedelta(hours=2))
    assert asked.say("answers/dns-not-yet").data["slow"] == "yes"
    asked.look("not_yet", after=timedelta(hours=2))
    assert asked.says == ()


def test_ready_closes_the_record_as_verified_by_dipper_and_passes_the_turn(asked: Story):
    asked.look("ready")
    closing = asked.state.task("5.2").closing
    assert (closing.grade, closing.by, closing.report) == (Grade.VERIFIED, BOT, "R-ready")
    assert asked.say("answers/dns-ready").data["mention"] == CERT
    assert asked.say("thread/dns-request-done").slot == "dns-request/1"
    assert asked.state.task("5.3").status is TaskStatus.OPEN


@pytest.mark.parametrize("verdict", ["unknown", "broken", "not_yet", "wrong"])
def test_no_other_answer_closes_it(asked: Story, verdict: str):
    asked.look(verdict)
    assert asked.state.task("5.2").status is TaskStatus.OPEN


def test_an_answer_about_an_older_value_is_dropped(asked: Story):
    asked.claim(value="_globalsign-domain-verification=NEW")
    asked.look("ready", claim=1)
    assert asked.events == ()


def test_a_new_value_replaces_the_request_and_opens_the_record_again(asked: Story):
    asked.look("ready")
    asked.claim(value="_globalsign-domain-verification=NEW")
    assert asked.say("thread/dns-request-replaced").slot == "dns-request/1"
    assert asked.say("thread/dns-request").slot == "dns-request/2"
    assert asked.state.task("5.2").status is TaskStatus.OPEN
    assert len(asked.state.claim.previous) == 1


def test_a_record_that_goes_while_the_step_is_open_opens_its_task_again(asked: Story):
    asked.look("ready")
    asked.look("unknown")
    assert asked.state.task("5.2").status is TaskStatus.DONE
    asked.look("wrong")
    assert asked.state.task("5.2").status is TaskStatus.OPEN
    assert asked.say("thread/record-gone").data["still_open"] == "yes"
    assert "answers/dns-wrong" not in asked.said()


def test_a_record_that_goes_after_the_step_is_an_alert_and_comes_back_with_a_word(asked: Story):
    asked.look("ready")
    asked.tick(CERT, "5.3")
    assert asked.state.step(5).status is StepStatus.DONE
    asked.look("ready")
    assert asked.says == ()
    asked.look("wrong")
    assert asked.said() == ["card", "thread/record-gone", "direct/record-gone", "thread/step-done"]
    assert [say.person for say in asked.says][1:3] == [None, LEAD]
    assert asked.state.step(5).status is StepStatus.DONE
    asked.look("ready")
    assert "answers/dns-ready" in asked.said()


def test_a_check_that_nobody_can_make_yet_is_refused(story: Story):
    story.until_step(5)
    assert story.refuses(c.AskCheck(ID, CERT, "5.2")) == "needs-claim"
    assert story.refuses(c.AskCheck(ID, CERT, "5.3")) == "no-check"
    assert story.refuses(c.AskCheck(ID, CERT, "6.1")) == "needs-material"
    assert story.refuses(c.TickTasks(ID, DNS, 5, (c.Tick("5.2"),))) == "needs-claim"
    assert story.refuses(c.SubmitMaterial(ID, CERT, "5.2", "x")) == "no-check"


def test_a_shared_file_waits_until_it_is_read_and_counts_for_the_first_open_task_of_its_kind(story: Story):
    story.until_step(6)
    story.tell(c.NoteFile(ID, CERT, "F1", "dip.crt", "https://files.example/F1"))
    assert list(story.state.pending) == ["F1"]
    story.tell(c.NoteFile(ID, CERT, "F1", "dip.crt", "https://files.example/F1"))
    assert story.events == ()
    ends = {"certificate": story.now + timedelta(days=300)}
    story.tell(c.RecordFile(ID, BOT, "F1", "certificate", "good", "R1", ends, agrees=ALL, key="ab" * 32))
    assert (story.state.pending, story.state.ends["certificate"]) == ({}, ends["certificate"])
    assert story.state.task("6.1").closing.grade is Grade.VERIFIED
    assert story.say("answers/certificate-good").data["asked_by"] == CERT
    story.tell(c.RecordFile(ID, BOT, "F1", "certificate", "good", "R1"))
    assert story.events == ()


@pytest.mark.parametrize(
    ("kind", "verdict", "template"),
    [
        ("certificate", "bad", "answers/certificate-bad"),
        ("certificate", "unknown", "answers/certificate-unknown"),
        ("csr", "good", "answers/certificate-good"),
    ],
)
def test_material_that_is_bad_or_of_another_kind_closes_nothing(story: Story, kind: str, verdict: str, template: str):
    story.until_step(6)
    story.hand_in(CERT, "6.1", verdict, kind)
    assert story.state.task("6.1").status is TaskStatus.OPEN
    assert template in story.said()


def test_a_check_that_may_be_attested_can_be_ticked_and_one_that_may_not_cannot(story: Story):
    story.until_step(4)
    story.tick(CERT, "4.1")
    assert story.state.task("4.1").closing.grade is Grade.ATTESTED
    story.until_step(6)
    assert story.refuses(c.TickTasks(ID, CERT, 6, (c.Tick("6.1"),))) == "needs-material"


def test_ticking_what_the_check_has_seen_already_closes_it_at_once(asked: Story):
    asked.look("ready")
    asked.tick(DNS, "5.2", done=False)
    asked.tick(DNS, "5.2")
    assert asked.state.task("5.2").closing.grade is Grade.VERIFIED


def test_while_a_new_value_is_awaited_the_old_request_is_not_used_and_nothing_is_looked_for(asked: Story):
    asked.tick(CERT, "5.1", done=False)
    asked.tell(c.Reopen(ID, LEAD, "5.1", "nothing to reopen"))
    assert asked.events == ()
    asked.look("ready")
    assert asked.events == ()
    assert asked.refuses(c.AskCheck(ID, CERT, "5.2")) == "needs-claim"
    asked.claim(shown_on=day("2026-11-23"))
    assert names(asked.events) == ["TaskClosed", "TurnPassed"]
    assert asked.say("thread/dns-request").slot == "dns-request/1"
    asked.look("ready")
    assert asked.state.task("5.2").status is TaskStatus.DONE


def test_a_step_that_is_done_again_marks_its_request_as_not_to_be_used(asked: Story):
    asked.look("ready")
    asked.tick(CERT, "5.3")
    asked.tell(c.Reopen(ID, LEAD, "5", "wrong domain"))
    assert asked.say("thread/dns-request-replaced").slot == "dns-request/1"


def test_a_rejected_submission_asks_for_the_same_record_again(asked: Story):
    asked.look("ready")
    asked.tell(c.Reject(ID, CERT, 5, "correct"))
    assert asked.say("thread/rejected").data["mention"] == DNS
    assert asked.say("thread/dns-request").data == {"again": "yes"}


def test_the_dns_contact_cannot_change_what_they_were_asked_for(asked: Story):
    assert asked.refuses(c.SetClaim(ID, DNS, "evil.example", "v")) == "not-yours"


def test_a_record_that_is_there_ends_the_wait_for_the_dns_contact(asked: Story):
    asked.tell(c.WaitOn(ID, DNS, 5, Party.DNS_CONTACT))
    asked.look("ready")
    assert asked.state.step(5).waiting is None
    assert asked.state.asked["5"].person == CERT


def test_a_rejected_attempt_is_kept_with_what_was_done_and_seen_in_it(asked: Story):
    asked.look("ready")
    task = asked.state.task("5.2")
    assert task.seen is not None
    way = next(way for way in asked.process.step(5).ways_on if "5.2" in way.reopens)
    asked.tell(c.Reject(ID, CERT, 5, way.id, "Wrong organisation"))
    [attempt] = asked.state.step(5).attempts
    assert (attempt.number, attempt.way, attempt.by) == (1, way.id, CERT)
    assert attempt.note is not None
    assert asked.texts[attempt.note.id] == "Wrong organisation"
    assert attempt.done["5.2"] == task.closing
    assert attempt.reports["5.2"] == task.seen.report
    assert (asked.state.step(5).attempt, asked.state.task("5.2").seen) == (2, None)


def test_what_a_lead_reopens_is_looked_at_anew(story: Story):
    story.until_step(6)
    story.hand_in(CERT, "6.1")
    story.tell(c.Reopen(ID, LEAD, "6.1", "The key is lost"))
    assert story.state.task("6.1").seen is None
    assert story.refuses(c.TickTasks(ID, CERT, 6, (c.Tick("6.1"),))) == "needs-material"
