"""Random zones, each healthy or with one fault, made from a seed so that a world can be had again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from lab.cases_dnssec import TAMPERED, ds_of_another, ds_with_wrong_digest
from lab.world import VALUE, Leaf, Tamper

DAY = timedelta(days=1)
SUFFIXES = ("co.uk", "com", "uk")
SERVERS = ("a", "b", "k", "bind")
DEAD = ("every server refuses", "no server has the file")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A name to be diagnosed, with its zones; `fault` is empty where all is right."""

    domain: str
    leaves: tuple[Leaf, ...]
    fault: str


Fault = Callable[[Leaf], Leaf]


def _without_value(records: str) -> str:
    return "\n".join(line for line in records.splitlines() if VALUE[:25] not in line)


def _names_below(records: str) -> str:
    lines = [f"under.{line}" if VALUE[:25] in line and line[0] not in "@*" else line for line in records.splitlines()]
    return "\n".join(line for line in lines if VALUE[:25] not in line or line.startswith("under."))


def _other_types(records: str) -> str:
    changed = (
        f"{line.split(' ')[0]} MX 10 mail.example.com." if VALUE[:25] in line else line for line in records.splitlines()
    )
    return "\n".join(changed)


def _tampering(tamper: Tamper) -> Fault:
    return lambda leaf: replace(leaf, tamper=tamper)


SIGNED_FAULTS: dict[str, Fault] = {
    "all signatures expired": lambda leaf: replace(leaf, begins=-40 * DAY, ends=-9 * DAY),
    "all signatures in the future": lambda leaf: replace(leaf, begins=9 * DAY, ends=40 * DAY),
    "another key's DS": lambda leaf: replace(leaf, ds=ds_of_another),
    "a wrong digest": lambda leaf: replace(leaf, ds=ds_with_wrong_digest),
    "key not published": lambda leaf: replace(leaf, publish_key=False),
    "no DS at all": lambda leaf: replace(leaf, ds=lambda key, zone: []),
    **{title: _tampering(tamper) for title, tamper in TAMPERED.items()},
}
ANY_FAULTS: dict[str, Fault] = {
    "value gone": lambda leaf: replace(leaf, records=leaf.records.replace(VALUE, VALUE[:-1])),
    "record gone": lambda leaf: replace(leaf, records=_without_value(leaf.records)),
    "only names below": lambda leaf: replace(leaf, records=_names_below(leaf.records)),
    "only other types": lambda leaf: replace(leaf, records=_other_types(leaf.records)),
    "every server refuses": lambda leaf: replace(leaf, absent=frozenset(SERVERS)),
    "no server has the file": lambda leaf: replace(leaf, fileless=frozenset(SERVERS)),
}


def draw(seed: int, number: int) -> tuple[Drawn, ...]:
    """`number` domains in their zones; the same seed gives the same."""
    random = Random(seed)
    return tuple(_one(random, f"r{seed}-{place}.{random.choice(SUFFIXES)}") for place in range(number))


def _one(random: Random, origin: str) -> Drawn:
    """One zone; or two, where the second is a sub-zone that holds the record, or the target of an alias in the first."""
    shape = random.choices(("one", "sub-zone", "alias", "dname"), (5, 2, 2, 1))[0]
    host = random.choices(("@", "dip", "a.b", "deep.er.still"), (4, 3, 2, 1))[0]
    if shape == "one":
        end, before, domain = _leaf(random, origin, host), None, _below(host, origin)
    elif shape == "sub-zone":
        end, before = _leaf(random, f"z.{origin}", host), _plain(random, origin, "www A 192.0.2.1")
        domain = _below(host, f"z.{origin}")
    else:
        other = f"t-{origin}"
        end = _leaf(random, other, "dip")
        alias = f"here CNAME dip.{other}." if shape == "alias" else f"old DNAME {other}."
        before, domain = _plain(random, origin, alias), f"here.{origin}" if shape == "alias" else f"dip.old.{origin}"
        host = "dip"
    if random.random() < 0.5:
        return Drawn(domain, (end,) if before is None else (before, end), "")
    broken = end if before is None or random.random() < 0.6 else before
    faults = _faults_for(broken, host, last=broken is end)
    if shape == "sub-zone" and before is not None and set(before.on) & set(end.on):
        # A server that knows one of the two zones alone: whether a resolver gets through then depends on chance.
        faults = {title: fault for title, fault in faults.items() if title not in DEAD}
    fault = random.choice(sorted(faults)) if faults else ""
    changed = faults[fault](broken) if fault else broken
    leaves = tuple(changed if leaf is broken else leaf for leaf in (before, end) if leaf is not None)
    return Drawn(domain, leaves, fault)


def _below(host: str, origin: str) -> str:
    return origin if host == "@" else f"{host}.{origin}"


def _faults_for(leaf: Leaf, host: str, *, last: bool) -> dict[str, Fault]:
    faults = dict(ANY_FAULTS if last else {title: ANY_FAULTS[title] for title in DEAD})
    if leaf.signed:
        faults |= {
            title: fault for title, fault in SIGNED_FAULTS.items() if title not in TAMPERED or (last and host == "@")
        }
    return faults


def _plain(random: Random, origin: str, records: str) -> Leaf:
    return Leaf(
        origin,
        records,
        on=tuple(random.sample(SERVERS, random.randint(1, 3))),
        signed=random.choice((None, "nsec", "nsec3", "nsec3")),
        serial=random.randint(1, 2**31),
        minimum=random.choice((0, 60, 300, 3600)),
    )


def _leaf(random: Random, origin: str, host: str) -> Leaf:
    return _plain(random, origin, "\n".join(_records(random, host)))


def _records(random: Random, host: str) -> list[str]:
    way = random.choices(("txt", "several", "strings", "cname", "wildcard"), (4, 2, 1, 2, 2))[0]
    if host == "@" and way in ("cname", "wildcard"):
        way = "several"
    lines = {
        "txt": [f'{host} TXT "{VALUE}"'],
        "several": [f'{host} TXT "{VALUE}"', f'{host} TXT "v=spf1 -all"', f"{host} A 192.0.2.7"],
        "strings": [f'{host} TXT "{VALUE[:25]}" "{VALUE[25:]}"'],
        "cname": [f"{host} CNAME aside", f'aside TXT "{VALUE}"'],
        "wildcard": [f'*.{host.partition(".")[2]} TXT "{VALUE}"' if "." in host else f'* TXT "{VALUE}"'],
    }[way]
    extra = [
        "www A 192.0.2.1",
        "@ MX 10 mail",
        "mail A 192.0.2.2",
        '_dmarc TXT "v=DMARC1; p=none"',
        "below.www AAAA 2001:db8::1",
    ]
    return lines + random.sample(extra, random.randint(0, len(extra)))
