"""Every message that is said: it has a view, a template and a sample, and keeps to Slack's limits."""

import re
from importlib import import_module
from inspect import getsource
from pkgutil import walk_packages

import pytest

from bot.render.checking import beyond_limits
from bot.render.renderer import Renderer
from bot.render.samples import Sample
from bot.render.views import VIEWS
from engine import onboarding
from engine.onboarding.refusals import RefusalCode
from engine.process.model import Process
from sandbox.limits import problems_of_message, warnings_of_message


def test_every_sample_is_a_message_that_slack_takes(renderer: Renderer, every_sample: tuple[Sample, ...]) -> None:
    for sample in every_sample:
        rendered = renderer.render(sample.template, sample.view)
        payload = {"channel": "C0DIP", "text": rendered.text, "blocks": rendered.blocks}
        where = f"{sample.template} ({sample.face})"
        assert problems_of_message(payload) == [], where
        assert warnings_of_message(payload) == [], where
        assert list(beyond_limits(rendered)) == [], where


def test_every_message_that_the_core_announces_has_a_view_and_a_sample(every_sample: tuple[Sample, ...]) -> None:
    modules = [import_module(one.name) for one in walk_packages(onboarding.__path__, "engine.onboarding.")]
    named = re.compile(r'"((?:thread|answers|reminders|direct)/[a-z-]+|card)"')
    said = {name for module in modules for name in named.findall(getsource(module))}
    assert len(said) > 30
    assert said <= set(VIEWS)
    assert said <= {sample.template for sample in every_sample}


@pytest.mark.parametrize("code", list(RefusalCode))
def test_every_refusal_says_what_did_not_happen_and_names_nothing_empty(
    renderer: Renderer, every_sample: tuple[Sample, ...], code: RefusalCode
) -> None:
    views = [sample.view for sample in every_sample if sample.template == f"refusals/{code}"]
    assert views
    for view in views:
        text = renderer.terminal(f"refusals/{code}", view)
        assert not re.search(r": ?[,.]|\(\)|  \w|, ,|\bNone\b", text.replace("\n", " ")), text
        assert len(text) > 40


def test_no_message_prints_a_value_that_only_a_program_understands(
    renderer: Renderer, every_sample: tuple[Sample, ...]
) -> None:
    for sample in every_sample:
        text = renderer.terminal(sample.template, sample.view)
        assert not re.search(r"\bNone\b|\bTrue\b|not_yet|not_applicable|dns-txt|<class|\{\{|\{%|Role\.", text), (
            sample.template,
            text,
        )


def test_no_message_reports_a_state_by_a_sign_alone(renderer: Renderer, every_sample: tuple[Sample, ...]) -> None:
    for sample in every_sample:
        for line in renderer.terminal(sample.template, sample.view).split("\n"):
            if "✓" in line and sample.template != "thread/step-done":
                assert re.search(r"✓ \*?(done|all|the record|the wait)|done", line, re.IGNORECASE) or "by" in line, line


def _text(renderer: Renderer, every_sample: tuple[Sample, ...], template: str, face: str = "") -> str:
    [view] = [s.view for s in every_sample if s.template == template and s.face == face]
    return renderer.terminal(template, view)


@pytest.mark.parametrize(
    ("face", "words"),
    [
        ("now", ["Step 5 of 8: Domain verification", "turn of @Dora Dean", "Next by itself", "[Check now]"]),
        ("waiting", ["Waiting for GlobalSign since", "Next by itself: I ask how it went"]),
        ("blocked", ["Blocked since", "panel is down", "@Lena Lead"]),
        ("overdue", ["Overdue: no answer for 4 working days", "@Dora Dean"]),
        ("finished", ["All 8 steps are done", "keep watch"]),
        ("closed", ["Closed:", "No reminders are sent", "[Open it again]"]),
        ("paused", ["Paused:", "it goes on Mon 14 Dec 2026"]),
    ],
)
def test_each_face_of_the_card_says_what_now_who_and_what_next(
    renderer: Renderer, every_sample: tuple[Sample, ...], face: str, words: list[str]
) -> None:
    text = _text(renderer, every_sample, "card", face)
    assert "Northwind Energy Ltd, UIT" in text
    for expected in words:
        assert expected in text
    if face in {"closed", "finished", "paused"}:
        assert "Check now" not in text


def test_what_is_inferred_is_said_on_that_very_line(
    renderer: Renderer, every_sample: tuple[Sample, ...], process: Process
) -> None:
    text = _text(renderer, every_sample, "thread/step-open", "step 6")
    task = process.task("6.6")
    assert task.confidence.value == "inferred"
    [line] = [line for line in text.split("\n") if task.title in line]
    assert "our inference" in line


def test_what_is_sourced_is_not_called_an_inference(
    renderer: Renderer, every_sample: tuple[Sample, ...], process: Process
) -> None:
    text = _text(renderer, every_sample, "thread/step-open", "step 4")
    task = process.task("4.1")
    assert task.confidence.value == "sourced"
    [line] = [line for line in text.split("\n") if f"1. {task.title}" in line]
    assert "inference" not in line


def test_a_step_names_its_page_and_links_it_if_the_address_is_known(
    renderer: Renderer, every_sample: tuple[Sample, ...], process: Process
) -> None:
    text = _text(renderer, every_sample, "thread/step-open", "step 5")
    assert f"Sources: {process.source(process.step(5).page).title}" in text


def test_the_dns_request_holds_the_exact_value_in_a_block_of_its_own(
    renderer: Renderer, every_sample: tuple[Sample, ...]
) -> None:
    value = "_globalsign-domain-verification=8gqZ0dL7sT2bYv5nKq1mXw3cRf6hJp9aUe4HYT"
    for sample in every_sample:
        if sample.template == "thread/dns-request":
            elements = [e for b in renderer.render(sample.template, sample.view).blocks for e in b.get("elements", [])]
            assert {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": value}]} in elements
            assert value not in str([e for e in elements if e["type"] != "rich_text_preformatted"])


def test_the_text_for_a_dns_contact_outside_slack_stands_alone(
    renderer: Renderer, every_sample: tuple[Sample, ...]
) -> None:
    [view] = [s.view for s in every_sample if s.template == "mail/dns-request"]
    text = renderer.plain("mail/dns-request", view)
    subject = renderer.line("mail/dns-request", view)
    assert subject.startswith("Please add 1 DNS TXT record to northwind.example by Fri 27 Nov 2026")
    for expected in [
        "Requested by Carl Carter for Northwind Energy Ltd",
        "Name: @ (the domain itself",
        "\n_globalsign-domain-verification=8gqZ0dL7sT2bYv5nKq1mXw3cRf6hJp9aUe4HYT\n",
        "To undo",
        "dig +short TXT northwind.example @ns1.dns.example",
        "no login is needed",
    ]:
        assert expected in text
    assert "[" not in text, "no button, which nobody could press there"


def test_a_replaced_request_says_so_and_shows_the_old_value(
    renderer: Renderer, every_sample: tuple[Sample, ...]
) -> None:
    text = _text(renderer, every_sample, "thread/dns-request-replaced")
    assert "do not use" in text
    assert "3kLm9oPq2rSt5uVw8xYz1aBc4dEf7gHi0jKlMn" in text
    assert "8gqZ0" not in text


def test_not_yet_names_the_server_that_lacks_the_record_and_when_it_looks_again(
    renderer: Renderer, every_sample: tuple[Sample, ...]
) -> None:
    text = _text(renderer, every_sample, "answers/dns-not-yet")
    assert "1 of 2 name servers has the record" in text
    assert "ns2.dns.example 192.0.2.2 does not have it (serial 2026112401)" in text
    assert "I look again Tue 24 Nov 2026 12:15 GMT" in text


def test_a_secret_is_reported_without_a_word_of_it(renderer: Renderer, every_sample: tuple[Sample, ...]) -> None:
    assert "A private key was posted here" in _text(renderer, every_sample, "thread/secret-posted")
    assert "1. Make a new key" in _text(renderer, every_sample, "direct/secret-poster")
