"""What the rules judge: everything that was read, put in relation once, so that no rule does it again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.pki.facts import Certificate, Csr
from engine.pki.model import Chain, Context, Item, SignatureState
from engine.pki.names import looks_like_host
from engine.pki.usage import key_usage, says_authority


@dataclass(frozen=True, slots=True)
class Case:
    """The items of one inspection. `known` are items of earlier orders, `answers` OCSP responses,
    `anchors` the trusted certificates."""

    items: tuple[Item, ...]
    context: Context
    now: datetime
    signatures: tuple[SignatureState, ...]
    known: tuple[Item, ...] = ()
    answers: tuple[Item, ...] = ()
    anchors: tuple[Certificate, ...] | None = None
    chains: tuple[Chain, ...] = field(default=())

    def csrs(self) -> Iterator[tuple[Item, Csr]]:
        for item in self.items:
            if isinstance(item.value, Csr):
                yield item, item.value

    def certificates(self) -> Iterator[tuple[Item, Certificate]]:
        for item in self.items:
            if isinstance(item.value, Certificate):
                yield item, item.value

    def leaves(self) -> list[tuple[Item, Certificate]]:
        """The certificates that are for a holder: no authority, and issuer of nothing that is here."""
        return leaves_of(self.items)

    def keys(self) -> Iterator[Item]:
        """Private keys that could be read, wherever they were."""
        return (item for item in self.items if item.key and "private" in item.traits)


def is_authority(certificate: Certificate) -> bool:
    """Whether its basic constraints say CA. Without them, one that signed itself is: of version 1, or if it may sign others.

    The latter as OpenSSL takes it; the roots of some companies have been made so.
    """
    extension = certificate.extension("2.5.29.19")
    if extension is None:
        usage = certificate.extension("2.5.29.15")
        may_sign = usage is not None and "keyCertSign" in key_usage(usage.value)
        return certificate.self_issued and (certificate.version == 1 or may_sign)
    return says_authority(extension.value)


def leaves_of(items: Sequence[Item]) -> list[tuple[Item, Certificate]]:
    found: list[tuple[Item, Certificate]] = []
    seen: set[bytes] = set()
    for item in items:
        value = item.value
        if isinstance(value, Certificate) and not is_authority(value) and value.der not in seen:
            seen.add(value.der)
            found.append((item, value))
    return found


def hosts(value: Csr | Certificate) -> tuple[str, ...]:
    """Every name that must be proved: the host names, and a common name that is meant as one."""
    common = [name for name in value.subject.all("CN") if looks_like_host(name)]
    return tuple(dict.fromkeys((*value.names.dns, *common)))
