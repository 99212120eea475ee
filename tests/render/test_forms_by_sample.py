"""Every form that a button opens is a modal that Slack takes, whatever was typed before."""

from dataclasses import replace

import pytest

from bot.render.forms import read_form, view_of
from bot.render.renderer import OUR_TEMPLATES, Renderer
from bot.render.sample_forms import opened_forms
from bot.render.sample_said import PEOPLE, TEXTS, facts
from engine.process.model import Process
from handlers.ids import form_id
from sandbox.limits import problems_of_view

TYPED = ["", "x字" * 1_500, "<!channel> *b*\n\n```\n\ue000\ue010\ue001"]


@pytest.mark.parametrize("text", TYPED)
def test_every_form_is_a_modal_that_slack_takes(process: Process, renderer: Renderer, text: str) -> None:
    given = replace(facts(), people={key: replace(who, name=text) for key, who in PEOPLE.items()})
    seen = 0
    for form in opened_forms(process, dict.fromkeys(TEXTS, text), given):
        opened = form.opened
        intro = renderer.full(opened.template, opened.view) if opened.template else []
        file = read_form(OUR_TEMPLATES / "forms" / f"{opened.file}.yaml")
        view = view_of(
            file, callback_id=form_id(form.verb), private_metadata="ob|5||", intro=intro, filled=opened.filled
        )
        assert problems_of_view(view, "modal") == [], (form.verb, form.subject)
        seen += 1
    assert seen > 200
