"""Whatever stands in a process file, the answer is a process or a list of problems, never another error."""

from importlib import resources

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.process.loader import build
from engine.process.model import Process
from engine.process.nodes import Mapping, ProcessInvalid, parse
from engine.process.overlay import apply_patches

_FOLDER = resources.files("engine.process.dip")
TEXTS = {one.name: one.read_text("utf-8") for one in _FOLDER.iterdir() if one.name.endswith(".yaml")}
PARSED = {name: parse(text, name) for name, text in TEXTS.items()}
SCRAPS = [
    "",
    "null",
    "[]",
    "{}",
    "[[]]",
    "{a: b}",
    "5",
    "''",
    "-1",
    "ready",
    "true",
    "99 h",
    "[x, [y]]",
    "{id: x}",
    "5.4",
]


@given(st.text(max_size=200) | st.text("[]{}:,-?&*!|>'\"%@`#\n\t ab1\\", max_size=60))
@example("%TAG ! a:\n---\na: !b c")
@example('a: "\\uD800"')
@example("? ? ?")
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(parse(text, "any.yaml"), Mapping)
    except ProcessInvalid as invalid:
        assert invalid.problems[0].file == "any.yaml"


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str]:
    """A delivered file with the value of one line exchanged, or a line taken out."""
    name = draw(st.sampled_from(sorted(TEXTS)))
    lines = TEXTS[name].splitlines()
    at = draw(
        st.sampled_from([number for number, line in enumerate(lines) if ":" in line and not line.startswith("#")])
    )
    scrap = draw(st.sampled_from(SCRAPS) | st.none())
    lines[at : at + 1] = [] if scrap is None else [f"{lines[at].split(':', 1)[0]}: {scrap}"]
    return name, "\n".join(lines)


@given(damaged())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_gives_a_process_or_problems_with_a_file(damage: tuple[str, str]) -> None:
    name, text = damage
    try:
        assert isinstance(build({**PARSED, name: parse(text, name)}), Process)
    except ProcessInvalid as invalid:
        assert all(one.file.endswith(".yaml") and one.message for one in invalid.problems)


PATCH_LINES = [
    "task: '5.4'",
    "wait: dns",
    "section: cadences",
    "source: Ours",
    "add: true",
    "set: {ask: x}",
    "set: {sources: 5}",
    "x: y",
]


@given(st.lists(st.sampled_from(PATCH_LINES), unique_by=lambda line: line.split(":", maxsplit=1)[0], min_size=1))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_mixture_of_patch_keys_gives_a_process_or_problems(lines: list[str]) -> None:
    text = "patches:\n  - " + "\n    ".join(lines) + "\n"
    files = {
        name: parse(TEXTS[name], name) if name in {"step-5.yaml", "cadences.yaml", "sources.yaml"} else node
        for name, node in PARSED.items()
    }
    problems = apply_patches(files, {"own.yaml": parse(text, "own.yaml")})
    try:
        assert isinstance(build(files, problems), Process)
    except ProcessInvalid as invalid:
        assert {one.file for one in invalid.problems} == {"own.yaml"}
