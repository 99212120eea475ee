"""What the DNS provider of the demo holds: zones with their versions, the panel's habits, keys; kept in one file.

All changes go through `Provider`. It reads the time from the clock it is given (the sandbox's clock) and writes the
file before it returns, so that a restart loses nothing.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import dns.exception
import dns.name
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.dns_zones import PROVIDER_ZONE, Leaf, Record, rdata_of

RECORD_TYPES = ("TXT", "A", "AAAA", "CNAME", "MX", "CAA")
TTLS_SECONDS = (60, 300, 900, 3600, 14400, 86400)
DELAYS_SECONDS = (0, 60, 900, 3600, 86400)
MAX_DOMAINS = 200
MAX_RECORDS = 100
MAX_VALUE_OCTETS = 4096
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\.example")
_DEFAULT_DOMAIN = "northwind.example"

Clock = Callable[[], datetime]


class BadInput(ValueError):
    """The panel cannot take this; the message says why and what to do."""


class BadState(Exception):
    """The state file cannot be read; the message says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What panels do to what people type. Each one is a way in which a good request becomes a wrong record."""

    appends_zone: bool = True
    adds_quotes: bool = False
    trims_value: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    serial: int
    published_at: datetime
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A zone's versions, oldest first; the first is the one that ns2 has for certain, the last is what ns1 serves."""

    domain: str
    versions: tuple[Version, ...]
    next_record_id: int = 1

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    def lagging(self, now: datetime, delay_seconds: int | None) -> Version:
        """What ns2 serves: the newest version that is at least `delay_seconds` old; None waits for the button."""
        if delay_seconds is None:
            return self.versions[0]
        due = now - timedelta(seconds=delay_seconds)
        return [self.versions[0], *(version for version in self.versions[1:] if version.published_at <= due)][-1]


@dataclass(frozen=True, slots=True)
class ProviderState:
    created_at: datetime
    registry_serial: int
    habits: Habits
    delay_seconds: int | None
    zones: dict[str, HostedZone]
    keys: dict[str, str]


class Provider:
    """The provider's desk. Every method that changes something raises BadInput for what it cannot take."""

    def __init__(self, state_file: Path, clock: Clock) -> None:
        self._file = state_file
        self._clock = clock
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        if state_file.exists():
            self.state = _read(state_file)
        else:
            self.state = _fresh(clock())
            self._save(self.state)

    def now(self) -> datetime:
        return self._clock()

    def key(self, zone: str) -> ec.EllipticCurvePrivateKey:
        if zone not in self._keys:
            loaded = serialization.load_pem_private_key(self.state.keys[zone].encode(), password=None)
            if not isinstance(loaded, ec.EllipticCurvePrivateKey):
                raise TypeError(f"{self._file}: the key of {zone} is not an elliptic curve key")
            self._keys[zone] = loaded
        return self._keys[zone]

    def hosted(self, domain: str) -> HostedZone:
        zone = self.state.zones.get(domain)
        if zone is None:
            raise BadInput(f"There is no domain {domain} here. Add it first.")
        return zone

    def leaf(self, domain: str, version: Version) -> Leaf:
        refresh = self.state.delay_seconds or 900
        return Leaf(domain, version.serial, refresh, version.records, self.key(domain))

    def on_ns2(self, domain: str) -> Version:
        return self.hosted(domain).lagging(self.now(), self.state.delay_seconds)

    def add_domain(self, typed: str) -> str:
        """Register a domain directly under example. and host it here. Returns its name as stored."""
        domain = typed.strip().lower().rstrip(".")
        if not _DOMAIN.fullmatch(domain):
            raise BadInput("Type one name directly under example, such as brightwater.example.")
        if domain in self.state.zones or domain in ("nic.example", "root-servers.example"):
            raise BadInput(f"{domain} is taken.")
        if len(self.state.zones) >= MAX_DOMAINS:
            raise BadInput(f"This provider holds at most {MAX_DOMAINS} domains.")
        zone = _first_version(domain, self.now())
        self._save(
            replace(
                self.state,
                registry_serial=_next_serial(self.state.registry_serial, self.now()),
                zones={**self.state.zones, domain: zone},
                keys={**self.state.keys, domain: _new_key()},
            )
        )
        return domain

    def add_record(self, domain: str, name: str, record_type: str, value: str, ttl_seconds: int) -> Record:
        """Publish one more record the way the panel with its habits makes it out of what was typed."""
        zone = self.hosted(domain)
        if domain == PROVIDER_ZONE:
            raise BadInput(f"{PROVIDER_ZONE} belongs to the provider and cannot be edited.")
        if record_type not in RECORD_TYPES:
            raise BadInput(f"Choose one of {', '.join(RECORD_TYPES)} as type.")
        if ttl_seconds not in TTLS_SECONDS:
            raise BadInput("Choose a TTL from the list.")
        if len(zone.newest.records) >= MAX_RECORDS:
            raise BadInput(f"A domain holds at most {MAX_RECORDS} records. Delete one first.")
        habits = self.state.habits
        full_name = published_name(name, domain, habits)
        stored = published_value(value, habits) if record_type == "TXT" else value.strip()
        try:
            rdata_of(record_type, stored)
        except (dns.exception.DNSException, ValueError) as error:
            raise BadInput(f"“{stored[:80]}” is no value for a {record_type} record: {error}.") from error
        record = Record(zone.next_record_id, full_name, record_type, ttl_seconds, stored)
        _refuse_conflict(zone.newest.records, record, domain)
        self._publish(replace(zone, next_record_id=record.id + 1), (*zone.newest.records, record))
        return record

    def delete_record(self, domain: str, record_id: int) -> None:
        zone = self.hosted(domain)
        kept = tuple(record for record in zone.newest.records if record.id != record_id)
        if len(kept) == len(zone.newest.records):
            raise BadInput("That record is gone already.")
        self._publish(zone, kept)

    def set_habits(self, habits: Habits) -> None:
        self._save(replace(self.state, habits=habits))

    def set_delay(self, delay_seconds: int | None) -> None:
        """How long after a change ns2 copies a zone; None: only at the button."""
        if delay_seconds is not None and delay_seconds not in DELAYS_SECONDS:
            raise BadInput("Choose a delay from the list.")
        kept = {domain: _settled(zone, self.on_ns2(domain)) for domain, zone in self.state.zones.items()}
        self._save(replace(self.state, delay_seconds=delay_seconds, zones=kept))

    def copy_to_ns2(self, domain: str) -> None:
        zone = self.hosted(domain)
        self._put(replace(zone, versions=(zone.newest,)))

    def _publish(self, zone: HostedZone, records: tuple[Record, ...]) -> None:
        settled = _settled(zone, self.on_ns2(zone.domain))
        version = Version(_next_serial(zone.newest.serial, self.now()), self.now(), records)
        self._put(replace(settled, versions=(*settled.versions, version)))

    def _put(self, zone: HostedZone) -> None:
        self._save(replace(self.state, zones={**self.state.zones, zone.domain: zone}))

    def _save(self, state: ProviderState) -> None:
        draft = self._file.with_name(self._file.name + ".new")
        with open(draft, "wb", opener=_private) as out:
            out.write(msgspec.json.format(msgspec.json.encode(state)))
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._file)
        self.state = state


def published_name(typed: str, domain: str, habits: Habits) -> str:
    """The full name that a record gets. With the habit the zone is added to whatever was typed but `@`."""
    name = typed.strip().lower()
    if name in ("", "@"):
        full = domain
    elif habits.appends_zone:
        full = f"{name.rstrip('.')}.{domain}"
    elif name.rstrip(".") == domain or name.rstrip(".").endswith(f".{domain}"):
        full = name.rstrip(".")
    elif name.endswith("."):
        raise BadInput(f"{name} does not belong to {domain}.")
    else:
        full = f"{name}.{domain}"
    if "\\" in full or not full.isascii() or any(letter.isspace() for letter in full):
        raise BadInput("A name is made of letters, digits, hyphens, underscores and dots.")
    try:
        return dns.name.from_text(full).to_text()
    except dns.exception.DNSException as error:
        raise BadInput(f"“{typed.strip()[:80]}” is no name for a record: {error}.") from error


def published_value(typed: str, habits: Habits) -> str:
    """The text that a TXT record gets. A good panel takes a pair of quotes off; one habit adds a pair that stays."""
    value = typed.strip()
    if not value or len(value.encode()) > MAX_VALUE_OCTETS:
        raise BadInput(f"Type a value of 1 to {MAX_VALUE_OCTETS} octets.")
    if habits.adds_quotes:
        value = f'"{value}"'
    elif len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return value[:255] if habits.trims_value else value


def _refuse_conflict(records: Sequence[Record], new: Record, domain: str) -> None:
    beside = [record for record in records if record.name == new.name]
    if any((record.type, record.value) == (new.type, new.value) for record in beside):
        raise BadInput("That record is there already.")
    if new.type == "CNAME" and (beside or new.name == f"{domain}."):
        raise BadInput("A CNAME cannot stand beside other records of the same name.")
    if any(record.type == "CNAME" for record in beside):
        raise BadInput("There is a CNAME at this name; nothing else can stand beside it.")


def _settled(zone: HostedZone, on_ns2: Version) -> HostedZone:
    """Forget the versions that no server serves any more."""
    return replace(zone, versions=zone.versions[zone.versions.index(on_ns2) :])


def _next_serial(serial: int, now: datetime) -> int:
    """The date and a running number, always higher than before (RFC 1912 section 2.2)."""
    return max(serial + 1, int(now.strftime("%Y%m%d")) * 100 + 1)


def _first_version(domain: str, now: datetime, records: tuple[Record, ...] = ()) -> HostedZone:
    return HostedZone(domain, (Version(_next_serial(0, now), now, records),), len(records) + 1)


def _read(state_file: Path) -> ProviderState:
    try:
        return msgspec.json.decode(state_file.read_bytes(), type=ProviderState)
    except msgspec.DecodeError as error:
        raise BadState(f"{state_file}: {error}. Move the file away to begin with fresh zones.") from error


def _fresh(now: datetime) -> ProviderState:
    name = f"{_DEFAULT_DOMAIN}."
    records = (
        Record(1, name, "A", 3600, "192.0.2.80"),
        Record(2, f"www.{name}", "CNAME", 3600, name),
        Record(3, f"mail.{name}", "A", 3600, "192.0.2.25"),
        Record(4, name, "MX", 3600, f"10 mail.{name}"),
        Record(5, name, "TXT", 3600, "v=spf1 mx -all"),
    )
    return ProviderState(
        created_at=now,
        registry_serial=_next_serial(0, now),
        habits=Habits(),
        delay_seconds=0,
        zones={
            PROVIDER_ZONE: _first_version(PROVIDER_ZONE, now),
            _DEFAULT_DOMAIN: _first_version(_DEFAULT_DOMAIN, now, records),
        },
        keys={zone: _new_key() for zone in (".", "example", PROVIDER_ZONE, _DEFAULT_DOMAIN)},
    )


def _new_key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
