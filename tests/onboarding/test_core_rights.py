"""Who may do what, and what a refusal says."""

import pytest
from onboarding.story import CERT, DEPUTY, DNS, ID, LEAD, MESSAGE, PRIMARY, STRANGER, USER, Story, day, names

from engine.onboarding import commands as c
from engine.onboarding.outcome import Refused
from engine.onboarding.rights import may_see, people_of, roles_of
from engine.onboarding.values import BOT, TaskStatus
from engine.process.model import Party, Role


def test_the_owner_and_the_deputy_may_tick_and_nobody_else(story: Story):
    story.until_step(5)
    story.claim(person=DEPUTY)
    assert story.state.task("5.1").status is TaskStatus.DONE
    assert story.refuses(c.TickTasks(ID, PRIMARY, 5, (c.Tick("5.3"),))) == "not-yours"
    assert story.refuses(c.TickTasks(ID, STRANGER, 5, (c.Tick("5.3"),), for_owner=True)) == "not-of-this-onboarding"


def test_a_refusal_names_whose_task_it_is(story: Story):
    story.until_step(1)
    with pytest.raises(Refused) as refused:
        story.tell(c.TickTasks(ID, CERT, 1, (c.Tick("1.1"),)))
    assert (refused.value.subject, refused.value.data) == ("1.1", {"owner": USER, "role": "primary_user_admin"})


def test_somebody_else_of_the_onboarding_may_record_that_they_did_it_for_the_owner(story: Story):
    story.until_step(1)
    story.tick(LEAD, "1.1", for_owner=True)
    closing = story.state.task("1.1").closing
    assert (closing.by, closing.for_person) == (LEAD, USER)


@pytest.mark.parametrize(
    "command",
    [
        c.Override(ID, CERT, "5.2", "seen by eye"),
        c.MarkNotApplicable(ID, CERT, "5.3", "no need"),
        c.Reopen(ID, CERT, "4", "wrong"),
        c.Close(ID, CERT, "cancelled"),
        c.EditDetails(ID, CERT, name="Other"),
        c.StartWithout(ID, CERT, {"0.2": "late"}),
        c.StopWatching(ID, CERT),
        c.MoveChannel(ID, CERT, "C2"),
        c.AssignRole(ID, CERT, Role.MESSAGE_ADMIN, c.NewHolder(CERT)),
        c.PersonLeft(ID, CERT, DNS),
    ],
    ids=lambda command: type(command).__name__,
)
def test_only_a_lead_may(story: Story, command: c.Command):
    story.until_step(5)
    assert story.refuses(command) == "not-a-lead"


@pytest.mark.parametrize(
    "command",
    [
        c.RecordCheck(ID, LEAD, "5.2", "dns-txt", "ready", "R1"),
        c.RecordFile(ID, LEAD, "F1", "csr", "good", "R1"),
        c.CarryOut(ID, LEAD, "remind/0/ULEAD/1"),
        c.RecordSecret(ID, LEAD, "private_key", CERT),
        c.ChannelLost(ID, LEAD, "C1", "archived"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_results_and_due_work_are_heard_from_dipper_alone(story: Story, command: c.Command):
    assert story.refuses(command) == "only-dipper"


@pytest.mark.parametrize(
    "command",
    [
        c.WaitOn(ID, STRANGER, 5, Party.OTHER),
        c.Block(ID, STRANGER, 5, "why"),
        c.Snooze(ID, STRANGER, day("2026-12-01")),
        c.AskCheck(ID, STRANGER, "5.2"),
        c.SetClaim(ID, STRANGER, "x.example", "v"),
        c.HandOver(ID, STRANGER, LEAD),
        c.AnsweredElsewhere(ID, STRANGER, "5.3", day("2026-11-23"), "by phone"),
        c.Nudge(ID, STRANGER, "5"),
        c.SubmitMaterial(ID, STRANGER, "6.1", "x"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_stranger_may_not(story: Story, command: c.Command):
    story.until_step(5)
    assert story.refuses(command) == "not-of-this-onboarding"


def test_another_onboarding_and_none_get_the_same_answer(story: Story):
    assert story.refuses(c.Restore("O2", LEAD)) == "unknown-onboarding"
    story.state_ = None
    assert story.refuses(c.Restore(ID, LEAD)) == "unknown-onboarding"


def test_its_people_and_members_of_its_channel_may_see_it(story: Story):
    assert people_of(story.state) == {LEAD, USER, PRIMARY, CERT, DEPUTY, DNS, MESSAGE}
    assert may_see(story.state, CERT, in_channel=False)
    assert may_see(story.state, STRANGER, in_channel=True)
    assert not may_see(story.state, STRANGER, in_channel=False)


def test_a_person_may_assign_a_role_of_their_own_but_not_anothers(story: Story):
    story.tell(c.AssignRole(ID, MESSAGE, Role.MESSAGE_ADMIN, c.NewHolder(MESSAGE, deputy=CERT)))
    assert story.state.holders[Role.MESSAGE_ADMIN].deputy == CERT
    assert story.refuses(c.AssignRole(ID, MESSAGE, Role.DNS_CONTACT, c.NewHolder(MESSAGE))) == "not-a-lead"


def test_the_same_assignment_again_changes_nothing(story: Story):
    story.tell(c.AssignRole(ID, LEAD, Role.DNS_CONTACT, c.NewHolder(outside="Jo, dns@host.example")))
    assert names(story.events)[0] == "RoleAssigned"
    story.tell(c.AssignRole(ID, LEAD, Role.DNS_CONTACT, c.NewHolder(outside="Jo, dns@host.example")))
    assert story.events == ()


def test_nobody_is_their_own_deputy(story: Story):
    story.tell(c.AssignRole(ID, LEAD, Role.MESSAGE_ADMIN, c.NewHolder(CERT, deputy=CERT)))
    assert story.state.holders[Role.MESSAGE_ADMIN].deputy is None
    assert roles_of(story.state, CERT) == (Role.CERTIFICATE_ADMIN, Role.MESSAGE_ADMIN)


def test_a_task_is_handed_over_by_its_owner_and_the_new_one_may_tick_it(story: Story):
    story.until_step(2)
    story.tell(c.HandOver(ID, USER, CERT, task="2.1"))
    assert story.say("thread/handed-over").data == {"by": USER, "mention": CERT}
    assert story.refuses(c.TickTasks(ID, USER, 2, (c.Tick("2.1"),))) == "not-yours"
    story.tick(CERT, "2.1")
    assert story.state.task("2.1").status is TaskStatus.DONE


def test_a_hand_over_to_whoever_has_it_is_refused(story: Story):
    story.until_step(2)
    assert story.refuses(c.HandOver(ID, LEAD, USER, task="2.1")) == "already-theirs"
    assert story.refuses(c.HandOver(ID, USER, USER, role=Role.PRIMARY_USER_ADMIN)) == "already-theirs"
    assert story.refuses(c.HandOver(ID, USER, BOT, role=Role.PRIMARY_USER_ADMIN)) == "nobody-named"
    assert story.refuses(c.HandOver(ID, CERT, DNS, role=Role.PRIMARY_USER_ADMIN)) == "not-yours"


def test_all_my_work_goes_over_at_once(story: Story):
    story.until_step(2)
    story.tell(c.HandOver(ID, LEAD, CERT, task="2.2"))
    story.tell(c.HandOver(ID, CERT, "UNEW"))
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == "UNEW"
    assert story.state.task("2.2").owner == "UNEW"
    story.tell(c.HandOver(ID, LEAD, "UNEW"))
    assert story.state.leads == ("UNEW",)


def test_when_somebody_leaves_the_deputy_takes_over_and_the_lead_is_told_alone(story: Story):
    story.until_step(5)
    story.tell(c.PersonLeft(ID, BOT, CERT))
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == DEPUTY
    assert [(say.template, say.person) for say in story.says if "left" in say.template] == [
        ("thread/person-left", LEAD)
    ]
    assert story.state.asked["5"].person == DEPUTY


def test_where_there_is_no_deputy_the_work_of_somebody_who_left_falls_to_the_lead(story: Story):
    story.until_step(2)
    story.tell(c.PersonLeft(ID, BOT, USER))
    assert story.state.asked["2"].person == LEAD


def test_when_the_last_lead_leaves_the_thread_says_so_and_anybody_of_it_may_name_one(story: Story):
    story.until_step(2)
    story.tell(c.PersonLeft(ID, BOT, LEAD))
    assert story.state.leads == ()
    assert story.say("thread/person-left").data == {"person": LEAD, "no_lead": "yes"}
    assert story.refuses(c.AssignRole(ID, STRANGER, Role.LEAD, c.NewHolder(STRANGER))) == "not-a-lead"
    story.tell(c.AssignRole(ID, USER, Role.LEAD, c.NewHolder(USER)))
    assert story.state.leads == (USER,)


def test_somebody_unknown_leaving_changes_nothing(story: Story):
    story.tell(c.PersonLeft(ID, BOT, STRANGER))
    assert story.events == ()


def test_a_nudge_asks_whoevers_turn_it_is_but_not_twice_within_the_hour(story: Story):
    story.until_step(5)
    story.tell(c.Nudge(ID, LEAD, "5"))
    assert story.say("reminders/owner").data == {"mention": CERT, "by": LEAD}
    assert story.state.asked["5"].reminders == 0
    assert story.refuses(c.Nudge(ID, LEAD, "5.1")) == "too-soon"
    assert story.refuses(c.Nudge(ID, CERT, "5")) == "nobody-to-ask"
