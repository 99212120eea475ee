"""Which names of a certificate an issuer's name constraints leave out (RFC 5280 section 4.2.1.10).

Host names, e-mail addresses, URIs, IP addresses and directory names are compared. A constraint that cannot be read counts
as permitting nothing, and says so.
"""

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.facts import Certificate, read_name
from engine.pki.names import looks_like_host
from engine.pki.oids import SUBJECT_ALTERNATIVE_NAME

EMAIL, DNS, DIRECTORY, URI, IP = 0x81, 0x82, 0xA4, 0x86, 0x87


@dataclass(frozen=True, slots=True)
class _Base:
    tag: int
    value: bytes


def outside(constraint: bytes, certificate: Certificate) -> Iterator[str]:
    """In words, every name of the certificate that the constraint excludes or does not permit."""
    try:
        permitted, excluded = _read(constraint)
    except Malformed as broken:
        yield f"a constraint that cannot be read ({broken})"
        return
    try:
        names = list(_names(certificate))
    except Malformed as broken:
        yield f"a name that cannot be read ({broken})"
        return
    for tag, shown, value in names:
        covers = _COVERS[tag]
        if any(base.tag == tag and covers(value, base.value) for base in excluded):
            yield f"{shown} is excluded"
        elif (wanted := [base for base in permitted if base.tag == tag]) and not any(
            covers(value, base.value) for base in wanted
        ):
            yield f"{shown} is not permitted"


def _read(constraint: bytes) -> tuple[list[_Base], list[_Base]]:
    lists: dict[int, list[_Base]] = {0xA0: [], 0xA1: []}
    top = asn1.expect(asn1.read(constraint, 0, len(constraint)), asn1.SEQUENCE, "name constraints")
    for part in asn1.children(constraint, top):
        for subtree in asn1.children(constraint, part):
            base = asn1.children(constraint, subtree)
            if base:
                lists.setdefault(part.tag, []).append(_Base(base[0].tag, asn1.content(constraint, base[0])))
    return lists[0xA0], lists[0xA1]


def _names(certificate: Certificate) -> Iterator[tuple[int, str, bytes]]:
    names = certificate.names
    yield from ((DNS, name, name.lower().encode()) for name in names.dns)
    yield from ((EMAIL, name, name.encode()) for name in names.emails)
    yield from ((URI, name, name.encode()) for name in names.uris)
    yield from ((IP, name, ipaddress.ip_address(name).packed) for name in names.ips if ":" in name or "." in name)
    if not names.dns:
        yield from (
            (DNS, name, name.lower().encode()) for name in certificate.subject.all("CN") if looks_like_host(name)
        )
    for address in certificate.subject.all("emailAddress"):
        yield EMAIL, address, address.encode()
    for inner in _directory_names(certificate):
        yield DIRECTORY, read_name(inner).text(), inner
    if certificate.subject.attributes:
        yield DIRECTORY, certificate.subject.text(), certificate.subject.raw


def _directory_names(certificate: Certificate) -> list[bytes]:
    """The distinguished names among the alternative names, as DER."""
    extension = certificate.extension(SUBJECT_ALTERNATIVE_NAME)
    if extension is None:
        return []
    entries = asn1.children(extension.value, asn1.read(extension.value, 0, len(extension.value)))
    return [asn1.content(extension.value, entry) for entry in entries if entry.tag == DIRECTORY]


def _covers_dns(name: bytes, base: bytes) -> bool:
    base = base.lower()
    if not base:
        return True
    if base.startswith(b"."):
        return name.endswith(base)
    return name == base or name.endswith(b"." + base)


def _covers_email(name: bytes, base: bytes) -> bool:
    local, _, host = name.rpartition(b"@")
    if b"@" in base:
        base_local, _, base_host = base.rpartition(b"@")
        return local == base_local and host.lower() == base_host.lower()
    return host.lower().endswith(base.lower()) if base.startswith(b".") else host.lower() == base.lower()


def _covers_uri(name: bytes, base: bytes) -> bool:
    try:
        host = (urlsplit(name.decode("utf-8", "replace")).hostname or "").encode()
    except ValueError:
        return False
    return host.endswith(base.lower()) if base.startswith(b".") else host == base.lower()


def _covers_ip(name: bytes, base: bytes) -> bool:
    if len(base) != 2 * len(name):
        return False
    network, mask = base[: len(name)], base[len(name) :]
    return all(a & m == b & m for a, b, m in zip(name, network, mask, strict=True))


def _covers_directory(name: bytes, base: bytes) -> bool:
    """Whether the base's parts are the beginning of the name's, compared as names are."""
    start = read_name(base).folded()
    return read_name(name).folded()[: len(start)] == start


_COVERS: dict[int, Callable[[bytes, bytes], bool]] = {
    DNS: _covers_dns,
    EMAIL: _covers_email,
    URI: _covers_uri,
    IP: _covers_ip,
    DIRECTORY: _covers_directory,
}
