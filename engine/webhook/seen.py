"""What a probe saw, as plain values: the rules judge these and never touch a socket."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.pki.model import Chain, Item
from engine.webhook.claim import Claim

Stage = Literal["connect", "handshake", "after", "http", "done"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A TLS alert; `code` as in RFC 8446 section 6. `received`: it came from the server."""

    code: int
    fatal: bool
    received: bool


@dataclass(frozen=True, slots=True)
class Http:
    """The answer to one request."""

    method: str
    status: int
    location: str | None
    date: datetime | None
    server: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One connection, as far as it got: `stage` is where it ended, `error` the words of the system or library.

    `version` is what the server chose, also where the handshake did not end well.
    `requested` says whether the server asked for a client certificate, `accepted` which issuers it named.
    """

    what: str
    address: str
    stage: Stage
    error: str | None = None
    timed_out: bool = False
    handshake_done: bool = False
    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    chain: tuple[bytes, ...] = field(default=(), repr=False)
    requested: bool = False
    accepted: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    http: Http | None = None

    @property
    def refusal(self) -> Alert | None:
        """The alert by which the server ended it, if it did."""
        return next((alert for alert in self.alerts if alert.received and alert.code != CLOSE_NOTIFY), None)


CLOSE_NOTIFY = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was seen. `forbidden` are addresses that must not be asked; `versions` what the server speaks.

    `plain` is the attempt without a client certificate, `own` the one with it, `bare` the one without server name.
    """

    claim: Claim
    now: datetime
    addresses: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    unresolved: str | None = None
    plain: Attempt | None = None
    own: Attempt | None = None
    bare: Attempt | None = None
    others: tuple[Attempt, ...] = ()
    versions: dict[str, bool] = field(default_factory=dict)
    items: tuple[Item, ...] = field(default=(), repr=False)
    built: Chain | None = None
    own_issuers: tuple[str, ...] = ()
