"""What one row of the tables says: a faulty world, what must be found in it, and the corrected world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lab.world import VALUE, Leaf

if TYPE_CHECKING:
    from lab.world import World

HOLDS = f'@ TXT "{VALUE}"'
BOTH = ("a", "k")
GLUE = "ns1 A {a}\nns2 A {b}"
Asks = Callable[["World"], Mapping[str, Any]]


def _nothing(world: "World") -> Mapping[str, Any]:
    del world
    return {}


@dataclass(frozen=True, slots=True)
class Case:
    """One fault. `servers` are the keys of the hosts that the finding must name, in any order, None if it need
    not; `named` are servers in full, for those that have names of their own.

    `word` stands in the next action where the verdict is not `ready`, else in the finding's fix. `asks` gives claim
    fields and settings that both diagnoses use, `asks_right` what the corrected one uses instead.
    """

    code: str
    class_: str
    domain: str
    faulty: tuple[Leaf, ...]
    right: tuple[Leaf, ...]
    verdict: str = "wrong"
    who: str = "dns_admin"
    word: str = ""
    servers: tuple[str, ...] | None = BOTH
    named: tuple[str, ...] = ()
    eta: timedelta | None = None
    right_domain: str = ""
    asks: Asks = _nothing
    asks_right: Asks | None = None
    typed: str = ""
    typed_right: str = ""
    more: tuple[str, ...] = field(default=())
    """Other codes that come with it."""

    @property
    def title(self) -> str:
        return f"{self.class_} {self.code} {self.domain}"


def one(
    class_: str,
    code: str,
    label: str,
    records: str,
    *,
    below: str = "",
    right: str | None = None,
    zone: Mapping[str, Any] | None = None,
    zone_right: Mapping[str, Any] | None = None,
    **rest: Any,
) -> Case:
    """A case of a single zone, `label`.co.uk: wrong with `records`, right with the value at the domain.

    `below`: the claim is about that name in the zone. `zone` holds further fields of the faulty zone, `zone_right` of
    the right one.
    """
    origin = f"{label}.co.uk"
    host = below or "@"
    corrected = right if right is not None else f'{host} TXT "{VALUE}"'
    return Case(
        code=code,
        class_=class_,
        domain=f"{below}.{origin}" if below else origin,
        faulty=(Leaf(origin, records, **(zone or {})),),
        right=(Leaf(origin, corrected, serial=20, **(zone_right or {})),),
        **rest,
    )
