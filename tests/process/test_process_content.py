"""What the delivered process has to hold, for whom, and that nothing in it goes without a source or a mark."""

import re
from itertools import product
from typing import Any

import pytest

from engine.process.model import Clock, Confidence, Environment, Participant, Party, Process, Role, Route, Step, Task

EVERYONE = list(product(Participant, Environment, Route))


def words(task: Task) -> str:
    return f"{task.title} {task.ask} {task.show} {' '.join(one.label for one in task.fields)}".lower()


def tasks_for(step: Step, participant: Participant, environment: Environment, route: Route = Route.OTHER) -> set[str]:
    return {task.id for task in step.tasks if task.when.holds(participant, environment, route)}


def test_the_steps_are_zero_to_eight_in_their_order(process: Process) -> None:
    assert [step.number for step in process.steps] == list(range(9))
    assert {step.number: step.needs for step in process.steps} == {
        0: (), 1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,), 6: (5,), 7: (6,), 8: (6, 7)
    }  # fmt: skip


@pytest.mark.parametrize("number", range(1, 13))
def test_every_prerequisite_is_a_task_of_step_0(process: Process, number: int) -> None:
    assert process.task(f"0.{number}").step == 0


def test_prerequisites_hold_the_steps_that_rest_on_them(process: Process) -> None:
    holds = {task.id: task.holds for task in process.step(0).tasks}
    assert {task: holds[task] for task in ("0.7", "0.8", "0.9", "0.10", "0.6")} == dict.fromkeys(
        ("0.7", "0.8", "0.9", "0.10", "0.6"), (1,)
    )
    assert (holds["0.11"], holds["0.5"], holds["0.4"]) == ((3,), (4, 6), (5,))
    assert not any(holds[task] for task in ("0.1", "0.2", "0.3", "0.12"))


def test_the_form_closes_people_company_and_route(process: Process) -> None:
    closes = {task.id: task.closes_from_form for task in process.step(0).tasks if task.closes_from_form}
    assert closes == {"0.2": "people", "0.3": "company", "0.12": "route"}


SUB_STEPS = [
    (
        1,
        [
            "link in the invitation",
            "user name and password",
            "authenticator",
            "terms of use",
            "welcome page",
            "company name",
        ],
    ),
    (2, ["create member", "certificate admin", "message admin", "joined", "two user admins"]),
    (
        3,
        [
            "certificates tab",
            "get started with atlas",
            "job title",
            "direct",
            "robot check",
            "12 steps",
            "full time",
            "approval",
        ],
    ),
    (4, ["api credentials", "directly via the api", "2048", "pfx", "validate", "added successfully", "next", "save"]),
    (
        5,
        [
            "domain field",
            "drop-down",
            "full stop",
            "name and value",
            "txt record",
            "dns record added",
            "submit",
            "next",
        ],
    ),
    (6, ["dual-purpose", "signing-only", "dcp may make it", "csr", "chain", "active", "install"]),
    (
        7,
        [
            "create new dip id",
            "request a new dip role",
            "nominate dip connection provider",
            "dcp status",
            "api key",
            "add member",
        ],
    ),
    (8, ["swagger", "webhook url", "maximum message count", "maximum payload size", "test message", "smoke test"]),
]


@pytest.mark.parametrize(("number", "phrases"), SUB_STEPS)
def test_every_sub_step_of_the_reference_is_asked_for(process: Process, number: int, phrases: list[str]) -> None:
    text = " ".join(words(task) for task in process.step(number).tasks)
    assert [phrase for phrase in phrases if phrase not in text] == []


def test_owners_are_those_who_must_act(process: Process) -> None:
    assert [step.owner for step in process.steps] == [
        Role.LEAD,
        Role.PRIMARY_USER_ADMIN,
        Role.USER_ADMIN,
        Role.PRIMARY_CERTIFICATE_ADMIN,
        Role.CERTIFICATE_ADMIN,
        Role.CERTIFICATE_ADMIN,
        Role.CERTIFICATE_ADMIN,
        Role.USER_ADMIN,
        Role.MESSAGE_ADMIN,
    ]
    assert process.task("5.4").owner is Role.DNS_CONTACT
    assert process.task("7.3").owner is Role.MESSAGE_ADMIN
    assert process.step(8).confidence is Confidence.INFERRED


def test_the_record_closes_by_the_dns_check_and_the_portals_submit_by_a_person(process: Process) -> None:
    record = process.task("5.4").check
    assert record is not None
    assert (record.kind, record.closes_on, record.attestable) == ("dns-txt", ("ready",), False)
    assert process.task("5.5").check is None


def test_certificates_are_judged_by_the_profile_of_the_participant(process: Process) -> None:
    check = process.task("6.4").check
    assert check is not None
    found = {one: check.profile(one, Environment.UIT, Route.OTHER) for one in Participant}
    assert found == {
        Participant.ACTIVE_MP: "dual-purpose",
        Participant.NON_ACTIVE_MP: "signing",
        Participant.DCP: None,
        Participant.MDR: None,
    }


def test_the_vetting_asks_by_elapsed_time_and_escalates_after_working_days(process: Process) -> None:
    wait = process.step(3).wait("vetting")
    hours = [one.total_seconds() / 3600 for one in wait.ask_after]
    assert (wait.party, wait.clock, hours) == (Party.GLOBALSIGN, Clock.ELAPSED, [24, 48, 72])
    assert wait.escalate_after_working_days == 3
    assert [answer.id for answer in wait.answers] == ["approved", "called_no_result", "rejected", "letter_needed"]
    assert process.task("3.2").starts_wait == "vetting"


def test_other_waits_ask_when_the_reference_says(process: Process) -> None:
    asks = {wait.id: [one.days for one in wait.ask_after] for step in process.steps for wait in step.waits}
    assert asks["invitation"] == [2, 5]
    assert (asks["missing_mpid"], asks["dcp_status"]) == ([3], [3])
    expected = process.step(5).wait("dns").expected
    assert expected is not None
    assert expected.total_seconds() == 3600


def test_step_5_asks_for_what_the_portal_shows(process: Process) -> None:
    assert [one.id for one in process.task("5.2").fields] == ["domain", "name", "value", "shown_on"]


def test_steps_7_and_8_are_lists_with_a_key(process: Process) -> None:
    rows = {step.number: step.rows.key for step in process.steps if step.rows}
    assert rows == {7: ("mpid", "role"), 8: ("dip_id", "channel")}


@pytest.mark.parametrize("number", [3, 4, 5])
def test_production_asks_first_what_is_proven_and_yes_settles_the_rest(process: Process, number: int) -> None:
    step = process.step(number)
    question = step.task(f"{number}.0")
    assert question.settles is not None
    in_production = tasks_for(step, Participant.ACTIVE_MP, Environment.PRODUCTION)
    assert in_production - set(question.settles.tasks) == {question.id}
    assert question.id not in tasks_for(step, Participant.ACTIVE_MP, Environment.UIT)


def test_only_step_3_is_carried_from_uit(process: Process) -> None:
    assert [step.number for step in process.steps if step.carried_from_uit] == [3]


def test_a_non_active_participant_may_leave_the_certificate_to_its_dcp(process: Process) -> None:
    assert process.task("6.2").settles is not None
    assert "6.2" in tasks_for(process.step(6), Participant.NON_ACTIVE_MP, Environment.UIT)
    assert "6.2" not in tasks_for(process.step(6), Participant.ACTIVE_MP, Environment.UIT)


@pytest.mark.parametrize("who", EVERYONE, ids="-".join)
def test_everybody_has_something_to_do_in_every_step_or_the_step_says_that_it_does_not_apply(
    process: Process, who: tuple[Participant, Environment, Route]
) -> None:
    for step in process.steps:
        if step.when.holds(*who):
            applicable = [task for task in step.tasks if task.when.holds(*who)]
            assert applicable, f"step {step.number}"
            settled = {one for task in applicable if task.settles for one in task.settles.tasks}
            assert {task.id for task in applicable} - settled, f"step {step.number} would have nothing left"


def test_nothing_is_presented_as_elexons_without_a_source(process: Process) -> None:
    notes = [note for step in process.steps for note in (*step.traps, *step.evidence)]
    stated: list[Any] = [
        *process.tasks(),
        *notes,
        *process.after,
        *process.terms,
        *process.role_codes,
        *process.participants,
        *process.routes,
    ]
    stated += [one for step in process.steps for one in (*step.waits, *step.ways_on)]
    assert [one for one in stated if one.confidence is Confidence.SOURCED and not one.sources] == []


def test_what_is_called_an_inference_or_could_not_be_read_is_not_left_out(process: Process) -> None:
    marks = {trap.confidence for step in process.steps for trap in step.traps} & {
        task.confidence for task in process.tasks()
    }
    assert marks == {Confidence.SOURCED, Confidence.INFERRED, Confidence.UNVERIFIED}
    assert process.step(6).page == ""


def test_no_address_or_host_name_is_made_up(process: Process) -> None:
    texts = [words(task) for task in process.tasks()]
    texts += [note.text for step in process.steps for note in (*step.traps, *step.evidence)]
    texts += [wait.escalation_text for step in process.steps for wait in step.waits]
    assert [text for text in texts if re.search(r"https?://|[\w.]+@[\w-]+\.|\.co\.uk|\.azure", text)] == []
    assert {source.url for source in process.sources} == {None}


def test_no_field_asks_for_a_secret_or_a_phone_number(process: Process) -> None:
    fields = [one for task in process.tasks() for one in task.fields]
    fields += [one for step in process.steps if step.rows for one in step.rows.fields]
    assert [
        one.id for one in fields if re.search(r"secret|password|phone|private", f"{one.id} {one.label}".lower())
    ] == []


def test_every_source_that_stands_in_the_list_has_a_title(process: Process) -> None:
    assert [source.tag for source in process.sources if not source.title] == []


def test_what_becomes_a_box_or_a_button_fits_slacks_75_characters(process: Process) -> None:
    labels = [task.title for task in process.tasks()]
    labels += [option for task in process.tasks() for one in task.fields for option in one.options]
    labels += [answer.label for step in process.steps for wait in step.waits for answer in wait.answers]
    labels += [way.title for step in process.steps for way in step.ways_on]
    labels += [choice.title for choice in (*process.participants, *process.routes, *process.environments)]
    assert [label for label in labels if len(label) > 75] == []


def test_what_a_person_reads_at_once_stays_short(process: Process) -> None:
    assert [task.id for task in process.tasks() if len(task.ask) > 500] == []


def test_an_answer_that_a_button_gives_needs_no_further_field(process: Process) -> None:
    closed = [
        answer.closes for step in process.steps for wait in step.waits for answer in wait.answers if answer.closes
    ]
    assert [one for task_id in closed for one in process.task(task_id).fields if one.required] == []


def test_routes_and_mdrs_are_pointed_to_their_own_guide(process: Process) -> None:
    step = process.step(0)
    assert "0.15" in tasks_for(step, Participant.DCP, Environment.UIT, Route.SIT)
    assert "0.15" not in tasks_for(step, Participant.DCP, Environment.UIT, Route.OTHER)
    assert "0.14" in tasks_for(step, Participant.MDR, Environment.UIT)
