"""Host names as certificates have them: below which domain they are, and what is wrong with their form."""

import ipaddress
import re
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

from engine.pki.remember import remembering

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z", re.IGNORECASE)
_PLAIN = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z][a-z0-9-]{1,62}(?<!-)\Z")


def fault(name: str) -> tuple[str, str] | None:
    """What is wrong with a dNSName: a code of rules/host_names.py and the words for it; None if nothing is."""
    if _PLAIN.match(name) and len(name) <= 253 and "--" not in name:
        return None
    if any(ord(char) > 127 for char in name):
        return "u-label", f"{name} is not in its ASCII form"
    if "://" in name or "/" in name or (":" in name and not _is_ip(name)):
        return "not-a-host-name", f"{name} is an address of a page, not a host"
    if "@" in name:
        return "not-a-host-name", f"{name} is an e-mail address"
    if _is_ip(name):
        return "ip-as-host-name", f"{name} is an IP address"
    if name != name.strip() or any(char.isspace() for char in name):
        return "not-a-host-name", f"there is a blank in {name!r}"
    if name.endswith("."):
        return "trailing-dot", f"{name} ends with a dot"
    if "*" in name:
        return _wildcard_fault(name)
    if "_" in name:
        return "underscore", f"{name} has an underscore"
    if len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        return "not-a-host-name", f"{name[:80]} is no valid host name"
    if "." not in name:
        return "single-label", f"{name} has no domain"
    if broken := next((label for label in name.split(".") if label.startswith("xn--") and not _decodes(label)), None):
        return "not-a-host-name", f"{broken} is no valid encoded name"
    return None


def verified_domain(text: str) -> str:
    """A domain as its claim has it: in ASCII, without final dot or asterisk. Raises ValueError, which says what it is instead."""
    domain = text.strip().rstrip(".").removeprefix("*.").lower()
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as refused:
        raise ValueError(f"{text} is no domain ({refused})") from None
    if found := fault(domain):
        raise ValueError(found[1] if domain else "it is empty")
    return domain


def under(name: str, *domains: str) -> bool:
    """Whether a host name is one of the domains or below it, label by label, whatever the case and final dots."""
    host = _fold(name.removeprefix("*."))
    for domain in domains:
        zone = _fold(domain)
        if zone and (host == zone or host.endswith("." + zone)):
            return True
    return False


def same_host(pattern: str, host: str) -> bool:
    """Whether a name in a certificate covers a host: the same, or a wildcard for its leftmost label (RFC 6125)."""
    pattern, host = _fold(pattern), _fold(host)
    if pattern.startswith("*."):
        first, _, rest = host.partition(".")
        return bool(first) and rest == pattern[2:] and "." in rest
    return pattern == host


def looks_like_host(text: str) -> bool:
    """Whether a common name is meant as a host name, as opposed to the name of a company or person."""
    return "." in text.strip(".") and "@" not in text and len(text.split()) == 1 and text == text.strip()


@remembering(1024, 256)
def is_public_suffix(domain: str) -> bool:
    """Whether a registry gives out the names directly below it (com, co.uk). An unknown last label is none.

    The list's private part (github.io) does not count: those domains have an owner, who can prove it.
    """
    return _suffixes().is_public(_fold(domain)) if domain else False


def _wildcard_fault(name: str) -> tuple[str, str] | None:
    if not name.startswith("*.") or "*" in name[2:]:
        return "bad-wildcard", f"{name} has its asterisk in a place where it means nothing"
    if inner := fault(name[2:]):
        return inner if inner[0] != "single-label" else ("bad-wildcard", f"{name} would cover a whole top-level domain")
    if is_public_suffix(name[2:]):
        return "bad-wildcard", f"{name} would cover everybody's domains below {name[2:]}"
    return None


def _fold(name: str) -> str:
    return name.strip().rstrip(".").lower()


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _decodes(label: str) -> bool:
    try:
        return bool(label[4:].encode("ascii").decode("punycode"))
    except (UnicodeError, ValueError):
        return False


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)
