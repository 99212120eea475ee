"""One rule, one file, one test, one page: nothing may be forgotten when a rule is added."""

import pkgutil
from pathlib import Path

import pytest

from engine.findings import sections
from engine.pki import rules
from engine.pki.rules import RULES
from engine.webhook.rules import RULES as WEBHOOK_RULES

HERE = Path(__file__).parent
TESTED_WITH = {"profile_names": "profile_subject"}


def test_every_rule_module_is_in_the_list() -> None:
    assert {info.name for info in pkgutil.iter_modules(rules.__path__)} == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_test_that_names_each_of_its_codes(rule: object) -> None:
    name = TESTED_WITH.get(rule.name, rule.name)  # type: ignore[attr-defined]
    text = (HERE / f"test_{name}.py").read_text("utf-8")
    missing = [section.code for section in sections(rule.docstring) if f'"{section.code}"' not in text]  # type: ignore[attr-defined]
    assert not missing


@pytest.mark.parametrize("rule", [*RULES, *WEBHOOK_RULES], ids=lambda rule: rule.name)
def test_every_code_says_why_it_matters_and_has_a_page(rule: object) -> None:
    engine = "pki" if rule in RULES else "webhook"
    page = HERE.parents[1] / "docs" / "findings" / f"{engine}-{rule.name.replace('_', '-')}.md"  # type: ignore[attr-defined]
    for section in sections(rule.docstring):  # type: ignore[attr-defined]
        assert section.notes, section.code
        assert section.class_.startswith("C")
        assert f"## {section.code}\n" in page.read_text("utf-8")


def test_no_code_is_used_by_two_rules() -> None:
    found = [section.code for rule in (*RULES, *WEBHOOK_RULES) for section in sections(rule.docstring)]
    assert len(found) == len(set(found))
