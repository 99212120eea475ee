"""Random chains, healthy and with faults of every kind, judged beside OpenSSL: both say yes or both say no."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from random import Random

import pytest
from cryptography import x509

from engine.pki import NamedBytes
from tests.pki.conftest import CA_USAGE, CLIENT, NOW, SERVER, SIGN_ONLY, Issued, ec_key, issue, look
from tests.pki.test_differential import verified

WORLDS, SEEDS = 60, 3
DAY = timedelta(days=1)
ANY = x509.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
DNS = x509.DNSName
STRANGE = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), True)
NAMES = (["meter.northwind.example"], ["meter.northwind.example", "*.northwind.example"], ["a.southwind.example"])
CONSTRAINTS: tuple[tuple[list[x509.GeneralName] | None, list[x509.GeneralName] | None], ...] = (
    ([DNS("northwind.example")], None),
    (None, [DNS("northwind.example")]),
    (None, [DNS("evil.example")]),
    ([x509.RFC822Name("northwind.example")], None),
    ([x509.IPAddress(ip_network("192.0.2.0/24"))], None),
)


@dataclass(frozen=True)
class World:
    root: Issued
    above: tuple[Issued, ...]
    leaf: Issued
    usage: str


def world(chance: Random) -> World:
    """A root, up to three intermediates and a leaf; each part is odd now and then, so about half of the worlds are healthy."""

    def now_and_then(of: Callable[[], object], usual: object, odds: float = 0.06) -> object:
        return of() if chance.random() < odds else usual

    def one(*choices: object) -> Callable[[], object]:
        return lambda: chance.choice(choices)

    depth = chance.randint(0, 3)
    above: list[Issued] = []
    for level in range(depth + 1):
        extensions: list[object] = []
        if chance.random() < 0.1:
            extensions.append((x509.NameConstraints(*chance.choice(CONSTRAINTS)), True))
        if level and chance.random() < 0.12:
            usages = chance.choice(([CLIENT, SERVER], [CLIENT], [SERVER], [ANY]))
            extensions.append((x509.ExtendedKeyUsage(usages), False))
        extensions += [STRANGE] if chance.random() < 0.02 else []
        below = depth - level
        made = issue(
            f"Random {level}",
            issuer=above[-1] if above else None,
            key=ec_key(200 + level),
            organisation="Random CA",
            ca=now_and_then(one(False), True, 0.03 if level else 0),  # type: ignore[arg-type]  # a choice among its values
            path_length=now_and_then(one(below, below + 1, max(below - 1, 0)), None, 0.3),  # type: ignore[arg-type]  # as above
            sans=None,
            usages=None,
            key_usage=now_and_then(one(SIGN_ONLY), CA_USAGE, 0.03),  # type: ignore[arg-type]  # as above
            not_before=NOW + now_and_then(one(DAY), -100 * DAY, 0.03),  # type: ignore[operator]  # as above
            not_after=NOW + now_and_then(one(-DAY), 100 * DAY, 0.03),  # type: ignore[operator]  # as above
            authority_key=now_and_then(one(ec_key(299)), None, 0.03) if above else None,  # type: ignore[arg-type]  # as above
            extensions=extensions,  # type: ignore[arg-type]  # as above
        )
        if above and chance.random() < 0.08:  # its name in other letters below it
            twin = issue(f"RANDOM  {level}", key=made.key, organisation="random ca", ca=True)
            above += [made, twin]
        else:
            above.append(made)
    twins = {each.pem for each in above if "RANDOM" in each.certificate.subject.rfc4514_string()}
    hosts = chance.choice(NAMES)
    leaf = issue(
        hosts[0],
        hosts,
        issuer=above[-1],
        key=ec_key(298),
        usages=now_and_then(one([CLIENT], [SERVER], [ANY], None), [CLIENT, SERVER], 0.2),  # type: ignore[arg-type]  # as above
        not_after=NOW + now_and_then(one(-DAY), 50 * DAY, 0.03),  # type: ignore[operator]  # as above
        not_before=NOW - 90 * DAY,
        extensions=[STRANGE] if chance.random() < 0.02 else [],
    )
    root, *between = [each for each in above if each.pem not in twins]
    if between and chance.random() < 0.08:
        between.remove(chance.choice(between))
    chance.shuffle(between)
    return World(root, tuple(between), leaf, chance.choice(("client", "server")))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_chains_are_judged_as_openssl_does(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    taken = 0
    for number in range(WORLDS):
        case = world(chance)
        between = b"".join(each.pem for each in case.above)
        theirs = verified(tmp_path, case.root.pem, between, case.leaf.pem, "-purpose", f"ssl{case.usage}")
        files = [case.leaf.pem, *([between] if between else [])]
        found = look(*files, trust=(NamedBytes("root", case.root.pem),), usage=case.usage).findings
        ours = not any(each.severity == "error" or "OpenSSL does not take" in each.seen for each in found)
        assert ours == theirs, (number, case.usage, [(each.code, each.seen) for each in found])
        taken += theirs
    assert WORLDS * 0.2 < taken < WORLDS * 0.9
