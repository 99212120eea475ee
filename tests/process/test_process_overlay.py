"""An operator's own rules: what they may change, how they are marked, and what is wrong with a bad patch."""

import re
from pathlib import Path

import pytest

from engine.process.loader import ProcessInvalid, load_process, process_hash
from engine.process.model import Confidence, Process, Role
from engine.process.overlay import differences


def laid_over(folder: Path, *patches: str) -> Process:
    for number, text in enumerate(patches):
        (folder / f"{number}.yaml").write_text(text, "utf-8")
    return load_process(folder)


def problems_of(folder: Path, text: str) -> list[str]:
    (folder / "own.yaml").write_text(text, "utf-8")
    with pytest.raises(ProcessInvalid) as caught:
        load_process(folder)
    return [str(one) for one in caught.value.problems]


ASK = """\
patches:
  - task: "5.4"
    source: IT handbook, section 3
    set:
      ask: Raise a change with the service desk.
      fields:
        - {id: change, label: Change number, kind: code, required: true}
"""


def test_a_patch_sets_the_keys_that_it_names_and_leaves_the_others(tmp_path: Path, process: Process) -> None:
    task = laid_over(tmp_path, ASK).task("5.4")
    ours = process.task("5.4")
    assert task.ask == "Raise a change with the service desk."
    assert [one.id for one in task.fields] == ["change"]
    assert (task.title, task.owner, task.check) == (ours.title, ours.owner, ours.check)


def test_what_was_patched_is_the_operators_own_rule_with_its_source(tmp_path: Path) -> None:
    process = laid_over(tmp_path, ASK)
    task = process.task("5.4")
    assert (task.confidence, task.sources) == (Confidence.OWN_RULE, ("IT handbook, section 3",))
    assert process.source("IT handbook, section 3").title == "Your organisation: IT handbook, section 3"


def test_lists_are_replaced_and_notes_in_them_rest_on_the_patchs_source(tmp_path: Path) -> None:
    step = laid_over(
        tmp_path, 'patches:\n  - {step: 5, source: Ours, set: {owner: lead, traps: [{text: "Ask first."}]}}\n'
    ).step(5)
    [trap] = step.traps
    assert (step.owner, step.confidence) == (Role.LEAD, Confidence.OWN_RULE)
    assert (trap.text, trap.confidence, trap.sources) == ("Ask first.", Confidence.OWN_RULE, ("Ours",))


def test_the_difference_names_what_changed_and_nothing_else(tmp_path: Path, process: Process) -> None:
    found = differences(process, laid_over(tmp_path, ASK))
    assert [one.where for one in found] == [
        "steps / 5 / tasks / 5.4 / ask",
        "steps / 5 / tasks / 5.4 / fields / change",
        "steps / 5 / tasks / 5.4 / sources",
        "steps / 5 / tasks / 5.4 / confidence",
        "sources / IT handbook, section 3",
    ]
    assert differences(process, process) == ()


def test_an_empty_folder_changes_nothing(tmp_path: Path, process: Process) -> None:
    assert process_hash(load_process(tmp_path)) == process_hash(process)


def test_a_patch_changes_the_hash_and_not_the_delivered_process(tmp_path: Path, process: Process) -> None:
    assert process_hash(laid_over(tmp_path, ASK)) != process_hash(process)
    assert load_process() == process


def test_new_tasks_and_role_codes_can_be_added_and_options_set(tmp_path: Path) -> None:
    process = laid_over(
        tmp_path,
        'patches:\n  - {task: "2.9", add: true, source: Ours, set: {title: Tell HR, ask: Send the list.}}\n',
        "patches:\n  - {role_code: ABC, add: true, source: Ours, set: {meaning: A role}}\n",
        "patches:\n  - {section: process, source: Ours, set: {ids_during_vetting: true}}\n",
    )
    assert process.task("2.9").confidence is Confidence.OWN_RULE
    assert process.role_codes[-1].code == "ABC"
    assert process.ids_during_vetting
    assert [source.tag for source in process.sources].count("Ours") == 1


def test_an_address_can_be_laid_over_a_source_of_ours(tmp_path: Path) -> None:
    patch = "patches:\n  - {reference: S5, source: Ours, set: {url: 'https://elexon.example/step-5'}}\n"
    assert laid_over(tmp_path, patch).source("S5").url == "https://elexon.example/step-5"


def test_later_files_lie_over_earlier_ones(tmp_path: Path) -> None:
    patch = "patches:\n  - {section: cadences, source: Ours, set: {token_days: %d}}\n"
    process = laid_over(tmp_path, patch % 20, patch % 25)
    assert (process.cadences.token_days, process.cadences.confidence) == (25, Confidence.OWN_RULE)


BAD = [
    ("patches:\n  - task: '5.4'\n    set: {ask: x}\n", "own.yaml:2: ", "has no source. Add `source: ...`"),
    ("patches:\n  - task: '5.44'\n    source: Ours\n    set: {ask: x}\n", "own.yaml:2: ", 'Did you mean "5.4"?'),
    ("patches:\n  - tusk: '5.4'\n    source: Ours\n    set: {ask: x}\n", "own.yaml:2: ", 'Did you mean "task"?'),
    ("patches:\n  - source: Ours\n    set: {ask: x}\n", "own.yaml:2: ", "names none"),
    ("patches:\n  - {task: '5.4', wait: dns, source: Ours, set: {ask: x}}\n", "own.yaml:2: ", "names 2"),
    ("patches:\n  - task: '5.4'\n    source: Ours\n", "own.yaml:2: ", "sets nothing"),
    ("patches:\n  - task: '5.4'\n    source: Ours\n    set:\n      aks: x\n", "own.yaml:5: ", 'Did you mean "ask"?'),
    ("patches:\n  - task: '5.4'\n    source: Ours\n    set:\n      id: '5.9'\n", "own.yaml:5: ", "An id stays"),
    ("patches:\n  - task: '5.4'\n    source: Ours\n    set:\n      owner: boss\n", "own.yaml:5: ", '"boss"'),
    ("patches:\n  - {task: '5.4', add: true, source: Ours, set: {ask: x}}\n", "own.yaml:2: ", "is there already"),
    ("patches:\n  - {task: '9.1', add: true, source: Ours, set: {ask: x}}\n", "own.yaml:2: ", "belongs to no step"),
    ("patches:\n  - {role: boss, add: true, source: Ours, set: {title: x}}\n", "own.yaml:2: ", "cannot be added"),
    ("patches:\n  - {task: '5.4', add: maybe, source: Ours, set: {ask: x}}\n", "own.yaml:2: ", "`true` or `false`"),
    ("patches:\n  - {section: roles, source: Ours, set: {x: y}}\n", "own.yaml:2: ", "not a section to patch"),
    ("patches:\n  - just text\n", "own.yaml:2: ", "has to be a mapping"),
    ("patches: none\n", "own.yaml:1: ", "a list `patches:` is missing"),
    ("steps: []\n", "own.yaml:1: ", '"steps" is not known here'),
    ("a: *b\n", "own.yaml:1: ", "anchors and aliases"),
    ("a: 'b\n", "own.yaml:", "not YAML"),
]


@pytest.mark.parametrize(("text", "place", "said"), BAD, ids=[said for _, _, said in BAD])
def test_a_bad_patch_is_told_with_its_line(tmp_path: Path, text: str, place: str, said: str) -> None:
    told = problems_of(tmp_path, text)
    assert [one for one in told if one.startswith(place) and said in one], told


def test_faults_in_several_patches_are_told_together(tmp_path: Path) -> None:
    text = "patches:\n  - {task: '5.4', set: {ask: x}}\n  - {wait: dsn, source: Ours, set: {title: x}}\n"
    assert [one.split(" ")[0] for one in problems_of(tmp_path, text)] == ["own.yaml:2:", "own.yaml:3:"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProcessInvalid, match="there is no such folder"):
        load_process(tmp_path / "nowhere")


def test_a_file_that_is_no_utf8_text_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"patches:\n  - \xff\n")
    with pytest.raises(ProcessInvalid, match=r"own\.yaml:2: this line is not UTF-8"):
        load_process(tmp_path)


def test_a_folder_named_like_a_file_and_a_huge_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    (tmp_path / "b.yaml").write_bytes(b"#" * 1_000_000)
    with pytest.raises(ProcessInvalid) as caught:
        load_process(tmp_path)
    assert [one.file for one in caught.value.problems] == ["a.yaml", "b.yaml"]


def test_the_documentations_example_is_a_good_patch(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "process.md").read_text("utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    process = laid_over(tmp_path, example)
    assert process.task("6.20").owner is Role.CERTIFICATE_ADMIN
    assert process.ids_during_vetting


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path, process: Process) -> None:
    (tmp_path / "README.md").write_text("[[[", "utf-8")
    (tmp_path / ".hidden.yaml").write_text("[[[", "utf-8")
    assert load_process(tmp_path) == process
