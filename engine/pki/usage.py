"""What a certificate may be used for, from its extensions: key usage, extended key usage, basic constraints."""

from engine.pki import asn1
from engine.pki.asn1 import Malformed
from engine.pki.facts import Certificate, Extension
from engine.pki.oids import BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, KEY_USAGES
from engine.pki.remember import remembering


@remembering(128, 64)
def key_usage(value: bytes) -> frozenset[str]:
    """The names of the bits that are set; empty where the value is broken."""
    try:
        raw = asn1.bits(value, asn1.read(value, 0, len(value)))
    except Malformed:
        return frozenset()
    return frozenset(
        name
        for position, name in enumerate(KEY_USAGES)
        if position // 8 < len(raw) and raw[position // 8] & 0x80 >> position % 8
    )


@remembering(128, 256)
def extended_usages(value: bytes) -> tuple[str, ...]:
    """The identifiers, dotted, in their order; empty where the value is broken."""
    try:
        nodes = asn1.children(value, asn1.read(value, 0, len(value)))
        return tuple(asn1.oid(value, node) for node in nodes)
    except Malformed:
        return ()


def usages_of(extensions: tuple[Extension, ...]) -> tuple[str, ...] | None:
    """The extended key usages, None where the extension is absent, which permits every use."""
    for each in extensions:
        if each.oid == EXTENDED_KEY_USAGE:
            return extended_usages(each.value)
    return None


@remembering(128, 64)
def says_authority(value: bytes) -> bool:
    """Whether basic constraints say CA. Any byte but zero is "true", since BER readers take it so."""
    try:
        parts = asn1.children(value, asn1.read(value, 0, len(value)))
    except Malformed:
        return False
    return bool(parts) and parts[0].tag == asn1.BOOLEAN and any(asn1.content(value, parts[0]))


def path_length(certificate: Certificate) -> int | None:
    """How many intermediates may follow below this authority; None: any number."""
    found = certificate.extension(BASIC_CONSTRAINTS)
    if found is None:
        return None
    try:
        parts = asn1.children(found.value, asn1.read(found.value, 0, len(found.value)))
        return next((asn1.integer(found.value, part) for part in parts if part.tag == asn1.INTEGER), None)
    except Malformed:
        return None
