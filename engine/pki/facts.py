"""What a CSR or certificate says, as plain values: read leniently, so that rules can name what a strict parser refuses.

Signatures and keys are left to the `cryptography` package; only the structure is read here. Raises asn1.Malformed if
the bytes are not of the kind asked for.
"""

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.pki import asn1
from engine.pki.asn1 import Malformed, Node
from engine.pki.oids import ATTRIBUTES, HASHES
from engine.pki.public_key import PublicKey, read_key
from engine.pki.remember import remembering


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a distinguished name. `string_type` is the ASN.1 name of how it was written, and whether it broke.

    `short` is CN, O, C and so on; the dotted form for what has no short name.
    """

    oid: str
    string_type: str
    text: str
    short: str


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A distinguished name; `raw` is its DER."""

    attributes: tuple[Attribute, ...]
    raw: bytes

    def all(self, short: str) -> tuple[str, ...]:
        return tuple([part.text for part in self.attributes if part.short == short])

    def same_as(self, other: "Name") -> bool:
        """Whether both name the same holder: letter case, blanks and the type of string do not count (RFC 5280 7.1)."""
        if self.raw == other.raw:
            return True
        return len(self.attributes) == len(other.attributes) and self.folded() == other.folded()

    def folded(self) -> tuple[tuple[str, str], ...]:
        return tuple((part.oid, " ".join(part.text.casefold().split())) for part in self.attributes)

    def text(self) -> str:
        """As people write it: C=GB, O=Northwind Energy Ltd, CN=meter.northwind.example."""
        return ", ".join(f"{part.short}={part.text}" for part in self.attributes)


@dataclass(frozen=True, slots=True)
class Extension:
    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class GeneralNames:
    """The entries of a subject alternative name, by kind, in their order. `other` counts what has no text form."""

    dns: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    other: int = 0

    def all(self) -> tuple[str, ...]:
        return self.dns + self.ips + self.emails + self.uris


@dataclass(frozen=True, slots=True, eq=False)
class Csr:
    """A PKCS#10 request."""

    version: int
    subject: Name
    key: PublicKey
    attributes: tuple[tuple[str, bytes], ...]
    extensions: tuple[Extension, ...]
    extension_requests: int
    signature_oid: str
    signature_hash: str | None
    signature_parameters: bytes
    names: GeneralNames
    signature: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    der: bytes = field(repr=False)

    def extension(self, oid: str) -> Extension | None:
        for each in self.extensions:
            if each.oid == oid:
                return each
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """An X.509 certificate. `not_before` and `not_after` carry UTC; both ends are still valid (RFC 5280)."""

    version: int
    serial: int
    serial_length: int
    issuer: Name
    subject: Name
    not_before: datetime
    not_after: datetime
    key: PublicKey
    extensions: tuple[Extension, ...]
    signature_oid: str
    inner_signature_oid: str
    signature_hash: str | None
    signature_parameters: bytes
    names: GeneralNames
    signature: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    der: bytes = field(repr=False)

    def extension(self, oid: str) -> Extension | None:
        for each in self.extensions:
            if each.oid == oid:
                return each
        return None

    @property
    def serial_hex(self) -> str:
        """Upper-case hexadecimal in whole bytes, as certificate authorities print it."""
        digits = f"{abs(self.serial):X}"
        return ("-" if self.serial < 0 else "") + ("0" + digits if len(digits) % 2 else digits)

    @property
    def self_issued(self) -> bool:
        return self.issuer.same_as(self.subject)


def read_csr(der: bytes) -> Csr:
    outer = asn1.expect(asn1.read(der, 0, len(der)), asn1.SEQUENCE, "a request")
    parts = asn1.children(der, outer)
    if len(parts) != 3:
        raise Malformed("a request has three parts")
    info, algorithm, signature = parts
    fields = asn1.children(der, asn1.expect(info, asn1.SEQUENCE, "the request's content"))
    if not 3 <= len(fields) <= 4 or any(field.tag != 0xA0 for field in fields[3:]):
        raise Malformed("a request has a version, a subject, a key and attributes")
    attributes = tuple(_attributes(der, fields[3])) if len(fields) > 3 else ()
    requested = [value for oid, value in attributes if oid in _EXTENSION_REQUESTS]
    extensions = tuple([each for value in requested for each in _extensions(value)])
    oid, parameters = _algorithm(asn1.whole(der, algorithm))
    return Csr(
        version=asn1.integer(der, fields[0]),
        subject=_name(der, fields[1]),
        key=read_key(asn1.whole(der, asn1.expect(fields[2], asn1.SEQUENCE, "a public key"))),
        attributes=attributes,
        extensions=extensions,
        extension_requests=len(requested),
        signature_oid=oid,
        signature_hash=_hash_of(oid, parameters),
        signature_parameters=parameters,
        names=alternative_names(extensions),
        signature=asn1.bits(der, signature),
        signed=asn1.whole(der, info),
        der=asn1.whole(der, outer),
    )


def read_certificate(der: bytes) -> Certificate:
    outer = asn1.expect(asn1.read(der, 0, len(der)), asn1.SEQUENCE, "a certificate")
    parts = asn1.children(der, outer)
    if len(parts) != 3:
        raise Malformed("a certificate has three parts")
    info, algorithm, signature = parts
    fields = asn1.children(der, asn1.expect(info, asn1.SEQUENCE, "the certificate's content"))
    version = 1
    if fields and fields[0].tag == 0xA0:
        version = asn1.integer(der, asn1.read(der, fields[0].body, fields[0].stop)) + 1
        fields = fields[1:]
    if len(fields) < 6:
        raise Malformed("a certificate has serial, algorithm, issuer, validity, subject and key")
    serial, inner, issuer, validity, subject, key, *rest = fields
    times = asn1.children(der, asn1.expect(validity, asn1.SEQUENCE, "the validity"))
    if len(times) != 2:
        raise Malformed("a validity has two times")
    written = next((asn1.content(der, each) for each in rest if each.tag == 0xA3), None)
    extensions = tuple(_extensions(written)) if written is not None else ()
    oid, parameters = _algorithm(asn1.whole(der, algorithm))
    return Certificate(
        version=version,
        serial=asn1.integer(der, serial),
        serial_length=serial.stop - serial.body,
        issuer=_name(der, issuer),
        subject=_name(der, subject),
        not_before=_time(der, times[0]),
        not_after=_time(der, times[1]),
        key=read_key(asn1.whole(der, asn1.expect(key, asn1.SEQUENCE, "a public key"))),
        extensions=extensions,
        signature_oid=oid,
        inner_signature_oid=_algorithm(asn1.whole(der, inner))[0],
        signature_hash=_hash_of(oid, parameters),
        signature_parameters=parameters,
        names=alternative_names(extensions),
        signature=asn1.bits(der, signature),
        signed=asn1.whole(der, info),
        der=asn1.whole(der, outer),
    )


def alternative_names(extensions: tuple[Extension, ...]) -> GeneralNames:
    """The subject alternative name among the extensions; empty if there is none or it cannot be read."""
    for extension in extensions:
        if extension.oid == "2.5.29.17":
            return general_names(extension.value)
    return GeneralNames()


def general_names(value: bytes) -> GeneralNames:
    try:
        entries = asn1.children(value, asn1.expect(asn1.read(value, 0, len(value)), asn1.SEQUENCE, "names"))
    except Malformed:
        return GeneralNames()
    dns: list[str] = []
    emails: list[str] = []
    ips: list[str] = []
    uris: list[str] = []
    other = 0
    for entry in entries:
        raw = value[entry.body : entry.stop]
        match entry.tag:
            case 0x82:
                dns.append(_printable(raw))
            case 0x81:
                emails.append(_printable(raw))
            case 0x87:
                ips.append(_address(raw))
            case 0x86:
                uris.append(_printable(raw))
            case _:
                other += 1
    return GeneralNames(tuple(dns), tuple(emails), tuple(ips), tuple(uris), other)


def _address(raw: bytes) -> str:
    return str(ipaddress.ip_address(raw)) if len(raw) in (4, 16) else raw.hex()


def _printable(raw: bytes) -> str:
    """UTF-8 where it is; what cannot be shown safely as escapes, so that no name can write into a terminal."""
    text = raw.decode("utf-8", "backslashreplace")
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _name(der: bytes, node: Node) -> Name:
    return read_name(asn1.whole(der, asn1.expect(node, asn1.SEQUENCE, "a name")))


def read_name(der: bytes) -> Name:
    """A distinguished name. Raises asn1.Malformed."""
    parts = asn1.children(der, asn1.read(der, 0, len(der)))
    return Name(tuple([each for part in parts for each in _part(der[part.start : part.end])]), der)


@remembering(512, 256)
def _part(der: bytes) -> list[Attribute]:
    """One part of a name: usually one attribute. Remembered: most names have all but one in common."""
    found = []
    for pair in asn1.children(der, asn1.expect(asn1.read(der, 0, len(der)), asn1.SET, "part of a name")):
        parts = asn1.children(der, pair)
        if len(parts) != 2:
            raise Malformed("a name's attribute has a type and a value")
        found.append(_attribute(asn1.oid(der, parts[0]), parts[1].tag, asn1.content(der, parts[1])))
    return found


def _attribute(oid: str, tag: int, raw: bytes) -> Attribute:
    kind = asn1.STRING_TYPES.get(tag) or f"tag {tag:#04x}"
    encoding = _ENCODINGS.get(kind, "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode(encoding, "backslashreplace" if encoding == "utf-8" else "replace")
        kind = f"a broken {kind}" if tag in asn1.STRING_TYPES else kind
    shown = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return Attribute(oid, kind, shown, ATTRIBUTES.get(oid, oid))


def _attributes(der: bytes, node: Node) -> list[tuple[str, bytes]]:
    found = []
    for attribute in asn1.children(der, node):
        parts = asn1.children(der, asn1.expect(attribute, asn1.SEQUENCE, "an attribute"))
        if len(parts) != 2:
            raise Malformed(f"an attribute has a type and values, at offset {attribute.start}")
        oid = asn1.oid(der, parts[0])
        found += [(oid, asn1.whole(der, value)) for value in asn1.children(der, parts[1])]
    return found


def _extensions(value: bytes) -> list[Extension]:
    nodes = asn1.children(value, asn1.expect(asn1.read(value, 0, len(value)), asn1.SEQUENCE, "extensions"))
    return [_extension(value[node.start : node.end]) for node in nodes]


@remembering(512, 256)
def _extension(der: bytes) -> Extension:
    """Remembered: all but the names are the same in most requests."""
    parts = asn1.children(der, asn1.expect(asn1.read(der, 0, len(der)), asn1.SEQUENCE, "an extension"))
    if not 2 <= len(parts) <= 3 or parts[-1].tag != asn1.OCTET_STRING:
        raise Malformed("an extension has a type and a value")
    critical = len(parts) == 3 and asn1.content(der, parts[1]) not in (b"", b"\x00")
    return Extension(asn1.oid(der, parts[0]), critical, asn1.content(der, parts[-1]))


@remembering(64, 256)
def _algorithm(der: bytes) -> tuple[str, bytes]:
    parts = asn1.children(der, asn1.expect(asn1.read(der, 0, len(der)), asn1.SEQUENCE, "an algorithm"))
    if not parts:
        raise Malformed("an algorithm has an identifier")
    return asn1.oid(der, parts[0]), asn1.whole(der, parts[1]) if len(parts) > 1 else b""


def _hash_of(oid: str, parameters: bytes) -> str | None:
    """The hash of a signature algorithm; for RSA-PSS it stands in the parameters. None: it has none, or is unknown."""
    if oid != "1.2.840.113549.1.1.10":
        return HASHES.get(oid)
    if not parameters:
        return "sha1"
    for node in asn1.children(parameters, asn1.read(parameters, 0, len(parameters))):
        if node.tag == 0xA0:
            return HASHES.get(_algorithm(asn1.content(parameters, node))[0])
    return "sha1"  # RFC 4055: the default when the field is absent


def _time(der: bytes, node: Node) -> datetime:
    text = asn1.content(der, node).decode("ascii", "replace")
    layouts = {
        asn1.UTC_TIME: ("%y%m%d%H%M%SZ", "%y%m%d%H%MZ"),
        asn1.GENERALIZED_TIME: ("%Y%m%d%H%M%SZ", "%Y%m%d%H%M%S.%fZ"),
    }
    for layout in layouts.get(node.tag, ()):
        try:
            moment = datetime.strptime(text, layout).replace(tzinfo=UTC)
        except ValueError:
            continue  # the next layout may fit
        if node.tag == asn1.UTC_TIME and moment.year >= 2050:
            moment = moment.replace(year=moment.year - 100)  # RFC 5280: two-digit years 50 to 99 are 19xx
        return moment
    if text == "00000000000000Z":
        return datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
    raise Malformed(f"a time that is none at offset {node.start}")


_ENCODINGS = {"BMPString": "utf-16-be", "UniversalString": "utf-32-be", "TeletexString": "latin-1"}
_EXTENSION_REQUESTS = frozenset({"1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14"})
