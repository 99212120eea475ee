"""What is due when, and for whom, and why not."""

from datetime import UTC, datetime, timedelta

import pytest
from onboarding.story import CERT, DEPUTY, DNS, ID, LEAD, PRIMARY, USER, Story, day

from engine.onboarding import commands as c
from engine.onboarding.values import BOT
from engine.process.model import Party, Role
from engine.reminders.calendar import PersonFacts
from engine.reminders.plan import Due, DueKind, plan

DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(story: Story, kind: DueKind, people: dict[str, PersonFacts] | None = None) -> list[Due]:
    return [one for one in plan(story.state, story.process, people or {}, story.now) if one.kind is kind]


def carry_out(story: Story, one: Due, *, late: bool = False) -> None:
    """Its time has come."""
    story.now = max(story.now, one.at)
    story.tell(c.CarryOut(ID, BOT, one.key, late), timedelta(0))


@pytest.fixture
def asked() -> Story:
    """Tuesday 24 November 2026, 10:00: it is the User Admin's turn in Step 2."""
    story = Story().start().until_step(2)
    story.now = at("2026-11-24T09:59")
    story.tell(c.HandOver(ID, USER, CERT, role=Role.PRIMARY_USER_ADMIN))
    return story


def test_the_owner_is_reminded_after_one_two_and_four_working_days_and_then_no_more(asked: Story):
    times = []
    while reminders := due(asked, DueKind.REMIND):
        [reminder] = [one for one in reminders if one.subject == "2"]
        times.append(reminder.at)
        carry_out(asked, reminder)
        assert asked.say("reminders/owner").data == {"mention": CERT}
    assert times == [at("2026-11-25T10:00"), at("2026-11-26T10:00"), at("2026-11-30T10:00")]


def test_then_the_deputy_is_asked_once_and_the_lead_told_alone_and_weekly():
    story = Story().start().until_step(5)
    story.now = at("2026-11-24T09:59")
    story.tell(c.HandOver(ID, LEAD, "UOTHER", role=Role.CERTIFICATE_ADMIN))
    [deputy] = due(story, DueKind.DEPUTY)
    assert (deputy.person, deputy.at) == (DEPUTY, at("2026-12-01T10:00"))
    carry_out(story, deputy)
    assert story.said() == ["reminders/deputy"]
    assert due(story, DueKind.DEPUTY) == []
    [first] = due(story, DueKind.LEAD)
    assert (first.person, first.at) == (LEAD, at("2026-12-02T10:00"))
    carry_out(story, first)
    assert [(say.template, say.person) for say in story.says] == [("reminders/lead", LEAD)]
    [second] = due(story, DueKind.LEAD)
    assert second.at == at("2026-12-09T10:00")


def test_nobody_is_told_of_himself_and_a_lead_who_is_alone_is_reminded_weekly(asked: Story):
    asked.tell(c.AssignRole(ID, LEAD, Role.PRIMARY_USER_ADMIN, c.NewHolder(LEAD)))
    assert due(asked, DueKind.LEAD) == []
    for _ in range(4):
        [reminder] = due(asked, DueKind.REMIND)
        carry_out(asked, reminder)
    assert reminder.at == at("2026-12-07T10:01")


def test_who_is_asked_for_two_things_here_gets_one_message_a_day_that_names_both():
    story = Story().start().until_step(1)
    story.now = at("2026-11-24T09:59")
    for role in (Role.PRIMARY_USER_ADMIN, Role.PRIMARY_CERTIFICATE_ADMIN):
        story.tell(c.AssignRole(ID, LEAD, role, c.NewHolder(LEAD)))
    first, second = [one for one in due(story, DueKind.REMIND) if one.person == LEAD]
    carry_out(story, first)
    assert story.say("reminders/owner").data["also"] == second.subject
    carry_out(story, second)
    assert story.events == ()
    assert min(one.at for one in due(story, DueKind.REMIND) if one.person == LEAD) == first.at + DAY


def test_it_reaches_people_in_their_own_working_hours(asked: Story):
    tokyo = {CERT: PersonFacts("Asia/Tokyo")}
    [reminder] = due(asked, DueKind.REMIND, tokyo)
    assert reminder.at == at("2026-11-26T00:00")


def test_a_reminder_that_was_answered_is_not_due_any_more(asked: Story):
    [reminder] = due(asked, DueKind.REMIND)
    asked.tick(CERT, "2.1")
    asked.tick(CERT, "2.2")
    assert reminder not in due(asked, DueKind.REMIND)
    carry_out(asked, reminder)
    assert asked.events == ()


def test_who_moves_a_step_by_something_is_not_chased_at_once_for_the_rest(asked: Story):
    asked.now = at("2026-11-25T09:00")
    asked.tick(CERT, "2.1")
    [reminder] = due(asked, DueKind.REMIND)
    assert reminder.at == at("2026-11-26T09:01")


def test_a_missed_reminder_is_sent_once_and_marked_late_and_the_next_comes_a_day_later(asked: Story):
    asked.now = at("2026-12-03T11:00")
    [reminder] = due(asked, DueKind.REMIND)
    carry_out(asked, reminder, late=True)
    assert asked.say("reminders/owner").data["late"] == "yes"
    [following] = due(asked, DueKind.REMIND)
    assert following.at == at("2026-12-04T11:00")


def test_nothing_is_due_of_a_step_that_waits_or_is_snoozed(asked: Story):
    asked.tell(c.WaitOn(ID, CERT, 2, Party.COMPANY, asked.now + 5 * DAY))
    assert due(asked, DueKind.REMIND) == due(asked, DueKind.LEAD) == []
    asked.tell(c.AnswerWait(ID, CERT, 2))
    asked.tell(c.Snooze(ID, CERT, at("2026-11-30T09:00"), 2))
    [reminder] = due(asked, DueKind.REMIND)
    assert reminder.at == at("2026-12-01T09:00")
    [over] = due(asked, DueKind.SNOOZE_OVER)
    assert over.at == at("2026-11-30T09:00")


def test_a_snooze_for_me_mutes_my_reminders_and_not_the_escalation(asked: Story):
    before = due(asked, DueKind.LEAD)
    asked.tell(c.Snooze(ID, CERT, at("2026-12-03T09:00")))
    [reminder] = due(asked, DueKind.REMIND)
    assert reminder.at == at("2026-12-03T09:00")
    assert due(asked, DueKind.LEAD) == before


def test_who_wants_no_reminders_gets_none_and_the_lead_is_told(asked: Story):
    off = {CERT: PersonFacts(reminders_off=True)}
    assert due(asked, DueKind.REMIND, off) == []
    assert [one.person for one in due(asked, DueKind.LEAD, off)] == [LEAD]


def test_the_vetting_wait_asks_after_one_two_and_three_days_and_is_escalated_after_three_working_days():
    story = Story().start().until_step(3)
    story.now = at("2026-11-24T13:59")
    story.tick(PRIMARY, "3.1")
    times = []
    for _ in range(3):
        [question] = due(story, DueKind.WAIT_ASK)
        times.append(question.at)
        carry_out(story, question)
        assert story.say("reminders/wait-question").data["mention"] == PRIMARY
    assert times == [at("2026-11-25T14:00"), at("2026-11-26T14:00"), at("2026-11-27T14:00")]
    [escalation] = due(story, DueKind.WAIT_ESCALATE)
    assert escalation.at == at("2026-11-27T14:00")
    carry_out(story, escalation)
    assert [(say.template, say.person) for say in story.says] == [("reminders/wait-escalate", LEAD)]
    assert due(story, DueKind.WAIT_ESCALATE) == []
    [question] = due(story, DueKind.WAIT_ASK)
    assert question.at == at("2026-12-04T14:00")


def test_a_wait_counted_in_working_days_leaves_out_the_weekend():
    story = Story().start()
    story.now = at("2026-11-26T09:59")
    story.tick(LEAD, "0.2", on="2026-11-26")
    [question] = due(story, DueKind.WAIT_ASK)
    assert question.at == at("2026-11-30T10:00")


def test_a_wait_with_a_date_is_not_asked_about_before_it(asked: Story):
    asked.tell(c.WaitOn(ID, CERT, 2, Party.COMPANY, at("2026-12-24T09:00")))
    assert due(asked, DueKind.WAIT_ASK) == []
    assert [one.at for one in due(asked, DueKind.WAIT_OVER)] == [at("2026-12-24T09:00")]


def test_the_record_is_looked_for_at_once_then_as_the_watch_says_then_daily():
    story = Story().start().until_step(5)
    assert due(story, DueKind.CHECK) == []
    story.claim()
    [look] = due(story, DueKind.CHECK)
    assert (look.key, look.at) == ("check/5.2", story.now)
    story.look("not_yet", look_again_at=story.now + timedelta(minutes=9))
    [look] = due(story, DueKind.CHECK)
    assert look.at == story.now + timedelta(minutes=8)
    story.look("not_yet")
    [look] = due(story, DueKind.CHECK)
    assert look.at == story.now + DAY
    story.tell(c.AskCheck(ID, CERT, "5.2"))
    [look] = due(story, DueKind.CHECK)
    assert look.at == story.now
    story.look("ready")
    [look] = due(story, DueKind.CHECK)
    assert look.at == story.now + DAY


def test_the_watch_goes_on_after_the_end_until_it_is_stopped():
    story = Story().start().to_the_end()
    assert len(due(story, DueKind.CHECK)) == 1
    story.tell(c.StopWatching(ID, LEAD))
    assert plan(story.state, story.process, {}, story.now) == ()


def test_a_file_is_due_as_soon_as_it_was_shared(asked: Story):
    asked.tell(c.NoteFile(ID, CERT, "F1", "a.csr", "https://files.example/F1"))
    [file] = due(asked, DueKind.FILE)
    assert (file.key, file.subject, file.at) == ("file/F1", "F1", asked.now)


def test_what_ends_is_told_at_or_past_each_distance_and_each_only_once(asked: Story):
    ends = at("2027-03-01T12:00")
    asked.until_step(6)
    asked.tell(c.NoteFile(ID, CERT, "F1", "a.crt", "https://files.example/F1"))
    asked.tell(c.RecordFile(ID, BOT, "F1", "certificate", "good", "R1", {"certificate": ends}))
    [warning] = due(asked, DueKind.WARN)
    assert (warning.key, warning.at) == ("warn/certificate/60", at("2026-12-31T12:00"))
    asked.now = at("2027-02-16T10:00")  # after an outage: 60, 30 and 14 have passed
    [warning] = due(asked, DueKind.WARN)
    assert warning.key == "warn/certificate/14"
    carry_out(asked, warning)
    assert asked.say("reminders/ends").data == {"days": "14", "mention": CERT}
    [warning] = due(asked, DueKind.WARN)
    assert warning.key == "warn/certificate/7"


def test_a_warning_that_comes_too_late_stands_for_all_that_were_passed_meanwhile(asked: Story):
    asked.until_step(6)
    asked.tell(c.NoteFile(ID, CERT, "F1", "a.crt", "https://files.example/F1"))
    asked.tell(c.RecordFile(ID, BOT, "F1", "certificate", "good", "R1", {"certificate": at("2027-03-01T12:00")}))
    [warning] = due(asked, DueKind.WARN)
    asked.now = at("2027-02-24T11:00")  # the bot was down: five days and an hour are left
    carry_out(asked, warning, late=True)
    assert [one.key for one in due(asked, DueKind.WARN)] == ["warn/certificate/3"]
    asked.now = at("2027-03-05T11:00")
    carry_out(asked, due(asked, DueKind.WARN)[0], late=True)
    assert due(asked, DueKind.WARN) == []


def test_a_renewed_certificate_starts_its_warnings_anew(asked: Story):
    asked.until_step(6)
    for number, end in enumerate(("2026-12-01T12:00", "2027-12-01T12:00")):
        asked.tell(c.NoteFile(ID, CERT, f"F{number}", "a.crt", "https://files.example/F1"))
        ends = {"certificate": at(end)}
        asked.tell(c.RecordFile(ID, BOT, f"F{number}", "certificate", "good", "R1", ends))
        if not number:
            carry_out(asked, due(asked, DueKind.WARN)[0])
    assert due(asked, DueKind.WARN)[0].key == "warn/certificate/60"


def test_a_token_is_warned_about_only_while_it_is_not_used():
    story = Story().start().until_step(5)
    story.claim(shown_on=day("2026-11-23"))
    [warning] = [one for one in due(story, DueKind.WARN) if one.subject == "token"]
    assert (warning.key, warning.at.date()) == ("warn/token/9", day("2026-12-14"))
    story.look("ready")
    story.tick(CERT, "5.3")
    assert due(story, DueKind.WARN) == []


def test_the_card_is_refreshed_once_each_working_morning(asked: Story):
    [missed] = due(asked, DueKind.CARD)
    assert (missed.key, missed.at) == ("card/2026-11-24", at("2026-11-24T09:00"))
    carry_out(asked, missed)
    assert asked.said() == ["card"]
    [card] = due(asked, DueKind.CARD)
    assert (card.key, card.at) == ("card/2026-11-25", at("2026-11-25T09:00"))


def test_paused_only_its_end_is_due_and_closed_nothing(asked: Story):
    until = asked.now + 10 * DAY
    asked.tell(c.Close(ID, LEAD, "paused", until=until))
    [resume] = plan(asked.state, asked.process, {}, asked.now)
    assert (resume.kind, resume.at) == (DueKind.RESUME, until)
    carry_out(asked, resume)
    asked.tell(c.Close(ID, LEAD, "cancelled"))
    assert plan(asked.state, asked.process, {}, asked.now) == ()


def test_for_a_dns_contact_outside_slack_whoever_passed_the_request_on_is_reminded():
    story = Story().start()
    story.tell(c.AssignRole(ID, LEAD, Role.DNS_CONTACT, c.NewHolder(outside="Jo, ticket 4711")))
    story.until_step(5)
    story.claim()
    [reminder] = [one for one in due(story, DueKind.REMIND) if one.subject == "5.2"]
    assert reminder.person == CERT
    carry_out(story, reminder)
    assert story.said() == ["reminders/dns-contact-outside"]


def test_the_key_of_a_reminder_to_somebody_else_does_nothing(asked: Story):
    [reminder] = due(asked, DueKind.REMIND)
    asked.tell(c.HandOver(ID, CERT, DNS, role=Role.PRIMARY_USER_ADMIN))
    carry_out(asked, reminder)
    assert asked.events == ()


def test_the_plan_is_the_same_however_often_it_is_made(asked: Story):
    facts = {LEAD: PersonFacts(), CERT: PersonFacts("America/New_York")}
    assert plan(asked.state, asked.process, facts, asked.now) == plan(asked.state, asked.process, facts, asked.now)


def test_a_reminder_at_ones_own_time_asks_whoevers_turn_it_is_then(asked: Story):
    asked.tell(c.RemindAt(ID, LEAD, at("2026-11-24T14:00")))
    asked.tell(c.RemindAt(ID, LEAD, at("2026-11-24T15:00")))
    [own] = due(asked, DueKind.OWN)
    assert (own.person, own.at) == (LEAD, at("2026-11-24T15:00"))
    carry_out(asked, own)
    assert asked.say("reminders/owner").data == {"mention": CERT, "by": LEAD}
    assert asked.said() == ["reminders/owner"]
    assert due(asked, DueKind.OWN) == []
    assert asked.state.asked["2"].reminders == 0


def test_a_reminder_at_ones_own_time_keeps_to_the_working_hours_of_whoever_is_asked(asked: Story):
    asked.tell(c.RemindAt(ID, LEAD, at("2026-11-28T20:00")))  # a Saturday night
    [own] = due(asked, DueKind.OWN)
    assert own.at == at("2026-11-30T09:00")
    asked.tell(c.RemindAt(ID, CERT, at("2026-11-28T20:00")))
    assert [one.at for one in due(asked, DueKind.OWN) if one.person == CERT] == [at("2026-11-28T20:00")]


def test_a_reminder_for_a_time_at_which_the_step_waits_tells_whoever_chose_it(asked: Story):
    asked.tell(c.WaitOn(ID, CERT, 2, Party.ELEXON))
    asked.tell(c.RemindAt(ID, LEAD, at("2026-11-25T14:00")))
    [own] = due(asked, DueKind.OWN)
    carry_out(asked, own)
    assert asked.say("reminders/own").data == {"mention": LEAD}


def test_a_reminder_needs_a_time_ahead_and_somebody_of_the_onboarding(asked: Story):
    assert asked.refuses(c.RemindAt(ID, LEAD, at("2026-11-23T14:00"))) == "date-past"
    assert asked.refuses(c.RemindAt(ID, LEAD, at("2028-11-23T14:00"))) == "too-far"
    assert asked.refuses(c.RemindAt(ID, "USTRANGER", at("2026-11-25T14:00"))) == "not-of-this-onboarding"


def test_a_day_on_which_the_company_is_closed_counts_like_a_bank_holiday():
    story = Story().start().until_step(1)
    before = next(one for one in plan(story.state, story.process, {}, story.now) if one.kind is DueKind.REMIND)
    story.tell(c.EditDetails(ID, LEAD, closures=(before.at.date(),)), after=timedelta(0))
    after = next(one for one in plan(story.state, story.process, {}, story.now) if one.key == before.key)
    assert after.at.date() > before.at.date()
    story.tell(c.EditDetails(ID, LEAD, closures=(before.at.date(),)))
    assert story.events == ()
    story.tell(c.EditDetails(ID, LEAD, closures=()))
    assert story.state.closures == ()
    assert story.refuses(c.EditDetails(ID, USER, closures=())) == "not-a-lead"
