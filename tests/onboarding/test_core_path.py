"""The straight path, from a start to a finished Step 8."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from onboarding.small_process import small_process
from onboarding.story import ALL, CERT, DNS, HOLDERS, ID, LEAD, MESSAGE, PRIMARY, USER, Story, names

from engine.onboarding import commands as c
from engine.onboarding.codec import decode, encode, restore, snapshot
from engine.onboarding.evolve import replay
from engine.onboarding.now import current_steps, grades, missing_prerequisites, next_look, turns
from engine.onboarding.state import Life
from engine.onboarding.values import BOT, Grade, StepStatus, TaskStatus
from engine.process.loader import load_process
from engine.process.model import Environment, Participant, Role


def test_a_start_opens_step_0_and_closes_what_the_form_answered(story: Story):
    assert current_steps(story.state) == (0,)
    assert story.state.task("0.5").status is TaskStatus.DONE
    assert missing_prerequisites(story.state, story.process, 1) == ("0.2", "0.3")
    assert story.said() == ["card", "thread/before-you-start"]


def test_step_1_opens_when_what_holds_it_is_done_and_the_rest_stays_open_in_step_0(story: Story):
    story.tick(LEAD, "0.2", on="2026-11-23")
    assert story.state.step(1).status is StepStatus.LOCKED
    story.tick(USER, "0.3")
    assert story.state.step(1).status is StepStatus.OPEN
    assert story.state.step(0).status is StepStatus.OPEN
    assert story.say("thread/step-open").data == {"mention": USER}


def test_a_prerequisite_holds_its_own_later_step(story: Story):
    story.tick(LEAD, "0.2", on="2026-11-23")
    story.tick(USER, "0.3")
    story.tick(USER, "1.1")
    story.tick(USER, "1.2", name="Northwind")
    story.tick(USER, "2.1")
    story.tick(USER, "2.2")
    assert story.state.step(2).status is StepStatus.DONE
    assert story.state.step(3).status is StepStatus.LOCKED
    assert story.say("thread/step-locked").slot == "step/3"
    story.tick(PRIMARY, "0.4")
    assert story.state.step(3).status is StepStatus.OPEN


def test_the_whole_way_ends_finished_and_a_replay_gives_the_same_state(story: Story):
    story.to_the_end()
    assert story.state.life is Life.FINISHED
    assert story.said()[-1] == "thread/finished"
    assert all(step.status is StepStatus.DONE for step in story.state.steps.values() if step.number)
    assert replay(story.log) == story.state
    assert replay([decode(*encode(event)) for event in story.log]) == story.state
    assert restore(snapshot(story.state)) == story.state


def test_a_task_that_a_check_saw_is_verified_and_its_step_is_as_good_as_its_weakest_task(story: Story):
    story.until_step(6)
    assert story.state.task("5.2").closing.grade is Grade.VERIFIED
    assert story.state.step(5).grade is Grade.ATTESTED
    story.hand_in(CERT, "6.1")
    assert story.state.step(6).grade is Grade.VERIFIED
    assert grades(story.state)[Grade.VERIFIED] == 3


def test_a_second_click_changes_nothing(story: Story):
    story.tick(LEAD, "0.1")
    story.tick(LEAD, "0.1")
    assert (story.events, story.says) == ((), ())


def test_an_empty_role_falls_to_the_lead_and_that_is_said():
    story = Story().start(holders={}).until_step(1)
    [turn] = [turn for turn in turns(story.state, story.process) if turn.step == 1]
    assert (turn.person, turn.role, turn.fell_to_lead) == (LEAD, Role.PRIMARY_USER_ADMIN, True)


def test_where_no_user_admin_is_named_the_primary_user_admin_stands_in(story: Story):
    story.until_step(2)
    [turn] = [turn for turn in turns(story.state, story.process) if turn.step == 2]
    assert (turn.person, turn.role, turn.fell_to_lead) == (USER, Role.USER_ADMIN, False)


def test_one_person_with_every_role_is_asked_in_one_piece_and_never_to_ask_himself():
    everything = {role: c.NewHolder(LEAD) for role in HOLDERS}
    story = Story().start(holders=everything).until_step(5)
    assert {asked.person for asked in story.state.asked.values()} == {LEAD}
    story.claim(person=LEAD)
    assert story.say("thread/dns-request").data == {"self": "yes"}
    assert "thread/task-ask" not in story.said()
    story.to_the_end()
    assert story.state.life is Life.FINISHED


def test_within_a_step_the_turn_passes_from_actor_to_actor(story: Story):
    story.until_step(5)
    assert story.state.asked["5"].person == CERT
    story.claim()
    assert {subject: asked.person for subject, asked in story.state.asked.items()} == {"5.2": DNS}
    story.look("ready")
    assert story.state.asked["5"].person == CERT


def test_step_7_opens_during_the_vetting_wait_only_where_the_process_says_so():
    for early in (False, True):
        story = Story(process=small_process(ids_during_vetting=early)).start().until_step(3)
        story.tick(PRIMARY, "3.1")
        assert (story.state.step(7).status is StepStatus.OPEN) is early


def test_a_wait_that_was_running_already_takes_its_real_start(story: Story):
    story.until_step(3)
    story.tick(PRIMARY, "3.1", on="2026-11-20")
    assert story.state.step(3).waiting.since == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_what_was_done_before_dipper_is_unknown_until_a_check_sees_it():
    story = Story().start(now_at=6, domain="northwind.example")
    assert current_steps(story.state) == (6,)
    assert story.state.step(5).grade is Grade.UNKNOWN
    assert story.state.step(5).before
    assert story.said() == ["card", "thread/before-you-start-done", "thread/step-open"]


def test_a_check_that_sees_what_was_done_before_dipper_makes_it_verified():
    story = Story().start(now_at=7)
    assert story.state.task("6.1").closing.grade is Grade.UNKNOWN
    story.tell(c.NoteFile(ID, CERT, "F1", "dip.crt", "https://files.example/F1"))
    story.tell(c.RecordFile(ID, BOT, "F1", "certificate", "good", "R1", agrees=ALL, key="ab" * 32))
    assert names(story.events) == ["MaterialRead", "TaskVerified"]
    assert story.state.step(6).grade is Grade.VERIFIED


def test_prerequisites_of_later_steps_stay_open_when_an_onboarding_starts_in_the_middle():
    story = Story().start(now_at=2)
    assert current_steps(story.state) == (2,)
    assert missing_prerequisites(story.state, story.process) == ("0.4",)


def test_production_carries_the_vetting_from_uit():
    uit = Story().start().until_step(4)
    story = Story().start(environment=Environment.PRODUCTION)
    story.company = type(story.company)(uit=uit.state)
    story.until_step(4)
    step = story.state.step(3)
    assert (step.carried_from, step.grade) == (uit.state.id, uit.state.step(3).grade)
    assert story.state.task("3.2").closing.at == uit.state.step(3).closed_at


def test_production_begun_by_strangers_to_the_uit_track_does_not_tell_them_of_it():
    uit = Story().start().until_step(4)
    theirs = replace(
        uit.state, channel="C2", started_by="UOLD", leads=("UOLD",), holders={}, steps={3: uit.state.step(3)}
    )
    story = Story().start(environment=Environment.PRODUCTION)
    story.company = type(story.company)(uit=theirs)
    story.until_step(3)
    assert story.state.step(3).status is StepStatus.OPEN


def test_production_without_a_known_uit_track_does_the_vetting_itself():
    story = Story().start(environment=Environment.PRODUCTION).until_step(3)
    assert story.state.step(3).status is StepStatus.OPEN


def test_an_answer_settles_what_need_not_be_done_again_and_taking_it_back_brings_it_back():
    story = Story().start(environment=Environment.PRODUCTION).until_step(4)
    story.tell(c.TickTasks(ID, CERT, 4, (c.Tick("4.0", values={"shown": "No"}),)))
    assert story.state.task("4.1").status is TaskStatus.OPEN
    story.tick(CERT, "4.0", done=False)
    story.tick(CERT, "4.1")
    story.tick(CERT, "4.0", shown="Yes")
    assert story.state.step(4).status is StepStatus.DONE
    assert story.state.task("4.2").aside.settled_by == "4.0"


def test_a_task_that_applies_to_others_is_not_there(story: Story):
    assert "1.3" not in story.state.step(1).tasks
    assert story.refuses(c.TickTasks(ID, LEAD, 0, (c.Tick("0.6"),))) == "task-not-applicable"
    dcp = Story().start(participant=Participant.DCP)
    assert "0.6" in dcp.state.step(0).tasks


def test_time_never_runs_backwards_in_the_record(story: Story):
    before = story.log[-1].at
    story.tell(c.TickTasks(ID, LEAD, 0, (c.Tick("0.1"),)), after=-timedelta(days=2))
    assert story.log[-1].at == before


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("participant", list(Participant))
def test_the_real_process_is_walked_from_step_0_to_a_finished_step_8(
    participant: Participant, environment: Environment
):
    story = Story(process=load_process()).start(participant=participant, environment=environment)
    story.to_the_end()
    assert story.state.life is Life.FINISHED
    assert replay(story.log) == story.state
    assert set(story.state.holders) == set(HOLDERS)
    assert MESSAGE in {event.by for event in story.log}


def test_a_company_past_its_domains_step_has_its_record_looked_for_at_once_and_verified():
    story = Story().start(now_at=6, domain="northwind.example", value="_globalsign-domain-verification=8gqZ")
    assert "thread/dns-request" not in story.said(), "nobody is asked to add what is there"
    assert story.state.task("5.2").closing.grade is Grade.UNKNOWN
    assert next_look(story.state, story.process) == story.now
    story.look("ready")
    assert story.state.task("5.2").closing.grade is Grade.VERIFIED
    assert story.state.step(5).grade is not None
    assert next_look(story.state, story.process) == story.now + story.process.cadences.dns_watch_every


def test_a_company_in_its_domains_step_goes_on_with_the_value_it_has():
    story = Story().start(now_at=5, domain="northwind.example", value="_globalsign-domain-verification=8gqZ")
    assert "thread/dns-request" in story.said()
    assert story.state.task("5.1").status is TaskStatus.DONE
    assert next_look(story.state, story.process) == story.now


def test_a_value_given_before_the_domains_step_is_left_for_that_step():
    story = Story().start(now_at=3, domain="northwind.example", value="_globalsign-domain-verification=8gqZ")
    assert story.state.claim is not None
    assert story.state.claim.value is None
