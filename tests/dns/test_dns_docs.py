"""The documentation of findings is what the rules say, and knows every code that the engine can report."""

import ast
from pathlib import Path

import pytest

from engine.dns.misfit import Misfit
from engine.dns.rules import RULES, doubled_zone, dressed_value, mistyped, prefix, stale_value
from engine.findings import sections
from engine.findings_docs import documents, pages

ROOT = Path(__file__).parents[2]


def test_the_pages_about_findings_are_up_to_date():
    wanted = documents()
    held = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "findings").glob("*.md")}
    assert held == wanted, "run: python -m engine.findings_docs docs/findings"


def test_every_class_of_dns_failure_has_a_code():
    classes = {section.class_ for page in pages() if page.engine == "dns" for section in page.sections}
    assert classes == {f"D{number}" for number in range(1, 32)}


def test_no_code_stands_in_two_places():
    codes = [section.code for page in pages() if page.engine == "dns" for section in page.sections]
    assert len(codes) == len(set(codes))


def test_every_rule_that_has_a_page_is_asked_and_every_rule_that_is_asked_has_a_page():
    pages_of_rules = {page.name for page in pages() if page.engine == "dns"} - {
        "fallback"
    }  # what is said without a rule
    assert pages_of_rules == {rule.__name__.rpartition(".")[2] for rule in RULES}


@pytest.mark.parametrize("page", [page for page in pages() if page.engine == "dns"], ids=lambda page: page.name)
def test_every_documented_code_is_named_by_the_test_of_its_rule(page):
    tree = ast.parse((ROOT / "tests" / "dns" / "rules" / f"test_{page.name}.py").read_text("utf-8"))
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {section.code for section in page.sections} <= named


def test_every_kind_of_misfit_is_worded_by_exactly_one_rule():
    worded = [kind for rule in (dressed_value, mistyped, prefix, stale_value) for kind in rule.WORDINGS]
    assert sorted(worded) == sorted(Misfit)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.rpartition(".")[2])
def test_what_a_rule_reports_has_class_source_and_confidence_of_its_page(rule):
    """A rule reports only through what its docstring documents, so that report and page cannot differ."""
    source = Path(rule.__file__).read_text("utf-8")
    assert "DnsFinding(" not in source
    if {section.code for section in sections(rule.__doc__)} - {"all-right"}:
        report = vars(rule)["report"]
        assert {code: (each.class_, each.source, each.confidence) for code, each in report.sections.items()} == {
            each.code: (each.class_, each.source, each.confidence) for each in sections(rule.__doc__)
        }


def test_a_code_that_is_not_documented_cannot_be_reported():
    with pytest.raises(KeyError):
        doubled_zone.report("no-such-code", "note", seen="")


def test_a_docstring_gives_its_sections():
    [first, second] = sections(
        "one-thing (D1): it is so.\n\nSeen as: this,\nand that.\nFix: do it.\nSource: RFC 1. Confidence: sourced.\n\n"
        "More words.\n\nother-thing (D2): it is not.\n\nSeen as: x.\nFix: y.\nSource: z. Confidence: inferred."
    )
    assert (first.code, first.class_, first.seen_as, first.notes) == (
        "one-thing",
        "D1",
        "this, and that.",
        "More words.",
    )
    assert (second.code, second.source, second.confidence) == ("other-thing", "z.", "inferred")
