"""Every verb that a button can say is answered by somebody, and every form has its file, its words and its reader."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from handlers.actions import AT_ONCE, READ_ONLY, STAY_OPEN, WHISPERED, WITHOUT_CASE
from handlers.answers import COMMANDS
from handlers.forms import FORMS
from handlers.ids import ACTION_PREFIX, FORM_PREFIX, Verb, action_id, action_value, command_id, form_id, typed_in
from handlers.parse import parse_click, parse_submission

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ELSEWHERE = {Verb.TRY_AGAIN, Verb.OPEN, Verb.COMMAND}
"""Verbs with a branch of their own: a lost channel that is back, a link that does nothing here, a typed command."""


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_has_exactly_one_who_answers_it(verb):
    answered = [
        verb in AT_ONCE,
        verb in FORMS,
        verb in READ_ONLY,
        verb in STAY_OPEN,
        verb in WHISPERED,
        verb in ELSEWHERE,
    ]
    assert answered.count(True) == 1


@pytest.mark.parametrize("verb", sorted({*FORMS, *READ_ONLY, *STAY_OPEN}))
def test_every_form_has_its_file(verb):
    assert (TEMPLATES / "forms" / f"{verb}.yaml").is_file()


def test_forms_about_no_onboarding_are_forms():
    assert {*FORMS, *STAY_OPEN} >= WITHOUT_CASE


@pytest.mark.parametrize("verb", list(Verb))
def test_what_a_button_says_is_read_back_as_it_was_written(verb):
    button = {"action_id": action_id(verb, "3.1"), "value": action_value("O1", "3.1"), "action_ts": "1.1"}
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.2.3", "actions": [button]}
    click = parse_click(body)
    assert (click.verb, click.onboarding, click.subject) == (verb, "O1", "3.1")


@pytest.mark.parametrize("verb", list(Verb))
def test_what_a_form_calls_itself_is_read_back_as_it_was_written(verb):
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"id": "V1", "callback_id": form_id(verb)}}
    assert parse_submission(body).verb is verb


def test_the_ids_of_buttons_and_forms_stay_within_slacks_limit():
    assert len(action_id(Verb.START_PRODUCTION, "x" * 500)) == 255
    assert ACTION_PREFIX != FORM_PREFIX


def test_every_code_that_a_form_reports_has_its_sentence():
    words = YAML(typ="safe", pure=True).load((TEMPLATES / "forms" / "errors.yaml").read_text(encoding="utf-8"))
    folder = Path(__file__).resolve().parents[2] / "handlers"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r'FormError\([\w"-]+, "([\w-]+)"', sources))
    assert {"needed", "archived", "must-be-later"} <= codes
    assert codes <= set(words)


def test_the_help_names_every_command():
    text = (TEMPLATES / "answers" / "help.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if name and f"/dip {name}" not in text] == []


@pytest.mark.parametrize(
    "typed",
    ["status", "snooze tomorrow 9:00", "assign certificate admin <@U1|carl> <@U2>", "check dns ä.example a=b~c"],
)
def test_a_typed_command_comes_back_from_a_button_as_it_was(typed):
    subject = command_id(typed)
    assert re.fullmatch(r"[A-Za-z0-9_.=-]{1,200}", subject)
    assert typed_in(subject) == typed


def test_a_command_too_long_for_a_button_is_given_up():
    assert command_id("x" * 201) == ""
