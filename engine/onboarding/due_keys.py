"""The keys of due work: what is to be done, said so that it can be checked against the state when its time has come.

A key names its kind and what it was planned for (`remind/5.4/U0A1/2`: the second reminder to U0A1 about task 5.4). If
the state has moved on, the key no longer fits and nothing happens.
"""

from enum import StrEnum


class DueKind(StrEnum):
    REMIND = "remind"
    OWN = "own"  # at a time that somebody chose
    DEPUTY = "deputy"
    LEAD = "lead"
    WAIT_ASK = "wait-ask"
    WAIT_ESCALATE = "wait-escalate"
    WAIT_OVER = "wait-over"
    SNOOZE_OVER = "snooze-over"
    CHECK = "check"  # a task's machine check: asked for, or by watch policy
    FILE = "file"  # a shared file or pasted material is to be read and checked
    WARN = "warn"  # something ends
    CARD = "card"  # each working morning
    HAND_OVER = "hand-over"  # all of somebody's work goes to another
    HAND_BACK = "hand-back"  # and back
    RESUME = "resume"  # a pause is over


def key(kind: DueKind, *parts: object) -> str:
    return "/".join([kind.value, *(str(part) for part in parts)])


def parse(text: str) -> tuple[DueKind, tuple[str, ...]] | None:
    """Kind and parts of a key, or None if it is none."""
    name, *parts = text.split("/")
    kind = next((kind for kind in DueKind if kind.value == name), None)
    return (kind, tuple(parts)) if kind is not None else None
