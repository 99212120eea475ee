"""An operator's own rules over ours: patches that name a thing by its id and set some of its keys.

    patches:
      - task: "5.4"
        source: Northwind IT handbook, section 3
        set:
          ask: Raise a change in the service desk, category "DNS".

What a patch sets replaces what was there, lists included. The thing then carries the patch's source and counts as the
operator's own rule. `add: true` brings in something new.
"""

import copy
from dataclasses import dataclass, fields, is_dataclass

from engine.process.model import Process
from engine.process.nodes import Listing, Mapping, Mark, Node, Problem, Scalar
from engine.process.reading import closest


@dataclass(frozen=True, slots=True)
class _Target:
    """Where things of a kind stand: in which section, or (`inside` steps) under which key of each step, known by which key."""

    section: str
    key: str
    inside: str = ""
    marked: bool = True  # has sources and confidence of its own


_TARGETS = {
    "step": _Target("step", "number"),
    "task": _Target("step", "id", "tasks"),
    "wait": _Target("step", "id", "waits"),
    "way_on": _Target("step", "id", "ways_on"),
    "role": _Target("roles", "role"),
    "participant": _Target("participants", "id"),
    "route": _Target("routes", "id"),
    "environment": _Target("environments", "id"),
    "role_code": _Target("role_codes", "code"),
    "reference": _Target("sources", "tag", marked=False),
    "section": _Target("", ""),
}
_PATCH_KEYS = (*_TARGETS, "source", "set", "add")
_WHOLE = {"process": False, "cadences": True, "after": False, "terms": False}
"""Sections that are patched as a whole, and whether they carry sources and confidence."""


class _Bad(Exception):
    def __init__(self, at: Mark, message: str) -> None:
        self.problem = Problem(at.file, at.line, message)


def apply_patches(files: dict[str, Mapping], overlay: dict[str, Mapping]) -> list[Problem]:
    """Lays the patches over the files' nodes, in the order of the overlay's file names. Gives what is wrong with the patches."""
    problems: list[Problem] = []
    for mapping in overlay.values():
        for key, at in mapping.lines.items():
            if key != "patches":
                advice = "A file of your own rules holds one list, `patches:`."
                problems.append(Problem(at.file, at.line, f'"{key}" is not known here. {advice}'))
        patches = mapping.entries.get("patches")
        if not isinstance(patches, Listing):
            at = patches.at if patches else mapping.at
            problems.append(Problem(at.file, at.line, "a list `patches:` is missing, with lines that begin with `- `."))
            continue
        for patch in patches.items:
            try:
                _apply(files, patch)
            except _Bad as bad:
                problems.append(bad.problem)
    return problems


def _apply(files: dict[str, Mapping], patch: Node) -> None:
    if not isinstance(patch, Mapping):
        raise _Bad(patch.at, "a patch has to be a mapping: what it changes, `source` and `set`.")
    for name, at in patch.lines.items():
        if name not in _PATCH_KEYS:
            raise _Bad(at, f'a patch has no key "{name}". {closest(name, _PATCH_KEYS)}')
    kinds = [name for name in _TARGETS if name in patch.entries]
    if len(kinds) != 1:
        found = f"This one names {len(kinds)}." if kinds else "This one names none."
        raise _Bad(patch.at, f"a patch names exactly one thing by its id: {', '.join(_TARGETS)}. {found}")
    kind = kinds[0]
    name = _text(patch, kind)
    label = f'the patch of {kind.replace("_", " ")} "{name}"'
    if "source" not in patch.entries:
        raise _Bad(patch.at, f"{label} has no source. Add `source: ...`, where your organisation's rule stands.")
    source = _text(patch, "source")
    changes = patch.entries.get("set")
    if not isinstance(changes, Mapping) or not changes.entries:
        raise _Bad(changes.at if changes else patch.at, f"{label} sets nothing. Add `set:` with the keys to change.")
    tag = Scalar(source, True, patch.entries["source"].at)
    if kind == "section":
        thing, marked = _section(files, name, patch), _WHOLE[name]
    else:
        thing, marked = _thing(files, kind, name, patch, _adds(patch)), _TARGETS[kind].marked
    for key, change in changes.entries.items():
        if key == _TARGETS[kind].key:
            raise _Bad(changes.lines[key], f"{label} changes its {key}. An id stays; add a new {kind} instead.")
        node = copy.deepcopy(change)
        _own(node, tag)
        thing.entries[key] = node
        thing.lines[key] = changes.lines[key]
    if marked:
        _mark(thing, tag)
    _add_source(files, tag)


def _text(patch: Mapping, key: str) -> str:
    node = patch.entries[key]
    if not isinstance(node, Scalar) or not node.text.strip():
        raise _Bad(node.at, f"`{key}` has to be one line of text.")
    return node.text


def _adds(patch: Mapping) -> bool:
    node = patch.entries.get("add")
    if node is None:
        return False
    if not isinstance(node, Scalar) or node.text not in {"true", "false"}:
        raise _Bad(node.at, "`add` is `true` or `false`.")
    return node.text == "true"


def _section(files: dict[str, Mapping], name: str, patch: Mapping) -> Mapping:
    if name not in _WHOLE:
        raise _Bad(patch.lines["section"], f'"{name}" is not a section to patch as a whole. {closest(name, _WHOLE)}')
    for mapping in files.values():
        section = mapping.entries.get(name)
        if isinstance(section, Mapping):
            return section
    raise _Bad(patch.at, f'the process has no section "{name}".')


def _thing(files: dict[str, Mapping], kind: str, name: str, patch: Mapping, adds: bool) -> Mapping:
    """The thing of that id, or a new one at the end of its list."""
    target = _TARGETS[kind]
    lists = list(_lists(files, target))
    known: dict[str, Mapping] = {}
    for listing in lists:
        for item in listing.items:
            node = item.entries.get(target.key) if isinstance(item, Mapping) else None
            if isinstance(item, Mapping) and isinstance(node, Scalar):
                known[node.text] = item
    at = patch.lines[kind]
    if not adds:
        if name not in known:
            raise _Bad(
                at, f'the process has no {kind.replace("_", " ")} "{name}". {closest(name, known)} Or say `add: true`.'
            )
        return known[name]
    if name in known:
        raise _Bad(at, f'the {kind.replace("_", " ")} "{name}" is there already. Leave `add` out to change it.')
    new = Mapping({target.key: Scalar(name, True, at)}, at, {target.key: at})
    _home(files, kind, name, lists, at).items.append(new)
    return new


def _lists(files: dict[str, Mapping], target: _Target) -> list[Listing]:
    found: list[Listing] = []
    for mapping in files.values():
        section = mapping.entries.get(target.section)
        if target.section == "step" and isinstance(section, Mapping):
            section = section.entries.get(target.inside) if target.inside else Listing([section], section.at)
        if isinstance(section, Listing):
            found.append(section)
    return found


def _home(files: dict[str, Mapping], kind: str, name: str, lists: list[Listing], at: Mark) -> Listing:
    if kind in {"role_code", "reference"} and lists:
        return lists[0]
    if kind == "task":
        for mapping in files.values():
            step = mapping.entries.get("step")
            number = step.entries.get("number") if isinstance(step, Mapping) else None
            tasks = step.entries.get("tasks") if isinstance(step, Mapping) else None
            if (
                isinstance(number, Scalar)
                and number.text == name.split(".", maxsplit=1)[0]
                and isinstance(tasks, Listing)
            ):
                return tasks
        raise _Bad(at, f'the task "{name}" belongs to no step. Its id is the number of its step, a dot and a number.')
    raise _Bad(at, f"a new {kind.replace('_', ' ')} cannot be added, only a task, a role code or a reference.")


def _mark(thing: Mapping, tag: Scalar) -> None:
    thing.entries["sources"] = Listing([tag], tag.at)
    thing.entries["confidence"] = Scalar("own_rule", True, tag.at)
    thing.lines["sources"] = thing.lines["confidence"] = tag.at


def _own(node: Node, tag: Scalar) -> None:
    """Statements in a patch that name no source of their own rest on the patch's."""
    if isinstance(node, Listing):
        for item in node.items:
            if (
                isinstance(item, Mapping)
                and "text" in item.entries
                and not {"sources", "confidence"} & item.entries.keys()
            ):
                _mark(item, tag)


def _add_source(files: dict[str, Mapping], tag: Scalar) -> None:
    for listing in _lists(files, _TARGETS["reference"]):
        tags = [item.entries.get("tag") for item in listing.items if isinstance(item, Mapping)]
        if not any(isinstance(one, Scalar) and one.text == tag.text for one in tags):
            entries: dict[str, Node] = {"tag": tag, "title": Scalar(f"Your organisation: {tag.text}", True, tag.at)}
            listing.items.append(Mapping(entries, tag.at, {"tag": tag.at, "title": tag.at}))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: where (`step 5 / task 5.4 / ask`), what it was and what it is; None where it is not there."""

    where: str
    before: object | None
    after: object | None


def differences(before: Process, after: Process) -> tuple[Difference, ...]:
    """What distinguishes two processes, thing by thing, told by ids so that an added task does not shift the others."""
    return tuple(_compare("", before, after))


def _compare(where: str, before: object, after: object) -> list[Difference]:
    if before == after:
        return []
    if is_dataclass(before) and type(before) is type(after):
        return [
            found
            for one in fields(before)
            for found in _compare(_join(where, one.name), getattr(before, one.name), getattr(after, one.name))
        ]
    if isinstance(before, tuple) and isinstance(after, tuple):
        old, new = _by_name(before), _by_name(after)
        if old is not None and new is not None:
            names = [*old, *(name for name in new if name not in old)]
            return [found for name in names for found in _compare(_join(where, name), old.get(name), new.get(name))]
    return [Difference(where, before, after)]


def _by_name(things: tuple[object, ...]) -> dict[str, object] | None:
    """The things by their id, or None where they have none."""
    for key in ("number", "id", "tag", "code", "role"):
        if things and all(hasattr(thing, key) for thing in things):
            return {str(getattr(thing, key)): thing for thing in things}
    return {} if not things else None


def _join(where: str, name: str) -> str:
    return f"{where} / {name}" if where else name
