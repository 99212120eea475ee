"""What is wrong with a process file is told with file, line and what to do, and all of it at once."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.process.nodes import ProcessInvalid, parse

TABLE: list[tuple[str, str, str, str, list[str]]] = [
    # file, what is replaced, by what, a text in the line that is named, words of the message
    ("step-5.yaml", "  owner: certificate_admin\n", "", "number: 5", ['"domain" has no owner', "`owner: certificate_admin`"]),
    ("step-5.yaml", "  goal:", "  gaol:", "gaol:", ['unknown key "gaol"', 'Did you mean "goal"?']),
    ("step-5.yaml", "owner: dns_contact", "owner: dns_admin", "owner: dns_admin", ['"dns_admin"', "Known are", "dns_contact"]),
    ("step-5.yaml", "closes_on: [ready]", "closes_on: [redy]", "closes_on: [redy]", ['closes on "redy"', '"ready"']),
    ("step-5.yaml", "closes_on: [ready]", "closes_on: [unknown]", "closes_on: [unknown]", ["proves nothing"]),
    ("step-5.yaml", "kind: dns-txt", "kind: dns-text", "kind: dns-text", ['the check "dns-text"', '"dns-txt"']),
    ("step-5.yaml", "starts_wait: dns", "starts_wait: dsn", "starts_wait: dsn", ['starts the wait "dsn"', '"dns"']),
    ("step-5.yaml", "sources: [GS-CIT]", "sources: [GS-CTI]", "[GS-CTI]", ['the source "GS-CTI"', '"GS-CIT"']),
    ("step-5.yaml", '- id: "5.3"', '- id: "5.4"', 'id: "5.4"\n      title: Publish', ['task "5.4" stands already', "another id"]),
    ("step-5.yaml", '- id: "5.3"', '- id: "6.3"', '- id: "6.3"', ["stands in Step 5", "`5.` and a number"]),
    ("step-5.yaml", "needs: [4]", "needs: [14]", "needs: [14]", ["needs Step 14, which does not exist"]),
    ("step-5.yaml", "needs: [4]", "needs: [6]", "needs: [6]", ["the steps wait for each other", "Step 5", "Step 6"]),
    ("step-5.yaml", "expected: 1 h", "expected: an hour", "expected: an hour", ['"an hour"', "`72 h`"]),
    ("step-5.yaml", "ask_after: [1 h, 4 h", "ask_after: [4 h, 1 h", "ask_after: [4 h", ["wrong order"]),
    ("step-5.yaml", 'closes: "5.6"', 'closes: "5.9"', 'closes: "5.9"', ['closes the task "5.9"', "does not have"]),
    ("step-5.yaml", 'reopens: ["5.5", "5.6"]', 'reopens: ["4.5"]', 'reopens: ["4.5"]', ['reopens the task "4.5"']),
    ("step-5.yaml", "closes_from_form: claim", "closes_from_form: clam", "closes_from_form: clam", ['closes from "clam"']),
    ("step-5.yaml", 'answer: "Yes", tasks', 'answer: "Yep", tasks', 'answer: "Yep"', ['"Yep" is not an option', '"Yes"']),
    ("step-5.yaml", "settles: {field: shown", "settles: {field: show", "settles: {field: show,", ['no choice field "show"']),
    ("step-5.yaml", "kind: domain, requ", "kind: choice, requ", "kind: choice, required: true}\n", ["options"]),
    ("step-5.yaml", "needs: [4]", "needs: 4", "needs: 4", ["has to be a list"]),
    ("step-5.yaml", "needs: [4]", "needs: [four]", "needs: [four]", ['"four"', "whole number"]),
    ("step-0.yaml", "holds: [5]", "holds: [0]", "holds: [0]", ["holds Step 0", "of Steps 1 to 8"]),
    ("step-0.yaml", "5 working days]", "50 h]", "clock: working", ["whole working days"]),
    ("step-0.yaml", "title: Read the onboarding", "title: !!str Read the", "title: !!str", ["the tag", "plain text"]),
    ("step-0.yaml", "number: 0", "number: &n 0", "number: &n", ["anchors and aliases"]),
    ("step-0.yaml", "  goal:", "  title: Two\n  goal:", "title: Two", ['"title" stands here a second time', "first in line 4"]),
    ("step-0.yaml", "  tasks:\n", "\ttasks:\n", "\ttasks:", ["not YAML", "indentation"]),
    ("step-1.yaml", "confidence: unverified", "sources: []", "Register the", ["no source", "confidence: inferred"]),
    ("step-7.yaml", "key: [mpid, role]", "key: [mpid, roll]", "key: [mpid, roll]", ['no field "roll"', '"role"']),
    ("step-7.yaml", "key: [mpid, role]", "key: []", "id: dip_id", ["have no key"]),
    ("step-7.yaml", "opens_during_wait: vetting", "opens_during_wait: vet", "opens_during_wait: vet", ['"vetting"']),
    ("roles.yaml", "role: message_admin", "role: fourth_role", "role: fourth_role", ['"fourth_role"', "Known are"]),
    ("participants.yaml", "id: mdr", "id: mrd", "id: mrd", ['"mrd" is not a participant', '"mdr"']),
    ("cadences.yaml", "[20 min, 2 min]", "[20 min]", "[[20 min]", ["a list of 2 values"]),
    ("cadences.yaml", "  token_days: 30", "  token_days: thirty", "token_days: thirty", ['"thirty"', "whole number"]),
    ("process.yaml", "ids_during_vetting: false", "ids_during_vetting: no", "ids_during_vetting: no", ["`true` or `false`"]),
    ("process.yaml", "process:", "proces:", "proces:", ['"proces" is not a section', '"process"']),
    ("end.yaml", "after:", "roles: []\nafter:", "roles: []", ['the section "roles" stands already in']),
    ("terms.yaml", "**Atlas**", "\\u202e**Atlas**", "Atlas", ["invisible character U+202E"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line_with", "said"),
    TABLE,
    ids=[f"{row[0]}:{row[2].strip() or row[1].strip()}" for row in TABLE],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(
    broken: Callable[..., Any], file: str, old: str, new: str, line_with: str, said: list[str], texts: dict[str, str]
) -> None:
    changed = texts[file].replace(old, new, 1)
    line = changed[: changed.index(line_with)].count("\n") + 1
    problems = broken(file, old, new)
    told = [
        one for one in problems if one.file == file and one.line == line and all(part in one.message for part in said)
    ]
    assert told, "\n".join(str(one) for one in problems)
    assert str(told[0]).startswith(f"{file}:{line}: ")


def test_a_faultless_file_is_left_alone(broken: Callable[..., Any]) -> None:
    with pytest.raises(pytest.fail.Exception):
        broken("step-5.yaml", "owner: dns_contact", "owner: dns_contact")


def test_a_missing_step_is_named_by_its_file(broken: Callable[..., Any]) -> None:
    assert "step-4.yaml: Step 4 is missing. Add its file." in [str(one) for one in broken("step-4.yaml")]


def test_a_missing_section_is_named(broken: Callable[..., Any]) -> None:
    assert any('no section "cadences"' in one.message for one in broken("cadences.yaml"))


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(broken: Callable[..., Any]) -> None:
    old = "  owner: certificate_admin\n  page: S5\n  sources: [S5]\n  needs: [4]\n"
    problems = broken("step-5.yaml", old, "  page: S55\n  needs: [44]\n  colour: red\n")
    lines = [one.line for one in problems]
    said = " ".join(one.message for one in problems)
    assert lines == sorted(lines)
    for part in ("has no owner", '"S55"', "Step 44", '"colour"', "names no source"):
        assert part in said


HOSTILE = [
    ("[" * 50_000, "levels deep"),
    ("- " * 50_000, "levels deep"),
    ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "anchors and aliases"),
    ("a: !!python/object/apply:os.system ['true']", "is not allowed"),
    ("a: " + "x" * 7_000, "6,000 are allowed"),
    ("x" * 300_000, "Split it"),
    ("\n".join(f"k{number}: v" for number in range(11_000)), "more than 20,000 values"),
    ('a: "\\UFFFFFFFF"', "names no character"),
    ("a: \x00", "not YAML"),
    ("", "empty"),
    ("# only a comment", "empty"),
    ("- a", "has to be a mapping"),
    ("a: b\n---\nc: d", "second document"),
    ("? [a]\n: b", "a key has to be plain text"),
    ("%YAML 9.1\n---\na: b", "not YAML"),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE, ids=[reason for _, reason in HOSTILE])
def test_a_hostile_file_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ProcessInvalid, match=reason):
        parse(text, "hostile.yaml")


def test_a_problem_never_passes_on_what_steers_a_terminal() -> None:
    with pytest.raises(ProcessInvalid) as caught:
        parse('"\\e[31mred": 1\n"\\e[31mred": 2', "x.yaml")
    assert "\x1b" not in str(caught.value)
