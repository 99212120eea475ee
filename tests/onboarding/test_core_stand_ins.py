"""All of somebody's work goes to a colleague and, where it has an end, comes back just as it was."""

from datetime import timedelta

import pytest
from onboarding.story import CERT, DEPUTY, ID, LEAD, MESSAGE, PRIMARY, Story, names

from engine.onboarding import commands as c
from engine.onboarding.due_keys import DueKind
from engine.onboarding.now import asks
from engine.onboarding.rights import people_of
from engine.onboarding.values import BOT, Holder
from engine.process.model import Role
from engine.reminders.plan import plan

NEW = "UNEW"
WEEK = timedelta(days=7)


def due(story: Story, kind: DueKind) -> list[str]:
    found = plan(story.state, story.process, {}, story.now)
    return [one.key for one in found if one.kind is kind and one.at <= story.now]


def carry_out(story: Story, kind: DueKind) -> None:
    for key in due(story, kind):
        story.tell(c.CarryOut(ID, BOT, key))


def hand_over(story: Story, person: str = CERT, to: str = NEW, **more: object) -> None:
    story.tell(c.HandOver(ID, person, to, **more))


def test_what_is_handed_over_for_good_is_said_once_for_all_of_it(story: Story):
    story.until_step(4)
    story.tell(c.AssignRole(ID, LEAD, Role.MESSAGE_ADMIN, c.NewHolder(CERT)))
    hand_over(story)
    assert story.said().count("thread/work-handed-over") == 1
    assert "thread/handed-over" not in story.said()
    assert story.say("thread/work-handed-over").data["roles"] == "certificate_admin,message_admin"
    assert story.state.stand_ins == {}
    assert CERT not in people_of(story.state)


def test_on_its_day_it_comes_back_as_it_was(story: Story):
    story.until_step(2)
    story.tell(c.HandOver(ID, LEAD, CERT, task="2.1"))
    before = (story.state.holders, story.state.task("2.1").owner)
    hand_over(story, until=story.now + WEEK)
    assert story.state.holders[Role.CERTIFICATE_ADMIN] == Holder(NEW, DEPUTY)
    assert story.state.task("2.1").owner == NEW
    assert NEW in {ask.person for ask in asks(story.state, story.process)}
    assert due(story, DueKind.HAND_BACK) == []
    story.now += WEEK
    carry_out(story, DueKind.HAND_BACK)
    assert (story.state.holders, story.state.task("2.1").owner) == before
    assert story.said().count("thread/work-returned") == 1
    assert story.state.stand_ins == {}
    carry_out(story, DueKind.HAND_BACK)
    assert names(story.log).count("WorkReturned") == 1


def test_what_begins_later_waits_for_its_day_and_says_nothing_before(story: Story):
    story.until_step(4)
    starts = story.now + WEEK
    hand_over(story, starts=starts, until=starts + WEEK)
    assert story.says == ()
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == CERT
    story.now = starts
    carry_out(story, DueKind.HAND_OVER)
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == NEW
    story.now = starts + WEEK
    carry_out(story, DueKind.HAND_BACK)
    assert story.state.holders[Role.CERTIFICATE_ADMIN] == Holder(CERT, DEPUTY)


def test_a_plan_whose_both_days_passed_does_nothing(story: Story):
    starts = story.now + WEEK
    hand_over(story, starts=starts, until=starts + WEEK)
    story.now = starts + 2 * WEEK
    carry_out(story, DueKind.HAND_OVER)
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == CERT
    assert (story.state.stand_ins, story.said()) == ({}, ["card"])


@pytest.mark.parametrize("other_lead", [False, True])
def test_a_lead_is_lead_again_beside_whoever_was_one_already(story: Story, other_lead: bool):
    if other_lead:
        story.tell(c.AssignRole(ID, LEAD, Role.LEAD, c.NewHolder(NEW)))
    hand_over(story, LEAD, until=story.now + WEEK)
    assert story.state.leads == (NEW,)
    story.now += WEEK
    carry_out(story, DueKind.HAND_BACK)
    assert story.state.leads == ((NEW, LEAD) if other_lead else (LEAD,))


def test_a_role_that_must_stay_stays(story: Story):
    story.tell(c.AssignRole(ID, LEAD, Role.CERTIFICATE_ADMIN, c.NewHolder(PRIMARY)))
    hand_over(story, PRIMARY, keep=(Role.PRIMARY_CERTIFICATE_ADMIN,))
    assert story.state.holders[Role.PRIMARY_CERTIFICATE_ADMIN].person == PRIMARY
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == NEW


def test_what_others_changed_meanwhile_stays_as_they_made_it(story: Story):
    hand_over(story, until=story.now + WEEK)
    story.tell(c.AssignRole(ID, LEAD, Role.CERTIFICATE_ADMIN, c.NewHolder(MESSAGE)))
    story.now += WEEK
    carry_out(story, DueKind.HAND_BACK)
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == MESSAGE


def test_it_can_be_taken_back_before_its_day_by_either_of_the_two_or_a_lead(story: Story):
    for by in (CERT, NEW, LEAD):
        hand_over(story, until=story.now + WEEK)
        assert story.refuses(c.TakeBack(ID, MESSAGE, CERT)) == "not-a-lead"
        story.tell(c.TakeBack(ID, by, CERT))
        assert story.state.holders[Role.CERTIFICATE_ADMIN] == Holder(CERT, DEPUTY)
    hand_over(story, starts=story.now + WEEK)
    story.tell(c.TakeBack(ID, CERT, CERT))
    assert (story.state.stand_ins, story.said()) == ({}, ["card"])
    story.tell(c.TakeBack(ID, CERT, CERT))
    assert story.events == ()


def test_it_comes_back_when_the_stand_in_leaves(story: Story):
    hand_over(story, until=story.now + WEEK)
    story.tell(c.PersonLeft(ID, BOT, NEW))
    assert story.state.holders[Role.CERTIFICATE_ADMIN] == Holder(CERT, DEPUTY)
    assert story.state.stand_ins == {}


def test_who_leaves_while_somebody_stands_in_does_not_come_back(story: Story):
    hand_over(story, until=story.now + WEEK)
    story.tell(c.PersonLeft(ID, BOT, CERT))
    assert story.state.stand_ins == {}
    assert CERT not in people_of(story.state)
    assert story.state.holders[Role.CERTIFICATE_ADMIN].person == DEPUTY


def test_whoever_is_away_still_sees_it_and_may_not_hand_over_twice(story: Story):
    hand_over(story, until=story.now + WEEK)
    assert CERT in people_of(story.state)
    assert story.refuses(c.HandOver(ID, CERT, MESSAGE)) == "handed-over-already"


def test_days_that_are_over_or_out_of_order_are_refused(story: Story):
    assert story.refuses(c.HandOver(ID, CERT, NEW, until=story.now)) == "date-past"
    late = story.now + WEEK
    assert story.refuses(c.HandOver(ID, CERT, NEW, starts=late, until=late)) == "date-past"
    assert story.refuses(c.HandOver(ID, CERT, CERT, until=late)) == "already-theirs"
