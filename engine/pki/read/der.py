"""Tells what kind of DER this is by its structure, not by its label, and reads it."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from engine.pki import asn1
from engine.pki.asn1 import Malformed, Node
from engine.pki.facts import read_certificate, read_csr
from engine.pki.model import Context, Item, Kind
from engine.pki.public_key import read_key
from engine.pki.read import private
from engine.pki.read.numbers import rsa_spki

LABELS: dict[str, Kind] = {
    "CERTIFICATE": "certificate",
    "X509 CERTIFICATE": "certificate",
    "TRUSTED CERTIFICATE": "certificate",
    "CERTIFICATE REQUEST": "csr",
    "NEW CERTIFICATE REQUEST": "csr",
    "PUBLIC KEY": "public_key",
    "RSA PUBLIC KEY": "public_key",
    "X509 CRL": "crl",
    "PKCS7": "pkcs7",
    "CMS": "pkcs7",
    "PKCS12": "pkcs12",
    "OCSP RESPONSE": "ocsp",
}
MAX_TRAILING_WALK = 64
_REQUEST = [asn1.INTEGER, asn1.SEQUENCE, asn1.SEQUENCE]


def classify(name: str, data: bytes, context: Context, label: str | None = None) -> Iterator[Item]:
    """The items in a run of DER: usually one; more where several stand behind each other."""
    if label == "CERTIFICATE REQUEST" and (request := _sound_request(name, data, label)):
        yield request
        return
    at = 0
    for _ in range(MAX_TRAILING_WALK):
        try:
            node = asn1.read(data, at, len(data))
        except Malformed as broken:
            yield Item(name, 0, "unknown", label=label, problem="damaged", detail=f"the DER is damaged: {broken}")
            return
        rest = data[node.end :]
        blank = not rest or (label is None and not rest.strip(b"\x00\r\n\t "))  # a file may end with a line end
        more = not blank and rest[:1] == b"\x30" and label is None
        flaws = () if blank or more else (_trailing(rest, label),)
        yield from _one(name, data[node.start : node.end], context, label, flaws)
        if not more:
            return
        at = node.end


def _trailing(rest: bytes, label: str | None) -> str:
    if label == "TRUSTED CERTIFICATE":
        return "openssl's trust settings follow the end of the certificate (`openssl x509 -in FILE` leaves them out)"
    return f"{len(rest)} bytes follow the end of the structure"


def kind_of(data: bytes) -> Kind:
    """The kind by structure; "unknown" for anything that is none of them."""
    try:
        top = asn1.read(data, 0, len(data))
        return _kind(data, top, asn1.children(data, top)) if top.tag == asn1.SEQUENCE else "unknown"
    except Malformed:
        return "unknown"


def _kind(data: bytes, top: Node, parts: list[Node]) -> Kind:
    if not parts:
        return "unknown"
    first, rest = parts[0], [part.tag for part in parts[1:]]
    if first.tag == asn1.INTEGER and rest:
        return _numbered(data, parts, rest)
    if first.tag == asn1.OID and asn1.oid(data, first).startswith("1.2.840.113549.1.7."):
        return "pkcs7"
    if first.tag == 0x0A:
        return "ocsp"
    if first.tag != asn1.SEQUENCE or not rest:
        return "unknown"
    inner = asn1.children(data, first)
    tags = [node.tag for node in inner]
    if rest == [asn1.BIT_STRING] and tags[:1] == [asn1.OID]:
        return "public_key"
    if rest == [asn1.OCTET_STRING] and tags[:1] == [asn1.OID]:
        return "private_key"
    if rest[:2] == [asn1.SEQUENCE, asn1.BIT_STRING]:
        return _signed(data, inner, tags)
    return "unknown"


def _numbered(data: bytes, parts: list[Node], rest: list[int]) -> Kind:
    number = asn1.integer(data, parts[0])
    if number == 3 and rest[0] == asn1.SEQUENCE:
        return "pkcs12"
    if len(parts) == 2 and rest == [asn1.INTEGER]:
        return "public_key"
    if number in (0, 1) and rest[0] in (asn1.SEQUENCE, asn1.INTEGER, asn1.OCTET_STRING):
        return "private_key"
    return "unknown"


def _signed(data: bytes, inner: list[Node], tags: list[int]) -> Kind:
    if tags[:1] == [0xA0]:
        return "certificate"
    if tags in ([*_REQUEST, 0xA0], _REQUEST):
        spki = asn1.children(data, inner[2])
        if [node.tag for node in spki[:2]] == [asn1.SEQUENCE, asn1.BIT_STRING]:
            return "csr"
    times = (asn1.UTC_TIME, asn1.GENERALIZED_TIME)
    if any(tag in times for tag in tags[:5]):
        return "crl"
    if tags[:1] == [asn1.INTEGER] and len(tags) >= 6:
        return "certificate"
    return "unknown"


def _one(name: str, data: bytes, context: Context, label: str | None, flaws: tuple[str, ...] = ()) -> Iterator[Item]:
    if label and label.endswith(" PARAMETERS"):
        yield Item(name, 0, "unknown", label=label, problem="nothing", detail="parameters for a key, without the key")
        return
    kind = kind_of(data)
    if kind in ("csr", "certificate"):
        yield _read_signed(name, kind, data, label, flaws)
        return
    item = Item(name, 0, kind, data, label, flaws=flaws)
    match kind:
        case "public_key":
            yield _read_public(item, data)
        case "private_key":
            yield from private.der_key(name, data, context, label)
        case "pkcs12":
            yield from private.pfx(name, data, context)
        case "pkcs7":
            yield from _bundle(item, data)
        case "crl" | "ocsp":
            yield item
        case _:
            meant = LABELS.get(label or "")
            words = (
                f"the label says {label}, and the content is nothing of this kind"
                if meant
                else "DER of an unknown kind"
            )
            yield replace(item, der=b"", problem="damaged" if meant else "nothing", detail=words)


def _read_signed(name: str, kind: Kind, data: bytes, label: str | None, trailing: tuple[str, ...]) -> Item:
    try:
        value = read_csr(data) if kind == "csr" else read_certificate(data)
        flaws = (
            trailing
            if _is_strict(kind, data)
            else trailing + tuple(asn1.flaws(data, asn1.read(data, 0, len(data))))[:5]
        )
    except Malformed as broken:
        return Item(name, 0, "unknown", label=label, problem="damaged", detail=f"a damaged {kind}: {broken}")
    return Item(name, 0, kind, data, label, value, value.key, flaws=flaws)


def _sound_request(name: str, data: bytes, label: str) -> Item | None:
    """The request that the data are to the last byte, if the strict parser takes it: then there is no more to find out."""
    try:
        x509.load_der_x509_csr(data)
        value = read_csr(data)
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return None
    return Item(name, 0, "csr", data, label, value, value.key)


def _is_strict(kind: Kind, data: bytes) -> bool:
    """Whether the strict parser takes it, which spares the search for flaws."""
    try:
        x509.load_der_x509_csr(data) if kind == "csr" else x509.load_der_x509_certificate(data)
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return False
    return True


def _read_public(item: Item, data: bytes) -> Item:
    try:
        top = asn1.children(data, asn1.read(data, 0, len(data)))
        spki = data if top[0].tag == asn1.SEQUENCE else rsa_spki(data)
        return replace(item, key=read_key(spki))
    except Malformed as broken:
        return replace(item, kind="unknown", der=b"", problem="damaged", detail=f"a damaged public key: {broken}")


def _bundle(item: Item, data: bytes) -> Iterator[Item]:
    """The certificates and CRLs of a PKCS#7 bundle, each as an item of its own after the bundle itself."""
    yield item
    try:
        signed = asn1.children(data, asn1.children(data, asn1.read(data, 0, len(data)))[1])[0]
        lists = [part for part in asn1.children(data, signed) if part.tag in (0xA0, 0xA1)]
    except (Malformed, IndexError):
        yield Item(item.file, 0, "unknown", problem="damaged", detail="a PKCS#7 bundle whose content is damaged")
        return
    for part in lists:
        for node in asn1.children(data, part):
            for inner in _one(item.file, asn1.whole(data, node), Context(), None):
                yield replace(inner, container="pkcs7")
