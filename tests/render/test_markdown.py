"""What Markdown becomes: lists, code, buttons and emphasis beside inserted values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.render.renderer import Renderer
from bot.render.values import Code, Markdown, Person

Write = Callable[[str], Renderer]


@dataclass(frozen=True)
class View:
    x: object = "value"
    y: object = "other"
    onboarding: str = "ob"


def blocks(renderer: Renderer, view: View | None = None) -> list[dict[str, Any]]:
    return renderer.render("t", view or View()).blocks


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**{{ x }}** end", "value"),
        ("**Done.**{{ x }}", "Done."),
        ("{{ x }}**Done.**", "Done."),
        ("**{{ x }}.**{{ y }}", "value."),
        ("**{{ x }}**s", "value"),
        ("({{ x }})**{{ y }}**({{ x }})", "other"),
    ],
)
def test_emphasis_holds_beside_an_inserted_value(template: Write, text: str, bold: str) -> None:
    [section] = blocks(template(text))[0]["elements"]
    said = [part["text"] for part in section["elements"] if part.get("style") == {"bold": True}]
    assert said == [bold]


@pytest.mark.parametrize("text", ["2 ** {{ x }} ** 3", "a * {{ x }} * b"])
def test_marks_with_spaces_inside_stay_what_they_are(template: Write, text: str) -> None:
    [section] = blocks(template(text))[0]["elements"]
    assert not any("style" in part for part in section["elements"])


def test_buttons_leave_their_line_and_follow_it_five_a_row(template: Write) -> None:
    found = blocks(template("Text [One](do:tick/1) more\n\n" + " ".join(f"[B{n}](do:more/{n})" for n in range(1, 8))))
    assert [block["type"] for block in found] == ["rich_text", "actions", "actions"]
    assert [len(block["elements"]) for block in found[1:]] == [5, 3]
    assert found[1]["elements"][0]["value"] == "ob:1"


def test_a_button_has_its_look_and_its_question(template: Write) -> None:
    [row] = blocks(template('[Close](do:close "danger: Close {{ x }}?")'))
    [button] = row["elements"]
    assert button["style"] == "danger"
    assert button["confirm"]["text"]["text"] == "Close value?"


def test_two_buttons_that_say_the_same_have_ids_of_their_own(template: Write) -> None:
    [row] = blocks(template("[A](do:more/1) [B](do:more/1)"))
    assert len({button["action_id"] for button in row["elements"]}) == 2
    assert {button["value"] for button in row["elements"]} == {"ob:1"}


def test_a_button_may_be_about_another_onboarding_than_its_message(template: Write) -> None:
    [row] = blocks(template("[A](do:status@{{ x }}) [B](do:status)"), View(x="other"))
    assert [button["value"] for button in row["elements"]] == ["other:", "ob:"]


def test_an_address_with_the_title_button_is_a_button_that_opens_it(template: Write) -> None:
    [row] = blocks(template('[Open]({{ x }} "button")'), View(x="https://northwind.slack.example/p1"))
    assert row["elements"][0]["url"] == "https://northwind.slack.example/p1"
    assert row["elements"][0]["action_id"].startswith("do:open:")


def test_code_below_an_item_interrupts_the_list_which_goes_on_with_its_number(template: Write) -> None:
    [block] = blocks(template("1. one\n\n   {{ x }}\n\n2. two\n"), View(x=Code("line 1\nline 2")))
    kinds = [(element["type"], element.get("offset", 0)) for element in block["elements"]]
    assert kinds == [("rich_text_list", 0), ("rich_text_preformatted", 0), ("rich_text_list", 1)]


def test_nested_lists_are_indented(template: Write) -> None:
    [block] = blocks(template("- one\n  - two\n    - three\n- four\n"))
    assert [element["indent"] for element in block["elements"]] == [0, 1, 2, 0]


def test_wording_of_several_paragraphs_keeps_its_blocks_where_it_stands_alone(template: Write) -> None:
    wording = Markdown("Do this:\n\n- a\n- b\n\n```\nopenssl version\n```")
    text = template("{{ x }}").terminal("t", View(x=wording))
    assert text == "Do this:\n\n- a\n- b\n\nopenssl version"


def test_wording_inside_a_line_stays_in_that_line(template: Write) -> None:
    found = blocks(template("1. {{ x }} end"), View(x=Markdown("Use `openssl`\nand **wait**:\n\n- a")))
    [listing] = found[0]["elements"]
    assert len(listing["elements"]) == 1
    assert template("1. {{ x }} end").terminal("t", View(x=Markdown("Use\nthis"))) == "1. Use this end"


@pytest.mark.parametrize("html", ["<b>x</b>", "<!channel>", "![a](https://x.example/y)", "<https://x.example>"])
def test_html_images_and_automatic_links_in_wording_are_only_text(template: Write, html: str) -> None:
    found = str(blocks(template("{{ x }} end"), View(x=Markdown(html))))
    assert "image" not in found
    assert "'broadcast'" not in found


def test_a_button_that_names_no_verb_is_refused_with_its_words(template: Write) -> None:
    with pytest.raises(ValueError, match=r"t.md.*\[Go\].*`fly` is no verb"):
        blocks(template("[Go](do:fly/5)"))


def test_what_follows_a_verb_must_be_an_id(template: Write) -> None:
    with pytest.raises(ValueError, match="must be an id"):
        blocks(template("[Go](do:tick/{{ x }})"), View(x="5 <!channel>"))


@pytest.mark.parametrize("value", [None, True, ["a"], {"a": 1}, 1.5])
def test_what_has_no_form_for_people_is_not_printed(template: Write, value: object) -> None:
    with pytest.raises(ValueError, match="a template printed"):
        blocks(template("{{ x }}"), View(x=value))


@pytest.mark.parametrize(
    "text",
    [
        '{{ "Run `dipper` for " ~ x if y else "" }}',
        '{{ "Run " ~ ("`dipper`" if y else "nothing") ~ " for " ~ x }}',
        '{% if y %}{{ "Run `dipper`" }}{{ " for " }}{{ x }}{% endif %}',
    ],
)
def test_words_inside_an_expression_are_the_templates_and_values_there_are_not(template: Write, text: str) -> None:
    [section] = blocks(template(text), View(x=Person("U0CARL", "Carl")))[0]["elements"]
    assert section["elements"] == [
        {"type": "text", "text": "Run "},
        {"type": "text", "text": "dipper", "style": {"code": True}},
        {"type": "text", "text": " for "},
        {"type": "user", "user_id": "U0CARL"},
    ]
    [section] = blocks(template(text), View(x="*not* `code`"))[0]["elements"]
    assert section["elements"][-1] == {"type": "text", "text": " for *not* `code`"}
