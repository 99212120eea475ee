"""The public half of an unencrypted private key that no library would load, and whether its numbers fit each other."""

from engine.pki import asn1
from engine.pki.asn1 import Node

RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
PRIME_FIELD = bytes((asn1.OID, 7)) + asn1.encode_oid("1.2.840.10045.1.1")
"""How the parameters of a curve begin that is spelled out (RFC 3279 section 2.3.5)."""


MAX_BITS = 1 << 15
"""Of a number in a key; twice what any library takes, and little enough to reckon with at once."""


def public_half(der: bytes) -> tuple[bytes | None, bool]:
    """The SubjectPublicKeyInfo inside PKCS#1, SEC 1 or PKCS#8, None if there is none; False if the numbers do not fit.

    Of elliptic curves only those that are spelled out are read so: what a library says of a named one is right.
    """
    return _half(der, None)


def rsa_spki(pkcs1: bytes) -> bytes:
    """A SubjectPublicKeyInfo around a bare RSA public key, whatever its numbers."""
    return _spki(bytes.fromhex("300d06092a864886f70d0101010500"), pkcs1)


def _half(der: bytes, curve: bytes | None) -> tuple[bytes | None, bool]:
    parts = asn1.children(der, asn1.read(der, 0, len(der)))
    if parts[1].tag == asn1.SEQUENCE and curve is None:
        algorithm = asn1.children(der, parts[1])
        kind = asn1.oid(der, algorithm[0])
        if kind not in (RSA, EC):
            return None, True
        return _half(asn1.content(der, parts[2]), asn1.whole(der, algorithm[1]) if kind == EC else b"")
    if parts[1].tag == asn1.OCTET_STRING:
        return _explicit(der, parts, curve), True
    if parts[1].tag != asn1.INTEGER or len(parts) < 3:
        return None, True
    numbers = asn1.whole(der, parts[1]) + asn1.whole(der, parts[2])
    return rsa_spki(_wrap(asn1.SEQUENCE, numbers)), _fit([asn1.integer(der, part) for part in parts[1:9]])


def _explicit(der: bytes, parts: list[Node], curve: bytes | None) -> bytes | None:
    """SEC 1: the curve stands in [0], or with the algorithm of PKCS#8; the point, if it is there, in [1]."""
    tagged = {part.tag: asn1.content(der, part) for part in parts[2:]}
    curve = curve or tagged.get(0xA0, b"")
    if curve[:1] != bytes((asn1.SEQUENCE,)) or 0xA1 not in tagged:
        return None
    point = asn1.bits(tagged[0xA1], asn1.read(tagged[0xA1], 0, len(tagged[0xA1])))
    return _spki(_wrap(asn1.SEQUENCE, _wrap(asn1.OID, asn1.encode_oid(EC)) + curve), point)


def _fit(numbers: list[int]) -> bool:
    """RFC 8017 section 3.2: n = p * q, d the inverse of e, and what is kept to save work."""
    if len(numbers) < 8:
        return False
    n, e, d, p, q, dp, dq, inverse = numbers
    if max(map(int.bit_length, numbers)) > MAX_BITS or min(p, q) <= 2 or n != p * q:
        return False
    one = e * d % (p - 1) == 1 and e * d % (q - 1) == 1
    return one and dp == d % (p - 1) and dq == d % (q - 1) and inverse * q % p == 1


def _spki(algorithm: bytes, key: bytes) -> bytes:
    return _wrap(asn1.SEQUENCE, algorithm + _wrap(asn1.BIT_STRING, b"\x00" + key))


def _wrap(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body
