"""The documentation of findings is what the rules say, and knows every code that the engine can report."""

import re
from pathlib import Path

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


def test_every_code_that_a_rule_writes_is_documented():
    documented = {section.code for page in pages() if page.engine == "dns" for section in page.sections}
    written = set()
    for path in (ROOT / "engine" / "dns" / "rules").glob("*.py"):
        body = path.read_text("utf-8").split('"""', 2)[2]
        written |= set(re.findall(r'code="([a-z0-9-]+)"', body))
    assert written <= documented


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
