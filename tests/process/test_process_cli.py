"""`dipper process`: what it prints and how it ends."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.process import app

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_check_says_that_the_delivered_process_is_good() -> None:
    result = RUN.invoke(app, ["check"])
    assert result.exit_code == 0
    assert result.stdout.startswith("The process is good: version ")


def test_check_prints_what_an_operators_rules_change(tmp_path: Path) -> None:
    folder = tmp_path / "process"
    folder.mkdir()
    (folder / "own.yaml").write_text("patches:\n  - {step: 5, source: Ours, set: {title: Our domain}}\n", "utf-8")
    result = RUN.invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 0
    assert "  steps / 5 / title\n    was: Domain verification\n    is:  Our domain\n" in result.stdout


def test_check_ends_with_11_and_every_problem_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "patches:\n  - {step: 5, set: {title: x}}\n  - {step: 9, source: O, set: {title: x}}\n"
    )
    result = RUN.invoke(app, ["check", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (11, "")
    assert [line.split(" ")[0] for line in result.stderr.splitlines()] == ["own.yaml:2:", "own.yaml:3:", "2"]


@pytest.mark.parametrize("number", range(9))
def test_show_reads_each_step_with_its_sources(number: int) -> None:
    result = RUN.invoke(app, ["show", str(number)])
    assert result.exit_code == 0, result.output
    assert f"Step {number}: " in result.stdout
    assert "[Elexon, " in result.stdout


def test_show_says_on_the_line_itself_what_is_not_elexons() -> None:
    text = RUN.invoke(app, ["show", "6"]).stdout
    [line] = [line for line in text.splitlines() if "The API credentials of Step 4 are not valid any more." in line]
    assert line.endswith("[our inference]")


def test_show_without_a_step_lists_them_all() -> None:
    text = RUN.invoke(app, ["show"]).stdout
    assert [
        title for title in ("Before you start", "Domain verification", "Message channels") if title not in text
    ] == []


def test_a_step_that_does_not_exist_is_wrong_usage() -> None:
    assert RUN.invoke(app, ["show", "9"]).exit_code == 2
