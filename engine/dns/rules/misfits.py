"""How the rules about a wrong value report: what was found at the right name, and how it differs. Not a rule itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from engine.dns.answers import Name, Server
from engine.dns.case import Case
from engine.dns.misfit import Misfit, misfit
from engine.dns.names import quoted, text
from engine.dns.rules.model import DnsFinding, Documented


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences for one misfit; `{wanted}` in `fix` stands for the value."""

    summary: str
    why: str
    fix: str


def found(case: Case) -> Iterator[tuple[Misfit, str, tuple[Server, ...]]]:
    """Each value at the domain that is a misfit of the wanted one. Nothing once any server has the exact value."""
    if not case.nowhere or case.claim.value is None:
        return
    parts = divided(case)
    for value, servers in case.seen_values.items():
        if value in parts:
            continue
        if kind := misfit(value, case.claim.value, case.claim.previous):
            yield kind, value, servers


def divided(case: Case) -> tuple[str, ...]:
    """The TXT values that give the wanted one when put together, in that order; empty where none do."""
    wanted = case.claim.value or ""
    pieces = [value for value in case.seen_values if 3 < len(value) < len(wanted) and _bare(value) in wanted][:6]
    for count in (2, 3):
        for parts in permutations(pieces, count):
            if "".join(map(_bare, parts)) == wanted:
                return parts
    return ()


def _bare(value: str) -> str:
    return value.strip("\"' ")


def seen_at(name: Name, value: str, wanted: str) -> str:
    """What stands at a name where it does not belong."""
    if value == wanted:
        return f"The right value is at {text(name)}."
    return f"{text(name)} has {quoted(value)}, not {quoted(wanted)}."


def and_the_value(value: str, wanted: str) -> str:
    """What to do with the value while its record is moved."""
    return "the value is right" if value == wanted else "and enter the whole value as the portal shows it"


def findings(case: Case, report: Documented, wordings: Mapping[Misfit, Wording]) -> Iterator[DnsFinding]:
    """A blocker for each misfit that has a wording here."""
    for kind, value, servers in found(case):
        if wording := wordings.get(kind):
            yield report(
                str(kind),
                "blocker",
                effect="wrong",
                summary=wording.summary,
                seen=f"{case.claim.domain_text} has {quoted(value)} instead of {quoted(case.claim.value or '')}.",
                why=wording.why,
                fix=wording.fix,
                servers=tuple(map(str, servers)),
                who="dns_admin",
            )
