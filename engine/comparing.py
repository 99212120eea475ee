"""What a shared CSR or certificate is held against, half by half: what agrees, what disagrees, and what could not be compared.

A file can be good by itself and belong to something else; a check counts as verified only where each half that its task names
agrees (`process.model.Half`). Whether its key was posted somewhere is not seen here: the decision core knows that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.pki import chain as chains
from engine.pki.case import hosts, is_authority, leaves_of
from engine.pki.facts import Certificate, Csr
from engine.pki.model import Context, Item, NamedBytes
from engine.pki.names import under
from engine.pki.read import read
from engine.pki.rules.subject import fold
from engine.process.model import Half


class State(StrEnum):
    AGREES = "agrees"
    MISSING = "missing"  # there was nothing to compare with, or nothing in the file
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class Against:
    """What is known of the track. None and empty: not known. `requested` is the CSR that counted for the same certificate."""

    requested: NamedBytes | None = None
    profile: str | None = None
    organisation: str | None = None
    domains: tuple[str, ...] = ()
    other_track: tuple[NamedBytes, ...] = ()
    anchors: tuple[NamedBytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One half. `why` is a word of `templates/parts/compared.md`, `seen` what is worth showing of it."""

    half: Half
    state: State
    why: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`key` is the SHA-256 of the public key that was compared, in hex; empty where the file has no single one."""

    halves: tuple[Compared, ...]
    key: str = ""

    def those(self, state: State) -> tuple[str, ...]:
        return tuple(one.half.value for one in self.halves if one.state is state)


def compare(items: Iterable[Item], against: Against, now: datetime) -> Comparison:
    """Holds the one CSR, or the one holder's certificate, against what is known of the track."""
    found = tuple(items)
    requested = _key_of(against.requested)
    subject = _subject(found, requested)
    if subject is None:
        several = len(_candidates(found)) > 1
        return Comparison(tuple(Compared(half, State.MISSING, "several" if several else "no-holder") for half in _MADE))
    item, value = subject
    key = item.key.sha256 if item.key else ""
    halves = [_organisation(value, against), _names(value, against), _profile(against), _track(key, against)]
    if isinstance(value, Certificate):
        halves = [_key(key, requested), *halves, *_path(found, value, against, now)]
    return Comparison(tuple(halves), key)


def authorities_in(named: NamedBytes) -> tuple[Certificate, ...]:
    """The certificates of authorities that a file holds."""
    values = (item.value for item in read(named, Context()))
    return tuple(value for value in values if isinstance(value, Certificate) and is_authority(value))


_MADE = tuple(half for half in Half if half not in (Half.DOMAIN, Half.VALUE, Half.UNPOSTED))


def _candidates(items: tuple[Item, ...]) -> list[tuple[Item, Csr | Certificate]]:
    """The CSRs, or where there is none the certificates that are for a holder; of one key each once."""
    requests: list[tuple[Item, Csr | Certificate]] = [
        (item, item.value) for item in items if isinstance(item.value, Csr)
    ]
    found = requests or [(item, certificate) for item, certificate in leaves_of(items)]
    return list({item.key.sha256 if item.key else value.der: (item, value) for item, value in found}.values())


def _subject(items: tuple[Item, ...], requested: str | None) -> tuple[Item, Csr | Certificate] | None:
    """The only one; of several certificates the one for the key that was asked for."""
    found = _candidates(items)
    if len(found) > 1:
        found = [each for each in found if requested and each[0].key and each[0].key.sha256 == requested]
    return found[0] if len(found) == 1 else None


def keys_in(named: NamedBytes) -> tuple[str, ...]:
    """The keys of its CSRs, or of its holders' certificates: SHA-256 of the SubjectPublicKeyInfo in hex."""
    return tuple(item.key.sha256 for item, _ in _candidates(read(named, Context())) if item.key)


def _key_of(named: NamedBytes | None) -> str | None:
    return next(iter(keys_in(named)), None) if named is not None else None


def _key(key: str, requested: str | None) -> Compared:
    if requested is None:
        return Compared(Half.KEY, State.MISSING, "csr-not-seen")
    return Compared(Half.KEY, State.AGREES) if key == requested else Compared(Half.KEY, State.DISAGREES, "another-key")


def _organisation(value: Csr | Certificate, against: Against) -> Compared:
    half, written = Half.ORGANISATION, value.subject.all("O")
    if not against.organisation:
        return Compared(half, State.MISSING, "company-not-known")
    if not written:
        return Compared(half, State.MISSING, "no-organisation")
    if any(fold(text) != fold(against.organisation) for text in written):
        return Compared(half, State.DISAGREES, "another-organisation", ", ".join(written)[:120])
    return Compared(half, State.AGREES)


def _names(value: Csr | Certificate, against: Against) -> Compared:
    half, names = Half.NAMES, hosts(value)
    if not against.domains:
        return Compared(half, State.MISSING, "domain-not-known")
    if not names:
        return Compared(half, State.MISSING, "no-names")
    if outside := [name for name in names if not under(name, *against.domains)]:
        return Compared(half, State.DISAGREES, "other-names", ", ".join(outside)[:120])
    return Compared(half, State.AGREES)


def _profile(against: Against) -> Compared:
    """What breaks the profile is a finding and makes the file bad; here it counts whether there was one to judge by."""
    if against.profile is None:
        return Compared(Half.PROFILE, State.MISSING, "kind-not-known")
    return Compared(Half.PROFILE, State.AGREES, seen=against.profile)


def _track(key: str, against: Against) -> Compared:
    if key and any(key in keys_in(named) for named in against.other_track):
        return Compared(Half.TRACK, State.MISSING, "other-track")
    return Compared(Half.TRACK, State.AGREES)


def _path(items: tuple[Item, ...], leaf: Certificate, against: Against, now: datetime) -> Iterator[Compared]:
    anchors = tuple(certificate for named in against.anchors for certificate in authorities_in(named))
    built = next((one for one in chains.build(items, anchors, now) if one.certificates[0].der == leaf.der), None)
    chains.forget()
    came = built is not None and len(built.order) > 1
    yield Compared(Half.CHAIN, State.AGREES) if came else Compared(Half.CHAIN, State.MISSING, "no-chain")
    if not anchors:
        yield Compared(Half.ISSUER, State.MISSING, "nobody-named", leaf.issuer.text()[:120])
    elif built is not None and built.trusted:
        yield Compared(Half.ISSUER, State.AGREES, seen=built.certificates[-1].subject.text()[:120])
    else:
        yield Compared(Half.ISSUER, State.MISSING, "issuer-not-known", leaf.issuer.text()[:120])
