"""What is to be probed: a webhook's address, taken apart and checked before anything is resolved or connected."""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from engine.pki.model import NamedBytes


class BadUrl(ValueError):
    """The address cannot be a webhook's; the message says why."""


@dataclass(frozen=True, slots=True)
class Url:
    """An https address. `host` is in its ASCII form, lower case; `target` is path and query."""

    text: str
    host: str
    port: int
    target: str
    is_ip: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """One probe. `post` sends one empty POST; `certificate` is a client certificate with its key, as PEM files' paths."""

    url: Url
    post: bool = False
    trust: "tuple[NamedBytes, ...] | None" = None
    certificate: tuple[str, str] | None = field(default=None, repr=False)
    allow_private: bool = False
    at: datetime | None = None
    timeout_seconds: float = 5.0


def parse_url(text: str) -> Url:
    """Raises BadUrl for what is no https address, or one with credentials, a fragment, blanks or control characters."""
    text = text.strip()
    if not text.isprintable() or any(char.isspace() for char in text) or "\\" in text or len(text) > 2000:
        raise BadUrl("the address has blanks, backslashes or characters that cannot be printed, or is too long")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadUrl("the address cannot be read; its port or brackets are wrong") from None
    if parts.scheme.lower() != "https":
        raise BadUrl("a webhook's address begins with https://")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("the address has a user name or password in it; take it out")
    if parts.fragment or text.endswith("#"):
        raise BadUrl("the address has a fragment (#...), which is never sent")
    if not parts.hostname or port == 0:
        raise BadUrl("the address has no host, or port 0")
    host = _host(parts.hostname)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise BadUrl("the path has characters beyond ASCII; write them percent-encoded")
    return Url(text, host, port or 443, target, _is_ip(host))


def _host(name: str) -> str:
    name = name.rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadUrl("the host's name cannot be encoded for the DNS") from None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
