"""What a view takes from the state: whose turn, what ended, what is removed, what waits."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.render.renderer import Renderer
from bot.render.sample_said import CERT, LEAD, NOW, PEOPLE, TEXTS, SampleCase, facts, onboarding, said_samples
from bot.render.views import VIEWS, refusal, view_for
from bot.render.views.card import CardView, card
from bot.render.views.dns import record_of
from bot.render.views.look import Look
from bot.render.views.refusals import RefusalView
from bot.render.views.steps import step_of
from engine.onboarding.outcome import Lane, Refused, Say
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.state import Onboarding, TaskState
from engine.onboarding.values import Asked, Blocked, Holder, TextRef
from engine.process.model import Environment, Participant, Process, Role, Route
from sandbox.limits import problems_of_message


def case(process: Process, at: int = 5, **changes: object) -> SampleCase:
    return SampleCase(replace(onboarding(process, at), **changes), process)


def look(process: Process, at: int = 5, **changes: object) -> Look:
    return Look(case(process, at, **changes), facts())


def test_a_role_that_nobody_holds_falls_to_the_lead_and_the_step_says_so(process: Process) -> None:
    turn = step_of(look(process, 4, holders={}), 4).turn
    assert turn.vacant
    assert str(turn.who) == "@Lena Lead (for the Certificate Admin: nobody named yet)"


def test_a_contact_outside_slack_is_named_with_whoever_passes_the_request_on(process: Process) -> None:
    holders = {Role.DNS_CONTACT: Holder(outside=TextRef("outside", "0")), Role.CERTIFICATE_ADMIN: Holder(CERT)}
    its = look(process, holders=holders)
    turn = its.turn(process.step(5), process.task("5.4"))
    assert str(turn.who) == "Example DNS service desk, ticket 4711 (DNS contact), by way of @Carl Carter"


def test_an_erased_text_says_that_it_was_removed(process: Process, renderer: Renderer) -> None:
    erased = SampleCase(onboarding(process), process, {key: text for key, text in TEXTS.items() if key != "name"})
    assert "(removed on request), UIT" in renderer.terminal("card", card(erased, facts()))


def test_a_person_unknown_to_us_is_still_mentioned(process: Process, renderer: Renderer) -> None:
    stranger = case(process, 4, holders={Role.CERTIFICATE_ADMIN: Holder("U0NEW")})
    blocks = renderer.render("card", card(stranger, facts())).blocks
    assert "'user_id': 'U0NEW'" in str(blocks)


@pytest.mark.parametrize(("days", "face"), [(1, "now"), (5, "now"), (6, "overdue"), (20, "overdue")])
def test_the_card_is_overdue_only_after_nobody_answered_for_days(process: Process, days: int, face: str) -> None:
    asked = {"5.4": Asked("U0DORA", NOW - timedelta(days=days))}
    assert card(case(process, asked=asked), facts()).face == face


def test_check_now_is_offered_only_while_there_is_something_to_look_for(process: Process) -> None:
    assert card(case(process), facts()).check == "5.4"
    assert card(case(process, claim=None), facts()).check == ""
    assert card(case(process, 6), facts()).check == ""


def test_two_open_steps_have_a_line_each(process: Process) -> None:
    state = onboarding(process, 6)
    both: Onboarding = replace(state, steps={**state.steps, 7: replace(onboarding(process, 7).step(7))})
    view: CardView = card(SampleCase(both, process), facts())
    assert [line.number for line in view.lines] == [6, 7]


@pytest.mark.parametrize(
    ("domain", "name", "zone"),
    [
        ("northwind.example", "@", "northwind.example"),
        ("dip.northwind.example", "dip", "northwind.example"),
        ("northwind.co.uk", "@", "northwind.co.uk"),
        ("a.b.northwind.co.uk", "a.b", "northwind.co.uk"),
        ("", "@", ""),
    ],
)
def test_before_the_first_look_the_name_follows_from_the_registered_domain(domain: str, name: str, zone: str) -> None:
    record = record_of(domain, None)
    assert (record.name, record.zone, record.sure) == (name, zone, False)


def test_after_a_look_the_name_is_what_the_zone_needs() -> None:
    report = {
        "record": {"name": "dip", "fqdn": "dip.northwind.example.", "zone": "northwind.example.", "ttl": 300},
        "servers": [{"name": "ns1.dns.example."}, {"name": "ns1.dns.example."}, {"name": "ns2.dns.example."}],
    }
    record = record_of("dip.northwind.example", report)
    assert (record.name, record.zone, record.servers) == (
        "dip",
        "northwind.example",
        ("ns1.dns.example", "ns2.dns.example"),
    )
    assert record.sure


@pytest.mark.parametrize("template", sorted(set(VIEWS) - {"card", "thread/finished", "reminders/ends"}))
def test_a_message_about_something_that_is_over_by_now_is_still_worded(
    process: Process, renderer: Renderer, template: str
) -> None:
    """A late message is rendered from a newer state: all steps are closed, nothing is asked, no report is kept."""
    subject = {
        "thread/dns-request": "1",
        "thread/dns-request-replaced": "1",
        "thread/dns-request-done": "1",
        "mail/dns-request": "1",
        "thread/task-ask": "5.4",
        "thread/overridden": "5.4",
        "thread/record-gone": "5.4",
        "direct/record-gone": "5.4",
    }.get(template, "5.4" if template.startswith("answers/") else "3")
    given = dataclasses.replace(facts(), report=lambda report: None, people={})
    view = view_for(Say(template, Lane.THREAD, subject=subject), case(process, 9, asked={}), given)
    text = renderer.terminal(template, view)
    assert text
    assert "None" not in text


@pytest.mark.parametrize("code", list(RefusalCode))
@pytest.mark.parametrize("subject", ["", "5", "5.4", "7#9", "99", "certificate_admin", "<!channel>", "5.x"])
def test_a_refusal_is_worded_whatever_its_subject_is(
    process: Process, renderer: Renderer, code: RefusalCode, subject: str
) -> None:
    view: RefusalView = refusal(Refused(code, subject, role="dns_contact", owner=LEAD), case(process), facts())
    rendered = renderer.render(f"refusals/{code}", view)
    assert rendered.text


@pytest.mark.parametrize("environment", list(Environment))
def test_an_ask_that_names_another_task_of_its_step_finds_it_under_that_number(
    process: Process, environment: Environment
) -> None:
    for step in process.steps:
        tasks = [t for t in step.tasks if t.when.holds(Participant.ACTIVE_MP, environment, Route.SIT)]
        state = onboarding(process, step.number)
        its = replace(state.step(step.number), tasks={task.id: TaskState(task.id) for task in tasks})
        shown = step_of(
            Look(SampleCase(replace(state, steps={**state.steps, step.number: its}), process), facts()), step.number
        )
        numbers = {line.id: line.number for line in shown.tasks}
        for task in tasks:
            for named in re.findall(rf"\b{step.number}\.\d+\b", task.ask):
                assert numbers.get(named, 0) == int(named.partition(".")[2]), (task.id, named)


def _reasons(process: Process, template: str, lane: Lane, *, shared: bool) -> str:
    reason = TextRef("reason", "0")
    state = onboarding(process)
    blocked = replace(state.step(5), blocked=Blocked(NOW, CERT, reason))
    seen = replace(state, steps={**state.steps, 5: blocked}, channel_shared=shared)
    say = Say(template, lane, subject="5", data={"reason": "reason", "resting": ""})
    return Renderer().terminal(template, view_for(say, SampleCase(seen, process), facts()))


@pytest.mark.parametrize("template", ["card", "thread/step-blocked", "thread/reopened"])
def test_where_outsiders_read_along_no_reason_is_shown(process: Process, template: str) -> None:
    assert TEXTS["reason"] in _reasons(process, template, Lane.THREAD, shared=False)
    text = _reasons(process, template, Lane.THREAD, shared=True)
    assert TEXTS["reason"] not in text
    assert "not shown in a shared channel" in text


def test_a_direct_message_shows_the_reason_all_the_same(process: Process) -> None:
    assert TEXTS["reason"] in _reasons(process, "thread/step-blocked", Lane.DIRECT, shared=True)


def test_an_earlier_value_is_not_shown_where_outsiders_read_along(process: Process, renderer: Renderer) -> None:
    say = Say("thread/dns-request-replaced", Lane.THREAD, subject="1")
    shown = view_for(say, case(process, channel_shared=True), facts())
    text = renderer.terminal("thread/dns-request-replaced", shown)
    assert TEXTS["old-value"] not in text
    assert TEXTS["domain"] in text


HOSTILE = [
    "",
    "<!channel> *b* `c` [l](https://evil.example)",
    "\n\n# h\n- x\n```\n",
    "\ue000\ue010\ue001",
    "x" * 3_000,
    "字" * 250,
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_message_bears_whatever_was_typed_into_the_forms(process: Process, renderer: Renderer, text: str) -> None:
    given = dataclasses.replace(
        facts(), people={key: dataclasses.replace(who, name=text) for key, who in PEOPLE.items()}
    )
    texts = dict.fromkeys(TEXTS, text)
    known = {source.url for source in process.sources}
    for sample in said_samples(process, texts, given):
        rendered = renderer.render(sample.template, sample.view)
        payload = {"channel": "C0DIP", "text": rendered.text, "blocks": rendered.blocks}
        assert problems_of_message(payload) == [], (sample.template, sample.face)
        assert "broadcast" not in str(rendered.blocks)
        assert {url for url in _addresses(rendered.blocks) if "slack.example" not in url} <= known
        assert "<" not in rendered.text


def _addresses(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if "url" in part:
            yield part["url"]
        for value in part.values():
            yield from _addresses(value)
    elif isinstance(part, list):
        for inner in part:
            yield from _addresses(inner)


@pytest.mark.parametrize("subject", ["4", "4.1"])
def test_a_lead_can_say_that_they_answered_elsewhere_whether_a_step_or_a_task_is_open(
    process: Process, renderer: Renderer, subject: str
) -> None:
    told = Say("reminders/lead", Lane.DIRECT, person=LEAD, subject=subject)
    stuck = case(process, 4, asked={subject: Asked(CERT, NOW - timedelta(days=6), reminders=3)})
    text = renderer.terminal("reminders/lead", view_for(told, stuck, facts()))
    assert "[They answered elsewhere…]" in text


@pytest.mark.parametrize(
    ("reminders", "leads", "said"),
    [
        (2, (LEAD,), "I remind whoever's turn it is"),
        (3, (LEAD,), "I tell the lead once a week. Nobody is reminded any more."),
        (3, (CERT,), "I remind whoever's turn it is"),  # there is nobody else to tell
    ],
)
def test_the_card_promises_a_reminder_only_while_one_is_left(
    process: Process, renderer: Renderer, reminders: int, leads: tuple[str, ...], said: str
) -> None:
    asked = {"4": Asked(CERT, NOW - timedelta(days=9), reminders=reminders)}
    text = renderer.terminal("card", card(case(process, 4, asked=asked, leads=leads), facts()))
    assert f"Next by itself: {said}" in text


def test_beside_what_became_of_a_record_nobody_is_asked_for_another_one(process: Process, renderer: Renderer) -> None:
    found = [
        {"code": "doubled-zone", "severity": "blocker", "summary": "One level too deep.", "fix": "Type `@`."},
        {"code": "value-not-among-txt", "severity": "blocker", "summary": "Not there.", "fix": "Add a TXT record."},
        {"code": "caa-forbids", "severity": "warning", "summary": "CAA names others.", "fix": "Add GlobalSign."},
    ]
    report = {"schema": "dipper.dns/1", "domain": "northwind.example", "verdict": "wrong", "findings": found}
    given = dataclasses.replace(facts(), report={"R1": report}.get)
    say = Say("answers/dns-wrong", Lane.THREAD, subject="5.4", data={"report": "R1", "verdict": "wrong"})
    text = renderer.terminal("answers/dns-wrong", view_for(say, case(process), given))
    assert "One level too deep" in text
    assert "CAA names others" in text
    assert "Add a TXT record" not in text
    given = dataclasses.replace(facts(), report={"R1": {**report, "findings": found[1:]}}.get)
    assert "Add a TXT record" in renderer.terminal("answers/dns-wrong", view_for(say, case(process), given))


@pytest.mark.parametrize(("at", "subject", "slot"), [(5, "5.4", "dns-request/2"), (4, "4", "step/4")])
def test_a_reminder_links_what_says_what_is_to_be_done(
    process: Process, renderer: Renderer, at: int, subject: str, slot: str
) -> None:
    given = dataclasses.replace(facts(), link=lambda name: f"https://slack.example/{name}")
    asked = {subject: Asked(CERT, NOW - timedelta(days=2))}
    say = Say("reminders/owner", Lane.THREAD, subject=subject, data={"mention": CERT})
    blocks = renderer.render("reminders/owner", view_for(say, case(process, at, asked=asked), given)).blocks
    assert f"'url': 'https://slack.example/{slot}'" in str(blocks)
