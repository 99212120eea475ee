"""Reads the process from its files: ours in `dip/`, an operator's patches over them, everything checked before any of it is used.

    process = load_process()                        # ours
    process = load_process(Path("site/process"))    # with an operator's own rules

Raises ProcessInvalid with every problem at once, each with file, line, what is wrong and what to do.
"""

import copy
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from engine.process.agreement import disagreements
from engine.process.codec import decode_process, encode_process, process_hash
from engine.process.model import (
    Cadences,
    Choice,
    Note,
    Process,
    RoleCode,
    RoleInfo,
    Source,
    Step,
)
from engine.process.nodes import MAX_CHARACTERS, Mapping, Mark, Node, Problem, ProcessInvalid, parse
from engine.process.overlay import apply_patches
from engine.process.reading import Reader, closest, stand_in

__all__ = ["Problem", "ProcessInvalid", "decode_process", "encode_process", "load_process", "process_hash"]

MAX_FILES = 100


@dataclass(frozen=True, slots=True)
class _Head:
    """What `process.yaml` says about the whole."""

    version: str
    title: str
    ids_during_vetting: bool = False


_SECTIONS = {
    "process": _Head,
    "roles": tuple[RoleInfo, ...],
    "participants": tuple[Choice, ...],
    "routes": tuple[Choice, ...],
    "environments": tuple[Choice, ...],
    "role_codes": tuple[RoleCode, ...],
    "cadences": Cadences,
    "sources": tuple[Source, ...],
    "after": tuple[Note, ...],
    "terms": tuple[Note, ...],
}
"""The top-level keys of the files, besides `step`, which stands once in each step's own file."""


def load_process(overlay_dir: Path | None = None) -> Process:
    """The process, with the operator's patches of `overlay_dir` laid over it. Raises ProcessInvalid."""
    files, problems = _ours(), list[Problem]()
    if overlay_dir is not None:
        files = copy.deepcopy(files)
        patches: dict[str, Mapping] = {}
        for path in _overlay_files(overlay_dir, problems):
            try:
                patches[path.name] = parse(_text_of(path), path.name)
            except ProcessInvalid as invalid:
                problems.extend(invalid.problems)
        problems.extend(apply_patches(files, patches))
    return build(files, problems)


def build(files: dict[str, Mapping], problems: list[Problem] | None = None) -> Process:
    """The process that the parsed files make together. Raises ProcessInvalid with `problems` and those found here."""
    reader = Reader()
    reader.problems.extend(problems or [])
    sections = _sections(files, reader)
    read = {
        name: reader.read(kind, sections[name], name) if name in sections else stand_in(kind)
        for name, kind in _SECTIONS.items()
    }
    steps = tuple(reader.read(Step, node, file) for file, node in _steps(files))
    head: _Head = read.pop("process")
    process = Process(
        version=head.version,
        title=head.title,
        ids_during_vetting=head.ids_during_vetting,
        steps=tuple(sorted(steps, key=lambda step: step.number)),
        **read,
    )
    disagreements(process, reader)
    if reader.problems:
        raise ProcessInvalid(tuple(sorted(set(reader.problems), key=lambda one: (one.file, one.line, one.message))))
    return process


def _sections(files: dict[str, Mapping], reader: Reader) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for mapping in files.values():
        for name, node in mapping.entries.items():
            at = mapping.lines[name]
            if name == "step":
                continue
            if name not in _SECTIONS:
                reader.note(at, f'"{name}" is not a section of the process. {closest(name, ["step", *_SECTIONS])}')
            elif name in found:
                first = found[name].at
                reader.note(at, f'the section "{name}" stands already in {first.file}:{first.line}. Keep one of them.')
            else:
                found[name] = node
    for name in _SECTIONS:
        if name not in found:
            reader.note(Mark("process.yaml", 0), f'the process has no section "{name}". Add it to one of its files.')
    return found


def _steps(files: dict[str, Mapping]) -> list[tuple[str, Node]]:
    return [(file, mapping.entries["step"]) for file, mapping in files.items() if "step" in mapping.entries]


@cache
def _ours() -> dict[str, Mapping]:
    folder = resources.files("engine.process.dip")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {name: parse((folder / name).read_text("utf-8"), name) for name in names}


def _overlay_files(folder: Path, problems: list[Problem]) -> list[Path]:
    if not folder.is_dir():
        problems.append(Problem(str(folder), 0, "there is no such folder. Create it, or leave the overlay out."))
        return []
    paths = sorted(
        path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"} and not path.name.startswith(".")
    )
    if len(paths) > MAX_FILES:
        problems.append(
            Problem(str(folder), 0, f"{len(paths)} files are more than the {MAX_FILES} that are read. Join some.")
        )
        return []
    return paths


def _text_of(path: Path) -> str:
    """The file's text. Raises ProcessInvalid if it is no readable UTF-8 file of a sane size."""
    try:
        if not path.is_file():
            raise ProcessInvalid((Problem(path.name, 0, "this is not a file. Remove it from the folder."),))
        if path.stat().st_size > 4 * MAX_CHARACTERS:
            reason = f"{path.stat().st_size:,} bytes are more than a process file may have. Split it."
            raise ProcessInvalid((Problem(path.name, 0, reason),))
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ProcessInvalid(
            (Problem(path.name, line, "this line is not UTF-8 text. Save the file as UTF-8."),)
        ) from None
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror}). Check its permissions."
        raise ProcessInvalid((Problem(path.name, 0, reason),)) from None
