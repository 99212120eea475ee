"""What is claimed: a domain and the TXT value that the portal shows, cleaned of how people paste them."""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import dns.name
import idna

from engine.dns.tokens import PREFIX_IN_TEXT, is_globalsign_shaped


class BadInput(ValueError):
    """The text is no domain name, or no value; the message says why in words for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One normalisation of what was typed: a code of the D27 rule and a sentence about it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of GlobalSign's log of a claim: SUCCESS, ERROR or INFO, and when."""

    status: str
    description: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The question put to the engine. `domain` is absolute, lower case, in A-labels; make one with `Claim.parse`.

    `awaited_since` is when a change was promised or last seen, which sets the pace of looking again; None: only now.
    """

    domain: dns.name.Name
    value: str | None = None
    changes: tuple[Change, ...] = ()
    assert_by: datetime | None = None
    previous: tuple[str, ...] = ()
    verified_at: datetime | None = None
    awaited_since: datetime | None = None
    company_domains: tuple[dns.name.Name, ...] = ()
    status: str | None = None
    log: tuple[LogEntry, ...] = ()

    @classmethod
    def parse(
        cls,
        domain: str,
        value: str | None = None,
        *,
        assert_by: datetime | None = None,
        previous: Iterable[str] = (),
        verified_at: datetime | None = None,
        awaited_since: datetime | None = None,
        company_domains: Iterable[str] = (),
        status: str | None = None,
        log: Iterable[LogEntry] = (),
    ) -> "Claim":
        """The claim as typed by a person. Raises BadInput with the reason if a domain or the value cannot be meant."""
        name, changes = parse_domain(domain)
        cleaned: str | None = None
        if value is not None:
            cleaned, more = clean_value(value)
            changes += more
        return cls(
            domain=name,
            value=cleaned,
            changes=changes,
            assert_by=assert_by,
            previous=tuple(clean_value(text)[0] for text in previous),
            verified_at=verified_at,
            awaited_since=awaited_since,
            company_domains=tuple(parse_domain(text)[0] for text in company_domains),
            status=status,
            log=tuple(log),
        )

    @property
    def verified(self) -> bool:
        """Whether GlobalSign says that the domain is verified: then the value has been used, and its end is no matter."""
        return self.status == "VERIFIED"

    @property
    def last_failure(self) -> LogEntry | None:
        """GlobalSign's last attempt, if it failed and the claim is not verified."""
        attempts = [entry for entry in self.log if entry.status in ("SUCCESS", "ERROR")]
        last = max(attempts, key=lambda entry: entry.at, default=None)
        return last if last and last.status == "ERROR" and not self.verified else None

    @property
    def domain_text(self) -> str:
        """The domain without its final dot, as people write it."""
        return self.domain.to_text(omit_final_dot=True)


_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PORT = re.compile(r":\d{1,5}$")
_DOTS = re.compile("[。．｡]")
_LABEL = re.compile(r"^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))


def parse_domain(text: str) -> tuple[dns.name.Name, tuple[Change, ...]]:
    """The domain that was meant, and each thing that was taken off or changed to get there.

    Raises BadInput for what is no domain name. `www.` is kept, because it is a domain of its own; the change says so.
    """
    if len(text) > 2048:
        raise BadInput("That is no domain name: it is longer than 253 characters.")
    changes: list[Change] = []
    host = _strip_dress(text, changes)
    if not host:
        raise BadInput(f"{_shown(text)} holds no domain name.")
    _refuse_address(host, text)
    host = _to_ascii(host, changes)
    _refuse_address(host, text)
    labels = host.split(".")
    if any(not label for label in labels):
        raise BadInput(f"{_shown(text)} has an empty part between two dots.")
    for label in labels:
        if len(label) > 63:
            raise BadInput(f"{_shown(label)} is longer than the 63 characters that a part of a domain name may have.")
        if not _LABEL.match(label):
            raise BadInput(f"{_shown(label)} is no part of a domain name: letters, digits and hyphens only.")
    if len(host) > 253:
        raise BadInput("That is no domain name: it is longer than 253 characters.")
    if labels[0] == "www" and len(labels) > 2:
        changes.append(Change("www-kept", f"{host} was judged as typed. If the portal shows {host[4:]}, check that."))
    if any("_" in label for label in labels):
        changes.append(Change("underscore-in-domain", f"{host} holds an underscore, so it is no host's name."))
    return dns.name.from_text(host + "."), tuple(changes)


def _strip_dress(text: str, changes: list[Change]) -> str:
    def took(code: str, what: str) -> None:
        changes.append(Change(code, f"{what} was taken off: {_shown(text)}."))

    host = unicodedata.normalize("NFC", text).translate(_INVISIBLE).strip().strip("\"'“”‘’<>`").strip()
    if host != text:
        took("blanks-removed", "Blanks, quotes or invisible characters around the domain: what")
    if match := _SCHEME.match(host):
        host = host[match.end() :]
        took("scheme-removed", "The scheme")
    if len(rest := re.split(r"[/?#\\]", host, maxsplit=1)) > 1:
        host = rest[0]
        took("path-removed", "The path")
    if "@" in host:
        before, host = host.rsplit("@", 1)
        took("email-removed" if before else "at-sign-removed", "The part before the @" if before else "The @")
    if _looks_like_ipv6(host):
        return host
    if match := _PORT.search(host):
        host = host[: match.start()]
        took("port-removed", "The port")
    if spaced := re.sub(r"\s*([.。．｡])\s*", r"\1", host):
        if spaced != host:
            took("blanks-removed", "Blanks beside a dot: what")
        host = spaced.strip()
    if (dotted := _DOTS.sub(".", host)) != host:
        host = dotted
        changes.append(Change("dots-converted", f"Dots of another script were read as full stops: {host}."))
    if host.startswith("*."):
        host = host[2:]
        took("wildcard-removed", "The wildcard")
    if host.endswith(".") and host.strip("."):
        host = host[:-1]
        took("final-dot-removed", "The final dot")
    return host


def _looks_like_ipv6(host: str) -> bool:
    return host.startswith("[") or host.count(":") > 1


def _refuse_address(host: str, text: str) -> None:
    bare = host.strip("[]").partition("%")[0]
    try:
        ipaddress.ip_address(re.sub(r"\]:\d+$", "", host).strip("[]").partition("%")[0])
    except ValueError:
        if not re.fullmatch(r"[\d.]+|0x[0-9a-f]+", bare, re.IGNORECASE):
            return
    raise BadInput(f"{_shown(text)} is an address, not a domain name. GlobalSign verifies domains.")


def _to_ascii(host: str, changes: list[Change]) -> str:
    lowered = host.lower()
    if lowered.isascii():
        if lowered != host:
            changes.append(Change("lower-cased", f"{host} was read in lower case; case makes no difference in DNS."))
        for label in lowered.split("."):
            if label.startswith("xn--"):
                _check_a_label(label)
        return lowered
    try:
        ascii_host = idna.encode(lowered, uts46=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise BadInput(f"{_shown(host)} is no valid international domain name: {error}.") from error
    changes.append(Change("u-label-converted", f"{host} is written {ascii_host} in DNS."))
    try:
        older = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        older = ascii_host
    if older != ascii_host:
        changes.append(Change("idna-differs", f"Older software turns {host} into {older}, a different domain."))
    if any(_mixed_script(label) for label in lowered.split(".")):
        changes.append(
            Change("mixed-script", f"{host} mixes alphabets in one part: check each letter against {ascii_host}.")
        )
    return ascii_host


def _check_a_label(label: str) -> None:
    try:
        idna.ulabel(label)
    except (idna.IDNAError, UnicodeError) as error:
        raise BadInput(f"{_shown(label)} is no valid international domain name: {error}.") from error


def _mixed_script(label: str) -> bool:
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in label if char.isalpha()}
    asian = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}
    return len(scripts - asian) > 1


_QUOTES = "\"'“”‘’`«»„‚"
_LEAD_IN = re.compile(r"^\s*(?:txt|value|record|name|host|content|data)\b[\s:=@]*", re.IGNORECASE)


def clean_value(text: str) -> tuple[str, tuple[Change, ...]]:
    """The TXT value that was meant, without quotes, blanks and words around it. Raises BadInput if nothing is left."""
    if len(text) > 4096:
        raise BadInput("The value is longer than 4,096 characters.")
    value = unicodedata.normalize("NFC", text).translate(_INVISIBLE).replace("\u00a0", " ").strip()
    changes: list[Change] = []
    if match := PREFIX_IN_TEXT.search(value):
        if value[: match.start()].strip(_QUOTES + " \t\r\n"):
            changes.append(Change("value-words-removed", "Words before the value were taken off."))
        value = value[match.start() :]
        joined = re.sub(r"[\s]*[\r\n]+[\s]*", "", value)
        value = joined.split()[0] if joined.split() else joined
    else:
        while (shorter := _LEAD_IN.sub("", value, count=1)) != value and shorter:
            value = shorter
            changes.append(Change("value-words-removed", "Words before the value were taken off."))
        value = re.sub(r"\s*[\r\n]+\s*", "", value)
    value = value.strip(_QUOTES + " \t\r\n")
    if not value:
        raise BadInput("The value is empty. Copy it from the portal's DOMAIN page.")
    if any(unicodedata.category(char) == "Cc" for char in value):
        raise BadInput("The value holds control characters. Copy it again from the portal's DOMAIN page.")
    if value != text and not changes:
        changes.append(Change("value-cleaned", "Quotes, blanks or line breaks around the value were taken off."))
    if not is_globalsign_shaped(value):
        changes.append(
            Change("value-shape", "The value does not look like GlobalSign's; it was looked for exactly as given.")
        )
    return value, tuple(changes)


def _shown(text: str) -> str:
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return f"'{clean[:80]}{'…' if len(clean) > 80 else ''}'"
