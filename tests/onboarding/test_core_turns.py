"""Waits, blocks, snoozes, rejections, and everything else that is not straight on."""

from datetime import UTC, datetime, timedelta

import pytest
from onboarding.story import CERT, DNS, ID, LEAD, MESSAGE, PRIMARY, USER, Story, day, names

from engine.onboarding import commands as c
from engine.onboarding.decide import CompanyFacts
from engine.onboarding.now import missing_prerequisites
from engine.onboarding.state import Life
from engine.onboarding.values import BOT, Grade, StepStatus, TaskStatus
from engine.process.model import Environment, Participant, Party, Role

DAY = timedelta(days=1)


def test_a_wait_pauses_the_asks_and_shows_whom_it_is_for(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1")
    waiting = story.state.step(3).waiting
    assert (waiting.on, waiting.wait) == (Party.GLOBALSIGN, "vetting")
    assert not story.state.asked
    assert [say.template for say in story.says if say.slot == "wait/3/1"] == ["thread/wait-started"]
    assert [say.template for say in story.says if say.slot == "step/3"] == ["thread/step-waiting"]


def test_an_answer_that_closes_nothing_is_recorded_and_the_wait_goes_on(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1")
    story.tell(c.AnswerWait(ID, PRIMARY, 3, "called_no_result"))
    assert names(story.events) == ["WaitAnswered"]
    assert story.state.step(3).waiting is not None


def test_the_answer_that_closes_its_task_ends_the_wait(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1")
    story.tell(c.AnswerWait(ID, LEAD, 3, "approved"), after=2 * DAY)
    assert story.state.task("3.2").closing.for_person == PRIMARY
    assert story.state.step(3).waited_seconds == 2 * 86_400
    assert story.say("thread/task-ask").data == {"person": CERT, "mention": CERT}


def test_when_a_wait_is_over_the_steps_owner_hears_of_it_in_a_message_of_its_own(story: Story):
    story.until_step(2)
    story.tell(c.WaitOn(ID, USER, 2, Party.COMPANY))
    story.tell(c.AnswerWait(ID, LEAD, 2))
    assert (story.say("thread/task-ask").subject, story.say("thread/task-ask").data["mention"]) == ("2.1", USER)
    story.tell(c.WaitOn(ID, USER, 2, Party.COMPANY))
    story.tell(c.AnswerWait(ID, USER, 2))
    assert "thread/task-ask" not in story.said()


def test_when_somebody_elses_part_is_done_the_steps_owner_hears_that_it_is_their_turn(story: Story):
    story.until_step(7)
    assert "mention" in story.say("thread/step-open").data
    assert "mention" not in story.say("thread/task-ask").data
    story.tick(MESSAGE, "7.1")
    assert story.say("reminders/owner").data == {"mention": USER}


def test_ticking_the_task_that_a_wait_is_for_ends_the_wait_too(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1")
    story.tick(PRIMARY, "3.2")
    assert story.state.step(3).waiting is None


def test_a_rejecting_answer_asks_for_the_way_on_and_the_rejection_starts_the_next_attempt(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1")
    assert story.refuses(c.AnswerWait(ID, PRIMARY, 3, "rejected")) == "choose-a-way"
    assert story.refuses(c.Reject(ID, PRIMARY, 3, "by_magic")) == "unknown-way"
    story.tell(c.Reject(ID, PRIMARY, 3, "new_identity", "details did not match"))
    step = story.state.step(3)
    assert (step.attempt, step.waiting, step.tasks["3.1"].status) == (2, None, TaskStatus.OPEN)
    assert "thread/rejected" in story.said()
    assert story.say("thread/wait-over").data == {"rejected": "yes"}
    story.tick(PRIMARY, "3.1")
    assert story.say("thread/wait-started").slot == "wait/3/2"


@pytest.mark.parametrize(("answer", "code"), [("never", "unknown-answer"), ("", "not-waiting")])
def test_an_answer_to_no_wait_or_an_unknown_one_is_refused(story: Story, answer: str, code: str):
    story.until_step(3)
    if code == "unknown-answer":
        story.tick(PRIMARY, "3.1")
    assert story.refuses(c.AnswerWait(ID, PRIMARY, 3, answer)) == code


def test_waiting_on_somebody_until_a_date_ends_by_itself(story: Story):
    story.until_step(2)
    until = story.now + 3 * DAY
    story.tell(c.WaitOn(ID, USER, 2, Party.COMPANY, until, "their IT is on leave"))
    assert story.state.step(2).waiting.until == until
    story.tell(c.CarryOut(ID, BOT, "wait-over/2"), after=DAY)
    assert story.events == ()
    story.tell(c.CarryOut(ID, BOT, "wait-over/2"), after=3 * DAY)
    assert story.state.step(2).waiting is None
    assert story.say("thread/wait-over").data == {"ran_out": "yes", "mention": USER}


def test_the_same_wait_again_changes_nothing_and_another_party_replaces_it(story: Story):
    story.until_step(2)
    story.tell(c.WaitOn(ID, USER, 2, Party.COMPANY))
    story.tell(c.WaitOn(ID, USER, 2, Party.COMPANY))
    assert story.events == ()
    story.tell(c.WaitOn(ID, USER, 2, Party.ELEXON))
    assert names(story.events) == ["WaitEnded", "WaitStarted"]


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), "date-past"),
        (datetime(2030, 1, 1, tzinfo=UTC), "too-far"),
        (datetime(2026, 12, 1), "date-past"),  # noqa: DTZ001 -- a time without a zone must be refused
    ],
)
def test_a_wait_ends_ahead_and_within_a_year(story: Story, until: datetime, code: str):
    story.until_step(2)
    assert story.refuses(c.WaitOn(ID, USER, 2, Party.COMPANY, until)) == code
    assert story.refuses(c.Snooze(ID, USER, until, 2)) == code


def test_step_0_goes_on_beside_the_wait_for_the_invitation(story: Story):
    story.tick(LEAD, "0.2", on="2026-11-23")
    assert story.state.step(0).waiting.wait == "invitation"
    assert set(story.state.asked) == {"0", "0.4"}
    story.tell(c.AnswerWait(ID, USER, 0, "received"))
    assert story.state.step(1).status is StepStatus.OPEN


def test_a_blocked_step_is_the_leads_turn_until_it_is_unblocked(story: Story):
    story.until_step(2)
    story.tell(c.Block(ID, USER, 2, "no licence"))
    assert story.state.asked["2"].person == LEAD
    assert [(s.lane.value, s.person) for s in story.says if s.template == "thread/step-blocked"] == [
        ("direct", LEAD),
        ("thread", None),
    ]
    story.tell(c.Unblock(ID, USER, 2))
    assert story.state.asked["2"].person == USER
    assert story.refuses(c.Block(ID, USER, 2, "  ")) == "reason-missing"


def test_a_snooze_is_for_a_person_or_a_step_and_at_most_thirty_days(story: Story):
    story.until_step(2)
    story.tell(c.Snooze(ID, USER, story.now + DAY))
    assert USER in story.state.muted
    story.tell(c.Snooze(ID, LEAD, story.now + DAY, 2))
    assert story.state.step(2).snoozed_until is not None
    story.tell(c.CarryOut(ID, BOT, "snooze-over/2"), after=2 * DAY)
    assert story.said() == ["card", "reminders/snooze-over", "thread/step-open"]
    assert story.refuses(c.Snooze(ID, LEAD, story.now + 31 * DAY, 2)) == "too-far"


def test_starting_without_wants_a_reason_for_each_that_holds_step_1(story: Story):
    assert story.refuses(c.StartWithout(ID, LEAD, {"0.2": "sent by post"})) == "reason-missing"
    assert story.refuses(c.StartWithout(ID, LEAD, {"0.2": "", "0.3": "soon"})) == "reason-missing"
    assert story.refuses(c.StartWithout(ID, LEAD, {"0.1": "why not"})) == "not-holding"
    story.tell(c.StartWithout(ID, LEAD, {"0.2": "sent by post", "0.3": "direct link works"}))
    assert story.state.task("0.2").status is TaskStatus.WAIVED
    assert story.state.step(1).status is StepStatus.OPEN
    assert missing_prerequisites(story.state, story.process) == ("0.1", "0.4")


def test_nothing_is_done_out_of_order(story: Story):
    assert story.refuses(c.TickTasks(ID, USER, 1, (c.Tick("1.1"),))) == "step-locked"
    assert story.refuses(c.AddRows(ID, USER, 7, ({"mpid": "A", "role": "B"},))) == "step-locked"
    assert story.refuses(c.Reopen(ID, LEAD, "4", "why")) == "step-locked"
    story.until_step(2)
    assert story.refuses(c.TickTasks(ID, USER, 1, (c.Tick("1.1", done=False),))) == "step-closed"


def test_a_reopened_step_leaves_the_later_ones_open_and_marks_what_rests_on_it(story: Story):
    story.until_step(6)
    story.tell(c.Reopen(ID, LEAD, "3", "wrong company was vetted"))
    assert story.state.step(3).status is StepStatus.OPEN
    assert story.state.step(5).status is StepStatus.DONE
    assert [n for n, step in story.state.steps.items() if step.rests_on_reopened == (3,)] == [4, 5, 6]
    assert story.say("thread/reopened").data["resting"] == "4,5,6"
    story.tick(PRIMARY, "3.1")
    story.tell(c.AnswerWait(ID, PRIMARY, 3, "approved"))
    story.tick(CERT, "3.3")
    assert story.state.step(3).status is StepStatus.DONE
    assert not any(step.rests_on_reopened for step in story.state.steps.values())


def test_reopening_one_task_opens_its_step_and_only_that_task(story: Story):
    story.until_step(3)
    story.tell(c.Reopen(ID, LEAD, "2.2", "one is missing"))
    assert story.state.step(2).status is StepStatus.OPEN
    assert story.state.task("2.1").status is TaskStatus.DONE
    story.tick(USER, "2.2")
    assert story.state.step(2).status is StepStatus.DONE


def test_reopening_a_finished_onboarding_makes_it_open_again(story: Story):
    story.to_the_end()
    story.tell(c.Reopen(ID, LEAD, "8", "a channel is missing"))
    assert story.state.life is Life.OPEN
    story.to_the_end()
    assert story.state.life is Life.FINISHED


def test_a_step_or_task_that_does_not_apply_counts_as_closed(story: Story):
    story.until_step(2)
    story.tell(c.MarkNotApplicable(ID, LEAD, "2.1", "one admin only"))
    story.tick(USER, "2.2")
    assert story.state.step(2).status is StepStatus.DONE
    story.tell(c.MarkNotApplicable(ID, LEAD, "4", "our DCP does it"))
    assert story.state.step(4).status is StepStatus.NOT_APPLICABLE
    assert story.say("thread/step-done").slot == "step/4"
    assert story.refuses(c.MarkNotApplicable(ID, LEAD, "0", "all of it")) == "one-by-one"
    assert story.refuses(c.MarkNotApplicable(ID, LEAD, "2", "too late")) == "step-closed"
    assert story.refuses(c.MarkNotApplicable(ID, LEAD, "99", "no such")) == "unknown-step"


def test_what_was_set_aside_before_its_turn_cannot_be_opened_before_it(story: Story):
    story.until_step(2)
    story.tell(c.MarkNotApplicable(ID, LEAD, "4", "our DCP does it"))
    assert story.state.step(5).status is StepStatus.LOCKED
    assert story.refuses(c.Reopen(ID, LEAD, "4", "we do it after all")) == "step-locked"
    story.until_step(5)
    story.tell(c.Reopen(ID, LEAD, "4", "we do it after all"))
    assert story.state.step(4).status is StepStatus.OPEN


def test_a_lead_overrides_a_check_with_a_reason_and_it_is_said(story: Story):
    story.until_step(5)
    story.claim()
    story.look("wrong")
    assert story.refuses(c.Override(ID, LEAD, "5.2", " ")) == "reason-missing"
    assert story.refuses(c.Override(ID, LEAD, "5.3", "no check there")) == "nothing-to-override"
    story.tell(c.Override(ID, LEAD, "5.2", "the portal accepts it"))
    closing = story.state.task("5.2").closing
    assert (closing.grade, closing.against_check) == (Grade.ATTESTED, True)
    assert "thread/overridden" in story.said()
    story.look("wrong")
    assert story.state.task("5.2").status is TaskStatus.DONE


def test_an_answer_given_elsewhere_closes_a_task_and_only_asks_a_check_to_look(story: Story):
    story.until_step(5)
    story.claim()
    story.tell(c.AnsweredElsewhere(ID, CERT, "5.2", day("2026-11-23"), "ticket closed"))
    assert names(story.events) == ["CheckAsked"]
    story.look("ready")
    story.tell(c.AnsweredElsewhere(ID, LEAD, "5.3", day("2026-11-23"), "said by phone"))
    closing = story.state.task("5.3").closing
    assert (closing.grade, closing.for_person, closing.on) == (Grade.ATTESTED, CERT, day("2026-11-23"))
    story.until_step(6)
    assert story.refuses(c.AnsweredElsewhere(ID, CERT, "6.1", day("2026-11-23"), "mail")) == "needs-material"


def test_a_new_name_opens_what_rests_on_it(story: Story):
    story.until_step(6)
    story.tell(c.EditDetails(ID, LEAD, name="Northwind Energy Ltd"))
    assert story.events == ()
    story.tell(c.EditDetails(ID, LEAD, name="Northwind Power Ltd"))
    assert [n for n, step in story.state.steps.items() if step.status is StepStatus.OPEN] == [1, 3, 6]


def test_a_new_domain_begins_a_new_claim_and_opens_its_proof(story: Story):
    story.until_step(6)
    story.tell(c.EditDetails(ID, LEAD, domain="other.example"))
    assert story.state.step(5).status is StepStatus.OPEN
    assert (story.state.claim.number, story.state.claim.value) == (2, None)
    assert "thread/dns-request-replaced" in story.said()


def test_a_new_participant_type_brings_its_tasks(story: Story):
    story.until_step(3)
    story.tell(c.EditDetails(ID, LEAD, participant=Participant.DCP))
    assert "1.3" in story.state.step(1).tasks
    assert story.state.step(1).status is StepStatus.OPEN
    assert story.state.step(3).rests_on_reopened == (1,) or story.state.step(3).rests_on_reopened == (0, 1)
    story.to_the_end()
    assert story.state.participant is Participant.DCP


def test_closed_it_hears_nothing_but_how_to_go_on_and_restored_it_goes_on(story: Story):
    story.until_step(5)
    assert story.refuses(c.Close(ID, LEAD, "bored")) == "unknown-closing"
    story.tell(c.Close(ID, LEAD, "client_left", "they merged"))
    assert (story.state.life, story.state.asked) == (Life.CLOSED, {})
    assert story.refuses(c.TickTasks(ID, CERT, 5, (c.Tick("5.3"),))) == "onboarding-closed"
    story.tell(c.Restore(ID, LEAD))
    assert story.state.asked["5"].since == story.now
    story.tell(c.Restore(ID, LEAD))
    assert story.events == ()


def test_a_pause_ends_by_itself(story: Story):
    story.tell(c.Close(ID, LEAD, "paused", until=story.now + 10 * DAY))
    assert story.state.life is Life.PAUSED
    story.tell(c.CarryOut(ID, BOT, "resume"), after=DAY)
    assert story.events == ()
    story.tell(c.CarryOut(ID, BOT, "resume"), after=10 * DAY)
    assert story.state.life is Life.OPEN


def test_it_is_not_restored_beside_another_that_was_started_meanwhile(story: Story):
    story.tell(c.Close(ID, LEAD, "cancelled"))
    story.company = CompanyFacts(open={Environment.UIT: "NW-9ZZZ"})
    assert story.refuses(c.Restore(ID, LEAD)) == "already-open"


def test_a_second_start_for_the_same_company_and_environment_is_refused():
    story = Story(company=CompanyFacts(open={Environment.UIT: "NW-7F3K"}))
    with pytest.raises(Exception, match="already-open"):
        story.start()


def test_a_secret_is_recorded_without_its_content_and_said_to_thread_and_poster(story: Story):
    story.tell(c.RecordSecret(ID, BOT, "private_key", CERT))
    assert [(say.template, say.person) for say in story.says] == [
        ("thread/secret-posted", None),
        ("direct/secret-poster", CERT),
    ]


def test_a_lost_or_shared_channel_is_told_to_the_leads_once_and_the_onboarding_moves(story: Story):
    story.tell(c.ChannelLost(ID, BOT, "C1", "archived"))
    assert [(say.template, say.person) for say in story.says] == [("direct/channel-lost", LEAD)]
    story.tell(c.ChannelLost(ID, BOT, "C1", "archived"))
    assert story.says == ()
    story.tell(c.MoveChannel(ID, LEAD, "C2"))
    assert (story.state.channel, story.state.channel_lost) == ("C2", "")
    assert story.said() == ["card", "thread/moved", "thread/before-you-start"]
    story.tell(c.ChannelShared(ID, BOT, "C1"))
    assert story.events == ()
    story.tell(c.ChannelShared(ID, BOT, "C2"))
    assert story.said() == ["direct/channel-shared"]


def test_a_role_that_is_assigned_later_is_asked_at_once():
    story = Story().start(holders={}).until_step(2)
    story.tell(c.AssignRole(ID, LEAD, Role.PRIMARY_USER_ADMIN, c.NewHolder(USER)))
    assert story.state.asked["2"].person == USER
    assert "thread/role-assigned" in story.said()
    assert "thread/step-open" in story.said()


def test_rows_are_checked_one_by_one_and_a_list_without_rows_does_not_close(story: Story):
    story.until_step(7)
    story.tick(MESSAGE, "7.1")
    assert story.state.step(7).status is StepStatus.OPEN
    add = c.AddRows(ID, USER, 7, ({"mpid": "ABCD", "role": "SUP"}, {"mpid": "ABCD", "role": "LDSO"}))
    story.tell(add)
    assert [row.id for row in story.state.step(7).rows] == ["7#1", "7#2"]
    assert story.refuses(c.AddRows(ID, USER, 7, ({"mpid": "abcd", "role": "sup"},))) == "row-duplicate"
    assert story.refuses(c.AddRows(ID, USER, 7, ({"mpid": "ABCD"},))) == "value-missing"
    assert story.refuses(c.AddRows(ID, USER, 7, ({"mpid": "A", "colour": "red"},))) == "unknown-field"
    assert story.refuses(c.ChangeRow(ID, USER, "7#1", done=True)) == "value-missing"
    story.tell(c.ChangeRow(ID, MESSAGE, "7#1", {"dip_id": "2200000001"}, done=True))
    story.tell(c.ChangeRow(ID, MESSAGE, "7#2", remove=True))
    assert story.state.step(7).status is StepStatus.DONE
    assert story.refuses(c.ChangeRow(ID, MESSAGE, "7#9", done=True)) == "unknown-row"


def test_a_rows_number_is_never_used_again(story: Story):
    story.until_step(7)
    story.tell(c.AddRows(ID, USER, 7, ({"mpid": "A", "role": "SUP"},)))
    story.tell(c.ChangeRow(ID, USER, "7#1", remove=True))
    story.tell(c.AddRows(ID, USER, 7, ({"mpid": "A", "role": "SUP"},)))
    assert [row.id for row in story.state.step(7).rows] == ["7#2"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "value-missing"),
        ({"name": "x" * 3001}, "value-too-long"),
        ({"name": "a\x00b"}, "bad-text"),
        ({"name": "a\ud800"}, "bad-text"),
        ({"name": "x", "kind": "c"}, "bad-choice"),
        ({"name": "x", "size": "1"}, "unknown-field"),
    ],
)
def test_what_is_typed_is_checked_before_it_is_kept(story: Story, values: dict[str, str], code: str):
    story.until_step(1)
    assert story.refuses(c.TickTasks(ID, USER, 1, (c.Tick("1.2", values=values),))) == code


def test_free_text_is_sealed_and_codes_are_kept(story: Story):
    story.until_step(1)
    story.tick(USER, "1.2", name="Northwind <!channel>", number="01234567")
    values = story.state.task("1.2").values
    assert values["number"] == "01234567"
    assert story.texts[values["name"].id] == "Northwind <!channel>"


def test_the_dns_contact_outside_slack_is_reached_through_whoever_passes_requests_on(story: Story):
    story.tell(c.AssignRole(ID, LEAD, Role.DNS_CONTACT, c.NewHolder(outside="Jo, ticket 4711")))
    story.until_step(5)
    story.claim()
    assert story.say("thread/dns-request").data == {"outside": "yes", "passes_on": CERT}
    assert story.state.asked["5.2"].person == CERT
    story.tell(c.CarryOut(ID, BOT, f"remind/5.2/{CERT}/1"))
    assert story.said() == ["reminders/dns-contact-outside"]
    story.tick(CERT, "5.2")
    assert names(story.events) == ["CheckAsked"]
    assert DNS not in {asked.person for asked in story.state.asked.values()}


def test_a_date_that_was_wrong_is_corrected_and_the_task_stays_done(story: Story):
    story.tick(LEAD, "0.2", on="2026-11-20")
    story.tick(LEAD, "0.2", on="2026-11-21")
    assert names(story.events) == ["TaskFilled"]
    assert (story.state.task("0.2").status, story.state.task("0.2").values) == (TaskStatus.DONE, {"on": "2026-11-21"})
    story.tick(LEAD, "0.2", on="2026-11-21")
    assert story.events == ()


def test_a_text_that_is_the_same_is_no_correction(story: Story):
    story.until_step(1)
    story.tick(USER, "1.2", name="Northwind", number="1")
    story.tick(USER, "1.2", name="Northwind", number="1")
    assert story.events == ()


def test_unticking_what_began_a_wait_ends_it(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1")
    story.tick(PRIMARY, "3.1", done=False)
    assert story.state.step(3).waiting is None
    assert story.state.asked["3"].person == PRIMARY


def test_a_pause_that_ends_beside_a_new_onboarding_stays_a_pause_for_the_lead_to_decide(story: Story):
    story.tell(c.Close(ID, LEAD, "paused", until=story.now + DAY))
    story.company = CompanyFacts(open={Environment.UIT: "NW-9ZZZ"})
    story.tell(c.CarryOut(ID, BOT, "resume"), after=2 * DAY)
    assert (story.state.life, story.state.paused_until) == (Life.PAUSED, None)


def test_a_nation_without_known_holidays_is_refused(story: Story):
    assert story.refuses(c.EditDetails(ID, LEAD, nation="FRA")) == "bad-choice"
