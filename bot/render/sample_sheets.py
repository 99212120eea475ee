"""Samples of sheets of companies: all of it good, everything that can be wrong, and two that were not read."""

from msgspec.structs import replace

from engine.imports import Flaw, Line, Problem, Sheet
from engine.onboarding.commands import Start
from engine.process.model import Environment, Participant, Route
from handlers.importing import Checked, Imported


def _line(number: int, name: str, now_at: int = 0) -> Line:
    start = Start(
        "", "U0LENA", "T0NORTH", "", "", name, Environment.UIT, Participant.ACTIVE_MP, Route.OTHER, "C0DIP", ("U0LENA",)
    )
    return Line(number, replace(start, now_at=now_at))


_GOOD = tuple(_line(number, f"Company {number} Ltd", number % 9) for number in range(2, 42))
_FLAWS = tuple(Problem(number, flaw, "step", "nine", "8") for number, flaw in enumerate(Flaw, start=2))
SHEETS = {
    "all good": Checked(Sheet(_GOOD)),
    "half good": Checked(Sheet(_GOOD, _FLAWS)),
    "none good": Checked(Sheet(problems=_FLAWS)),
    "unreadable": Checked(unreadable="gone"),
    "a secret": Checked(holds="a private key"),
}
IMPORTED = {
    "all": Imported(tuple((line, "CO-7F3K") for line in _GOOD)),
    "some": Imported(((_GOOD[0], "CO-7F3K"),), _FLAWS),
    "unreadable": Imported(unreadable="gone"),
    "a secret": Imported(holds="a private key"),
}
