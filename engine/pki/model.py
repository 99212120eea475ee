"""What goes into an inspection and what the rules see: named bytes, the context, and the items that were read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.findings import Finding
from engine.pki.facts import Certificate, Csr
from engine.pki.profile import Profile
from engine.pki.public_key import PublicKey

Kind = Literal[
    "csr",
    "certificate",
    "pkcs7",
    "pkcs12",
    "private_key",
    "public_key",
    "crl",
    "ocsp",
    "openssh",
    "jks",
    "unknown",
]
SignatureState = Literal["valid", "invalid", "weak", "unsupported", "none"]
Place = Literal["chat", "machine"]
Usage = Literal["client", "server"]

MAX_BYTES = 8 * 1024 * 1024
"""Of one binary file; only a large CRL comes near it."""
MAX_TEXT = 1024 * 1024
"""Of one text; a hundred certificates are a fifth of it."""


@dataclass(frozen=True, slots=True)
class NamedBytes:
    """A file or a paste with the name that findings call it by. Its content is never shown."""

    name: str
    data: bytes = field(repr=False)


class Password:
    """A password on its way to the one call that needs it. Never printed, compared or pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        return self._value

    def __repr__(self) -> str:
        return "Password(***)"

    def __reduce__(self) -> tuple[type, tuple[bytes]]:
        raise TypeError("a password is not to be stored")


@dataclass(frozen=True, slots=True)
class HvcaRequest:
    """What the certificate was asked for at GlobalSign's API; None where the request does not say.

    `other_names` are the addresses, e-mail addresses and URIs among the alternative names.
    """

    subject: tuple[tuple[str, str], ...] | None = None
    dns_names: tuple[str, ...] | None = None
    other_names: tuple[str, ...] | None = None
    usages: tuple[str, ...] | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    spki_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the files. Everything is optional; what is not known is not judged.

    `place`: in a chat private keys, PFX files and key stores are refused unread; on the person's own machine they are
    read. `claims` holds when each verified domain's claim runs out, `ends` when other things
    do, in words ("the API credential ends", "a DNSSEC signature runs out").
    `trust` is None where no anchors were given, which is not the same as none.
    """

    place: Place = "chat"
    profile: Profile | None = None
    request: HvcaRequest | None = None
    expect_serial: str | None = None
    domains: tuple[str, ...] = ()
    claims: Mapping[str, datetime] = field(default_factory=dict)
    organisation: str | None = None
    usage: Usage | None = None
    host: str | None = None
    trust: tuple[NamedBytes, ...] | None = None
    ocsp: tuple[NamedBytes, ...] = ()
    known: tuple[NamedBytes, ...] = ()
    password: Password | None = None
    ends: Mapping[str, datetime] = field(default_factory=dict)
    blocklist: Callable[[bytes], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing found in one file.

    `dress` says what surrounded it, `repairs` what had to be mended to read it, `problem` (a code of read/) why it could
    not be read, `detail` the words for it. `key` is the public half of whatever has one. Private material is not held.
    """

    file: str
    index: int
    kind: Kind
    der: bytes = field(default=b"", repr=False)
    label: str | None = None
    value: Csr | Certificate | None = None
    key: PublicKey | None = None
    repairs: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    problem: str | None = None
    detail: str = ""
    container: str | None = None
    encrypted: bool = False
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chain:
    """The order from the leaf upwards, by file, as far as the given certificates reach.

    `trusted` is None where no anchors were given.
    """

    order: tuple[str, ...]
    certificates: tuple[Certificate, ...] = field(repr=False)
    complete: bool = False
    trusted: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemReport:
    """An item as the report shows it."""

    item: Item
    signature: SignatureState
    belongs_to: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The answer: `bad` if any finding is an error, `unknown` if nothing could be recognised, else `good`.

    `silent` and `not_applicable` name the rules that had nothing to say, and those that there was nothing for.
    """

    verdict: Literal["good", "bad", "unknown"]
    renew_by: datetime | None
    renew_reason: str | None
    items: tuple[ItemReport, ...]
    chain: Chain | None
    findings: tuple[Finding, ...]
    silent: tuple[str, ...]
    not_applicable: tuple[str, ...]
