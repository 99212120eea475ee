"""Every limit of Slack with a hit, and beside it what must still pass."""

from typing import Any

import pytest

from sandbox import limits
from sandbox.limits.models import model_flaws, view_model_flaws

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Press", **more: Any) -> Json:
    return {"type": "button", "text": plain(label), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str = "One", value: str = "1", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def choices(number: int) -> list[Json]:
    return [option(f"Option {index}", str(index)) for index in range(number)]


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "value", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("Title"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [section()],
        **more,
    }


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def rich_section(*pieces: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(pieces)}


def word(text: str = "word", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def confirm(**more: Any) -> Json:
    return {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No"), **more}


def table(rows: int, columns: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)]}


def picture(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://img.example/a.png", "alt_text": "A", **more}


def messages_of(*blocks: Json) -> list[str]:
    return [str(problem) for problem in limits.problems_of_message({"text": "t", "blocks": list(blocks)})]


# what, a list of blocks that fits, one that does not, a part of the reason
MESSAGE_LIMITS: list[tuple[str, list[Json], list[Json], str]] = [
    ("50 blocks", [section()] * 50, [section()] * 51, "no more than 50"),
    ("section text", [section("x" * 3000)], [section("x" * 3001)], "less than 3001"),
    ("section text is not empty", [section("x")], [section("")], "more than 0"),
    (
        "ten fields",
        [{"type": "section", "fields": [plain("x")] * 10}],
        [{"type": "section", "fields": [plain("x")] * 11}],
        "10",
    ),
    (
        "field text",
        [{"type": "section", "fields": [plain("x" * 2000)]}],
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "2001",
    ),
    ("a section has something", [section()], [{"type": "section"}], "text or fields"),
    (
        "header text",
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}],
        "151",
    ),
    (
        "a header is plain",
        [{"type": "header", "text": plain("x")}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be one of plain_text",
    ),
    (
        "context elements",
        [{"type": "context", "elements": [plain("x")] * 10}],
        [{"type": "context", "elements": [plain("x")] * 11}],
        "10",
    ),
    (
        "context is not empty",
        [{"type": "context", "elements": [plain("x")]}],
        [{"type": "context", "elements": []}],
        "fewer than 1",
    ),
    (
        "25 actions",
        [actions(*[button(action_id=str(n)) for n in range(25)])],
        [actions(*[button(action_id=str(n)) for n in range(26)])],
        "25",
    ),
    ("actions are not empty", [actions(button())], [actions()], "fewer than 1"),
    ("button label", [actions(button("x" * 75))], [actions(button("x" * 76))], "76"),
    ("button value", [actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))], "2001"),
    ("button url", [actions(button(url="x" * 3000))], [actions(button(url="x" * 3001))], "3001"),
    (
        "button for the ear",
        [actions(button(accessibility_label="x" * 75))],
        [actions(button(accessibility_label="x" * 76))],
        "76",
    ),
    ("button style", [actions(button(style="danger"))], [actions(button(style="big"))], "must be one of"),
    ("action_id", [actions(button(action_id="x" * 255))], [actions(button(action_id="x" * 256))], "256"),
    ("block_id", [section(block_id="x" * 255)], [section(block_id="x" * 256)], "256"),
    (
        "block_id once",
        [section(block_id="a"), section(block_id="b")],
        [section(block_id="a"), section(block_id="a")],
        "already exists",
    ),
    (
        "action_id once in a block",
        [actions(button(action_id="a"), button(action_id="b"))],
        [actions(button(action_id="a"), button(action_id="a"))],
        "already exists",
    ),
    (
        "overflow",
        [section(accessory={"type": "overflow", "options": choices(5)})],
        [section(accessory={"type": "overflow", "options": choices(6)})],
        "5",
    ),
    (
        "overflow has one",
        [section(accessory={"type": "overflow", "options": choices(1)})],
        [section(accessory={"type": "overflow", "options": []})],
        "1",
    ),
    (
        "checkboxes",
        [actions({"type": "checkboxes", "options": choices(10)})],
        [actions({"type": "checkboxes", "options": choices(11)})],
        "10",
    ),
    (
        "radio buttons",
        [actions({"type": "radio_buttons", "options": choices(10)})],
        [actions({"type": "radio_buttons", "options": choices(11)})],
        "10",
    ),
    (
        "select options",
        [actions({"type": "static_select", "options": choices(100)})],
        [actions({"type": "static_select", "options": choices(101)})],
        "100",
    ),
    (
        "option groups",
        [actions({"type": "static_select", "option_groups": [{"label": plain("g"), "options": choices(1)}] * 100})],
        [actions({"type": "static_select", "option_groups": [{"label": plain("g"), "options": choices(1)}] * 101})],
        "100",
    ),
    (
        "option text",
        [actions({"type": "static_select", "options": [option("x" * 75)]})],
        [actions({"type": "static_select", "options": [option("x" * 76)]})],
        "76",
    ),
    (
        "option value",
        [actions({"type": "static_select", "options": [option(value="x" * 150)]})],
        [actions({"type": "static_select", "options": [option(value="x" * 151)]})],
        "151",
    ),
    (
        "option description",
        [actions({"type": "static_select", "options": [option(description=plain("x" * 75))]})],
        [actions({"type": "static_select", "options": [option(description=plain("x" * 76))]})],
        "76",
    ),
    (
        "an initial option is one of the options",
        [actions({"type": "static_select", "options": choices(2), "initial_option": choices(2)[1]})],
        [actions({"type": "static_select", "options": choices(2), "initial_option": option("Other", "9")})],
        "one of the options",
    ),
    (
        "placeholder",
        [actions({"type": "users_select", "placeholder": plain("x" * 150)})],
        [actions({"type": "users_select", "placeholder": plain("x" * 151)})],
        "151",
    ),
    (
        "confirm title",
        [actions(button(confirm=confirm(title=plain("x" * 100))))],
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "101",
    ),
    (
        "confirm text",
        [actions(button(confirm=confirm(text=plain("x" * 300))))],
        [actions(button(confirm=confirm(text=plain("x" * 301))))],
        "301",
    ),
    (
        "confirm buttons",
        [actions(button(confirm=confirm(deny=plain("x" * 30))))],
        [actions(button(confirm=confirm(deny=plain("x" * 31))))],
        "31",
    ),
    (
        "date",
        [actions({"type": "datepicker", "initial_date": "2026-11-24"})],
        [actions({"type": "datepicker", "initial_date": "24.11."})],
        "match",
    ),
    (
        "time",
        [actions({"type": "timepicker", "initial_time": "23:59"})],
        [actions({"type": "timepicker", "initial_time": "24:00"})],
        "match",
    ),
    ("alt text is there", [picture()], [{"type": "image", "image_url": "https://img.example/a.png"}], "alt_text"),
    ("alt text", [picture(alt_text="x" * 2000)], [picture(alt_text="x" * 2001)], "2001"),
    ("image url", [picture(image_url="h" * 3000)], [picture(image_url="h" * 3001)], "3001"),
    ("table rows", [table(100, 1)], [table(101, 1)], "100"),
    ("table columns", [table(1, 20)], [table(1, 21)], "20"),
    ("one table", [table(1, 1)], [table(1, 1), table(1, 1)], "only_one_table_allowed"),
    ("table text", [table(1, 1, "x" * 10_000)], [table(2, 1, "x" * 5001)], "10001"),
    ("markdown", [{"type": "markdown", "text": "x" * 12_000}], [{"type": "markdown", "text": "x" * 6001}] * 2, "12001"),
    ("known types", [{"type": "divider"}], [{"type": "carousel"}], "unsupported type"),
    ("known fields", [{"type": "divider"}], [{"type": "divider", "colour": "red"}], "additional property"),
    ("inputs are for modals", [section()], [field(text_input())], "cannot stand in a message"),
    (
        "elements in their blocks",
        [section(accessory=button())],
        [section(accessory={"type": "datetimepicker"})],
        "cannot stand in a block",
    ),
    (
        "multi selects are not for rows",
        [section(accessory={"type": "multi_users_select"})],
        [actions({"type": "multi_users_select"})],
        "cannot",
    ),
    ("rich text holds text", [rich(rich_section(word("x")))], [rich(rich_section(word("")))], "more than 0"),
    ("rich text parts", [rich(rich_section(word()))], [rich(word())], "unsupported type: text"),
    (
        "lists hold sections",
        [rich({"type": "rich_text_list", "style": "bullet", "elements": [rich_section(word())]})],
        [rich({"type": "rich_text_list", "style": "bullet", "elements": [word()]})],
        "rich_text_section only",
    ),
    (
        "list indent",
        [rich({"type": "rich_text_list", "style": "ordered", "indent": 8, "elements": [rich_section(word())]})],
        [rich({"type": "rich_text_list", "style": "ordered", "indent": 9, "elements": [rich_section(word())]})],
        "0 to 8",
    ),
    (
        "no dates in preformatted text",
        [rich({"type": "rich_text_preformatted", "elements": [word()]})],
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "date", "timestamp": 1, "format": "{date}"}]})],
        "unsupported type: date",
    ),
    (
        "a date has a token",
        [rich(rich_section({"type": "date", "timestamp": 1, "format": "on {date_short}"}))],
        [rich(rich_section({"type": "date", "timestamp": 1, "format": "today"}))],
        "date token",
    ),
    (
        "styles",
        [rich(rich_section(word(style={"bold": True})))],
        [rich(rich_section(word(style={"huge": True})))],
        "additional property",
    ),
    (
        "broadcasts",
        [rich(rich_section({"type": "broadcast", "range": "here"}))],
        [rich(rich_section({"type": "broadcast", "range": "world"}))],
        "must be one of",
    ),
]


@pytest.mark.parametrize(
    ("fits", "breaks", "reason"), [entry[1:] for entry in MESSAGE_LIMITS], ids=[entry[0] for entry in MESSAGE_LIMITS]
)
def test_a_message_is_taken_up_to_the_limit_and_refused_beyond_it(
    fits: list[Json], breaks: list[Json], reason: str
) -> None:
    assert messages_of(*fits) == []
    assert any(reason in problem for problem in messages_of(*breaks)), messages_of(*breaks)


MODAL_LIMITS: list[tuple[str, Json, Json, str]] = [
    ("100 blocks", modal(*[section()] * 100), modal(*[section()] * 101), "no more than 100"),
    ("a view has a block", modal(section()), modal(section(), blocks=[]), "no fewer than 1"),
    ("title", modal(title=plain("x" * 24)), modal(title=plain("x" * 25)), "25"),
    ("submit", modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25)), "25"),
    ("close", modal(close=plain("x" * 24)), modal(close=plain("x" * 25)), "25"),
    ("private_metadata", modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "3001"),
    ("callback_id", modal(callback_id="x" * 255), modal(callback_id="x" * 256), "256"),
    ("external_id", modal(external_id="x" * 255), modal(external_id="x" * 256), "256"),
    (
        "inputs need submit",
        modal(field(text_input())),
        {k: v for k, v in modal(field(text_input())).items() if k != "submit"},
        "submit",
    ),
    (
        "label",
        modal(field(text_input(), label=plain("x" * 2000))),
        modal(field(text_input(), label=plain("x" * 2001))),
        "2001",
    ),
    (
        "hint",
        modal(field(text_input(), hint=plain("x" * 2000))),
        modal(field(text_input(), hint=plain("x" * 2001))),
        "2001",
    ),
    (
        "initial text",
        modal(field(text_input(initial_value="x" * 3000))),
        modal(field(text_input(initial_value="x" * 3001))),
        "3001",
    ),
    ("max_length", modal(field(text_input(max_length=3000))), modal(field(text_input(max_length=3001))), "3000"),
    (
        "min and max",
        modal(field(text_input(min_length=2, max_length=2))),
        modal(field(text_input(min_length=3, max_length=2))),
        "min_length",
    ),
    (
        "ten files",
        modal(field({"type": "file_input", "max_files": 10})),
        modal(field({"type": "file_input", "max_files": 11})),
        "1 to 10",
    ),
    ("no tables", modal(section()), modal(table(1, 1)), "cannot stand in a modal"),
    ("no markdown", modal(section()), modal({"type": "markdown", "text": "x"}), "cannot stand in a modal"),
    (
        "numbers say whether they are whole",
        modal(field({"type": "number_input", "is_decimal_allowed": False})),
        modal(field({"type": "number_input"})),
        "is_decimal_allowed",
    ),
    (
        "one focus",
        modal(field(text_input(focus_on_load=True)), field(text_input())),
        modal(field(text_input(focus_on_load=True)), field(text_input(focus_on_load=True))),
        "focus_on_load",
    ),
    ("it is a modal", modal(), {"type": "home", "blocks": []}, "must be modal"),
    ("buttons are no inputs", modal(actions(button())), modal(field(button())), "cannot stand in a block"),
]


@pytest.mark.parametrize(
    ("fits", "breaks", "reason"), [entry[1:] for entry in MODAL_LIMITS], ids=[entry[0] for entry in MODAL_LIMITS]
)
def test_a_modal_is_taken_up_to_the_limit_and_refused_beyond_it(fits: Json, breaks: Json, reason: str) -> None:
    assert [str(problem) for problem in limits.problems_of_view(fits, "modal")] == []
    problems = [str(problem) for problem in limits.problems_of_view(breaks, "modal")]
    assert any(reason in problem for problem in problems), problems


def test_the_home_tab_takes_tables_but_neither_inputs_nor_a_title() -> None:
    assert limits.problems_of_view({"type": "home", "blocks": [table(2, 2)]}, "home") == []
    assert limits.problems_of_view({"type": "home", "blocks": [field(text_input())]}, "home")
    assert limits.problems_of_view({"type": "home", "blocks": [section()], "title": plain("x")}, "home")


def test_a_view_beyond_250_kilobytes_is_too_large_and_one_below_is_not() -> None:
    fields = [{"type": "section", "fields": [plain("x" * 2000)] * 10}]
    assert limits.problems_of_view(modal(*fields * 12), "modal") == []
    [problem] = limits.problems_of_view(modal(*fields * 13), "modal")
    assert problem.code == "view_too_large"


def test_all_text_of_a_message_together_is_limited_and_warned_of_earlier() -> None:
    at_limit = {"text": "t", "blocks": [section("x" * 2640)] * 5}
    assert limits.problems_of_message(at_limit) == []
    assert any("long_blocks" in warning for warning in limits.warnings_of_message(at_limit))
    [problem] = limits.problems_of_message({"text": "t", "blocks": [section("x" * 2640)] * 5 + [section("x")]})
    assert problem.code == "msg_blocks_too_long"
    assert limits.warnings_of_message({"text": "t", "blocks": [section("x" * 2400)] * 5}) == []


def test_a_message_without_any_text_is_no_message() -> None:
    [problem] = limits.problems_of_message({"text": " "})
    assert problem.code == "no_text"
    assert limits.problems_of_message({"text": "", "blocks": [section()]}) == []


def test_a_message_without_fallback_text_is_taken_with_a_warning() -> None:
    [warning] = limits.warnings_of_message({"blocks": [section()]})
    assert warning.startswith("missing_text")
    assert limits.warnings_of_message({"text": "Hello", "blocks": [section()]}) == []


def test_buttons_of_one_name_are_warned_of_unless_something_tells_them_apart() -> None:
    twins = actions(button("Done", action_id="a"), button("Done", action_id="b"))
    assert any("same_label" in warning for warning in limits.warnings_of_message({"text": "t", "blocks": [twins]}))
    told = actions(button("Done", action_id="a"), button("Done", action_id="b", accessibility_label="Done for Step 2"))
    assert limits.warnings_of_message({"text": "t", "blocks": [told]}) == []


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({"event_type": "sent", "event_payload": {"id": "1"}}, None),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "sent"}, "invalid_metadata_format"),
        ({"event_type": "sent", "event_payload": {"id": "x" * 16_000}}, "metadata_too_large"),
    ],
)
def test_metadata_has_a_type_and_a_payload_of_bounded_size(metadata: Json, code: str | None) -> None:
    problems = limits.problems_of_message({"text": "t", "metadata": metadata})
    assert [problem.code for problem in problems] == ([] if code is None else [code])


def test_a_problem_points_at_its_place() -> None:
    [problem] = limits.problems_of_message({"text": "t", "blocks": [section(), section("x" * 3001)]})
    assert (problem.code, problem.pointer) == ("invalid_blocks", "/blocks/1/text/text")
    assert str(problem) == "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


@pytest.mark.parametrize("nonsense", [None, 1, "text", [], [1], [None], [[]], {"type": 1}, {"elements": 3}])
def test_nonsense_in_place_of_a_block_is_a_problem_and_no_crash(nonsense: Any) -> None:
    for kind in ("section", "actions", "context", "rich_text", "table", "header", "image", "markdown"):
        block = {
            "type": kind,
            "text": nonsense,
            "elements": nonsense,
            "rows": nonsense,
            "accessory": nonsense,
            "fields": nonsense,
        }
        assert limits.problems_of_message({"text": "t", "blocks": [block]})
    assert limits.problems_of_message({"text": "t", "blocks": [nonsense]})
    assert limits.problems_of_view(modal(field(nonsense)), "modal")


def test_slack_sdks_models_are_a_second_opinion() -> None:
    assert list(model_flaws([section(), {"type": "header", "text": plain("x" * 150)}, {"type": "unheard_of"}])) == []
    [flaw] = model_flaws([{"type": "header", "text": plain("x" * 151)}])
    assert (flaw.pointer, "150" in flaw.message) == ("/blocks/0", True)
    assert list(view_model_flaws(modal())) == []
    assert list(view_model_flaws(modal(title=plain("x" * 25))))


OPTION_GROUPS = [{"label": plain("Group"), "options": choices(1)}]


@pytest.mark.parametrize(
    "block",
    [
        actions({"type": "static_select", "options": choices(1), "option_groups": OPTION_GROUPS}),
        actions({"type": "static_select", "option_groups": [{"label": plain("x" * 76), "options": choices(1)}]}),
        actions({"type": "checkboxes", "options": choices(2), "initial_options": [option("Other", "9")]}),
        actions({"type": "datetimepicker", "initial_date_time": 17}),
        actions(button(confirm=confirm(style="huge"))),
        section(accessory={"type": "overflow", "options": [option(url="x" * 3001)]}),
        {"type": "image", "alt_text": "A", "image_url": "https://a.example", "slack_file": {"id": "F"}},
        picture(title=plain("x" * 2001)),
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]], "column_settings": [{"align": "middle"}]},
        rich({"type": "rich_text_quote", "border": 2, "elements": [word()]}),
        rich(rich_section({"type": "date", "timestamp": "soon", "format": "{date}"})),
        rich(rich_section({"type": "link"})),
        rich(rich_section(word(style={"bold": "yes"}))),
        {"type": "context", "elements": [button()]},
    ],
)
def test_what_slack_would_not_take_in_a_message_is_a_problem(block: Json) -> None:
    assert messages_of(block)
