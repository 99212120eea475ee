"""An operator's broken template is named with file and line, and one that is right is taken."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.templates import app
from bot.render.checking import TemplatesInvalid, checked, problems_of, strangers
from bot.render.renderer import OUR_TEMPLATES, Renderer
from bot.render.samples import Sample


def overlay(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_our_own_templates_are_in_order(renderer: Renderer, every_sample: tuple[Sample, ...]) -> None:
    assert problems_of(renderer, every_sample) == ()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("fine\n{% if %}\n", 2, "Expected an expression"),
        ("fine\n\n{{ titel }}\n", 3, "`titel` is nothing that this message knows; did you mean `title`?"),
        ("x\n[Tick](do:tik/{{ number }})\n", 2, "`do:tik` is no verb that a button can say; did you mean `tick`?"),
        ("{{ turn }}\n", 0, "a template printed Turn"),
        ("{{ closed_at }}\n", 0, "a template printed NoneType"),
        ("[ ](do:more/1)\n", 0, "a button needs words"),
        ("{{ turn.missing }}\n", 0, "has no attribute 'missing'"),
        ("\n\nprivate \ue000 use\n", 0, "private-use character"),
        ("\n", 0, "it says nothing"),
        ('[x](do:more/1 "red")\n', 0, "the look is primary, danger or plain"),
        ("{{ ''.__class__.__mro__ }}\n", 0, "unsafe"),
        ("**Never closed {{ title }}\n", 0, "'**' is shown as it is"),
        ("Run {{ ('`dipper`' | upper) }}\n", 0, "is shown as it is"),
    ],
)
def test_a_broken_template_is_named_with_what_is_wrong(
    tmp_path: Path, every_sample: tuple[Sample, ...], text: str, line: int, words: str
) -> None:
    folder = overlay(tmp_path, "thread/step-open.md", text)
    its = [sample for sample in every_sample if sample.template == "thread/step-open"]
    found = problems_of(Renderer(folder), its)
    assert any(words in str(problem) for problem in found), [str(problem) for problem in found]
    assert all("step-open.md" in str(problem) for problem in found)
    if line:
        assert line in {problem.line for problem in found}


def test_a_template_of_ones_own_replaces_the_whole_file(tmp_path: Path, every_sample: tuple[Sample, ...]) -> None:
    folder = overlay(
        tmp_path, "thread/step-open.md", "**{{ title }}**: {{ turn.who }}\n\n[Tick off](do:tick/{{ number }})\n"
    )
    its = [sample for sample in every_sample if sample.template == "thread/step-open"]
    renderer = checked(Renderer(OUR_TEMPLATES, (folder,)), its, (folder,))
    [view] = [s.view for s in every_sample if (s.template, s.face) == ("thread/step-open", "step 5")]
    assert renderer.terminal("thread/step-open", view) == "Domain verification: @Dora Dean (DNS contact)\n\n[Tick off]"


def test_a_file_that_replaces_nothing_is_named_with_the_closest(tmp_path: Path) -> None:
    folder = overlay(tmp_path, "thread/step-opened.md", "x")
    [problem] = strangers(Renderer(OUR_TEMPLATES, (folder,)), folder)
    assert "did you mean thread/step-open.md?" in str(problem)


def test_a_start_with_a_broken_template_is_refused_with_everything_that_is_wrong(
    tmp_path: Path, every_sample: tuple[Sample, ...]
) -> None:
    folder = overlay(overlay(tmp_path, "card.md", "{{ nobody }}\n"), "thread/step-done.md", "{% endif %}\n")
    with pytest.raises(TemplatesInvalid) as caught:
        checked(Renderer(OUR_TEMPLATES, (folder,)), every_sample, (folder,))
    assert {problem.file.name for problem in caught.value.problems} == {"card.md", "step-done.md"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/../card", "/etc/passwd", "card\0"])
def test_no_name_leads_out_of_the_templates(renderer: Renderer, name: str) -> None:
    with pytest.raises(ValueError, match="there is no template"):
        renderer.terminal(name, None)


def test_check_ends_with_zero_and_counts_what_it_saw() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 0
    assert "samples were rendered" in result.output


def test_check_of_a_site_with_a_broken_template_ends_with_one(tmp_path: Path) -> None:
    overlay(tmp_path / "templates", "card.md", "{{ oops }}\n")
    result = CliRunner().invoke(app, ["check", "--site", str(tmp_path)])
    assert result.exit_code == 1
    assert "card.md:1: `oops` is nothing that this message knows" in result.output


@pytest.mark.parametrize(
    ("option", "words"),
    [("--terminal", "[Check now]"), ("--slack", '"action_id": "do:check:5.4"'), ("--mail", "Step 5")],
)
def test_preview_shows_a_template_in_each_form(option: str, words: str) -> None:
    result = CliRunner().invoke(app, ["preview", "card", option])
    assert result.exit_code == 0
    assert words in result.output


def test_preview_of_an_unknown_name_says_which_are_close() -> None:
    result = CliRunner().invoke(app, ["preview", "thread/step-opened"])
    assert result.exit_code == 2
    assert "thread/step-open" in result.output
