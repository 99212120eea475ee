"""Faults on demand: what goes wrong next, for which call or delivery, and how often."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.shapes import Json, NotPossible

CALL_FAULTS = frozenset({"ratelimited", "error", "http", "http_after", "reset", "reset_after", "delay"})
DELIVERY_FAULTS = frozenset({"duplicate", "delay_delivery", "drop_delivery", "drop_ack"})
KINDS = CALL_FAULTS | DELIVERY_FAULTS | {"away"}


@dataclass(slots=True)
class Fault:
    """`times` counts down; -1 stays until it is cleared."""

    id: int
    kind: str
    times: int = 1
    method: str | None = None
    channel: str | None = None
    type: str | None = None
    seconds: float = 1.0
    status: int = 500
    error: str = "internal_error"

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}


class Faults:
    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._ids = itertools.count(1)

    def add(self, wanted: Json) -> Fault:
        """Raises NotPossible for a kind that does not exist or a field that no fault has."""
        kind = wanted.get("kind")
        if kind not in KINDS:
            raise NotPossible(f"There is no fault {kind!r}; there are: {', '.join(sorted(KINDS))}.")
        unknown = set(wanted) - set(Fault.__slots__)
        if unknown:
            raise NotPossible(f"A fault has no {', '.join(sorted(unknown))}.")
        for name in ("times", "seconds", "status"):
            if isinstance(wanted.get(name, 1), bool) or not isinstance(wanted.get(name, 1), int | float):
                raise NotPossible(f"{name} must be a number.")
        fields = {"times": -1 if kind == "away" else 1} | {key: value for key, value in wanted.items() if key != "id"}
        fault = Fault(id=next(self._ids), **fields)
        self._faults[fault.id] = fault
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        if fault_id is None:
            self._faults.clear()
        else:
            self._faults.pop(fault_id, None)

    def all(self) -> list[Fault]:
        return list(self._faults.values())

    @property
    def away(self) -> bool:
        return any(fault.kind == "away" for fault in self._faults.values())

    def for_call(self, method: str, channel: str | None) -> Fault | None:
        """The first fault that fits this call; it is used up by asking."""
        return next(self._spend(CALL_FAULTS, method=method, channel=channel), None)

    def for_delivery(self, type_: str) -> list[Fault]:
        """All faults that fit this delivery, each used up once."""
        return list(self._spend(DELIVERY_FAULTS, type_=type_))

    def _spend(
        self, kinds: frozenset[str], *, method: str | None = None, channel: str | None = None, type_: str | None = None
    ) -> Iterator[Fault]:
        for fault in list(self._faults.values()):
            if fault.kind not in kinds:
                continue
            if (
                fault.method not in (None, method)
                or fault.channel not in (None, channel)
                or fault.type not in (None, type_)
            ):
                continue
            if fault.times > 0:
                fault.times -= 1
                if fault.times == 0:
                    del self._faults[fault.id]
            yield fault
