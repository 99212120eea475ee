"""Names as people see them in a DNS panel."""

import dns.exception
import dns.name

from engine.dns.answers import Name


def text(name: Name) -> str:
    """The name without its final dot."""
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "."


def host_in(name: Name, zone: Name) -> str:
    """What goes into the name field of a panel that appends the zone: `@` for the zone itself."""
    if name == zone:
        return "@"
    return name.relativize(zone).to_text() if name.is_subdomain(zone) else text(name)


def join(*parts: Name | str) -> Name | None:
    """One name out of parts, None if it would be longer than a name may be."""
    labels: list[bytes] = []
    for part in parts:
        piece = dns.name.from_text(part, None) if isinstance(part, str) else part
        labels += [label for label in piece.labels if label]
    try:
        return dns.name.Name([*labels, b""])
    except dns.exception.DNSException:
        return None


def listed(items: tuple[object, ...], most: int = 4) -> str:
    """`a, b and c`, or the first few and how many more."""
    shown = [str(item) for item in items[:most]]
    if len(items) > most:
        return f"{', '.join(shown)} and {len(items) - most} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "none"


_MANY = {"is": "are", "has": "have", "does": "do"}


def said_of(items: tuple[object, ...], says: str, most: int = 4) -> str:
    """`a says so`, or `a and b say so`: a list as the subject of what is given in the singular."""
    verb, _, rest = says.partition(" ")
    if len(items) != 1:
        verb = _MANY.get(verb, verb.removesuffix("s"))
    return f"{listed(items, most)} {verb} {rest}"


def counted(number: int, what: str) -> str:
    """`1 server`, `2 servers`, `1 address`, `2 addresses`."""
    plural = f"{what}es" if what.endswith("s") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def quoted(value: str, most: int = 120) -> str:
    """A value for a sentence: shortened, with what cannot be seen written out."""
    return f"`{visible(value, most)}`"


def visible(value: str, most: int = 200) -> str:
    """Text from strangers, safe for a terminal or a message: shortened, with what cannot be seen written out."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in value[: most + 1])
    return f"{shown[:most]}{'…' if len(shown) > most else ''}"


def span(seconds: int) -> str:
    """A length of time in words, rounded up: `45 seconds`, `20 minutes`, `3 hours`."""
    if seconds < 90:
        return f"{max(seconds, 0)} seconds" if seconds != 1 else "1 second"
    if seconds < 90 * 60:
        return f"{-(-seconds // 60)} minutes"
    if seconds < 48 * 3600:
        return f"{-(-seconds // 3600)} hours"
    return f"{-(-seconds // 86400)} days"


def probe_below(name: Name) -> Name | None:
    """A made-up name below another, the same each time: what exists there exists through a wildcard only."""
    return join("dipper-no-such-name-3f7a", name)


def serial_before(one: int, other: int) -> bool:
    """Whether zone serial `one` is older than `other` (RFC 1982 section 3.2)."""
    return one != other and (other - one) % 2**32 < 2**31
